"""The matters of a year: a cast for the demo accounts first, then whatever life brings, the last of it today."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from huiyin.demo.world import arrivals, hours, stages
from huiyin.demo.world.gazetteer import Gazetteer
from huiyin.demo.world.names import Register
from huiyin.demo.world.phrases import ABOUT_STAFF, EMERGENCY, SUBJECTS, Subject
from huiyin.demo.world.plans import Outcome, outcome_of
from huiyin.demo.world.records import Building, Channel, Matter, OrderStage, Resident, Role, Stage
from huiyin.demo.world.requests import Spot, Voice
from huiyin.demo.world.staff import DEMO_GRID
from huiyin.demo.world.stories import Teller, Telling

TODAY_SHARE = 200 / 3000
_ECHOES = 0.07  # of the matters, said again about the same place within days by somebody else
_SORE_SPOTS, _SORE, _SORE_LATELY = 30, 0.10, 0.2  # places that come up again and again, and how often
# Days ago for the cast. Overdue is old enough to be so even across the longest public holiday.
_AGES: dict[Outcome, tuple[int, int]] = {
    "untouched": (1, 2), "accepted": (1, 3), "handed_up": (1, 4), "overdue": (18, 45), "answered": (3, 7), "told": (3, 5),
    "word_due": (4, 9), "reopened": (5, 9), "reopened_twice": (9, 15), "withdrawn": (3, 20), "settled": (15, 300),
}  # fmt: skip
_AGES_OF_ORDERS = (1, 4)
_STANDS: dict[Outcome, tuple[Stage, OrderStage]] = {
    "accepted": ("carry_out", ""), "order_open": ("match", "open"), "order_assigned": ("match", "assigned"),
    "order_working": ("carry_out", "working"), "order_suspended": ("carry_out", "suspended"),
    "order_returned": ("analyse", "returned"), "order_extending": ("carry_out", "working"),
}  # fmt: skip
_STAGES: dict[Outcome, Stage] = {
    "answered": "answer", "told": "evaluate", "word_due": "feedback", "withdrawn": "withdrawn", "settled": "closed",
}  # fmt: skip
_LATER_MOST = 25  # days by which a matter of the cast is moved back until its story can have come as far as wanted
_GRID_CAST: tuple[tuple[Outcome, str], ...] = (
    ("untouched", ""), ("untouched", ""), ("accepted", ""), ("accepted", ""), ("handed_up", ""), ("handed_up", ""),
    ("overdue", ""), ("answered", ""), ("settled", ""), ("settled", ""), ("settled", ""),
    ("order_assigned", "grid"), ("order_working", "grid"), ("order_suspended", "grid"),
)  # fmt: skip
_HOUSE_CAST: tuple[tuple[Outcome, str], ...] = (
    ("order_open", ""), ("order_open", ""), ("order_assigned", "outside"), ("order_assigned", "team:repair"),
    ("order_working", "team:repair"), ("order_returned", "team:repair"), ("order_extending", "grid"), ("told", ""),
    ("word_due", ""), ("reopened", ""), ("reopened_twice", ""),
)  # fmt: skip
_DESK_CAST: tuple[Outcome, ...] = ("untouched", "accepted", "handed_up", "overdue", "answered", "withdrawn", "settled")
_ABOUT: tuple[tuple[Role, str, Outcome], ...] = (
    ("grid_worker", "网格员", "settled"),
    ("clerk", "工作人员", "answered"),
    ("community_head", "社区书记", "accepted"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A matter before it is told: what about, where, and how far it is to come."""

    subject: Subject
    ask: int
    outcome: Outcome
    community_key: str
    building: Building | None
    channel: Channel
    spot: Spot | None = None
    about_role: Role | None = None
    about_title: str = ""
    urgent: bool = False
    again: bool = False
    lead_key: str = ""


def happen(
    gazetteer: Gazetteer, count: int, *, today: date, until: datetime, rng: Random, register: Register
) -> tuple[Matter, ...]:
    """Return `count` matters, oldest first, none of them received at or after `until`."""
    office = _Office(gazetteer, today, until, rng=rng, register=register)
    found = sorted(office.matters(count), key=lambda m: m.received_at)
    return tuple(replace(matter, key=f"matter:{n:05d}") for n, matter in enumerate(found, start=1))


