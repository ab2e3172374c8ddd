"""Files of requests as others keep them: CSV in UTF-8, with or without a mark, further columns ignored."""

import csv
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from .machines import Labelled
from .shared_needs import Voice

_TIMES = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y/%m/%d")


class Fault(StrEnum):
    """Why a file cannot be used."""

    ABSENT = "absent"
    NOT_TEXT = "not_text"
    COLUMNS = "columns"
    EMPTY = "empty"
    ONE_CLASS = "one_class"
    UNKNOWN_CLASSES = "unknown_classes"


class Unfit(ValueError):  # noqa: N818  # says of the file what is wrong with it
    """A file cannot be used: why, its name, and the detail (the columns that are missing, the class it has)."""

    def __init__(self, fault: Fault, name: str, detail: str = "") -> None:
        super().__init__(f"{name}: {fault}{f' ({detail})' if detail else ''}")
        self.fault, self.name, self.detail = fault, name, detail


def labelled(path: Path) -> list[Labelled]:
    """Return the rows that have a category. Columns category, title, text. Raises Unfit."""
    rows = [
        Labelled((r["category"] or "").strip(), r["title"] or "", r["text"] or "")
        for r in _rows(path, ("category", "title", "text"))
    ]
    kept = [r for r in rows if r.category]
    if not kept:
        raise Unfit(Fault.EMPTY, path.name)
    return kept


def voices(path: Path) -> tuple[list[Voice], int]:
    """Return the requests and how many rows were left out, their time being unreadable or their id taken.

    Columns id, sender, title, text, received; likes and against count 0 where absent. Raises Unfit.
    """
    kept: dict[str, Voice] = {}
    rows = 0
    for row in _rows(path, ("id", "sender", "title", "text", "received")):
        rows += 1
        at = _time(row["received"] or "")
        if at is not None and row["id"] not in kept:
            likes, against = (_count(row.get(name)) for name in ("likes", "against"))
            kept[row["id"]] = Voice(
                row["id"], row["sender"], row["title"] or "", row["text"] or "", at, likes=likes, against=against
            )
    if not kept:
        raise Unfit(Fault.EMPTY, path.name)
    return list(kept.values()), rows - len(kept)


def texts(path: Path) -> list[str]:
    """Return the texts of a CSV file with a column text, or of a .jsonl file with that key. Raises Unfit."""
    if path.suffix == ".jsonl":
        try:
            found = [str(json.loads(line)["text"]) for line in _lines(path) if line.strip()]
        except (json.JSONDecodeError, TypeError, KeyError) as wrong:
            raise Unfit(Fault.COLUMNS, path.name, "text") from wrong
    else:
        found = [r["text"] or "" for r in _rows(path, ("text",))]
    if not found:
        raise Unfit(Fault.EMPTY, path.name)
    return found


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for line in lines:
                yield line.replace("\0", " ")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as wrong:
        raise Unfit(Fault.ABSENT, path.name) from wrong
    except (UnicodeDecodeError, PermissionError) as wrong:
        raise Unfit(Fault.NOT_TEXT, path.name) from wrong


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[dict[str, str]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    table = csv.DictReader(_lines(path))
    try:
        if table.fieldnames is None:
            raise Unfit(Fault.EMPTY, path.name)
        missing = [name for name in needed if name not in table.fieldnames]
        if missing:
            raise Unfit(Fault.COLUMNS, path.name, ", ".join(missing))
        yield from table
    except csv.Error as wrong:
        raise Unfit(Fault.NOT_TEXT, path.name) from wrong


def _time(text: str) -> datetime | None:
    bare = text.strip()
    for form in _TIMES:
        try:
            return datetime.strptime(bare.replace("-", "/"), form)  # noqa: DTZ007 (such files name no zone)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(bare).replace(tzinfo=None)
    except ValueError:
        return None


def _count(text: str | None) -> int:
    bare = (text or "").strip()
    return int(bare) if bare.isdecimal() else 0
