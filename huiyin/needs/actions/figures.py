"""Counting the figures of a month anew, from the matters."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min

from huiyin.needs.models import Figure, FigureMonth, Need
from huiyin.needs.queries.measures import Days
from huiyin.needs.queries.rolled import KEPT
from huiyin.needs.rules import sorting
from huiyin.org.actors import Actor
from huiyin.platform import clock

MONTHS_KEPT = 36
_LOCK = 20261123  # of the transaction: two counts of one month would trip over one another

Cells = Counter[tuple[Any, str, str, str]]  # home, measure, split, key


def _received(days: Days) -> Cells:
    cells: Cells = Counter()
    rows = Need.objects.filter(received_at__gte=days.since, received_at__lt=days.before)
    grouped: Any = rows.order_by().values_list("home_id", "channel", "category").annotate(n=Count("pk"))
    for home, channel, category, n in grouped:
        cells[home, "received", "", ""] += n
        cells[home, "received", "channel", channel] += n
        cells[home, "received", "category", sorting.first_level(category)] += n
    return cells


def _measured(days: Days) -> Cells:
    cells: Cells = Counter()
    for measure in KEPT:
        grouped: Any = (
            Need.objects.filter(days.counted(measure)).order_by().values_list("home_id").annotate(n=Count("pk"))
        )
        for home, n in grouped:
            cells[home, measure, "", ""] = n
    return cells


def _following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


@transaction.atomic
def count_month(actor: Actor, *, month: date) -> int:
    """Count the figures of one month anew; `month` is its first day. Returns how many rows are kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    as_of = clock.now()
    days = Days(clock.day_begins(month), clock.day_begins(_following(month)))
    cells = _received(days) + _measured(days)
    Figure.objects.filter(month=month).delete()
    rows = (Figure(month=month, home_id=h, measure=m, split=s, key=k, count=n) for (h, m, s, k), n in cells.items())
    made = Figure.objects.bulk_create(rows, batch_size=2000)
    FigureMonth.objects.update_or_create(month=month, defaults={"as_of": as_of})
    return len(made)


def _months(first: date, last: date) -> Iterable[date]:
    month = first
    while month <= last:
        yield month
        month = _following(month)


def count_lately(actor: Actor) -> None:
    """Count this month and the one before anew."""
    this = clock.today().replace(day=1)
    for month in _months((this - timedelta(days=1)).replace(day=1), this):
        count_month(actor, month=month)


def count_all(actor: Actor) -> None:
    """Count every month anew, three years back: something may have been registered late, sorted anew or erased."""
    first = Need.objects.aggregate(first=Min("received_at"))["first"]
    if first is None:
        return
    this = clock.today().replace(day=1)
    since = max(clock.office_day(first).replace(day=1), this.replace(year=this.year - MONTHS_KEPT // 12))
    for month in _months(since, this):
        count_month(actor, month=month)
