"""Rules of the brief: which month, what is new, what grew, whose words are quoted. No Django, no database."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

MONTHS_BACK = 24  # how far the chooser goes
YEAR = 12
GROWN_LEAST_MORE = 3
GROWN_LEAST_TIMES = 1.5
GROWN_MOST = 5
NEW_MOST = 8
QUOTES_MOST = 6
QUOTE_LENGTHS = (8, 80)
QUOTED_CATEGORIES = 3
QUOTED_COMMON = 2


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of the office's calendar."""

    first: date

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month of a day."""
        return cls(day.replace(day=1))

    @property
    def last(self) -> date:
        """The last day."""
        return self.back(-1).first - timedelta(days=1)

    @property
    def key(self) -> str:
        """How it stands in addresses: `2026-10`."""
        return f"{self.first:%Y-%m}"

    def back(self, months: int) -> "Month":
        """Return the month so many months earlier."""
        number = self.first.year * YEAR + self.first.month - 1 - months
        return Month(date(number // YEAR, number % YEAR + 1, 1))


def last_complete(today: date) -> Month:
    """Return the month that ended last."""
    return Month.of(today).back(1)


def offered(today: date) -> list[Month]:
    """Return the months one may choose, the newest first: complete ones only."""
    return [last_complete(today).back(n) for n in range(MONTHS_BACK)]


def chosen(text: str, today: date) -> Month:
    """Return the month an address asks for, the last complete one when it asks for none or for another."""
    months = {month.key: month for month in offered(today)}
    return months.get(text if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text) else "", last_complete(today))


@dataclass(frozen=True, slots=True)
class Line:
    """A figure with those it is compared to; None where there is no data, which is not zero."""

    key: str
    now: int
    before: int | None
    year_ago: int | None

    @property
    def more(self) -> int | None:
        """How many more than the month before."""
        return None if self.before is None else self.now - self.before


def has_grown(line: Line) -> bool:
    """Return whether a figure grew so much that a meeting should speak of it: both by number and by ratio."""
    if line.before is None:
        return False
    return line.now - line.before >= GROWN_LEAST_MORE and line.now >= GROWN_LEAST_TIMES * line.before


def grown(lines: Iterable[Line]) -> list[Line]:
    """Return what grew most, by how many more."""
    found = [line for line in lines if has_grown(line)]
    return sorted(found, key=lambda line: (-(line.more or 0), line.key))[:GROWN_MOST]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words that may be quoted, `about` what: a category or the name of a common need."""

    need_id: UUID
    words: str
    about: str


def quoted(groups: Sequence[Quote], categories: Sequence[Sequence[Quote]], hide: Callable[[str], str]) -> list[Quote]:
    """Return the quotes: one of each of the hottest common needs, then one of each of the biggest categories in turn.

    No matter twice, no words twice; personal data hidden by `hide`.
    """
    turns = [*groups, *(q for n in range(QUOTES_MOST) for own in categories for q in own[n : n + 1])]
    needs: set[UUID] = set()
    found: dict[str, Quote] = {}
    for quote in turns:
        words = " ".join(hide(quote.words).split())
        if quote.need_id not in needs and words not in found and len(found) < QUOTES_MOST:
            needs.add(quote.need_id)
            found[words] = Quote(quote.need_id, words, quote.about)
    return list(found.values())
