"""What a phrase bank is made of.

Slots that may stand in a resident's words: {place} {since} {hour} {kin} {age} {n} {money}; in an answer:
{place} {day} (a day between asking and answering) {soon} (a working day ahead) {contact} (who answers, and
their telephone) {n2} {minutes}. Every sentence in the banks was written for this project.

An answer belongs to the words in the same position, a hand-up reason or a note to any of them. A line that
begins with digits and a colon ("02:…") belongs to the words at those positions instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from huiyin.demo.world.records import MatterKind

Where = Literal["stairwell", "building", "estate", "spot", "road", "market", "nowhere"]
Setting = Literal["town", "tower", "village", "any", "market"]
Level = Literal["grid", "community", "street"]

_TAGGED = re.compile(r"^(\d+):(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject of asking: how residents put it, and how it is answered at which level."""

    key: str
    kind: MatterKind
    where: Where
    setting: Setting
    level: Level
    asks: tuple[str, ...]
    answers: tuple[str, ...]
    hand_ups: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    team: str | None = None
    private: bool = False

    def answers_to(self, ask: int) -> list[str]:
        """Return the answers that fit the words at position `ask`; at least one."""
        tagged = [tag is not None for tag, _ in map(_parted, self.answers)]
        if any(tagged):
            return _fitting(self.answers, ask)
        return [self.answers[ask]]

    def reasons_for(self, ask: int) -> list[str]:
        """Return the reasons to hand the words at position `ask` up."""
        return _fitting(self.hand_ups, ask)

    def notes_for(self, ask: int) -> list[str]:
        """Return what colleagues may note about the words at position `ask`."""
        return _fitting(self.notes, ask)


def _parted(line: str) -> tuple[str | None, str]:
    found = _TAGGED.match(line)
    return (found[1], found[2]) if found else (None, line)


def _fitting(lines: tuple[str, ...], ask: int) -> list[str]:
    parted = map(_parted, lines)
    return [text for tag, text in parted if tag is None or str(ask) in tag]
