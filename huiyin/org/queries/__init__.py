"""Every read of people, units and addresses."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Q, Sum, Value
from django.db.models.functions import Concat, Length

from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Grant, Kind
from huiyin.org.atlas import UnitRow
from huiyin.org.models import Building, Door, Estate, Portfolio, Post, Unit, User, WorkDay
from huiyin.org.roles import role_label
from huiyin.platform import clock
from huiyin.platform.errors import NotFound


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with an account and the posts held today."""

    id: UUID
    name: str
    username: str
    ended_on: date | None
    posts: "tuple[HeldPost, ...]" = ()
    second_factor: bool = False


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post as shown on pages."""

    id: UUID
    user_id: UUID
    user_name: str
    unit_id: UUID
    unit_name: str
    role: str
    role_label: str
    started_on: date
    ended_on: date | None
    stand_in_name: str = ""
    stand_in_from: date | None = None
    stand_in_until: date | None = None

    @classmethod
    def of(cls, post: Post) -> "HeldPost":
        """Return the row of a post with its user, unit and stand-in loaded."""
        return cls(
            post.id, post.user_id, post.user.name, post.unit_id, atlas.current().title(post.unit_id),
            post.role, role_label(post.role), post.started_on, post.ended_on,
            post.stand_in.name if post.stand_in else "", post.stand_in_from, post.stand_in_until,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit with its children, for the tree page."""

    unit: UnitRow
    people: int
    children: "tuple[TreeNode, ...]" = field(default=())


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick by name."""

    id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class EstateRow:
    """An estate with how much stands in it."""

    id: UUID
    name: str
    buildings: int
    doors: int
    households: int


@dataclass(frozen=True, slots=True)
class PortfolioRow:
    """A portfolio with its worker and size."""

    id: UUID
    name: str
    worker_name: str
    doors: int
    households: int


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A building or door picked by a resident, with the grid that answers for it."""

    building_id: UUID
    grid_id: UUID
    text: str
    lon: float
    lat: float


def actor_for(user: User) -> Actor:
    """Return the actor of a signed-in person, with the grants of today's posts and stand-ins."""
    if user.kind == "resident":
        return Actor(
            Kind.RESIDENT,
            user.id,
            user.name,
            phones=frozenset({user.phone_index} if user.phone_index else ()),
        )
    today = clock.today()
    running = Q(started_on__lte=today) & (Q(ended_on__isnull=True) | Q(ended_on__gt=today))
    covering = Q(stand_in=user, stand_in_from__lte=today, stand_in_until__gte=today)
    posts = Post.objects.filter(running & (Q(user=user) | covering))
    held = posts.values_list("role", "unit_id", "unit__name", "unit__path", "user_id")  # no models: each request asks
    grants = tuple(
        Grant(role, unit_id, name, path, None if holder == user.id else holder)
        for role, unit_id, name, path, holder in held
    )
    return Actor(Kind.STAFF, user.id, user.name, grants)


def actor_of(actor: Actor, user_id: UUID) -> Actor:
    """Return another person as an actor; for the system alone, which tells a demo's story. Raises NotFound."""
    user = User.objects.filter(pk=user_id).first() if actor.kind is Kind.SYSTEM else None
    if user is None:
        raise NotFound()
    return actor_for(user)


def communities(actor: Actor) -> list[UnitRow]:
    """Return the villages and communities, by name; public."""
    units = atlas.current().units.values()
    return sorted((u for u in units if u.kind in {"village", "community"} and not u.ended_on), key=lambda u: u.path)


def community(actor: Actor, slug: str) -> UnitRow:
    """Return a community by the name in its address; public. Raises NotFound."""
    here = atlas.current()
    unit = here.get(here.by_slug.get(slug))
    if unit is None:
        raise NotFound()
    return unit


def community_map(actor: Actor, community_id: UUID) -> dict[str, Any]:
    """Return a community's grids as a GeoJSON FeatureCollection: names and outlines, nothing personal; public."""
    here = atlas.current()
    units = [here.units[c] for c in here.children.get(community_id, ())]
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": str(u.id), "name": u.name, "kind": u.grid_kind},
                "geometry": u.boundary,
            }
            for u in units
            if u.boundary
        ],
    }


def estates(actor: Actor, community_id: UUID) -> list[Choice]:
    """Return a community's estates by name; public, for picking a place."""
    rows = Estate.objects.filter(community_id=community_id).order_by("name")
    return [Choice(e.id, e.name) for e in rows]


