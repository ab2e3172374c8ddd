"""Reading an uploaded workbook: its first visible sheet with content, row by row.

calamine never meets the uploaded file. It is given a small workbook of our own making that holds the one sheet, its
texts and its formats, unpacked and counted by `archive` and looked through by `scanning`.
"""

import io
import re
import threading
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain, islice, repeat
from typing import IO, Any
from urllib.parse import unquote

import python_calamine

from huiyin.platform.errors import Invalid, Message
from huiyin.platform.sheets.archive import DAMAGED, Archive, content_of, refuse
from huiyin.platform.sheets.cells import LOST_DIGITS_FROM, Broken, Cell
from huiyin.platform.sheets.scanning import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    Extent,
    elements,
    scan,
    shared_lengths,
    too_many_rows,
)

MOST_ROWS = 100_000
NO_SHEET = Message("There is no visible worksheet in this workbook.")
NO_CONTENT = Message("There is nothing in this workbook. Fill in its first sheet and save it before you choose it.")

_READING = threading.Semaphore(1)  # one workbook at a time in each process: memory is bounded
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = {"sheet": "worksheets/sheet1.xml", "sharedStrings": "sharedStrings.xml", "styles": "styles.xml"}
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|\{[^{}]*\}|<[^<>]*>")
_DECORATION = re.compile(r"[\s*:★※·]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not empty: its number as Excel shows it, and a cell for every column of the sheet."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The filled rows below row `after`, in the order of the sheet; may be gone through more than once."""

    calamine: python_calamine.CalamineSheet = field(repr=False)
    extent: Extent = field(repr=False)
    after: int = 0

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows one by one; Python objects are made for one row at a time."""
        fill = _merged(self.calamine.merged_cell_ranges or [])
        for number, cells in enumerate(self._raw(), start=1):
            for column, text in self.extent.broken.in_row(number):
                cells[column] = Broken(text)
            filled = any(cell is not None for cell in cells)
            fill(number, cells)
            if filled and number > self.after:
                yield Row(number, tuple(cells))

    def _raw(self) -> Iterator[list[Cell]]:
        """Yield every row from the first, as wide as the sheet; calamine leaves out empty columns on the left."""
        width = self.extent.columns
        left = [None] * (self.calamine.start[1] if self.calamine.start else 0)
        known = self.calamine.iter_rows() if self.calamine.start else iter(())
        for values in islice(chain(known, repeat([])), self.extent.last_row):
            cells: list[Cell] = [*left, *map(_cell, values)]
            yield cells + [None] * (width - len(cells))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet: the texts of its header row, that row's number, and the rows below it."""

    name: str
    header: tuple[str, ...]
    header_row: int
    rows: Rows
    most_rows: int = MOST_ROWS

    def find_header(self, names: Mapping[str, Sequence[str]]) -> "Headed":
        """Look for the row that names the wanted fields, among the first ten filled rows.

        `names` gives the aliases of each field. Capitals, full-width letters, spaces, asterisks, colons and what
        stands in brackets make no difference; a header that agrees with its brackets is preferred. Raises Invalid
        when more than `most_rows` rows stand below the header.
        """
        first = list(islice(replace(self.rows, after=0), HEADER_WITHIN))
        tries = [_columns(row, names) for row in first]
        best = max(range(len(tries)), key=lambda at: len(tries[at]))
        while best + 1 < len(tries) and tries[best] and len(tries[best + 1]) == len(tries[best]):
            best += 1  # a header merged over two rows ends with the second
        row, columns = first[best], tries[best]
        below = replace(self.rows, after=row.number)
        if self.rows.extent.filled_rows - best - 1 > self.most_rows:
            refuse(too_many_rows(self.name, self.most_rows))
        sheet = replace(self, header=_texts(row), header_row=row.number, rows=below)
        return Headed(sheet, columns, tuple(name for name in names if name not in columns))


@dataclass(frozen=True, slots=True)
class Headed:
    """A sheet whose header is known: the column, from 0, of each field, and the fields that have none."""

    sheet: Sheet
    columns: Mapping[str, int]
    missing: tuple[str, ...]


def _cell(value: object) -> Cell:
    """Return a cell's value as we give it out: whole numbers whole, moments to the second, "" as None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10 * LOST_DIGITS_FROM else value
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"  # [h]:mm, a length of time: as Excel shows it
    if isinstance(value, datetime) and value.microsecond:
        return (value + timedelta(microseconds=500_000)).replace(microsecond=0)
    return value  # type: ignore[return-value]  # calamine gives bool, date, time and datetime besides


def _merged(
    ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]],
) -> Callable[[int, list[Cell]], None]:
    """Return a function that, called for row after row, gives merged cells the value of their first."""
    waiting = sorted(ranges, reverse=True)
    active: list[tuple[int, int, int, Cell]] = []

    def fill(number: int, cells: list[Cell]) -> None:
        active[:] = [one for one in active if one[0] >= number]
        while waiting and waiting[-1][0][0] < number:
            (top, left), (bottom, right) = waiting.pop()
            if top == number - 1 and left < len(cells) and len(active) < MOST_COLUMNS:  # more would overlap
                active.append((bottom + 1, left, min(right + 1, len(cells)), cells[left]))
        for _, left, right, value in active:
            cells[left:right] = [value] * (right - left)

    return fill


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell) for cell in row.cells)


def _plain(text: str) -> str:
    folded = "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return _DECORATION.sub("", folded).casefold()


def _bare(text: str) -> str:
    """Return a header without what stands in its brackets; all of it when nothing else is there."""
    plain = _plain(text)
    return _BRACKETS.sub("", plain) or plain


def _columns(row: Row, names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the column of each field that a row names; exact names before those without their brackets."""
    texts = _texts(row)
    found: dict[str, int] = {}
    for fold in (_plain, _bare):
        heads = [fold(text) for text in texts]
        for name, aliases in names.items():
            wanted = {fold(alias) for alias in aliases} - {""}
            taken = set(found.values())
            at = next((n for n, head in enumerate(heads) if head in wanted and n not in taken), None)
            if name not in found and at is not None:
                found[name] = at
    return found


@dataclass(slots=True)
class _Book:
    """The parts of a workbook: its visible worksheets by name, and where texts and formats are kept."""

    sheets: list[tuple[str, str]] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    from_1904: bool = False


def _targets(archive: Archive, folder: str, name: str) -> dict[str, tuple[str, str]]:
    """Return the kind and the place of what a part refers to, by its id."""
    targets: dict[str, tuple[str, str]] = {}

    def one(attributes: dict[str, str]) -> None:
        target = unquote(attributes.get("Target", ""))
        place = target.lstrip("/") if target.startswith("/") else folder + target.removeprefix("./")
        targets[attributes.get("Id", "")] = attributes.get("Type", "").rpartition("/")[2], place

    elements(archive.chunks(f"{folder}_rels/{name}.rels"), Relationship=one)
    return targets


def _book(archive: Archive) -> _Book:
    documents = [place for kind, place in _targets(archive, "", "").values() if kind == "officeDocument"]
    if len(documents) != 1:
        refuse(DAMAGED)
    folder, _, name = documents[0].rpartition("/")
    targets = _targets(archive, f"{folder}/" if folder else "", name)
    book = _Book(parts={kind: place for kind, place in targets.values() if kind in _PARTS})

    def sheet(attributes: dict[str, str]) -> None:
        key = next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")
        kind, place = targets.get(key, ("", ""))
        if kind == "worksheet" and attributes.get("state", "visible") == "visible":
            book.sheets.append((attributes.get("name", ""), place))

    def properties(attributes: dict[str, str]) -> None:
        book.from_1904 = attributes.get("date1904", "0") in {"1", "true"}

    elements(archive.chunks(documents[0]), sheet=sheet, workbookPr=properties)
    return book


def _relationships(base: str, targets: Mapping[str, tuple[str, str]]) -> str:
    lines = (f'<Relationship Id="{i}" Type="{base}/{k}" Target="{t}"/>' for i, (k, t) in targets.items())
    return f'<Relationships xmlns="{_PACKAGE}">{"".join(lines)}</Relationships>'


def _begin(out: zipfile.ZipFile, book: _Book, archive: Archive) -> None:
    """Write everything but the sheet into the workbook that calamine will read."""
    targets = {"sheet": ("worksheet", _PARTS["sheet"])} | {kind: (kind, _PARTS[kind]) for kind in book.parts}
    out.writestr("_rels/.rels", _relationships(_OFFICE, {"book": ("officeDocument", "xl/workbook.xml")}))
    out.writestr("xl/_rels/workbook.xml.rels", _relationships(_OFFICE, targets))
    out.writestr(
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><workbookPr date1904="{int(book.from_1904)}"/>'
        '<sheets><sheet name="sheet" sheetId="1" r:id="sheet"/></sheets></workbook>',
    )
    for kind, place in book.parts.items():
        with out.open(f"xl/{_PARTS[kind]}", "w") as part:
            for chunk in archive.chunks(place):
                part.write(chunk)


def _copied(chunks: Iterator[bytes], to: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        to.write(chunk)
        yield chunk


def _first_filled(  # noqa: RET503  # `refuse` never returns
    archive: Archive, book: _Book, most_rows: int
) -> tuple[str, Extent, io.BytesIO]:
    """Return the name and extent of the first sheet with content, and a workbook of our own that holds it."""
    place = book.parts.get("sharedStrings")
    shared = shared_lengths(archive.chunks(place) if place else [b"<sst/>"])
    for name, at in book.sheets:
        own = io.BytesIO()
        with zipfile.ZipFile(own, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            with out.open(f"xl/{_PARTS['sheet']}", "w") as part:
                extent = scan(name, _copied(archive.chunks(at), part), shared=shared, most_rows=most_rows)
            if extent.filled_rows:
                _begin(out, book, archive)
        if extent.filled_rows:
            return name, extent, own
    refuse(NO_CONTENT if book.sheets else NO_SHEET)


def _loaded(own: IO[bytes]) -> python_calamine.CalamineSheet:
    own.seek(0)
    try:
        return python_calamine.load_workbook(own).get_sheet_by_index(0)
    except Exception as error:  # calamine and zip raise a dozen kinds for broken files
        raise Invalid.of(file=DAMAGED) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust gave up; its exception stands outside Exception
            raise
        raise Invalid.of(file=DAMAGED) from error


def read(upload: IO[bytes] | Any, *, most_rows: int = MOST_ROWS) -> Sheet:
    """Return the first visible sheet with content of an uploaded .xlsx workbook.

    Its first filled row stands as the header until `find_header` finds a better one. Nothing of the upload is needed
    afterwards. Raises Invalid, on `file`, when this is no such workbook, too large, damaged, locked or empty.
    """
    content = content_of(upload)
    with _READING:
        archive = Archive(content)
        if what := archive.what():
            refuse(what)
        name, extent, own = _first_filled(archive, _book(archive), most_rows)
        rows = Rows(_loaded(own), extent)
    first = next(iter(rows), None)
    if first is None:
        refuse(NO_CONTENT)
    return Sheet(name, _texts(first), first.number, replace(rows, after=first.number), most_rows)
