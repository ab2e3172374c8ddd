"""Writing a workbook row by row, in constant memory, with nothing in it that a spreadsheet would run or open."""

import math
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal

import xlsxwriter
from django.utils.translation import gettext

from huiyin.platform.clock import OFFICE_ZONE
from huiyin.platform.sheets.cells import LOST_DIGITS_FROM

Kind = Literal["text", "number", "day", "moment"]

MOST_ROWS_BELOW_HEADER = 1_048_575
MOST_CHARACTERS = 32_767  # of a cell, in UTF-16 units; Excel calls a file with more damaged
FIRST_YEAR = 1900
_FORMATS: Mapping[str, Mapping[str, str]] = {
    "text": {"num_format": "@"},  # stays text when somebody edits the cell: `=…` is not run, 0571 keeps its 0
    "number": {},
    "day": {"num_format": "yyyy-mm-dd"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm"},
}
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, 2.2
_LINE_ENDS = re.compile(r"\r\n?")
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what its header says, its width in characters, and what its cells are."""

    label: str
    width: float = 16
    kind: Kind = "text"


def _cut(text: str) -> str:
    if len(text) <= MOST_CHARACTERS // 2:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * MOST_CHARACTERS:
        return text
    return units[: 2 * (MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"


def _text(value: object) -> str:
    """Return what a cell may hold: no character that XML forbids, one kind of line end, not too long."""
    return _cut(_FORBIDDEN.sub("", _LINE_ENDS.sub("\n", str(value))))


def _office_time(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return value.astimezone(OFFICE_ZONE).replace(tzinfo=None)


def _is_number(value: object) -> bool:
    """Return whether Excel can hold a value as a number, with all its digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return False
    return math.isfinite(value) and -LOST_DIGITS_FROM < value < LOST_DIGITS_FROM


class _Page:
    """One worksheet being filled from its first row."""

    def __init__(self, book: Any, name: str, columns: Sequence[Column]) -> None:
        self._sheet = book.add_worksheet(name)
        self._columns = columns
        self._formats = [book.add_format({**_FORMATS[column.kind], "valign": "top"}) for column in columns]
        self._bold = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
        self._row = 0
        for at, column in enumerate(columns):
            self._sheet.set_column(at, at, column.width, self._formats[at])

    def header(self, *, frozen: bool = True) -> None:
        """Write the labels, bold; frozen, they and what is above them stay in view."""
        for at, column in enumerate(self._columns):
            self._sheet.write_string(self._row, at, _text(column.label), self._bold)
        self._row += 1
        if frozen:
            self._sheet.freeze_panes(self._row, 0)

    def line(self, text: str) -> None:
        """Write one text across the sheet."""
        self._sheet.write_string(self._row, 0, _text(text))
        self._row += 1

    def row(self, values: Sequence[object]) -> None:
        """Write one row. Raises ValueError when it has not one value for each column."""
        for at, (value, column) in enumerate(zip(values, self._columns, strict=True)):
            if value is not None and value != "":
                self._cell(at, value, column.kind)
        self._row += 1

    def _cell(self, at: int, value: object, kind: Kind) -> None:
        cell_format = self._formats[at]
        if kind == "number" and _is_number(value):
            self._sheet.write_number(self._row, at, value, cell_format)
        elif kind in ("day", "moment") and isinstance(value, date) and value.year >= FIRST_YEAR:
            moment = _office_time(value) if isinstance(value, datetime) else value
            if isinstance(moment, datetime):
                moment = moment.date() if kind == "day" else moment.replace(microsecond=0)
            self._sheet.write_datetime(self._row, at, moment, cell_format)
        else:
            self._sheet.write_string(self._row, at, _text(_said(value)), cell_format)

    def filtered(self) -> None:
        """Put the filter arrows on the header, over all rows written so far."""
        if self._columns:
            self._sheet.autofilter(0, 0, self._row - 1, len(self._columns) - 1)


def _said(value: object) -> object:
    """Return how a value reads as text: moments in office time, to the minute."""
    if isinstance(value, datetime):
        return _office_time(value).isoformat(" ", "minutes")
    return value.isoformat("minutes") if isinstance(value, time) else value


def _sheet_name(title: str) -> str:
    """Return a name Excel allows: 31 characters (UTF-16 units), none of []:*?/\\, no apostrophe at an end."""
    plain = (
        _NOT_IN_NAMES.sub(" ", _FORBIDDEN.sub("", title)).encode("utf-16-le")[: 2 * 31].decode("utf-16-le", "ignore")
    )
    plain = plain.strip().strip("'").strip()
    return "Sheet1" if plain.casefold() in {"", "history"} else plain


@contextmanager
def _book(target: str | Path | BinaryIO, title: str) -> Iterator[Any]:
    """Open a workbook; it is written to `target` only when the block ends well, and leaves no drafts behind."""
    with tempfile.TemporaryDirectory() as drafts:
        book = xlsxwriter.Workbook(
            str(target) if isinstance(target, Path) else target,
            {"constant_memory": True, "tmpdir": drafts},
        )
        book.set_properties({"title": _text(title)})
        yield book
        book.close()


def write(
    target: str | Path | BinaryIO, *, title: str, columns: Sequence[Column], rows: Iterable[Sequence[object]]
) -> int:
    """Write a workbook of one sheet called `title` and return how many rows it has below its header.

    Days and moments become Excel dates in office time; every text stays text, whatever it begins with. Moments are
    aware. Raises ValueError for more than 1,048,575 rows, a row of another length, or a moment without a zone;
    nothing is written then.
    """
    count = 0
    with _book(target, title) as book:
        page = _Page(book, _sheet_name(title), columns)
        page.header()
        for values in rows:
            count += 1
            if count > MOST_ROWS_BELOW_HEADER:
                raise ValueError(f"a sheet holds at most {MOST_ROWS_BELOW_HEADER} rows")
            page.row(values)
        page.filtered()
    return count


def template(
    target: str | Path | BinaryIO,
    *,
    columns: Sequence[Column],
    note: str,
    example_rows: Iterable[Sequence[object]] = (),
) -> None:
    """Write an empty form: a first sheet with the header alone, a second one with the note and filled-in examples.

    The examples stand apart, so that nobody hands them in. Raises ValueError as `write()` does.
    """
    form, guide = gettext("Form"), gettext("How to fill in")
    with _book(target, form) as book:
        page = _Page(book, _sheet_name(form), columns)
        page.header()
        page = _Page(book, _sheet_name(guide), columns)
        for line in note.splitlines():
            page.line(line)
        page.header(frozen=False)
        for values in example_rows:
            page.row(values)
