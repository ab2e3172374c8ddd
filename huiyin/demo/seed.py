"""Put an invented county into an empty database: the register by the loaders, each matter by the very actions
that a resident and a clerk would call, at the moments the story names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from huiyin.demo.world import Matter, Move, Post, World, make_world
from huiyin.needs import actions as needs
from huiyin.needs import queries as needs_queries
from huiyin.needs.rules.evaluation import Given
from huiyin.org import queries as org
from huiyin.org.actions import loading
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
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


def _steps(matter: Matter, kinds: Mapping[str, str]) -> list[Move]:
    """Return the story as far as one office can tell it.

    The county takes no part: the office that would have handed the matter there finishes it, and does not take on
    twice what it has taken on.
    """
    steps: list[Move] = []
    accepted, office = False, ""
    for move in matter.story:
        if kinds[move.to_key] == "county" and move.verb == "hand_up":
            office = move.by_key
        elif move.verb != "accept" or not accepted or kinds[move.unit_key] == "team":
            steps.append(replace(move, by_key=office or move.by_key))
            accepted = move.verb == "accept" or (accepted and move.verb not in {"hand_up", "pass_on"})
    return steps


class _Telling:
    """Tells one matter's story through the actions, with the order a team works on when the story goes there."""

    def __init__(self, ids: dict[str, UUID], cast: _Cast, kinds: Mapping[str, str], need_id: UUID) -> None:
        self._ids, self._cast, self._kinds, self._need_id = ids, cast, kinds, need_id
        self._order: UUID | None = None
        self._office: Actor = SYSTEM

    def take(self, move: Move, *, way: str) -> None:
        """Take one step at its moment."""
        actor, to = self._cast.actor(move.by_key), self._ids[move.to_key]
        with clock.at(move.at):
            if self._kinds[move.to_key] == "team" and move.verb == "pass_on":
                new = needs.NewOrder(move.note or "请协助办理", needs.Lead(unit_id=to))
                self._order, self._office = needs.make_order(actor, [self._need_id], new=new).id, actor
            elif self._order:
                self._by_team(move, actor, self._order)
            else:
                _take(move, actor, self._need_id, to=to, way=way)

    def _by_team(self, move: Move, actor: Actor, order_id: UUID) -> None:
        if move.verb == "accept":
            needs.sign(actor, order_id)
        elif move.verb == "answer":
            needs.complete(actor, order_id, done=needs.Done(move.text, move.note))
        elif move.verb == "deliver":
            needs.deliver(self._office, self._need_id, note=move.note)


def _take(move: Move, actor: Actor, need_id: UUID, *, to: UUID, way: str) -> None:
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


_THANKS = ("谢谢，办得很快。", "希望以后多来看看。", "师傅态度好。", "比上次快多了。")
_WRONG = ("过了两天又坏了。", "只来看了看，没有修。", "没有人给我打过电话。")


def _rate(need_id: UUID, told_at: datetime, *, until: datetime, dice: Random) -> None:
    """Let the resident rate what was told, as residents do: most are satisfied, some say nothing, a few are not."""
    luck, at = dice.random(), told_at + timedelta(hours=dice.uniform(1, 60))
    resident = Actor(Kind.BEARER, opens=frozenset({need_id}))
    if luck > 0.82:  # no reply
        if until - told_at > timedelta(days=7, hours=1):
            with clock.at(told_at + timedelta(days=7, hours=1)):
                needs.close_unrated(SYSTEM)
    elif at < until:
        words = dice.choice(_THANKS) if dice.random() < 0.12 else ""
        given = Given(True, dice.choice((5, 5, 5, 4, 4, 3)), words)
        if luck < 0.15 and until - told_at < timedelta(days=20):  # what was reopened long ago would be closed by now
            given = Given(False, dice.choice((1, 2)), dice.choice(_WRONG))
        with clock.at(at):
            needs.rate(resident, need_id, given=given)


def _tell(matter: Matter, world: World, *, ids: dict[str, UUID], cast: _Cast) -> None:
    kinds = {u.key: u.kind for u in world.units}
    by = cast.actor(matter.registered_by_key) if matter.registered_by_key else PUBLIC
    with clock.at(matter.received_at):
        receipt = needs.register(by, new=_new(matter, world, ids))
    way = next((m.delivered_by for m in matter.story if m.delivered_by), None) or "page"
    telling = _Telling(ids, cast, kinds, receipt.need_id)
    steps = _steps(matter, kinds)
    for move in steps:
        telling.take(move, way=way)
    if steps and steps[-1].verb == "deliver":
        _rate(receipt.need_id, steps[-1].at, until=clock.now(), dice=Random(matter.key))  # a story


def _complain(world: World, about_key: str, *, community: UUID) -> None:
    """Let one complaint about the street's own people wait at the inspection."""
    name = next(p.name for p in world.people if p.key == about_key)
    words = "打电话到街道问低保的进度，接电话的人说话很冲，我还没问完就挂了。"
    new = needs.NewNeed(words=words, channel="web", source="demo:complaint", community_id=community, about_staff=name)
    with clock.at(clock.now() - timedelta(days=1)):
        needs.register(PUBLIC, new=new)


def _open_some(world: World, *, ids: dict[str, UUID], cast: _Cast) -> None:
    """Let the offices of the demo accounts have orders in hand: one to sign for, one open to all, one outside."""
    account = {a.username: a for a in world.accounts}
    head = cast.actor(account["head"].person_key)
    community, grid = ids[account["head"].unit_key], ids[account["grid"].unit_key]
    _complain(world, account["dispatcher"].person_key, community=community)
    party = needs.add_outside_party(head, community, kind="property", name="安居物业服务有限公司")
    waiting = needs_queries.held(head, which=needs_queries.Filter("open")).rows
    mine = [row for row in waiting if row.unit_id == community and not row.about_staff]
    news = (
        needs.NewOrder("请上门核实情况，当天回话", needs.Lead(unit_id=grid)),
        needs.NewOrder("请协助邻里：陪同办理或搭把手", open_to="everyone"),
        needs.NewOrder("请巡查并处理，拍照反馈", open_to="offices"),
        needs.NewOrder("请派人维修，完成后告知居民", needs.Lead(outside_id=party)),
    )
    for row, new in zip(mine, news, strict=False):
        needs.make_order(head, [row.id], new=new)


@transaction.atomic  # all or nothing: a county half seeded would look like a whole one at the next start
def seed(*, like: str, matters: int, today: date, say: Progress) -> World:
    """Fill an empty database and return the world it was filled with."""
    world = make_world(like=like, seed=1, matters=matters, today=today, now=clock.now())
    ids = _register(world, say)
    cast = _Cast(ids)
    for index, matter in enumerate(world.matters, 1):
        _tell(matter, world, ids=ids, cast=cast)
        say("matters", index, len(world.matters))
    _open_some(world, ids=ids, cast=cast)
    return world
