"""The tree, the grids and today's posts in memory, at most two seconds old.

A county has some hundred units and a thousand posts; reading them anew for each matter would cost more than the matter.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.org.models import Post, Unit, WorkDay
from huiyin.org.roles import may
from huiyin.org.rules import Area, Point, locate, nearest
from huiyin.platform import clock
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.generations import Snapshot, bump

NAME = "org"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as shown to anyone: nothing personal in it."""

    id: UUID
    parent_id: UUID | None
    path: str
    tree: str
    kind: str
    grid_kind: str
    name: str
    slug: str | None
    phone: str
    address: str
    ended_on: date | None = None
    boundary: Mapping[str, Any] | None = field(default=None, repr=False, compare=False)
    vocabulary: str = ""

    @property
    def depth(self) -> int:
        """How many units stand above this one."""
        return self.path.count("/") - 1


@dataclass(frozen=True, slots=True)
class PostRow:
    """A post with its days."""

    id: UUID
    user_id: UUID
    user_name: str
    unit_id: UUID
    role: str
    started_on: date
    ended_on: date | None

    def runs_on(self, day: date) -> bool:
        """Whether the post is held on that day."""
        return self.started_on <= day and (self.ended_on is None or day < self.ended_on)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A person who holds, held or will hold a post, or stands in: whom a complaint may be about."""

    user_id: UUID
    name: str
    units: frozenset[UUID]


@dataclass(frozen=True)
class Atlas:
    """One reading of the tree."""

    units: Mapping[UUID, UnitRow]
    children: Mapping[UUID | None, Sequence[UUID]]
    grids: Sequence[Area]
    communities: Sequence[Area]
    posts: Mapping[UUID, Sequence[PostRow]]
    calendar: WorkCalendar
    by_slug: Mapping[str, UUID]
    staff: Sequence["StaffRow"] = ()

    def get(self, unit_id: UUID | None) -> UnitRow | None:
        """Return a unit, also one that has ended, or None."""
        return self.units.get(unit_id) if unit_id else None

    def above(self, unit_id: UUID) -> list[UnitRow]:
        """Return the units from the top down to this one."""
        chain: list[UnitRow] = []
        unit = self.get(unit_id)
        while unit:
            chain.append(unit)
            unit = self.get(unit.parent_id)
        return chain[::-1]

    def part_of(self, here: UnitRow, unit_id: UUID) -> UnitRow:
        """Return the unit right below `here` to which a unit belongs, or `here` when there is none."""
        below = [u for u in self.above(unit_id) if u.parent_id == here.id]
        return below[0] if below else here

    def title(self, unit_id: UUID) -> str:
        """Return a name that tells a grid apart: the community's with the grid's own."""
        chain = [u for u in self.above(unit_id) if u.kind not in {"county", "street"}] or self.above(unit_id)[-1:]
        return " ".join(u.name for u in chain)

    def vocabulary_of(self, unit_id: UUID) -> str:
        """Return the preset of stage names that counts for what a unit holds: its own, else the nearest above."""
        return next((u.vocabulary for u in reversed(self.above(unit_id)) if u.vocabulary), "")

    def community_of(self, unit_id: UUID) -> UnitRow | None:
        """Return the village or community a unit belongs to, or is."""
        return next((u for u in self.above(unit_id) if u.kind in {"village", "community"}), None)

    def street_of(self, unit_id: UUID) -> UnitRow | None:
        """Return the street a unit belongs to, or is."""
        return next((u for u in self.above(unit_id) if u.kind == "street"), None)

    def streets(self) -> list[UnitRow]:
        """Return the streets that have not ended."""
        return [u for u in self.units.values() if u.kind == "street" and u.ended_on is None]

    def grid_at(self, point: Point) -> UUID | None:
        """Return the grid that covers a point."""
        return locate(point, self.grids)

    def nearest_community(self, point: Point) -> UUID | None:
        """Return the community nearest to a point that no grid covers."""
        return nearest(point, self.communities)

    def holders(self, unit_id: UUID, capability: str) -> frozenset[UUID]:
        """Return who holds a post there today that carries the capability."""
        today = clock.today()
        posts = self.posts.get(unit_id, ())
        return frozenset(p.user_id for p in posts if p.runs_on(today) and may(p.role, capability))

    def holders_over(self, unit_id: UUID, capability: str) -> frozenset[UUID]:
        """Return who holds a post there or above today that carries the capability."""
        return frozenset().union(*(self.holders(u.id, capability) for u in self.above(unit_id)))

    def is_staffed(self, unit_id: UUID) -> bool:
        """Return whether somebody holds a post there today."""
        today = clock.today()
        return any(post.runs_on(today) for post in self.posts.get(unit_id, ()))

    def posts_of(self, user_id: UUID) -> list[PostRow]:
        """Return the posts a person holds today."""
        today = clock.today()
        return [p for posts in self.posts.values() for p in posts if p.user_id == user_id and p.runs_on(today)]


def _units() -> dict[UUID, UnitRow]:
    rows = Unit.objects.order_by("path")
    return {
        u.id: UnitRow(
            u.id,
            u.parent_id,
            u.path,
            u.tree,
            u.kind,
            u.grid_kind,
            u.name,
            u.slug,
            u.phone,
            u.address,
            u.ended_on,
            u.boundary,
            u.vocabulary,
        )
        for u in rows
    }


def _posts() -> dict[UUID, list[PostRow]]:
    found: dict[UUID, list[PostRow]] = defaultdict(list)
    rows = Post.objects.filter(ended_on__isnull=True) | Post.objects.filter(ended_on__gt=clock.today())
    for p in rows.select_related("user").order_by("started_on", "id"):
        found[p.unit_id].append(PostRow(p.id, p.user_id, p.user.name, p.unit_id, p.role, p.started_on, p.ended_on))
    return found


def _staff() -> list[StaffRow]:
    units: dict[UUID, set[UUID]] = defaultdict(set)
    names: dict[UUID, str] = {}
    for post in Post.objects.select_related("user", "stand_in"):
        for user in filter(None, (post.user, post.stand_in)):
            names[user.id] = user.name
            units[user.id].add(post.unit_id)
    return [StaffRow(user_id, names[user_id], frozenset(held)) for user_id, held in units.items()]


def _areas(units: Mapping[UUID, UnitRow], kinds: set[str]) -> list[Area]:
    return [
        Area.of(u.id, u.boundary, exclusive=u.grid_kind == "exclusive")
        for u in units.values()
        if u.kind in kinds and u.boundary and u.ended_on is None
    ]


def _read() -> Atlas:
    units = _units()
    children: dict[UUID | None, list[UUID]] = defaultdict(list)
    for unit in units.values():
        if unit.ended_on is None:
            children[unit.parent_id].append(unit.id)
    return Atlas(
        units=units,
        children=children,
        grids=_areas(units, {"grid"}),
        communities=_areas(units, {"village", "community"}),
        posts=_posts(),
        calendar=WorkCalendar.of({w.day: w.works for w in WorkDay.objects.all()}),
        staff=_staff(),
        by_slug={u.slug: u.id for u in units.values() if u.slug and u.ended_on is None},
    )


_snapshot: Snapshot[Atlas] = Snapshot(NAME, _read)


def current() -> Atlas:
    """Return the atlas, at most two seconds old."""
    return _snapshot.current()


def changed() -> None:
    """Say in this transaction that units, posts or work days changed; this process sees it at once."""
    bump(NAME)
    _snapshot.forget()
    transaction.on_commit(_snapshot.forget)


def forget() -> None:
    """Drop what this process remembers. For tests, whose transactions are rolled back."""
    _snapshot.forget()
