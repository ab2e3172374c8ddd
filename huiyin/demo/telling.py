"""Tells matters: each move of a story by the very action that a resident, a clerk or a job would call, at its moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction

from huiyin.demo import seeding
from huiyin.demo.world import Matter, Move, World
from huiyin.demo.world.phrases import HEADINGS
from huiyin.needs import actions as needs
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.rules.sorting import Sorting
from huiyin.org import queries as org
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.platform import clock

_KINDS = {"request": "wish", "question": "consultation", "suggestion": "suggestion", "complaint": "complaint"}


class Narrator:
    """What the telling of every matter needs, looked up once: ids, names, and the people of the story as actors.

    Their posts do not change while the stories are told.
    """

    def __init__(self, world: World, ids: Mapping[str, UUID]) -> None:
        self.ids = ids
        self.names = {p.key: p.name for p in world.people}
        self._actors: dict[str, Actor] = {}

    def actor(self, key: str) -> Actor:
        """Return a person as an actor."""
        if key not in self._actors:
            self._actors[key] = org.actor_of(SYSTEM, self.ids[key])
        return self._actors[key]

    def tell(self, matter: Matter) -> UUID:
        """Tell one matter and return its id."""
        by = self.actor(matter.registered_by_key) if matter.registered_by_key else PUBLIC
        with clock.at(matter.received_at):
            receipt = needs.register(by, new=self._new(matter))
        telling = _Telling(self, matter, receipt.need_id)
        for move in matter.story:
            actor = self.actor(move.by_key) if move.by_key else telling.resident
            with clock.at(move.at):
                telling.take(actor, move)
        return receipt.need_id

    def _new(self, matter: Matter) -> needs.NewNeed:
        person, ids = matter.person, self.ids
        return needs.NewNeed(
            words=matter.words, channel=matter.channel, source=f"demo:{matter.key}", community_id=ids[matter.community_key],
            building_id=ids[matter.building_key] if matter.building_key else None,
            point=(matter.lon, matter.lat) if matter.lon is not None and matter.lat is not None else None,
            place_text="" if matter.building_key else matter.place_text[:120], public=matter.public,
            name=person.name if person else "", phone=(person.phone or "") if person else "",
            email=(person.email or "") if person else "",
            about_staff=self.names[matter.about_staff_key] if matter.about_staff_key else "",
        )  # fmt: skip


@dataclass(slots=True)
class _Telling:
    """One matter while it is told, with its order when there is one."""

    narrator: Narrator
    matter: Matter
    need_id: UUID
    order: UUID | None = None
    order_due: date = date.min
    resident: Actor = field(init=False)

    def __post_init__(self) -> None:
        self.resident = Actor(Kind.BEARER, opens=frozenset({self.need_id}))

    def take(self, actor: Actor, move: Move) -> None:
        """Take one step at the moment the clock is set to."""
        if move.verb in _ON_ORDERS and self.order:
            _ON_ORDERS[move.verb](self, actor, move, self.order)
        else:
            _ON_NEEDS[move.verb](self, actor, move)

    def lead(self, move: Move) -> needs.Lead:
        """Return who leads an order."""
        ids = self.narrator.ids
        if move.lead_key == "outside":
            return needs.Lead(outside_id=ids[f"outside:{move.unit_key}"])
        return needs.Lead(unit_id=ids[move.lead_key])

    def until(self, move: Move) -> date:
        """Return the day a move names: so many days from now, more time from when the order is due."""
        after = max(self.order_due, clock.today()) if move.verb == "extend" else clock.today()
        return after + timedelta(days=move.days)

    def sort(self, actor: Actor, move: Move) -> None:
        """File it under its heading."""
        heading = HEADINGS[self.matter.subject]
        kind = "mediation" if heading.category.endswith("司法调解") else _KINDS[self.matter.kind]
        is_so = Sorting(
            heading.dimension, heading.wants, kind, heading.size, heading.category, self.matter.urgent_words
        )
        needs.sort(actor, self.need_id, sorting_is=is_so)

    def make_order(self, actor: Actor, move: Move) -> None:
        """Give it to somebody, or open it to whoever claims it."""
        lead = needs.Lead() if move.open_to else self.lead(move)
        row = needs.make_order(actor, [self.need_id], new=needs.NewOrder(move.note, lead, open_to=move.open_to))
        self.order, self.order_due = row.id, row.due_on

    def answer(self, actor: Actor, move: Move) -> None:
        """Tell the result, or why there is none."""
        way, outcome = move.delivered_by or "page", "unsolved" if move.reason else "solved"
        told = {"text": move.text, "way": way, "outcome": outcome, "reason": move.reason, "who_else": move.who_else}
        needs.answer(actor, self.need_id, **told)

    def deliver(self, actor: Actor, move: Move) -> None:
        """Let the resident see it, or record that they were told."""
        if move.delivered_by == "page":
            needs.seen_by_resident(self.resident, self.need_id)
        else:
            needs.deliver(actor, self.need_id, note=move.note)

    def rate(self, actor: Actor, move: Move) -> None:
        """Let the resident say what they think of it; one or two stars open it again."""
        needs.rate(actor, self.need_id, given=Given(move.stars > 2, move.stars, move.text))


_Step = Callable[[_Telling, Actor, Move], object]
_OrderStep = Callable[[_Telling, Actor, Move, UUID], object]
_ON_NEEDS: Mapping[str, _Step] = {
    "sort": _Telling.sort,
    "accept": lambda t, by, move: needs.accept(by, t.need_id),
    "hand_up": lambda t, by, move: needs.hand_up(by, t.need_id, note=move.note),
    "pass_on": lambda t, by, move: needs.pass_on(by, t.need_id, unit_id=t.narrator.ids[move.to_key], note=move.note),
    "order": _Telling.make_order,
    "answer": _Telling.answer,
    "deliver": _Telling.deliver,
    "rate": _Telling.rate,
    "lapse": lambda t, by, move: needs.close_unrated(SYSTEM),
    "withdraw": lambda t, by, move: needs.withdraw(by, t.need_id),
    "conclude": lambda t, by, m: needs.conclude(by, t.need_id, text=m.text, way=m.delivered_by or "page"),
    "explain": lambda t, by, m: needs.explain(by, t.need_id, text=m.text, way=m.delivered_by or "page"),
    "learn": lambda t, by, move: needs.learn(by, t.need_id, text=move.note),
}
_ON_ORDERS: Mapping[str, _OrderStep] = {
    "claim": lambda t, by, move, order: needs.claim(by, order),
    "sign": lambda t, by, move, order: needs.sign(by, order),
    "suspend": lambda t, by, move, order: needs.suspend(by, order, note=move.note, until=t.until(move)),
    "resume": lambda t, by, move, order: needs.resume(by, order),
    "return": lambda t, by, move, order: needs.return_order(by, order, note=move.note),
    "transfer": lambda t, by, move, order: needs.transfer(by, order, lead=t.lead(move), note=move.note),
    "extend": lambda t, by, move, order: needs.ask_extension(by, order, note=move.note, until=t.until(move)),
    "grant": lambda t, by, move, order: needs.decide_extension(by, order, granted=True, note=move.note),
    "complete": lambda t, by, move, order: needs.complete(by, order, done=needs.Done(move.text, move.note)),
}


def tell_share(world: World, ids: Mapping[str, UUID], share: int, *, already: int, told: Callable[[], None]) -> None:
    """Tell what is left of a share, each matter to its end or not at all; calls `told` after each."""
    narrator = Narrator(world, ids)
    with connection.cursor() as cursor:  # a matter lost with the power is told anew; half a matter there is never
        cursor.execute("SET synchronous_commit = off")
    for matter in world.matters[share :: seeding.SHARES][already:]:
        with transaction.atomic():
            narrator.tell(matter)
            seeding.count_one(share)
        told()
