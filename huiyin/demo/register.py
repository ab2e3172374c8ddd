"""Writes the register of an invented county by the loaders: units, people, posts, addresses, outside parties."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from uuid import UUID

from huiyin.demo.seeding import PASSWORD
from huiyin.demo.world import Post, World
from huiyin.needs import actions as needs
from huiyin.org import queries as org
from huiyin.org.actions import loading
from huiyin.org.actors import SYSTEM

Progress = Callable[[str, int, int], None]
STEPS = 6


def _phone(index: int) -> str:
    """Return a duty telephone that belongs to nobody: no Chinese area code begins with 000."""
    return f"000-{8000000 + index}"


def _units(world: World) -> list[loading.LoadUnit]:
    county = next(u.key for u in world.units if u.kind == "county")
    above = {u.key: county if u.kind == "inspection" else u.parent_key for u in world.units}
    return [
        loading.LoadUnit(
            u.key, above[u.key], "service" if u.tree == "service" else "office", u.kind, u.name, u.grid_kind or "",
            u.slug, dict(u.boundary) if u.boundary else None, _phone(i) if u.tree == "office" else "",
        )
        for i, u in enumerate(world.units)
    ]  # fmt: skip


def _post(given: Post) -> loading.LoadPost:
    ended = given.ended_on + timedelta(days=1) if given.ended_on else None  # the world's day is the last one held
    return loading.LoadPost(
        given.person_key, given.unit_key, given.role, given.started_on, ended,
        given.stand_in_key, given.stand_in_from, given.stand_in_until,
    )  # fmt: skip


def _outside(world: World, ids: Mapping[str, UUID]) -> dict[str, UUID]:
    """Give each office that makes orders a property manager without an account."""
    heads = {p.unit_key: p.person_key for p in world.posts if p.role in ("community_head", "street_head")}
    names = {u.key: u.name for u in world.units}
    return {
        f"outside:{unit}": needs.add_outside_party(
            org.actor_of(SYSTEM, ids[person]), ids[unit], kind="property", name=f"安居物业{names[unit]}服务处"
        )
        for unit, person in heads.items()
    }


def write(world: World, say: Progress) -> dict[str, UUID]:
    """Write everything but matters; return the ids of people, buildings, units and outside parties by key."""
    units = loading.load_units(SYSTEM, units=_units(world))
    say("register", 1, STEPS)
    given = [loading.LoadPerson(p.key, p.username, p.name, p.phone) for p in world.people]
    people = loading.load_people(SYSTEM, people=given, password=PASSWORD)
    say("register", 2, STEPS)
    loading.load_posts(SYSTEM, posts=[_post(p) for p in world.posts], units=units, people=people)
    estates = loading.load_estates(
        SYSTEM, estates={e.key: (e.community_key, e.name) for e in world.estates}, units=units
    )
    say("register", 3, STEPS)
    given_buildings = [
        loading.LoadBuilding(b.key, b.estate_key, b.grid_key, b.name, b.lon, b.lat) for b in world.buildings
    ]
    buildings = loading.load_buildings(SYSTEM, buildings=given_buildings, estates=estates, units=units)
    say("register", 4, STEPS)
    doors = [loading.LoadDoor(d.key, d.building_key, d.stairwell, d.name, d.household_count) for d in world.doors]
    portfolios = [
        loading.LoadPortfolio(p.grid_key, p.person_key, f"第{i:02d}包户", frozenset(p.door_keys))
        for i, p in enumerate(world.portfolios, 1)
    ]
    loading.load_doors(SYSTEM, doors=doors, portfolios=portfolios, buildings=buildings, units=units, people=people)
    say("register", 5, STEPS)
    outside = _outside(world, {**units, **people})
    say("register", STEPS, STEPS)
    return {**units, **buildings, **people, **outside}
