"""How a search is read: terms, near words, the excerpt with what was found. No database."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from huiyin.org.rules import plain_phone
from huiyin.platform import clock

TERMS_MOST, NEAR_MOST, SOUND_MOST, KNOWN_MOST = 5, 4, 5, 4
FUNCTION_WORDS = frozenset(
    "的了是在我你他她它们这那个就也都和与及着过吗呢吧啊把被给让对从向之其已又很"
)  # nobody seeks them by initials
LETTERS = re.compile(r"[a-zA-Z]{2,12}")
EXCERPT_MOST, LEAD = 120, 30
_TAIL = re.compile("(?:手机|电话)?(?:尾号)?([0-9]{4})")
_WHOLE = re.compile("1[0-9]{10}|0[0-9]{9,11}|(?!19|20)[0-9]{7,8}")  # mobile; with area code; local
FIRST_YEAR = 2000  # before it no matter is received


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a search with what is looked for beside it."""

    typed: str
    near: Sequence[str] = ()  # near words
    sound: Sequence[str] = ()  # what the typed letters are the initials of

    @property
    def every(self) -> tuple[str, ...]:
        """All that counts as found."""
        return (self.typed, *self.near, *self.sound)


def plain(text: str) -> str:
    """Return the text as it is compared: full-width forms folded, small letters, no white space (as `needs_plain`)."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring characters of a plain text, each once (as `needs_grams`)."""
    return sorted({text[i : i + 2] for i in range(len(text) - 1)})


def mark(unit_id: UUID) -> str:
    """Return the one character that stands for a unit in the index (as `needs_mark`); some units share one."""
    return chr(0xF0000 + int(unit_id.hex[-4:], 16))


def quarter(moment: datetime) -> str:
    """Return the one character that stands for a quarter of a year in the index (as `needs_quarter`)."""
    day = clock.office_day(moment)
    return chr(0x100000 + 4 * (day.year - FIRST_YEAR) + (day.month + 2) // 3)


def year_back(today: date) -> date:
    """Return the first day of the quarter in which it was a year ago: from it on is searched, by whole quarters."""
    return date(today.year - 1, (today.month - 1) // 3 * 3 + 1, 1)


def quarters(since: datetime, until: datetime) -> list[str]:
    """Return the characters of the quarters from one moment to another."""
    first, last = ord(quarter(since)), ord(quarter(until))
    return [chr(point) for point in range(first, last + 1)]


def phone_typed(text: str) -> str:
    """Return the telephone that was typed, whole or its last four digits, as digits; "" for anything else.

    A day, a ticket's number or a room of three digits is none.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if tail := _TAIL.fullmatch(plain):
        return tail[1]
    try:
        digits = plain_phone(plain)
    except ValueError:
        return ""
    return digits if _WHOLE.fullmatch(digits) else ""


@cache
def _near() -> Mapping[str, tuple[str, ...]]:
    lines = (Path(__file__).parent / "nearwords.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, tuple[str, ...]] = {}
    for words in (line.split() for line in lines if line and not line.startswith("#")):
        for word in words:
            found[word] = (*found.get(word, ()), *(w for w in words if w not in {word, *found.get(word, ())}))
    return found


def near_words(term: str) -> tuple[str, ...]:
    """Return the words that residents use for the same thing, the nearest first; none for a word not in the list.

    A single character, which the index cannot find, is near to a single character alone.
    """
    near = (word for word in _near().get(term, ()) if len(word) > 1 or len(term) == 1)
    return tuple(near)[:NEAR_MOST]


def terms(text: str) -> list[str]:
    """Return the words of a search as they are compared, each once, five at the most."""
    return list(dict.fromkeys(plain(word) for word in text.split() if plain(word)))[:TERMS_MOST]


def vocabulary() -> Iterable[str]:
    """Return every word of the list of near words."""
    return _near().keys()


def meant(*, words: Iterable[str], said: Iterable[str]) -> list[str]:
    """Return what typed letters most likely stand for: known words in the order of how often they are said, then others.

    `words`: what of known words and names the letters begin; `said`: what of residents' words, as often as it is met.
    """
    often = Counter(text for text in said if not FUNCTION_WORDS.intersection(text))
    known = sorted(dict.fromkeys(words), key=lambda text: -often[text])
    others = [text for text, _count in often.most_common() if text not in set(known)]
    return [*known[:KNOWN_MOST], *others[: SOUND_MOST - min(len(known), KNOWN_MOST)]]


def excerpt(text: str, marks: Sequence[str]) -> list[tuple[str, bool]]:
    """Return the part of a text that is shown in a list, in pieces: the words and whether they were looked for.

    It begins a little before the first hit when that stands beyond what a card shows.
    """
    lowered = text.lower()  # one character may become two (İ): then nothing is marked rather than the wrong thing
    hits = [m for m in marks if m] if len(lowered) == len(text) else []
    pattern = re.compile("|".join(re.escape(m) for m in sorted(hits, key=len, reverse=True))) if hits else None
    first = pattern.search(lowered) if pattern else None
    begin = first.start() - LEAD if first and first.end() > EXCERPT_MOST else 0
    shown = text[begin : begin + EXCERPT_MOST]
    pieces = [("…", False)] if begin else []
    at = 0
    for hit in pattern.finditer(shown.lower()) if pattern else ():
        pieces += [(shown[at : hit.start()], False), (shown[hit.start() : hit.end()], True)]
        at = hit.end()
    pieces.append((shown[at:] + ("…" if begin + EXCERPT_MOST < len(text) else ""), False))
    return [(piece, hit) for piece, hit in pieces if piece]
