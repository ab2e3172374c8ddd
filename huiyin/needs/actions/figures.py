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


@transaction.atomic
def count_month(actor: Actor, *, month: date) -> int:
    """Count the figures of one month anew; `month` is its first day. Returns how many rows are kept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    as_of = clock.now()
    days = Days(clock.day_begins(month), clock.day_begins(clock.month_after(month)))
    cells = _received(days) + _measured(days)
    _keep(month, cells)
    FigureMonth.objects.update_or_create(month=month, defaults={"as_of": as_of})
    return len(cells)


def _keep(month: date, cells: Cells) -> None:
    """Write the cells that changed: of a month that is counted every ten minutes, most did not."""
    kept = {(f.home_id, f.measure, f.split, f.key): f for f in Figure.objects.filter(month=month)}
    changed = [f for cell, f in kept.items() if cell in cells and f.count != cells[cell]]
    for figure in changed:
        figure.count = cells[figure.home_id, figure.measure, figure.split, figure.key]
    Figure.objects.bulk_update(changed, ["count"], batch_size=2000)
    gone = [f.pk for cell, f in kept.items() if cell not in cells]
    if gone:
        Figure.objects.filter(pk__in=gone).delete()
    new = (
        Figure(month=month, home_id=h, measure=m, split=s, key=k, count=n)
        for (h, m, s, k), n in cells.items()
        if (h, m, s, k) not in kept
    )
    Figure.objects.bulk_create(new, batch_size=2000)


def _months(first: date, last: date) -> Iterable[date]:
    month = first
    while month <= last:
        yield month
        month = clock.month_after(month)


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
