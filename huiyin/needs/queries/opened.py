"""What everybody may see of matters: what residents let be shown, by grid, without personal data."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huiyin.needs.models import Need
from huiyin.needs.queries.rows import NeedRow
from huiyin.needs.rules import services, sorting
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.org.rules import Point, centre, polygons_of
from huiyin.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class Opened:
    """A matter as everybody may see it: the middle of its grid, its words without personal data."""

    row: NeedRow
    words: str
    area: str
    point: Point | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What narrows a list of open data. `keys` alone decide when given."""

    keys: tuple[UUID, ...] = ()
    services: tuple[str, ...] = ()
    closed: bool | None = None
    since: datetime | None = None
    before: datetime | None = None
    unit_path: str = ""


def _reached(actor: Actor) -> "QuerySet[Need]":
    return scope.within(actor, "need.browse", Need.objects.all())


def _category(codes: Sequence[str]) -> Q:
    found = Q()
    for code in codes:
        name = services.SERVICES.get(code)
        found |= (Q(category=name) | Q(category__startswith=f"{name}/")) if name else Q(category="")
    return found


def _narrowed(rows: "QuerySet[Need]", asked: Asked) -> "QuerySet[Need]":
    if asked.unit_path:
        rows = rows.filter(home__path__startswith=asked.unit_path)
    if asked.keys:
        return rows.filter(pk__in=asked.keys)
    if asked.services:
        rows = rows.filter(_category(asked.services))
    if asked.closed is not None:
        rows = rows.filter(closed_at__isnull=not asked.closed)
    if asked.since:
        rows = rows.filter(received_at__gte=asked.since)
    return rows.filter(received_at__lt=asked.before) if asked.before else rows


def _opened(actor: Actor, need: Need) -> Opened:
    from huiyin.engines.text.entities import redact  # plain Python, read when it is first asked for

    here = atlas.current()
    own = scope.sent_by(actor, need.source)
    unit = here.get(need.home_id)
    point = centre(polygons_of(unit.boundary)) if unit and unit.boundary else None
    return Opened(NeedRow.of(need), need.words if own else redact(need.words), here.title(need.home_id), point)


def opened(actor: Actor, *, asked: Asked, page: int = 1, most: int = 50) -> list[Opened]:
    """Return a page of what everybody may see, newest first."""
    rows = _narrowed(_reached(actor), asked).order_by("-received_at", "id")
    return [_opened(actor, n) for n in rows[(page - 1) * most : page * most]]


def opened_one(actor: Actor, need_id: UUID) -> Opened:
    """Return one matter that everybody may see, or that the program sent itself. Raises NotFound."""
    need = _reached(actor).filter(pk=need_id).first()
    if need is None:
        raise NotFound()
    return _opened(actor, need)


def _open_in(actor: Actor, community_id: UUID) -> "QuerySet[Need]":
    """Return what stands open in a community and everybody may see."""
    unit = atlas.current().units[community_id]
    return _reached(actor).filter(closed_at__isnull=True, home__in=scope.units_below(unit.path)).order_by()


def open_around(actor: Actor, community_id: UUID, *, category: str = "", most: int = 50) -> list[Opened]:
    """Return the newest of what stands open in a community and everybody may see, of a category when one is given."""
    rows = _open_in(actor, community_id)
    if category:
        rows = rows.filter(Q(category=category) | Q(category__startswith=f"{category}/"))
    return [_opened(actor, n) for n in rows.order_by("-received_at", "id")[:most]]


def open_by_grid(actor: Actor, community_id: UUID) -> dict[str, int]:
    """Return how many of them fell to each unit, by its key."""
    grouped: Any = _open_in(actor, community_id).values_list("home_id").annotate(n=Count("pk"))
    return {str(home): n for home, n in grouped}


def open_by_category(actor: Actor, community_id: UUID) -> Counter[str]:
    """Return how many of them are of each category of the first level, "" for none yet."""
    counts: Counter[str] = Counter()
    grouped: Any = _open_in(actor, community_id).values_list("category").annotate(n=Count("pk"))
    for category, n in grouped:
        counts[sorting.first_level(category)] += n
    return counts
