"""One pass over a worksheet's XML before calamine sees it: how far it reaches, and which cells have no value.

calamine holds a sheet as one dense block and copies a shared text into every cell that names it: two cells far
apart, or one long text named a million times, would fill the memory. It also answers "" for an error and for a
formula that was never calculated. So both are found out here, with expat, while the bytes are counted.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from huiyin.platform.errors import Message
from huiyin.platform.sheets.archive import DAMAGED, refuse

MOST_COLUMNS = 200
MOST_CELLS = 4_000_000  # calamine keeps 32 bytes for each cell between the first and the last
MOST_TEXT_BYTES = 256 * 1024 * 1024  # in all cells together, as calamine copies them
MOST_SHARED = 4_000_000
MOST_MERGES = 200_000
LAST_ROW = 1_048_576  # of Excel
HEADER_WITHIN = 10  # filled rows in which a header may stand, below a title and a line of explanation
COLUMNS_APART = 1 << 14  # more than Excel has columns: a cell's key is row * this + column
BROKEN_TEXTS = 1_000  # different texts of broken cells that are remembered
BROKEN_LENGTH = 60

TOO_WIDE = Message("This sheet has more than 200 columns. Delete the columns that are not needed.")
TOO_FAR = Message(
    "The sheet “%(sheet)s” is too large: it reaches to row %(row)s. Delete what stands far below the table, "
    "or split it into several files."
)
TOO_MUCH_TEXT = Message("There is more text in this sheet than can be read at once. Split it into several files.")

_LETTERS = re.compile(r"[A-Z]{1,3}")
Attributes = dict[str, str]
Action = Callable[[Attributes], None]


def too_many_rows(sheet: str, most_rows: int) -> Message:
    """Return the sentence for a sheet of more rows than the caller takes."""
    return Message(
        "The sheet “%(sheet)s” has more than %(most)s rows. Split it into several files.",
        {"sheet": sheet, "most": f"{most_rows:,}"},
    )


@dataclass(slots=True)
class BrokenCells:
    """The cells without a value, in the order of the sheet; compact, for a column of 100,000 #N/A is not rare."""

    _keys: "array[int]" = field(default_factory=lambda: array("q"))
    _texts: list[str] = field(default_factory=list)
    _known: dict[str, str] = field(default_factory=dict)

    def add(self, row: int, column: int, text: str) -> None:
        """Remember a cell that comes after all the others."""
        text = text[:BROKEN_LENGTH]
        if len(self._known) < BROKEN_TEXTS:
            self._known.setdefault(text, text)
        self._keys.append(row * COLUMNS_APART + column)
        self._texts.append(self._known.get(text, "="))

    def in_row(self, row: int) -> Iterator[tuple[int, str]]:
        """Yield the column, from 0, and the text of a row's broken cells."""
        at = bisect_left(self._keys, row * COLUMNS_APART)
        while at < len(self._keys) and self._keys[at] < (row + 1) * COLUMNS_APART:
            yield self._keys[at] % COLUMNS_APART, self._texts[at]
            at += 1


@dataclass(slots=True)
class Extent:
    """What was found out about a sheet. Rows count from 1, `columns` is the number of the last one with content."""

    filled_rows: int = 0
    first_row: int = 0
    last_row: int = 0
    columns: int = 0
    text_bytes: int = 0
    broken: BrokenCells = field(default_factory=BrokenCells)


class _Actions(dict[str, Action | None]):
    """What to do at an element, by its name as written; a prefix (`x:row`) is understood when it is first met."""

    def __init__(self, actions: dict[str, Action], otherwise: Action | None = None) -> None:
        super().__init__(actions)
        self._otherwise = otherwise

    def __missing__(self, name: str) -> Action | None:
        local = name.rpartition(":")[2]
        self[name] = action = self[local] if local != name else self._otherwise
        return action


def _no_doctype(*_: object) -> None:
    refuse(DAMAGED)  # no office program writes one; entities are how XML bombs are made


