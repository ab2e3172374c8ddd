"""Traditional characters as simplified ones, and the first letters of pinyin: two tables, read when first needed."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

TABLES = Path(__file__).parent / "tables"
_FIRST = 0x4E00


@cache
def _traditional() -> Mapping[int, str]:
    old, new = (TABLES / "traditional.txt").read_text(encoding="utf-8").split("\n")[:2]
    return dict(zip(map(ord, old), new, strict=True))


@cache
def _initials() -> tuple[str, Mapping[str, str]]:
    """Return the first letter of each character from U+4E00 on (- where none), and the other letters of some."""
    more, *lines = (TABLES / "initials.txt").read_text(encoding="utf-8").split("\n")
    others: dict[str, str] = {}
    character = ""
    for sign in more:
        if "a" <= sign <= "z":
            others[character] += sign
        else:
            character = sign
            others[character] = ""
    return "".join(lines), others


def simplified(text: str) -> str:
    """Return the text with traditional characters in their simplified form, one for one (OpenCC, see decision 9).

    A character that simplified texts use too (乾, 著) stays. The length stays.
    """
    return text if text.isascii() else text.translate(_traditional())


def initials(text: str) -> str:
    """Return the first letters of the usual readings, lower case; Latin letters and digits stay, the rest goes."""
    first, _ = _initials()
    out = []
    for character in text:
        at = ord(character) - _FIRST
        letter = first[at] if 0 <= at < len(first) else character.lower()
        if letter.isascii() and letter.isalnum():
            out.append(letter)
    return "".join(out)


def sounds(typed: str, text: str) -> list[tuple[int, int]]:
    """Return the spans [start, end) of the text whose pinyin begins with the letters typed, in any reading.

    `sounds("cq", "重庆路")` is [(0, 2)]. Something typed that is no run of Latin letters or digits is nowhere.
    """
    wanted = typed.strip().lower()
    if not (wanted.isascii() and wanted.isalnum()):
        return []
    first, others = _initials()
    letters = [_letters(character, first, others) for character in text]
    n = len(wanted)
    return [(i, i + n) for i in range(len(letters) - n + 1) if all(w in letters[i + k] for k, w in enumerate(wanted))]


@cache
def _keys() -> Mapping[int, str]:
    """Return, for str.translate, the usual first letter of each character."""
    first, _ = _initials()
    return {_FIRST + i: letter for i, letter in enumerate(first) if letter != "-"}


def begin(typed: str, text: str) -> list[tuple[int, int]]:
    """Return the spans as `sounds` does, in the usual readings alone: some fifty times as fast, for many texts.

    Spans of letters that stand in the text themselves are left out.
    """
    wanted = typed.strip().lower()
    if not (wanted.isascii() and wanted.isalpha()):
        return []
    letters, found = text.translate(_keys()), []
    at = letters.find(wanted)
    while at >= 0:
        if not text[at : at + len(wanted)].isascii():
            found.append((at, at + len(wanted)))
        at = letters.find(wanted, at + 1)
    return found


def _letters(character: str, first: str, others: Mapping[str, str]) -> str:
    at = ord(character) - _FIRST
    usual = first[at] if 0 <= at < len(first) else character.lower()
    return usual + others.get(character, "")
