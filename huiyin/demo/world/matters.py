"""The matters of the last sixty days: a cast for the demo accounts first, then whatever life brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random

from huiyin.demo.world import hours
from huiyin.demo.world.gazetteer import Gazetteer
from huiyin.demo.world.names import Register
from huiyin.demo.world.phrases import ABOUT_STAFF, EMERGENCY, SUBJECTS, Subject
from huiyin.demo.world.records import Building, Channel, Matter, Resident, Role
from huiyin.demo.world.requests import Spot, Voice
from huiyin.demo.world.staff import DEMO_GRID
from huiyin.demo.world.stories import STAGES, Outcome, Teller, Telling

# How far matters have come, in hundredths; the rest of the world is like a week at the office.
_OUTCOMES: dict[Outcome, int] = {
    "untouched": 6,
    "accepted": 7,
    "handed_up": 5,
    "passed_on": 2,
    "overdue": 5,
    "answered": 5,
    "delivered": 70,
}
# Days ago. Overdue is old enough to be so even across the longest public holiday.
_AGES: dict[Outcome, tuple[int, int]] = {
    "untouched": (1, 2),
    "accepted": (1, 3),
    "handed_up": (1, 4),
    "passed_on": (1, 5),
    "overdue": (18, 45),
    "answered": (3, 7),
    "delivered": (4, 59),
}
# Nobody complains of mosquitoes in January.
_WARM_MONTHS = range(5, 11)
_WARM_WORDS = (
    "天气热",
    "大热天",
    "热得不行",
    "蚊",
    "暑",
    "台风",
    "秧田",
    "这季稻子",
    "马蜂",
    "果子还没长大",
    "收割机",
)
_CAST: tuple[Outcome, ...] = (
    "untouched", "untouched", "accepted", "accepted", "handed_up", "handed_up", "overdue", "answered",
    "delivered", "delivered", "delivered", "delivered", "delivered",
)  # fmt: skip
_ABOUT: tuple[tuple[Role, str, Outcome], ...] = (
    ("grid_worker", "网格员", "delivered"),
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
    about_role: Role | None = None
    about_title: str = ""
    urgent: bool = False


def happen(
    gazetteer: Gazetteer, count: int, *, today: date, until: datetime, rng: Random, register: Register
) -> tuple[Matter, ...]:
    """Return `count` matters, oldest first, none of them received at or after `until`."""
    office = _Office(gazetteer, today, until, rng=rng, register=register)
    cases = office.cases()
    found = sorted((office.matter(next(cases)) for _ in range(count)), key=lambda m: m.received_at)
    return tuple(replace(matter, key=f"matter:{n:05d}") for n, matter in enumerate(found, start=1))


class _Office:
    """Makes cases and turns each into a matter with its story."""

    def __init__(self, gazetteer: Gazetteer, today: date, until: datetime, *, rng: Random, register: Register) -> None:
        self._gazetteer, self._today, self._until, self._rng = gazetteer, today, until, rng
        self._voice = Voice(gazetteer, register, rng, set())
        self._teller = Teller(gazetteer, until, rng)
        self._main = f"community:{gazetteer.preset.main}"

    def cases(self) -> Iterator[Case]:
        """Yield cases without end: special ones, those of the demo accounts, then any."""
        yield from self._special()
        grid = self._gazetteer.buildings(f"grid:{self._gazetteer.preset.main}:{DEMO_GRID:02d}")
        tower = self._gazetteer.is_tower(grid[0])
        here = [s for s in SUBJECTS if s.setting in ("any", "town", *(["tower"] if tower else []))]
        placed = self._endless([s for s in here if s.where != "nowhere"])
        for outcome in _CAST:
            yield self._case(next(placed), outcome, self._main, building=self._rng.choice(grid))
        trades = self._endless([s for s in here if s.team])
        for _ in range(3):
            yield self._case(next(trades), "passed_on", self._main)
        desk = self._endless([s for s in here if s.where == "nowhere"])
        for outcome in _CAST:
            yield self._case(next(desk), outcome, self._main)
        for subject, ask in self._endless(list(SUBJECTS)):
            outcome = self._rng.choices(list(_OUTCOMES), weights=list(_OUTCOMES.values()))[0]
            yield self._case((subject, ask), outcome, self._community(subject))

    def matter(self, case: Case) -> Matter:
        """Return the case as a matter; its day moves back until the story can have come as far as wanted."""
        low, high = _AGES[case.outcome]
        age = self._rng.randint(low, high)
        if case.outcome == "delivered" and self._rng.random() < 0.6:
            age = self._rng.randint(high, 360)  # the year behind us
        matter = self._told(case, age)
        while not self._far_enough(matter, case.outcome) and age < 59:
            age += 1
            matter = self._told(case, age)
        return matter

    def _special(self) -> Iterator[Case]:
        for subject, (role, title, outcome) in zip(ABOUT_STAFF, _ABOUT, strict=True):
            case = self._case((subject, 0), outcome, self._main)
            yield replace(case, channel="web", about_role=role, about_title=title)
        for subject in EMERGENCY:
            yield replace(self._case((subject, 0), "delivered", self._main), channel="phone", urgent=True)

    def _endless(self, subjects: list[Subject]) -> Iterator[tuple[Subject, int]]:
        """Yield every wording of the subjects in a random order, and again when all have been used."""
        wordings = [
            (subject, ask)
            for subject in subjects
            for ask, words in enumerate(subject.asks)
            if self._today.month in _WARM_MONTHS or not any(word in words for word in _WARM_WORDS)
        ]
        while True:
            self._rng.shuffle(wordings)
            yield from list(wordings)

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
        if outcome == "passed_on" and subject.team is None:
            outcome = "handed_up"
        if outcome == "handed_up" and subject.level == "grid" and building is None:
            outcome = "accepted"
        return Case(subject, ask, outcome, community_key, building, self._voice.channel())

    def _told(self, case: Case, age: int) -> Matter:
        spot = self._voice.spot(case.subject, case.building)
        named = case.urgent or case.about_role == "grid_worker"
        person = self._voice.resident(case.channel, named=named)
        telling = self._telling(case, spot, received_at=self._received(case, age), person=person)
        story = self._teller.tell(telling)
        building = case.building
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
            stage=STAGES[story[-1].verb] if story else "untouched",
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
            direct=case.about_role is not None,
            urgent=case.urgent,
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
        )

    def _received(self, case: Case, age: int) -> datetime:
        day = self._today - timedelta(days=age)
        if case.channel in ("desk", "phone") and not case.urgent:
            day = hours.weekday(day, -1)
        return hours.asked_at(day, case.channel, self._rng)

    def _far_enough(self, matter: Matter, outcome: Outcome) -> bool:
        return outcome in ("overdue", "untouched", matter.stage)

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
