"""What is written at each step: notes for colleagues, answers for residents, words of thanks and of anger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from huiyin.demo.world import hours
from huiyin.demo.world.gazetteer import Gazetteer, on_day
from huiyin.demo.world.phrases import asides, sayings, working
from huiyin.demo.world.records import Move
from huiyin.demo.world.speech import local_speech

if TYPE_CHECKING:
    from huiyin.demo.world.stories import Telling

_NOTES: dict[str, Sequence[str]] = {
    "pass_on": sayings.PASS_ON_NOTES,
    "sign": working.SIGNED,
    "suspend": working.SUSPENDED,
    "resume": working.RESUMED,
    "return": working.RETURNED,
    "transfer": working.TRANSFERRED,
    "extend": working.EXTENDED,
    "grant": working.GRANTED,
    "learn": working.LESSONS,
}
_TEXTS: dict[str, Sequence[str]] = {"conclude": working.CONCLUSIONS, "explain": working.EXPLAINED}


@dataclass(frozen=True, slots=True)
class Wording:
    """Finds the words of a step."""

    gazetteer: Gazetteer
    rng: Random

    def worded(self, move: Move, before: Sequence[Move], about: Telling, *, manner: str) -> Move:
        """Return the move with what is written at it, as it is said in that place."""
        rich: dict[str, Callable[[], Move]] = {
            "accept": lambda: replace(move, note=self._accepting(about)),
            "hand_up": lambda: replace(move, note=self._reason(before, about)),
            "order": lambda: replace(
                move, note=self.rng.choice(working.OPEN_ORDERS if move.open_to else working.ORDERS)
            ),
            "answer": lambda: self._answering(move, before, about, manner=manner),
            "complete": lambda: self._answering(move, before, about, manner=manner),
            "deliver": lambda: replace(move, note=self._delivering(move)),
            "rate": lambda: replace(move, text=self._rating(manner)),
        }
        if move.verb in rich:
            move = rich[move.verb]()
        elif move.verb in _NOTES:
            move = replace(move, note=self.rng.choice(_NOTES[move.verb]))
        elif move.verb in _TEXTS:
            move = replace(move, text=self.rng.choice(_TEXTS[move.verb]))
        note = local_speech(move.note, self.gazetteer, about.community_key)
        return replace(move, note=note, text=local_speech(move.text, self.gazetteer, about.community_key))

    def _accepting(self, about: Telling) -> str:
        common: tuple[str, ...] = sayings.ON_THE_SPOT_NOTES if about.place else ()
        return self.rng.choice([*sayings.ACCEPT_NOTES, *common, *about.subject.notes_for(about.ask)])

    def _reason(self, before: Sequence[Move], about: Telling) -> str:
        """Return why the matter goes up; the next level has reasons of its own."""
        given = {move.note for move in before}
        own = [reason for reason in about.subject.reasons_for(about.ask) if reason not in given]
        return self.rng.choice(own or [note for note in sayings.HAND_UP_NOTES if note not in given])

    def _delivering(self, move: Move) -> str:
        return self.rng.choice(sayings.DELIVER_NOTES[move.delivered_by or "page"])

    def _rating(self, manner: str) -> str:
        if manner == "unhappy":
            return self.rng.choice(asides.WRONG)
        return self.rng.choice(asides.THANKS) if manner == "words" else ""

    def _answering(self, move: Move, before: Sequence[Move], about: Telling, *, manner: str) -> Move:
        if manner == "unsolved":
            text, reason, who_else = self.rng.choice(working.UNSOLVED)
            return replace(move, text=text, reason=reason, who_else=who_else)
        again = manner == "again"
        template = self.rng.choice(working.SECOND_ANSWERS if again else about.subject.answers_to(about.ask))
        began = before[-1].at if before else about.received_at
        first, last = hours.local_date(began), hours.local_date(move.at) - timedelta(days=1)
        day = first + timedelta(days=self.rng.randint(0, max(0, (last - first).days)))
        soon = hours.weekday(hours.local_date(move.at) + timedelta(days=self.rng.randint(1, 6)), 1)
        text = template.format(
            place=about.place,
            day=on_day(day),
            soon=on_day(soon),
            contact=self._contact(move),
            n2=self.rng.randint(2, 6),
            minutes=self.rng.randint(4, 11),
            staff=about.about,
        )
        notes = working.RESULTS_CHECKED if move.verb == "complete" else sayings.ANSWER_NOTES
        return replace(move, text=text, note=self.rng.choice(notes))

    def _contact(self, move: Move) -> str:
        person, unit = self.gazetteer.people[move.by_key], self.gazetteer.units[move.unit_key]
        titles = {"grid": "网格员", "team": "志愿服务队", "street": "街道专班", "county": "县专班"}
        title = titles.get(unit.kind, "村里" if unit.kind == "village" else "社区")
        return f"{title}{person.name}（{person.phone}）"
