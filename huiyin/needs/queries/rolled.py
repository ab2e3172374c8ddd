"""Figures that were counted beforehand, within reach; each equals the list of its measure but for what came since.

What a reader is kept from, a complaint about them, is taken off again: their lists do not hold it either.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from huiyin.needs.models import Barred, Figure, FigureMonth, Need
from huiyin.needs.queries.measures import Days
from huiyin.needs.rules import sorting
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock

KEPT = ("promised", "kept", "told", "unsolved", "rated", "satisfied", "unhappy", "no_opinion", "explained")

TREND = ("satisfied",)  # of the months that are only a column of a chart


@dataclass(frozen=True, slots=True)
class Rolled:
    """Figures of some months: `totals` by month and measure, `split` by month, kind of split and key, `places` by month."""

    totals: Mapping[tuple[date, str], int]
    split: Mapping[tuple[date, str, str], int]
    places: Mapping[tuple[date, UUID], int]
    as_of: datetime | None


def _within(actor: Actor, unit_id: UUID) -> Any:
    unit = atlas.current().units[unit_id]
    return scope.within(actor, "brief.read", Figure.objects.filter(home__in=scope.units_below(unit.path)))


def rolled(actor: Actor, unit_id: UUID, *, months: Sequence[date], split: Sequence[date]) -> Rolled:
    """Return the figures of a unit and all below it.

    Of `months` what was received and TREND; of `split`, some of them, every measure, also by channel, category, place.
    """
    rows = _within(actor, unit_id)
    totals: Counter[tuple[date, str]] = Counter()
    parts: Counter[tuple[date, str, str]] = Counter()
    places: Counter[tuple[date, UUID]] = Counter()
    wanted = Q(month__in=split) | Q(month__in=months, measure__in=("received", *TREND))
    summed = rows.filter(wanted, split="").order_by().values_list("month", "measure").annotate(n=Sum("count"))
    for month, measure, n in summed:
        totals[month, measure] += n
    by_key = (
        rows.filter(month__in=split)
        .exclude(split="")
        .order_by()
        .values_list("month", "split", "key")
        .annotate(n=Sum("count"))
    )
    for month, kind, key, n in by_key:
        parts[month, kind, key] += n
    by_home = rows.filter(month__in=split, split="", measure="received").values_list("month", "home_id", "count")
    for month, home, n in by_home:
        places[month, home] += n
    _take_off(_kept_from(actor, unit_id), months, split, totals=totals, parts=parts, places=places)
    as_of = FigureMonth.objects.filter(month__in=months).order_by("as_of").values_list("as_of", flat=True).last()
    return Rolled(totals, parts, places, as_of)


def _kept_from(actor: Actor, unit_id: UUID) -> "QuerySet[Need] | None":
    """Return the matters of a unit that the reader is kept from; None, as with most people, when there is none."""
    if actor.user_id is None:
        return None
    keys = list(Barred.objects.filter(user_id=actor.user_id).values_list("need_id", flat=True))
    here = atlas.current().units[unit_id]
    return Need.objects.filter(pk__in=keys, home__in=scope.units_below(here.path)) if keys else None


def _take_off(
    rows: "QuerySet[Need] | None", months: Sequence[date], split: Sequence[date], *,
    totals: Counter[tuple[date, str]], parts: Counter[tuple[date, str, str]], places: Counter[tuple[date, UUID]],
) -> None:  # fmt: skip
    """Take these matters off again."""
    if rows is None:
        return
    for home, channel, category, at in rows.values_list("home_id", "channel", "category", "received_at"):
        month = clock.office_day(at).replace(day=1)
        if month in months:
            totals[month, "received"] -= 1
            parts[month, "channel", channel] -= 1
            parts[month, "category", sorting.first_level(category)] -= 1
            places[month, home] -= 1
    for (month, measure), n in _measured(rows, months, split).items():
        totals[month, measure] -= n


def _measured(rows: "QuerySet[Need]", months: Sequence[date], split: Sequence[date]) -> dict[tuple[date, str], int]:
    """Return what the measures that are shown count of a few matters in each month, in one statement."""
    named: dict[str, tuple[date, str]] = {}
    counted: dict[str, Count] = {}
    for i, month in enumerate(months):
        days = Days(clock.day_begins(month), clock.day_begins(clock.month_after(month)))
        for measure in KEPT if month in split else TREND:
            named[f"{measure}_{i}"] = month, measure
            counted[f"{measure}_{i}"] = Count("pk", filter=days.counted(measure))
    found = rows.aggregate(**counted)
    return {named[key]: n for key, n in found.items() if n}
