"""The story of one matter: who does what with it, and when, as far as time has run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from huiyin.demo.world import hours
from huiyin.demo.world.gazetteer import Gazetteer
from huiyin.demo.world.phrases import Subject
from huiyin.demo.world.plans import Bounds, Outcome, course
from huiyin.demo.world.records import DeliveredBy, Move, Role, Verb
from huiyin.demo.world.wording import Wording

# Hours a step takes, nights included. An answer takes a night at least, so "on the day between" exists.
_TAKES: dict[str, tuple[float, float]] = {
    "sort": (0.1, 4.0),
    "accept": (0.2, 7.0),
    "hand_up": (0.5, 8.0),
    "pass_on": (0.3, 4.0),
    "order": (0.3, 5.0),
    "claim": (0.3, 9.0),
    "sign": (0.3, 6.0),
    "suspend": (1.0, 20.0),
    "return": (1.0, 16.0),
    "transfer": (0.5, 8.0),
    "extend": (4.0, 24.0),
    "grant": (0.5, 7.0),
    "complete": (18.0, 60.0),
    "answer": (20.0, 54.0),
    "deliver": (0.2, 4.0),
    "conclude": (1.0, 20.0),
    "explain": (24.0, 70.0),
    "learn": (1.0, 48.0),
    "rate": (1.0, 60.0),
    "withdraw": (1.0, 30.0),
}
# An emergency does not wait for office hours.
_AT_ONCE = {"accept": (0.03, 0.1), "answer": (1.0, 2.2), "deliver": (0.1, 0.4)}
_SAME_DAY = 0.12  # what came in today and is to come further today goes through quicker hands
_BY_OTHERS = ("rate", "withdraw", "lapse")  # at any hour, by no member of staff
_BY_LEAD = ("claim", "sign", "suspend", "resume", "return", "extend", "complete")
_BY_HEAD = ("grant", "explain")
SILENCE = timedelta(days=7, hours=1)  # after it, no rating is no opinion
_TEAM_LEADS, _OUTSIDE_LEADS = 0.5, 0.62  # shares of orders that go to a trade's team, and up to here outside


@dataclass(frozen=True, slots=True)
class Telling:
    """What a story is told about; `channels` are the ways in which an answer may be delivered, `usual` the first."""

    subject: Subject
    ask: int
    place: str
    starts_at_key: str
    community_key: str
    received_at: datetime
    outcome: Outcome
    channels: tuple[DeliveredBy, ...]
    usual: DeliveredBy = "page"
    direct: bool = False
    urgent: bool = False
    same_day: bool = False
    lead_key: str = ""  # who is to lead an order, where the cast of the demo wants somebody
    about: str = ""
    about_key: str | None = None


@dataclass(slots=True)
class _Hands:
    """In whose hands the matter is while its story is told."""

    holder: str
    at: datetime
    office: str = ""  # that made the order
    lead: str = ""  # that works on it; "outside" for a property manager
    way: DeliveredBy = "page"
    round: int = 0
    rests_until: datetime | None = None
    actors: dict[tuple[str, str], str] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)


@dataclass(slots=True)
class Teller:
    """Tells stories; nothing in them happens at or after `until`."""

    gazetteer: Gazetteer
    until: datetime
    rng: Random

    def tell(self, about: Telling) -> tuple[Move, ...]:
        """Return the moves of a matter, fewer than planned if time has not run so far yet."""
        hands = _Hands(about.starts_at_key, about.received_at)
        steps = course(about.outcome, self._bounds(about), self.rng, at_once=about.urgent)
        for number, step in enumerate(steps):
            verb, _, manner = step.partition(":")
            at = self._next(hands, verb, about)
            if at >= self.until:
                break
            hands.at = at
            move = self._step(hands, verb, manner, about=about, last=number == len(steps) - 1)  # type: ignore[arg-type]  # a plan's verbs
            hands.moves.append(Wording(self.gazetteer, self.rng).worded(move, hands.moves, about, manner=manner))
            hands.holder = move.to_key
        return tuple(hands.moves)

    def _bounds(self, about: Telling) -> Bounds:
        start = 0 if about.starts_at_key.startswith("grid:") else 1
        if about.direct:
            return Bounds(0, orders=False)
        level = {"grid": 0, "community": 1, "street": 2}[about.subject.level]
        return Bounds(max(0, level - start), passes=start == 1)

    def _next(self, hands: _Hands, verb: str, about: Telling) -> datetime:
        """Return when the next step is taken."""
        if verb == "lapse":
            return hands.at + SILENCE
        if verb == "resume" and hands.rests_until:
            return hours.at_work(hands.rests_until, self.rng)
        low, high = _AT_ONCE.get(verb, _TAKES[verb]) if about.urgent else _TAKES[verb]
        pace = _SAME_DAY if about.same_day else 1.0
        at = hands.at + timedelta(seconds=round(3600 * pace * self.rng.uniform(low, high)) + 1)
        if about.urgent and verb in _AT_ONCE:
            return at
        # What comes in today is looked at by whoever is on duty, also on a Sunday.
        return hours.awake(at) if verb in _BY_OTHERS else hours.at_work(at, self.rng, on_duty=about.same_day)

    def _step(self, hands: _Hands, verb: Verb, manner: str, *, about: Telling, last: bool) -> Move:
        """Return one step with who takes it and who holds the matter then; what is written comes after."""
        move = Move(verb, "", hands.at, hands.holder, hands.holder)
        if verb == "rate":
            return self._rated(hands, move, manner)
        if verb in _BY_OTHERS:
            return move
        if verb == "order":
            move = self._ordered(hands, move, manner, about=about)
        elif verb == "transfer":
            move = replace(move, lead_key=self._lead(hands.office, about, never=hands.lead))
            hands.lead = move.lead_key
        elif verb == "claim":
            hands.lead = self.rng.choice(self.gazetteer.grids_of(about.community_key))
            move = replace(move, lead_key=hands.lead)
        unit = self._acts(hands, verb)
        move = replace(move, unit_key=unit, by_key=self._actor(hands, unit, verb, about))
        if verb in ("answer", "conclude", "explain", "deliver", "complete"):
            move = self._told(hands, move, about)
        return self._timed(hands, move, last=last) if verb in ("suspend", "extend") else self._led(hands, move)

    def _rated(self, hands: _Hands, move: Move, manner: str) -> Move:
        """Return a rating; an unhappy one brings the matter to the nearest office that gives orders, then above."""
        if manner != "unhappy":
            return replace(move, stars=self.rng.choice((5, 5, 5, 4, 4, 3)))
        unit = self.gazetteer.units[hands.holder]
        up = unit.kind == "grid" or (hands.round > 0 and unit.kind != "street")
        hands.round += 1
        hands.actors.clear()
        to_key = (unit.parent_key or hands.holder) if up else hands.holder
        return replace(move, stars=self.rng.choice((1, 2)), to_key=to_key)

    def _ordered(self, hands: _Hands, move: Move, manner: str, *, about: Telling) -> Move:
        unit = self.gazetteer.units[hands.holder]
        hands.office = (unit.parent_key or hands.holder) if unit.kind == "grid" else hands.holder
        move = replace(move, to_key=hands.office)
        if manner == "open":
            return replace(move, open_to="everyone" if self.rng.random() < 0.4 else "offices")
        hands.lead = about.lead_key or self._lead(hands.office, about)
        return replace(move, lead_key=hands.lead)

    def _lead(self, office: str, about: Telling, *, never: str = "") -> str:
        """Return who is given an order by an office: a team of the trade, the property manager, or a unit below."""
        luck = self.rng.random()
        team = f"team:{about.subject.team}"
        if about.subject.team and luck < _TEAM_LEADS and never != team:
            return team
        if luck > _OUTSIDE_LEADS and luck < 0.75 and never != "outside" and not about.subject.private:
            return "outside"
        if office == "street" and self.rng.random() < 0.5 and never != about.community_key:
            return about.community_key
        grids = [key for key in self.gazetteer.grids_of(about.community_key) if key != never]
        near = about.starts_at_key
        return near if near in grids and self.rng.random() < 0.6 else self.rng.choice(grids)

    def _acts(self, hands: _Hands, verb: str) -> str:
        """Return the unit that takes the step."""
        if verb in _BY_LEAD:
            return hands.office if hands.lead == "outside" else hands.lead
        return hands.office if verb in ("order", "transfer", "grant") else hands.holder

    def _actor(self, hands: _Hands, unit: str, verb: str, about: Telling) -> str:
        """Return who acts for a unit: the same person each time; what a head decides, nobody else does."""
        part = "head" if verb in _BY_HEAD else "lead" if verb in _BY_LEAD else "desk"
        if (unit, part) not in hands.actors:
            hands.actors[unit, part] = self._chosen(unit, part, about)
        return hands.actors[unit, part]

    def _chosen(self, unit: str, part: str, about: Telling) -> str:
        """Return somebody of a unit, never the person the matter complains about."""
        kind = self.gazetteer.units[unit].kind
        by_head = part == "head" or (part == "desk" and self.rng.random() < 0.2)
        local: tuple[Role, ...] = ("community_head",) if by_head else ("clerk",)
        roles: dict[str, tuple[Role, ...]] = {
            "grid": ("grid_worker",),
            "street": ("street_head",) if part == "head" else ("dispatcher",),
            "team": ("team_lead",),
        }
        for role in roles.get(kind, local):
            able = [key for key in self.gazetteer.staff_of(unit, role) if key != about.about_key]
            if able:
                return self.rng.choice(able)
        return self.gazetteer.staff_of(unit, "clerk")[0]

    def _told(self, hands: _Hands, move: Move, about: Telling) -> Move:
        """Return a step that tells the resident something, with the way it takes."""
        if move.verb == "complete":
            hands.way = about.usual
            return move
        if move.verb != "deliver":
            hands.way = self.rng.choice(about.channels)
        by_resident = move.verb == "deliver" and hands.way == "page"
        return replace(move, delivered_by=hands.way, by_key="" if by_resident else move.by_key)

    def _timed(self, hands: _Hands, move: Move, *, last: bool) -> Move:
        """Return a step that names a day: one that rests at the story's end rests beyond today."""
        days = self.rng.randint(2, 8)
        if move.verb == "suspend":
            if last:
                days += max(0, (hours.local_date(self.until) - hours.local_date(move.at)).days)
            hands.rests_until = hours.midnight(hours.local_date(move.at) + timedelta(days=days))
        return replace(move, days=days)

    def _led(self, hands: _Hands, move: Move) -> Move:
        """Return a step with where it takes the matter."""
        if move.verb == "hand_up":
            return replace(move, to_key=self.gazetteer.units[hands.holder].parent_key or hands.holder)
        if move.verb == "pass_on":
            return replace(move, to_key=self.rng.choice(self.gazetteer.grids_of(hands.holder)))
        return move
