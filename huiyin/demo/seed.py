"""Put an invented county into an empty database: the register by the loaders, each matter by the very actions
that a resident and a clerk would call, at the moments the story names."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from huiyin.demo.world import Matter, Move, Post, World, make_world
from huiyin.needs import actions as needs
from huiyin.org import queries as org
from huiyin.org.actions import loading
from huiyin.org.actors import PUBLIC, SYSTEM, Actor
from huiyin.platform import clock

PASSWORD = "huiyin-2026"  # noqa: S105  # of invented people, printed at each start of the demo
Progress = Callable[[str, int, int], None]


def is_seeded() -> bool:
    """Return whether the database holds a county already."""
    return bool(org.communities(SYSTEM))


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


def _register(world: World, say: Progress) -> dict[str, UUID]:
    """Write units, people, posts and addresses; return the people's ids and the buildings' and units' by key."""
    units = loading.load_units(SYSTEM, units=_units(world))
    say("units", 1, 5)
    given = [loading.LoadPerson(p.key, p.username, p.name, p.phone) for p in world.people]
    people = loading.load_people(SYSTEM, people=given, password=PASSWORD)
    say("people", 2, 5)
    loading.load_posts(SYSTEM, posts=[_post(p) for p in world.posts], units=units, people=people)
    estates = loading.load_estates(
        SYSTEM, estates={e.key: (e.community_key, e.name) for e in world.estates}, units=units
    )
    say("posts", 3, 5)
    given_buildings = [
        loading.LoadBuilding(b.key, b.estate_key, b.grid_key, b.name, b.lon, b.lat) for b in world.buildings
    ]
    buildings = loading.load_buildings(SYSTEM, buildings=given_buildings, estates=estates, units=units)
    say("buildings", 4, 5)
    doors = [loading.LoadDoor(d.key, d.building_key, d.stairwell, d.name, d.household_count) for d in world.doors]
    portfolios = [
        loading.LoadPortfolio(p.grid_key, p.person_key, f"第{i:02d}包户", frozenset(p.door_keys))
        for i, p in enumerate(world.portfolios, 1)
    ]
    loading.load_doors(SYSTEM, doors=doors, portfolios=portfolios, buildings=buildings, units=units, people=people)
    say("doors", 5, 5)
    return {**units, **buildings, **people}


class _Cast:
    """The people of the story as actors, each read once: their posts do not change while the story is told."""

    def __init__(self, ids: dict[str, UUID]) -> None:
        self._ids = ids
        self._actors: dict[str, Actor] = {}

    def actor(self, key: str) -> Actor:
        """Return a person as an actor."""
        if key not in self._actors:
            self._actors[key] = org.actor_of(SYSTEM, self._ids[key])
        return self._actors[key]


def _new(matter: Matter, world: World, ids: dict[str, UUID]) -> needs.NewNeed:
    person = matter.person
    names = {p.key: p.name for p in world.people}
    return needs.NewNeed(
        words=matter.words, channel=matter.channel, source=f"demo:{matter.key}", community_id=ids[matter.community_key],
        building_id=ids[matter.building_key] if matter.building_key else None,
        point=(matter.lon, matter.lat) if matter.lon is not None and matter.lat is not None else None,
        place_text="" if matter.building_key else matter.place_text[:120], public=matter.public,
        name=person.name if person else "", phone=(person.phone or "") if person else "",
        email=(person.email or "") if person else "",
        about_staff=names[matter.about_staff_key] if matter.about_staff_key else "",
    )  # fmt: skip


def _steps(matter: Matter, kinds: dict[str, str]) -> list[Move]:
    """Return the story as far as one office can tell it.

    Service teams and the county take part when orders exist: until then the office that would have passed the matter
    to them finishes it, and does not take on twice what it has taken on.
    """
    steps: list[Move] = []
    accepted, office = False, ""
    for move in matter.story:
        if kinds[move.to_key] in {"team", "county"} and move.verb in {"pass_on", "hand_up"}:
            office = move.by_key
        elif move.verb != "accept" or not accepted:
            steps.append(replace(move, by_key=office or move.by_key))
            accepted = move.verb == "accept" or (accepted and move.verb not in {"hand_up", "pass_on"})
    return steps


def _take(move: Move, actor: Actor, need_id: UUID, *, to: UUID, way: str) -> None:
    with clock.at(move.at):
        if move.verb == "accept":
            needs.accept(actor, need_id)
        elif move.verb == "hand_up":
            needs.hand_up(actor, need_id, note=move.note)
        elif move.verb == "pass_on":
            needs.pass_on(actor, need_id, unit_id=to, note=move.note)
        elif move.verb == "answer":
            needs.answer(actor, need_id, text=move.text, way=way)
        else:
            needs.deliver(actor, need_id, note=move.note)


def _tell(matter: Matter, world: World, *, ids: dict[str, UUID], cast: _Cast) -> None:
    by = cast.actor(matter.registered_by_key) if matter.registered_by_key else PUBLIC
    with clock.at(matter.received_at):
        receipt = needs.register(by, new=_new(matter, world, ids))
    way = next((m.delivered_by for m in matter.story if m.delivered_by), None) or "page"
    for move in _steps(matter, {u.key: u.kind for u in world.units}):
        _take(move, cast.actor(move.by_key), receipt.need_id, to=ids[move.to_key], way=way)


@transaction.atomic  # all or nothing: a county half seeded would look like a whole one at the next start
def seed(*, like: str, matters: int, today: date, say: Progress) -> World:
    """Fill an empty database and return the world it was filled with."""
    world = make_world(like=like, seed=1, matters=matters, today=today, now=clock.now())
    ids = _register(world, say)
    cast = _Cast(ids)
    for index, matter in enumerate(world.matters, 1):
        _tell(matter, world, ids=ids, cast=cast)
        say("matters", index, len(world.matters))
    return world