def buildings(actor: Actor, estate_id: UUID) -> list[Choice]:
    """Return an estate's buildings, in the order of their numbers; public, for picking a place."""
    rows = [Choice(b.id, b.name) for b in Building.objects.filter(estate_id=estate_id)]
    return sorted(rows, key=lambda c: (int("".join(filter(str.isdigit, c.name)) or 0), c.name))


_PLACE = """
SELECT b.id, b.grid_id, e.name || b.name, b.lon, b.lat
  FROM org_building b JOIN org_estate e ON e.id = b.estate_id WHERE b.id = %s
"""  # by hand: `bench intake`


def place(actor: Actor, building_id: UUID) -> PlaceRow:
    """Return a building as a place, with its grid. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACE, [building_id])
        found = cursor.fetchone()
    if found is None:
        raise NotFound()
    return PlaceRow(*found)


def places_like(actor: Actor, community_id: UUID, *, typed: str, most: int = 8) -> list[PlaceRow]:
    """Return buildings whose estate and number begin as typed, white space aside; public, nothing personal."""
    plain = "".join(typed.replace("\x00", "").split())
    rows = Building.objects.filter(estate__community_id=community_id).select_related("estate")
    rows = (
        rows.annotate(full=Concat("estate__name", "name"))
        .filter(full__startswith=plain)
        .order_by(Length("full"), "full")
    )
    return [PlaceRow(b.id, b.grid_id, f"{b.estate.name}{b.name}", b.lon, b.lat) for b in rows[:most]]


def building_named(actor: Actor, community_id: UUID, *, typed: str) -> PlaceRow | None:
    """Return the building with the longest name that begins the typed place; None when there is none."""
    plain = "".join(typed.replace("\x00", "").split())
    rows = Building.objects.filter(estate__community_id=community_id).select_related("estate")
    rows = rows.annotate(full=Concat("estate__name", "name"), typed=Value(plain))
    found = rows.filter(typed__startswith=F("full")).order_by(-Length("full")).first()
    return (
        PlaceRow(found.id, found.grid_id, f"{found.estate.name}{found.name}", found.lon, found.lat) if found else None
    )


def estate_names(actor: Actor, unit_id: UUID) -> list[str]:
    """Return the names of the estates below a unit; public."""
    path = atlas.current().units[unit_id].path
    return list(Estate.objects.filter(community__path__startswith=path).values_list("name", flat=True).distinct())


def estate_homes(actor: Actor, unit_id: UUID) -> list[tuple[str, UUID]]:
    """Return name and community of each estate below a unit; public."""
    path = atlas.current().units[unit_id].path
    return list(Estate.objects.filter(community__path__startswith=path).values_list("name", "community_id"))


def _node(here: atlas.Atlas, unit: UnitRow) -> TreeNode:
    children = tuple(_node(here, here.units[c]) for c in here.children.get(unit.id, ()))
    people = sum(p.runs_on(clock.today()) for p in here.posts.get(unit.id, ()))
    return TreeNode(unit, people, children)


def tree(actor: Actor, *, which: str = "office") -> list[TreeNode]:
    """Return the units within the actor's reach as trees, each with its children."""
    here = atlas.current()
    tops = list(scope.within(actor, "unit.read", Unit.objects.filter(tree=which, ended_on__isnull=True)))
    known = {u.id for u in tops}
    return [_node(here, here.units[u.id]) for u in sorted(tops, key=lambda u: u.path) if u.parent_id not in known]


def unit(actor: Actor, unit_id: UUID) -> UnitRow:
    """Return one unit within reach. Raises NotFound."""
    found = scope.find(actor, "unit.read", Unit.objects.all(), unit_id)
    return atlas.current().units.get(found.id) or UnitRow(
        found.id, found.parent_id, found.path, found.tree, found.kind, found.grid_kind, found.name,
        found.slug, found.phone, found.address, found.ended_on, found.boundary,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkDayRow:
    """A day the office entered."""

    day: date
    works: bool
    note: str


def workdays(actor: Actor) -> list[WorkDayRow]:
    """Return the days the office entered, newest first."""
    return [WorkDayRow(w.day, w.works, w.note) for w in WorkDay.objects.order_by("-day")]


def posts_in(actor: Actor, unit_id: UUID) -> list[HeldPost]:
    """Return the posts held in a unit today or later, within reach."""
    rows = scope.within(actor, "post.read", Post.objects.filter(unit_id=unit_id))
    rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()))
    return [HeldPost.of(p) for p in rows.select_related("user", "unit", "stand_in").order_by("role", "started_on")]


