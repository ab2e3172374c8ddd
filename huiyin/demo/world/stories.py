"""The story of one matter: who did what with it, when, up to the point it is meant to have reached."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from huiyin.demo.world import hours
from huiyin.demo.world.gazetteer import Gazetteer, on_day
from huiyin.demo.world.phrases import Subject
from huiyin.demo.world.phrases.sayings import (
    ACCEPT_NOTES,
    ANSWER_NOTES,
    DELIVER_NOTES,
    HAND_UP_NOTES,
    ON_THE_SPOT_NOTES,
    PASS_ON_NOTES,
)
from huiyin.demo.world.records import DeliveredBy, Move, Role, Stage, Verb

Outcome = Literal["untouched", "accepted", "handed_up", "passed_on", "overdue", "answered", "delivered"]

STAGES: dict[Verb, Stage] = {
    "accept": "accepted",
    "hand_up": "handed_up",
    "pass_on": "passed_on",
    "answer": "answered",
    "deliver": "delivered",
}

# Hours a step takes, nights included. An answer takes a night at least, so "on the day between" exists.
_TAKES: dict[Verb, tuple[float, float]] = {
    "accept": (0.2, 7.0),
    "hand_up": (0.5, 8.0),
    "pass_on": (0.3, 4.0),
    "answer": (20.0, 54.0),
    "deliver": (0.2, 4.0),
}
# An emergency does not wait for office hours.
_AT_ONCE: dict[Verb, tuple[float, float]] = {
    "accept": (0.03, 0.1),
    "answer": (1.0, 2.2),
    "deliver": (0.1, 0.4),
}


@dataclass(frozen=True, slots=True)
class Telling:
    """What a story is told about; `channels` are the ways in which the answer may be delivered."""

    subject: Subject
    ask: int
    place: str
    starts_at_key: str
    community_key: str
    received_at: datetime
    outcome: Outcome
    channels: tuple[DeliveredBy, ...]
    direct: bool = False
    urgent: bool = False
    about: str = ""
    about_key: str | None = None


@dataclass(slots=True)
class Teller:
    """Tells stories; nothing in them happens at or after `until`."""

    gazetteer: Gazetteer
    until: datetime
    rng: Random
    _holder: str = field(init=False, default="")
    _moves: list[Move] = field(init=False, default_factory=list)

    def tell(self, about: Telling) -> tuple[Move, ...]:
        """Return the moves of a matter, fewer than planned if time has not run so far yet."""
        self._holder, self._moves = about.starts_at_key, []
        at, actors = about.received_at, dict[str, str]()
        for verb in self._plan(about):
            at = self._next(at, verb, urgent=about.urgent)
            if at >= self.until:
                break
            key = f"{self._holder}:{verb == 'hand_up'}"
            actor = actors.setdefault(key, self._actor(verb, about))
            self._moves.append(self._move(verb, actor, at=at, about=about))
            self._holder = self._moves[-1].to_key
        return tuple(self._moves)

    def _plan(self, about: Telling) -> list[Verb]:
        verbs: list[Verb] = ["accept"] if about.urgent or self.rng.random() < 0.93 else []
        if not about.direct and not about.urgent:
            for _ in range(self._hand_ups(about)):
                verbs += ["hand_up", "accept"]
            if self._passes_on(about, verbs.count("hand_up")):
                verbs += ["pass_on", "accept"]
        return self._cut([*verbs, "answer", "deliver"], about.outcome)

    def _hand_ups(self, about: Telling) -> int:
        """Return how many levels up the matter goes: to where its subject is decided, or not so far."""
        levels = {"grid": 0, "community": 1, "street": 2}
        start = 0 if about.starts_at_key.startswith("grid:") else 1
        far = max(0, levels[about.subject.level] - start)
        count = next((n for n in range(far) if self.rng.random() < 0.45), far)
        if about.outcome == "handed_up":
            count = max(1, far)
        if about.outcome == "passed_on":
            count = max(1 - start, count)  # the first who may pass a matter on is the community
        if count + start == 2 and self.rng.random() < 0.1:
            count += 1  # and a few as far as the county
        return count

    def _passes_on(self, about: Telling, hand_ups: int) -> bool:
        start = 0 if about.starts_at_key.startswith("grid:") else 1
        if about.subject.team is None or start + hand_ups not in (1, 2):
            return False
        return about.outcome == "passed_on" or self.rng.random() < 0.5

    def _cut(self, verbs: list[Verb], outcome: Outcome) -> list[Verb]:
        """Return the plan as far as the outcome wants it told."""
        if outcome == "overdue":
            outcome = self.rng.choice(("untouched", "accepted", "accepted", "handed_up"))
        wanted: dict[str, Verb] = {
            "accepted": "accept",
            "handed_up": "hand_up",
            "passed_on": "pass_on",
            "answered": "answer",
            "delivered": "deliver",
        }
        if outcome not in wanted or wanted[outcome] not in verbs:
            return [] if outcome == "untouched" else verbs[: verbs.index("answer")]
        return verbs[: len(verbs) - verbs[::-1].index(wanted[outcome])]

    def _next(self, at: datetime, verb: Verb, *, urgent: bool) -> datetime:
        low, high = (_AT_ONCE if urgent else _TAKES)[verb]
        at += timedelta(seconds=round(3600 * self.rng.uniform(low, high)))
        return at if urgent else hours.at_work(at, self.rng)

    def _actor(self, verb: Verb, about: Telling) -> str:
        """Return who acts for the unit that holds the matter, never the person it complains about."""
        kind = self.gazetteer.units[self._holder].kind
        roles: dict[str, tuple[Role, ...]] = {
            "grid": ("grid_worker",),
            "street": ("street_head",) if verb == "hand_up" else ("dispatcher",),
            "county": ("county_admin",),
            "team": ("team_lead",),
        }
        local: tuple[Role, ...] = ("community_head",) if self.rng.random() < 0.25 else ("clerk",)
        for role in roles.get(kind, local):
            able = [key for key in self.gazetteer.staff_of(self._holder, role) if key != about.about_key]
            if able:
                return self.rng.choice(able)
        return self.gazetteer.staff_of(self._holder, "clerk")[0]

    def _move(self, verb: Verb, by_key: str, *, at: datetime, about: Telling) -> Move:
        to_key, note, text = self._holder, "", ""
        delivered_by: DeliveredBy | None = None
        if verb == "accept":
            common = ON_THE_SPOT_NOTES if about.place else ()
            note = self.rng.choice([*ACCEPT_NOTES, *common, *about.subject.notes_for(about.ask)])
        elif verb == "hand_up":
            to_key = self.gazetteer.units[self._holder].parent_key or self._holder
            note = self._reason(about)
        elif verb == "pass_on":
            to_key, note = f"team:{about.subject.team}", self.rng.choice(PASS_ON_NOTES)
        elif verb == "answer":
            note, text = self.rng.choice(ANSWER_NOTES), self._answer(by_key, at, about=about)
        else:
            way = self.rng.choice(about.channels)
            delivered_by, note = way, self.rng.choice(DELIVER_NOTES[way])
        note = local_speech(note, self.gazetteer, about.community_key)
        return Move(verb, by_key, at, self._holder, to_key, note, text, delivered_by)

    def _reason(self, about: Telling) -> str:
        """Return why the matter goes up; the next level has reasons of its own."""
        given = {move.note for move in self._moves}
        own = [reason for reason in about.subject.reasons_for(about.ask) if reason not in given]
        return self.rng.choice(own or [note for note in HAND_UP_NOTES if note not in given])

    def _answer(self, by_key: str, at: datetime, *, about: Telling) -> str:
        began = self._moves[-1].at if self._moves else about.received_at
        first, last = hours.local_date(began), hours.local_date(at) - timedelta(days=1)
        day = first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))
        soon = hours.weekday(hours.local_date(at) + timedelta(days=self.rng.randint(1, 6)), 1)
        text = self.rng.choice(about.subject.answers_to(about.ask)).format(
            place=about.place,
            day=on_day(day),
            soon=on_day(soon),
            contact=self._contact(by_key),
            n2=self.rng.randint(2, 6),
            minutes=self.rng.randint(4, 11),
            staff=about.about,
        )
        return local_speech(text, self.gazetteer, about.community_key)

    def _contact(self, by_key: str) -> str:
        person, unit = self.gazetteer.people[by_key], self.gazetteer.units[self._holder]
        titles = {"grid": "网格员", "team": "志愿服务队", "street": "街道专班", "county": "县专班"}
        title = titles.get(unit.kind, "村里" if unit.kind == "village" else "社区")
        return f"{title}{person.name}（{person.phone}）"


# The banks speak of communities; in a village the same thing has another name.
_IN_A_VILLAGE = (
    ("社区门口", "村部门口"),
    ("社区一楼", "村部一楼"),
    ("社区二楼", "村部二楼"),
    ("社区医生", "村医"),
    ("社区食堂", "互助食堂"),
    ("社区", "村里"),
    ("单元门", "公告栏"),
    ("楼长", "组长"),
    ("小区", "组里"),
    ("物业经理", "组长"),
    ("物业", "组里"),
    ("业主", "户主"),
    ("绿化带", "树丛"),
    ("全楼", "前后几家"),
)


def local_speech(text: str, gazetteer: Gazetteer, community_key: str) -> str:
    """Return the text as it is said in that place, a village having no property manager."""
    if gazetteer.units[community_key].kind == "village":
        for town, village in _IN_A_VILLAGE:
            text = text.replace(town, village)
    return text
