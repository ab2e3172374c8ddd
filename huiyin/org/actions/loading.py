"""A whole register at once: a county's tree, addresses and posts, as a new office brings them or a demo invents them.

Keys are the caller's own texts; each loader returns the keys' ids. All of it is one transaction of the caller.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from huiyin.org import atlas
from huiyin.org.actors import Actor, Kind
from huiyin.org.models import Building, Door, Estate, Portfolio, Post, Unit, User
from huiyin.platform import clock, crypto
from huiyin.platform.errors import NotFound

BATCH = 2000
Ids = Mapping[str, UUID]


@dataclass(frozen=True, slots=True)
class LoadUnit:
    """A unit; parents come before children."""

    key: str
    parent_key: str | None
    tree: str
    kind: str
    name: str
    grid_kind: str = ""
    slug: str | None = None
    boundary: Mapping[str, Any] | None = None
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class LoadPerson:
    """A member of staff with an account."""

    key: str
    username: str
    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LoadPost:
    """A post; `ended_on` is the first day without it."""

    person_key: str
    unit_key: str
    role: str
    started_on: date
    ended_on: date | None = None
    stand_in_key: str | None = None
    stand_in_from: date | None = None
    stand_in_until: date | None = None


@dataclass(frozen=True, slots=True)
class LoadBuilding:
    """A building of an estate, in a grid."""

    key: str
    estate_key: str
    grid_key: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class LoadDoor:
    """A door of a building."""

    key: str
    building_key: str
    stairwell: str
    name: str
    household_count: int


def _system_only(actor: Actor) -> None:
    if actor.kind is not Kind.SYSTEM:
        raise NotFound()


def _labels(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('org_unit_label') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def load_units(actor: Actor, *, units: Sequence[LoadUnit]) -> Ids:
    """Write units, parents first. For the system only."""
    _system_only(actor)
    made: dict[str, Unit] = {}
    for given, label in zip(units, _labels(len(units)), strict=True):
        parent = made[given.parent_key] if given.parent_key else None
        made[given.key] = Unit(
            parent=parent, path=f"{parent.path if parent else ''}{label:06d}/", tree=given.tree, kind=given.kind,
            grid_kind=given.grid_kind, name=given.name, slug=given.slug, phone=given.phone, address=given.address,
            boundary=dict(given.boundary) if given.boundary else None, started_on=clock.today(),
        )  # fmt: skip
    Unit.objects.bulk_create(made.values(), batch_size=BATCH)
    atlas.changed()
    return {key: unit.id for key, unit in made.items()}


@transaction.atomic
def load_people(actor: Actor, *, people: Sequence[LoadPerson], password: str) -> Ids:
    """Write staff accounts that share one first password, hashed once. For the system only."""
    _system_only(actor)
    hashed = make_password(password)
    made = {
        p.key: User(
            kind="staff", username=p.username, name=p.name, password=hashed, phone_cipher=crypto.encrypt(p.phone)
        )
        for p in people
    }
    User.objects.bulk_create(made.values(), batch_size=BATCH)
    return {key: user.id for key, user in made.items()}


@transaction.atomic
def load_posts(actor: Actor, *, posts: Sequence[LoadPost], units: Ids, people: Ids) -> None:
    """Write posts. For the system only."""
    _system_only(actor)
    rows = [
        Post(
            user_id=people[p.person_key], unit_id=units[p.unit_key], role=p.role, started_on=p.started_on, ended_on=p.ended_on,
            stand_in_id=people[p.stand_in_key] if p.stand_in_key else None,
            stand_in_from=p.stand_in_from, stand_in_until=p.stand_in_until,
        )
        for p in posts
    ]  # fmt: skip
    Post.objects.bulk_create(rows, batch_size=BATCH)
    atlas.changed()


@transaction.atomic
def load_estates(actor: Actor, *, estates: Mapping[str, tuple[str, str]], units: Ids) -> Ids:
    """Write estates given as key: (community key, name). For the system only."""
    _system_only(actor)
    made = {key: Estate(community_id=units[unit], name=name) for key, (unit, name) in estates.items()}
    Estate.objects.bulk_create(made.values(), batch_size=BATCH)
    return {key: row.id for key, row in made.items()}


@transaction.atomic
def load_buildings(actor: Actor, *, buildings: Sequence[LoadBuilding], estates: Ids, units: Ids) -> Ids:
    """Write buildings. For the system only."""
    _system_only(actor)
    made = {
        b.key: Building(estate_id=estates[b.estate_key], grid_id=units[b.grid_key], name=b.name, lon=b.lon, lat=b.lat)
        for b in buildings
    }
    Building.objects.bulk_create(made.values(), batch_size=BATCH)
    return {key: row.id for key, row in made.items()}


@dataclass(frozen=True, slots=True)
class LoadPortfolio:
    """The doors of a grid one worker answers for."""

    grid_key: str
    person_key: str
    name: str
    door_keys: frozenset[str]


@transaction.atomic
def load_doors(
    actor: Actor,
    *,
    doors: Sequence[LoadDoor],
    portfolios: Sequence[LoadPortfolio],
    buildings: Ids,
    units: Ids,
    people: Ids,
) -> None:
    """Write doors with the portfolios they belong to. For the system only."""
    _system_only(actor)
    made = [(p, Portfolio(grid_id=units[p.grid_key], worker_id=people[p.person_key], name=p.name)) for p in portfolios]
    Portfolio.objects.bulk_create([row for _, row in made], batch_size=BATCH)
    of_door = {key: row.id for p, row in made for key in p.door_keys}
    rows = [
        Door(
            building_id=buildings[d.building_key], portfolio_id=of_door.get(d.key), stairwell=d.stairwell, name=d.name,
            household_count=d.household_count,
        )
        for d in doors
    ]  # fmt: skip
    Door.objects.bulk_create(rows, batch_size=BATCH)
