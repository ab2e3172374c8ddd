"""Grouped counts of matters, for who sums them up: each counts what a list of the desk holds, in few statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, Value, Window
from django.db.models.fields import CharField
from django.db.models.functions import Length, RowNumber, TruncMonth

from huiyin.needs.models import CommonNeedMember
from huiyin.needs.queries.lists import Filter, found
from huiyin.needs.rules import sorting
from huiyin.org.actors import Actor
from huiyin.platform import clock


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many matters of a category came in a month; `month` is its first day."""

    month: date
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """How many matters fell to a unit through a channel in a month."""

    month: date
    channel: str
    home_id: UUID
    count: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """What somebody said, as they said it. `group_id` is the common need it belongs to, of those asked for."""

    need_id: UUID
    words: str
    category: str
    group_id: UUID | None = None


def _by_month(actor: Actor, which: Filter) -> Any:
    rows = found(actor, which).order_by()
    return rows.annotate(month=TruncMonth("received_at", tzinfo=clock.OFFICE_ZONE))


def by_category(actor: Actor, which: Filter) -> list[CategoryCount]:
    """Return how many matters of a list came in each month in each category."""
    grouped = _by_month(actor, which).values_list("month", "category").annotate(n=Count("pk"))
    return [CategoryCount(month.date(), category, n) for month, category, n in grouped]


def by_place(actor: Actor, which: Filter, *, months: Sequence[tuple[date, date]]) -> list[PlaceCount]:
    """Return how many matters of a list came through each channel to each unit, in these months (first, next first)."""
    inside = Q()
    for first, following in months:
        span = (clock.day_begins(first), clock.day_begins(following))
        inside |= Q(received_at__gte=span[0], received_at__lt=span[1])
    grouped = _by_month(actor, which).filter(inside).values_list("month", "channel", "home_id").annotate(n=Count("pk"))
    return [PlaceCount(month.date(), channel, home, n) for month, channel, home, n in grouped]


def first_received(actor: Actor, which: Filter) -> datetime | None:
    """Return when the first matter of a list came in: before it there is no data."""
    first: datetime | None = found(actor, which).order_by().aggregate(first=Min("received_at"))["first"]
    return first


def counted(actor: Actor, *, lists: Mapping[str, Filter]) -> dict[str, int]:
    """Return how many matters each list holds, all in one statement."""
    parts = [_count(actor, key, which) for key, which in lists.items()]
    numbers = dict.fromkeys(lists, 0)
    if parts:
        numbers |= dict(parts[0].union(*parts[1:], all=True))
    return numbers


def _count(actor: Actor, key: str, which: Filter) -> Any:
    named = found(actor, which).order_by().annotate(list_key=Value(key, output_field=CharField()))
    return named.values("list_key").annotate(n=Count("pk")).values_list("list_key", "n")


def _quotable(actor: Actor, which: Filter, lengths: tuple[int, int]) -> Any:
    rows = found(actor, which).order_by().filter(erased_at__isnull=True, duplicate_of__isnull=True, about_staff="")
    return (
        rows.exclude(kind__in=sorting.CONFIDENTIAL_KINDS)
        .annotate(length=Length("words"))
        .filter(length__gte=lengths[0], length__lte=lengths[1])
    )


def spoken_in(
    actor: Actor, which: Filter, *, categories: Sequence[str], lengths: tuple[int, int], most: int
) -> list[Spoken]:
    """Return the first `most` matters of each category of a list whose words are of a length, that may be quoted."""
    rows = _quotable(actor, which, lengths).filter(category__in=categories)
    turn = Window(RowNumber(), partition_by="category", order_by=["received_at", "id"])
    chosen = rows.annotate(turn=turn).filter(turn__lte=most).order_by("category", "turn")
    return [Spoken(*row) for row in chosen.values_list("pk", "words", "category")]


def spoken_of(
    actor: Actor, which: Filter, *, group_ids: Sequence[UUID], lengths: tuple[int, int], most: int
) -> list[Spoken]:
    """Return matters of a list that belong to common needs and may be quoted, the earliest first."""
    inside = _quotable(actor, which, lengths).values("pk")
    members = CommonNeedMember.objects.filter(group_id__in=group_ids, need__in=inside)
    chosen = members.order_by("need__received_at", "need_id")[:most]
    return [Spoken(*row) for row in chosen.values_list("need_id", "need__words", "need__category", "group_id")]