def people(actor: Actor, *, search: str = "", most: int = 100) -> list[PersonRow]:
    """Return staff who hold a post within reach, by name, at most `most`."""
    posts = scope.within(actor, "post.read", Post.objects.all())
    posts = posts.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()))
    if search:
        posts = posts.filter(Q(user__name__icontains=search) | Q(user__username__icontains=search))
    found: dict[UUID, list[Post]] = {}
    for post in posts.select_related("user", "unit", "stand_in").order_by("unit__path", "started_on")[: most * 2]:
        found.setdefault(post.user_id, []).append(post)
    return [_person(held[0].user, held) for held in list(found.values())[:most]]


def _person(user: User, held: Sequence[Post]) -> PersonRow:
    posts = tuple(HeldPost.of(p) for p in held)
    return PersonRow(user.id, user.name, user.username or "", user.ended_on, posts, user.second_factor)


def person(actor: Actor, user_id: UUID) -> PersonRow:
    """Return one member of staff who holds or held a post within reach. Raises NotFound."""
    posts = scope.within(actor, "post.read", Post.objects.filter(user_id=user_id))
    held = list(posts.select_related("user", "unit", "stand_in").order_by("-started_on"))
    if not held:
        raise NotFound()
    return _person(held[0].user, held)


def staff_named(actor: Actor, *, text: str, most: int = 8) -> list[HeldPost]:
    """Return staff whose name stands in `text` or begins so: a complaint names somebody. For registering staff."""
    if not actor.can("need.register") or not text.strip():
        return []
    rows = Post.objects.filter(user__name__startswith=text.strip(), started_on__lte=clock.today())
    rows = rows.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today()))
    return [HeldPost.of(p) for p in rows.select_related("user", "unit", "stand_in").order_by("unit__path")[:most]]


def estate_rows(actor: Actor, community_id: UUID) -> list[EstateRow]:
    """Return a community's estates with their sizes, within reach."""
    rows = scope.within(actor, "address.read", Estate.objects.filter(community_id=community_id))
    rows = rows.annotate(
        b=Count("buildings", distinct=True),
        d=Count("buildings__doors"),
        h=Sum("buildings__doors__household_count"),
    )
    return [EstateRow(e.id, e.name, e.b, e.d, e.h or 0) for e in rows.order_by("name")]


def portfolios(actor: Actor, grid_id: UUID) -> list[PortfolioRow]:
    """Return a grid's portfolios with their workers and sizes, within reach."""
    rows = scope.within(actor, "address.read", Portfolio.objects.filter(grid_id=grid_id)).select_related("worker")
    rows = rows.annotate(d=Count("doors"), h=Sum("doors__household_count")).order_by("name")
    return [PortfolioRow(p.id, p.name, p.worker.name if p.worker else "", p.d, p.h or 0) for p in rows]


def doors(actor: Actor, building_id: UUID) -> list[Choice]:
    """Return a building's doors, within reach of staff."""
    rows = scope.within(actor, "address.read", Door.objects.filter(building_id=building_id))
    return [Choice(d.id, f"{d.stairwell}{d.name}") for d in rows.order_by("stairwell", "name")]


def post(actor: Actor, post_id: UUID) -> HeldPost:
    """Return one post within reach. Raises NotFound."""
    rows = Post.objects.select_related("user", "unit", "stand_in")
    return HeldPost.of(scope.find(actor, "post.read", rows, post_id))


def outlines(actor: Actor, unit_id: UUID, *, beside: bool = False) -> dict[str, Any]:
    """Return the outlines of what is below a unit, or of the units `beside` it, as GeoJSON. Raises NotFound."""
    here = atlas.current()
    row = unit(actor, unit_id)
    below = here.children.get(unit_id, ())
    inside = not beside and any(here.units[u].boundary for u in below)
    around = below if inside else here.children.get(row.parent_id, ())
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"id": str(u), "name": here.units[u].name, "current": u == unit_id},
                "geometry": here.units[u].boundary,
            }
            for u in around
            if here.units[u].boundary
        ],
    }


@dataclass(frozen=True, slots=True)
class GridCard:
    """A grid as residents see it: its name, who works there by family name, its duty telephone."""

    name: str
    worker: str
    phone: str


def grids_of(actor: Actor, community_id: UUID) -> list[GridCard]:
    """Return a community's grids with who answers for them; public: staff on duty, not private numbers."""
    here, today = atlas.current(), clock.today()
    cards = []
    for unit_id in here.children.get(community_id, ()):
        grid = here.units[unit_id]
        names = [
            p.user_name
            for p in here.posts.get(unit_id, ())
            if p.role in {"grid_worker", "grid_head"} and p.runs_on(today)
        ]
        cards.append(GridCard(grid.name, "、".join(names), grid.phone))
    return cards
