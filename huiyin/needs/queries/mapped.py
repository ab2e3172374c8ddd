"""Open matters on the map: single points while there are few, counts of squares when there are many."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Avg, Case, Count, F, FloatField, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Floor

from huiyin.needs import rules
from huiyin.needs.models import Need
from huiyin.needs.queries.lists import Filter, found
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.platform import clock

POINTS_MOST = 150
ACROSS = 12  # squares across what is seen
SOON_DAYS = 1  # as the due badge has it


@dataclass(frozen=True, slots=True)
class Seen:
    """What of the map is seen, in degrees, and what is asked of it."""

    west: float
    south: float
    east: float
    north: float
    category: str = ""
    due: str = ""  # over | soon | "" for all


@dataclass(frozen=True, slots=True)
class Spot:
    """One matter, or how many stand in a square; `due` is the most pressing of them."""

    lon: float
    lat: float
    count: int
    due: str
    need_id: UUID | None = None
    category: str = ""
    place_text: str = ""
    promised_on: date | None = None
    state: str = ""


def _pressing() -> Case:
    """2 for overdue, 1 for soon, 0 for later, of what is still unanswered."""
    today = clock.today()
    waits = Q(state__in=rules.UNANSWERED_STATES)
    return Case(
        When(waits & Q(promised_on__lt=today), then=Value(2)),
        When(waits & Q(promised_on__lte=today + timedelta(days=SOON_DAYS)), then=Value(1)),
        default=Value(0), output_field=IntegerField(),
    )  # fmt: skip


_DUE = {2: "over", 1: "soon", 0: "later"}


def _rows(actor: Actor, seen: Seen) -> "QuerySet[Need]":
    rows = (
        found(actor, Filter(which="all", category=seen.category))
        .order_by()
        .filter(
            closed_at__isnull=True, lon__gte=seen.west, lon__lte=seen.east, lat__gte=seen.south, lat__lte=seen.north
        )
    )
    rows = rows.annotate(pressing=_pressing())
    return rows.filter(pressing={"over": 2, "soon": 1}[seen.due]) if seen.due in {"over", "soon"} else rows


def spots(actor: Actor, *, seen: Seen) -> list[Spot]:
    """Return what stands open within what is seen: each matter, or squares with counts beyond POINTS_MOST."""
    rows = _rows(actor, seen)
    first: Any = rows.only("lon", "lat", "category", "place_text", "promised_on", "state")
    few = list(first.order_by("-pressing", "promised_on", "received_at")[: POINTS_MOST + 1])
    if len(few) <= POINTS_MOST:
        return [
            Spot(n.lon, n.lat, 1, _DUE[n.pressing], n.pk, n.category, n.place_text, n.promised_on, n.state) for n in few
        ]
    side = max((seen.east - seen.west) / ACROSS, 1e-6)
    squares: Any = (
        rows.annotate(
            x=Floor(Cast(F("lon") / Value(side), FloatField())), y=Floor(Cast(F("lat") / Value(side), FloatField()))
        )
        .values("x", "y")
        .annotate(n=Count("pk"), lon_mid=Avg("lon"), lat_mid=Avg("lat"), most=Max("pressing"))
    )
    return [Spot(s["lon_mid"], s["lat_mid"], s["n"], _DUE[s["most"]]) for s in squares]


def unplaced(actor: Actor) -> int:
    """Return how many open matters stand on no map."""
    return found(actor, Filter(which="all", unplaced=True)).count()


def areas(actor: Actor) -> dict[str, Any]:
    """Return the grids and communities within reach as GeoJSON, each with who answers for it today."""
    here, paths = atlas.current(), actor.paths("need.read")
    today = clock.today()
    shapes = []
    for unit in here.units.values():
        if (
            not unit.boundary
            or unit.ended_on
            or unit.kind not in {"grid", "community", "village"}
            or not unit.path.startswith(paths)
        ):
            continue
        names = [
            p.user_name
            for p in here.posts.get(unit.id, ())
            if p.runs_on(today) and p.role.startswith(("grid", "community"))
        ]
        said = {"id": str(unit.id), "name": unit.name, "kind": unit.kind, "who": "、".join(names), "phone": unit.phone}
        shapes.append({"type": "Feature", "properties": said, "geometry": unit.boundary})
    return {"type": "FeatureCollection", "features": shapes}