def parse(chunks: Iterable[bytes], actions: _Actions, said: Callable[[str], None] | None = None) -> None:
    """Run expat over a document. Raises Invalid when it is not well-formed or has a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def started(name: str, attributes: Attributes) -> None:
        if action := actions[name]:
            action(attributes)

    parser.StartElementHandler = started
    parser.StartDoctypeDeclHandler = _no_doctype
    if said:
        parser.CharacterDataHandler = said
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        refuse(DAMAGED)


def elements(chunks: Iterable[bytes], **actions: Action) -> None:
    """Call `name=action` with the attributes of each element of that local name. Raises as `parse()` does."""
    parse(chunks, _Actions(actions))


def shared_lengths(chunks: Iterable[bytes]) -> "array[int]":
    """Return how many bytes each shared text has. Raises Invalid when there are too many."""
    lengths = array("Q")

    def begin(_: Attributes) -> None:
        if len(lengths) >= MOST_SHARED:
            refuse(TOO_MUCH_TEXT)
        lengths.append(0)

    def said(text: str) -> None:
        if lengths:
            lengths[-1] += len(text) if text.isascii() else len(text.encode())

    parse(chunks, _Actions({"si": begin}), said)
    return lengths


class _Scan:
    """The state of the pass: the row and the cell that expat is in, and what was found so far."""

    def __init__(self, sheet: str, shared: "array[int]", most_rows: int) -> None:
        self.found = Extent()
        self._sheet, self._shared, self._most_rows = sheet, shared, most_rows
        self._columns: dict[str, int] = {}
        self._row = self._merges = 0
        self._column = -1
        self._open = False
        self._type = self._value = ""
        self._formula: str | None = None
        self._valued = self._inline = False
        self._into = ""
        self.actions = _Actions(
            {"row": self._begin_row, "c": self._begin_cell, "v": self._begin_value, "f": self._begin_formula}
            | {"is": self._begin_inline, "mergeCell": self._merge},
            otherwise=lambda _: self.end_cell(),
        )

    def _begin_row(self, attributes: Attributes) -> None:
        self.end_cell()
        number = attributes.get("r", str(self._row + 1))
        if not number.isdecimal() or not self._row < int(number) <= LAST_ROW:
            refuse(DAMAGED)  # rows out of order: Excel does not open such a file either
        self._row, self._column = int(number), -1

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            if not _LETTERS.fullmatch(letters):
                refuse(DAMAGED)
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number - 1
        if reference[len(letters) :] != str(self._row):
            refuse(DAMAGED)
        return self._columns[letters]

    def _begin_cell(self, attributes: Attributes) -> None:
        self.end_cell()
        reference = attributes.get("r")
        column = self._column_of(reference) if reference else self._column + 1
        if column <= self._column or not self._row or column >= COLUMNS_APART:
            refuse(DAMAGED)
        self._column, self._open = column, True
        self._type, self._value, self._formula = attributes.get("t", "n"), "", None
        self._valued = self._inline = False

    def _begin_value(self, _: Attributes) -> None:
        self._valued, self._into = True, "v"

    def _begin_formula(self, _: Attributes) -> None:
        self._formula, self._into = "", "f"

    def _begin_inline(self, _: Attributes) -> None:
        self._inline = True

    def said(self, text: str) -> None:
        """Take the characters within an element."""
        if self._into == "v":
            self._value += text
        elif self._into == "f" and self._formula is not None:
            self._formula += text

    def _merge(self, _: Attributes) -> None:
        self.end_cell()
        self._merges += 1
        if self._merges > MOST_MERGES:
            refuse(DAMAGED)

    def end_cell(self) -> None:
        """Judge the cell that has just been read, if there is one."""
        if not self._open:
            return
        self._open, self._into = False, ""
        value = self._value if self._type == "str" else self._value.strip()
        if self._type == "e":
            self._fill(broken=value or "#ERROR!")
        elif value or self._inline:
            self._fill()
        elif self._formula is not None and not (self._type == "str" and self._valued):
            self._fill(broken="=" + self._formula.strip())  # `=IF(A1="","",…)` has "" as its value and says so
        if self._type == "s" and value:
            self._count_text(value)

    def _count_text(self, index: str) -> None:
        if not index.isdecimal() or int(index) >= len(self._shared):
            refuse(DAMAGED)  # calamine would take the first text for an index it cannot read
        self.found.text_bytes += self._shared[int(index)]
        if self.found.text_bytes > MOST_TEXT_BYTES:
            refuse(TOO_MUCH_TEXT)

    def _fill(self, broken: str | None = None) -> None:
        found = self.found
        if self._row != found.last_row:
            found.filled_rows += 1
            found.first_row, found.last_row = found.first_row or self._row, self._row
            if found.filled_rows > self._most_rows + HEADER_WITHIN:
                refuse(too_many_rows(self._sheet, self._most_rows))
        found.columns = max(found.columns, self._column + 1)
        if found.columns > MOST_COLUMNS:
            refuse(TOO_WIDE)
        if (found.last_row - found.first_row + 1) * found.columns > MOST_CELLS:
            refuse(Message(TOO_FAR.text, {"sheet": self._sheet, "row": f"{self._row:,}"}))
        if broken is not None:
            found.broken.add(self._row, self._column, broken)


def scan(sheet: str, chunks: Iterable[bytes], *, shared: "array[int]", most_rows: int) -> Extent:
    """Return what the XML of the worksheet named `sheet` holds. Raises Invalid when it is too large or damaged."""
    state = _Scan(sheet, shared, most_rows)
    parse(chunks, state.actions, state.said)
    state.end_cell()
    return state.found