class _Office:
    """Makes cases and turns each into a matter with its story."""

    def __init__(self, gazetteer: Gazetteer, today: date, until: datetime, *, rng: Random, register: Register) -> None:
        self._gazetteer, self._today, self._until, self._rng = gazetteer, today, until, rng
        self._voice = Voice(gazetteer, register, rng, set())
        self._teller = Teller(gazetteer, until, rng)
        self._topics = arrivals.Topics(rng)
        self._main = f"community:{gazetteer.preset.main}"
        self._grid = f"grid:{gazetteer.preset.main}:{DEMO_GRID:02d}"
        self._sore: list[Case] = []

    def matters(self, count: int) -> list[Matter]:
        """Return the cast, what happened in a year, and what came in today: so many in all."""
        found = [self._of_cast(case) for case, _ in zip(self._cast(), range(count), strict=False)]
        running = self._until > hours.midnight(self._today)
        today = min(round(count * TODAY_SHARE), count - len(found)) if running else 0
        days = arrivals.days_before(self._today, count - len(found) - today, self._rng)
        self._sore = [self._sore_spot() for _ in range(_SORE_SPOTS)]
        for several in (days, [self._today] * today):
            found += self._several(several)
        return found

    def _cast(self) -> Iterator[Case]:
        yield from self._special()
        month, grid = self._today.month, self._gazetteer.buildings(self._grid)
        tower = self._gazetteer.is_tower(grid[0])
        here = tuple(s for s in SUBJECTS if s.setting in ("any", "town", *(["tower"] if tower else [])))
        placed = tuple(s for s in here if s.where != "nowhere")
        for outcome, lead in (*_GRID_CAST, *_HOUSE_CAST):
            repair = lead.startswith("team:")
            topic = self._topics.next(month, among=tuple(s for s in placed if s.team == "repair" or not repair))
            case = self._case(topic, outcome, self._main, building=self._rng.choice(grid))
            yield replace(case, lead_key=self._grid if lead == "grid" else lead)
        desk = tuple(s for s in here if s.where == "nowhere")
        for outcome in _DESK_CAST:
            yield self._case(self._topics.next(month, among=desk), outcome, self._main)

    def _special(self) -> Iterator[Case]:
        for subject, (role, title, outcome) in zip(ABOUT_STAFF, _ABOUT, strict=True):
            case = self._case((subject, 0), outcome, self._main)
            yield replace(case, channel="web", about_role=role, about_title=title)
        for subject in EMERGENCY:
            yield replace(self._case((subject, 0), "settled", self._main), channel="phone", urgent=True)

    def _of_cast(self, case: Case) -> Matter:
        """Return the case as a matter; its day moves back until the story can have come as far as wanted."""
        age = self._rng.randint(*_AGES.get(case.outcome, _AGES_OF_ORDERS))
        matter = self._told(case, self._today - timedelta(days=age))
        for _ in range(_LATER_MOST):
            if _far_enough(matter, case.outcome):
                break
            age += 1
            matter = self._told(case, self._today - timedelta(days=age))
        return matter

    def _several(self, days: list[date]) -> list[Matter]:
        """Return matters of these days, some of them the echo of another one."""
        first = len(days) - round(len(days) * _ECHOES)
        cases = [(self._any(day), day) for day in days[:first]]
        echoed = [(case, day) for case, day in cases if case.spot and not case.subject.private]
        for _ in days[first:] if echoed else []:
            case, day = self._rng.choice(echoed)
            later = min(day + timedelta(days=self._rng.choice((0, 0, 1, 1, 2, 3, 5))), days[0] if day == self._today else
                        max(day, self._today - timedelta(days=1)))  # fmt: skip
            outcome = outcome_of((self._today - later).days, self._rng)
            cases.append((replace(case, outcome=outcome, channel=self._voice.channel(), again=True), later))
        cases += [(self._any(day), day) for day in days[first:] if not echoed]
        return [self._told(case, day) for case, day in cases]

    def _any(self, day: date) -> Case:
        age = (self._today - day).days
        outcome = outcome_of(age, self._rng)
        if self._rng.random() < (_SORE_LATELY if age <= 30 else _SORE):
            sore = self._rng.choice(self._sore)
            ask = self._rng.randrange(len(sore.subject.asks)) if self._rng.random() < 0.5 else sore.ask
            return replace(sore, ask=ask, outcome=outcome, channel=self._voice.channel())
        topic = self._topics.next(day.month)
        case = self._case(topic, outcome, self._community(topic[0]))
        return replace(case, spot=self._voice.spot(case.subject, case.building)) if case.building else case

    def _sore_spot(self) -> Case:
        """Return what comes up again and again in one place, whatever the season."""
        lasting = tuple(s for s in SUBJECTS if s.where in ("building", "spot", "road", "stairwell") and not s.private)
        month = self._rng.randint(1, 12)
        topic = self._topics.next(month, among=tuple(s for s in lasting if s.key not in ("winter_cold", "storm_water")))
        case = self._case(topic, "settled", self._community(topic[0]))
        return replace(case, spot=self._voice.spot(case.subject, case.building))

    def _community(self, subject: Subject) -> str:
        options = self._gazetteer.communities(subject.setting)
        if self._main in options and self._rng.random() < 0.2:
            return self._main
        return self._rng.choice(options)

    def _case(
        self,
        wording: tuple[Subject, int],
        outcome: Outcome,
        community_key: str,
        *,
        building: Building | None = None,
    ) -> Case:
        subject, ask = wording
        if building is None and subject.where != "nowhere":
            building = self._gazetteer.building(community_key, subject.setting, self._rng)
        return Case(subject, ask, outcome, community_key, building, self._voice.channel())

    def _told(self, case: Case, day: date) -> Matter:
        spot = case.spot or self._voice.spot(case.subject, case.building)
        named = case.urgent or case.about_role == "grid_worker"
        person = self._voice.resident(case.channel, named=named)
        telling = self._telling(case, spot, received_at=self._received(case, day), person=person)
        story = self._teller.tell(telling)
        standing, building = stages.after(story), case.building
        calm = not (case.subject.private or case.subject.kind == "complaint" or case.urgent)
        return Matter(
            key="",
            channel=case.channel,
            kind=case.subject.kind,
            subject=case.subject.key,
            words=self._words(case, spot),
            community_key=case.community_key,
            grid_key=building.grid_key if building else None,
            place_text=spot.text,
            lon=building.lon if building else None,
            lat=building.lat if building else None,
            building_key=building.key if building and spot.exact else None,
            public=calm and self._rng.random() < 0.4,
            received_at=telling.received_at,
            registered_by_key=self._registered_by(case),
            starts_at_key=telling.starts_at_key,
            person=person,
            anonymous=person is None,
            about_staff_key=telling.about_key,
            urgent_words=case.urgent,
            stage=standing.stage,
            order_stage=standing.order,
            round=standing.round,
            story=story,
        )

    def _telling(self, case: Case, spot: Spot, *, received_at: datetime, person: Resident | None) -> Telling:
        return Telling(
            subject=case.subject,
            ask=case.ask,
            place=spot.text,
            starts_at_key=self._starts_at(case),
            community_key=case.community_key,
            received_at=received_at,
            outcome=case.outcome,
            channels=self._voice.ways_back(case.channel, person),
            usual=self._voice.usual_way(case.channel, person),
            direct=case.about_role is not None,
            urgent=case.urgent,
            same_day=hours.local_date(received_at) == self._today,
            lead_key=case.lead_key,
            about=case.about_title,
            about_key=self._about(case),
        )

    def _words(self, case: Case, spot: Spot) -> str:
        return self._voice.words(
            case.subject,
            case.ask,
            channel=case.channel,
            place=spot.text,
            community_key=case.community_key,
            staff=case.about_title,
            again=case.again,
        )

    def _received(self, case: Case, day: date) -> datetime:
        if day == self._today:
            return arrivals.this_morning(day, self._until, self._rng)
        if case.channel in ("desk", "phone") and not case.urgent:
            day = hours.weekday(day, -1)
        return hours.asked_at(day, case.channel, self._rng)

    def _starts_at(self, case: Case) -> str:
        """Return the unit that holds the matter first; one about staff starts one level above them."""
        if case.about_role == "grid_worker":
            return case.community_key
        if case.about_role:
            return "street"
        return case.building.grid_key if case.building else case.community_key

    def _about(self, case: Case) -> str | None:
        if case.about_role is None:
            return None
        at_grid = case.about_role == "grid_worker" and case.building
        unit = case.building.grid_key if at_grid and case.building else case.community_key
        return self._gazetteer.staff_of(unit, case.about_role)[-1]

    def _registered_by(self, case: Case) -> str | None:
        """Return who wrote the matter down, None where residents did so themselves."""
        staff_of, place = self._gazetteer.staff_of, case.community_key
        if case.channel == "web":
            return None
        if case.channel == "phone" and self._rng.random() < 0.4:
            return self._rng.choice(staff_of("street", "dispatcher"))
        if case.channel in ("visit", "chat_group") and case.building:
            return staff_of(case.building.grid_key, "grid_worker")[0]
        if case.channel == "meeting":
            return staff_of(place, "community_head")[0]
        return self._rng.choice(staff_of(place, "clerk"))


def _far_enough(matter: Matter, outcome: Outcome) -> bool:
    if outcome in _STANDS:
        return (matter.stage, matter.order_stage) == _STANDS[outcome]
    if outcome in ("reopened", "reopened_twice"):
        return matter.round == (1 if outcome == "reopened" else 2) and matter.stage in ("analyse", "carry_out")
    return outcome not in _STAGES or matter.stage == _STAGES[outcome]
