"""Workbooks to read in tests: made by XlsxWriter, or by hand where no well-behaved program writes such a thing."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.platform import sheets
from huiyin.platform.errors import Invalid

NAMES = {"name": ("姓名", "诉求人"), "phone": ("电话", "联系电话"), "day": ("日期",)}
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def workbook(fill: Callable[[Any, Any], None]) -> io.BytesIO:
    """Return a workbook that XlsxWriter made: `fill(book, first_sheet)`."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        fill(book, book.add_worksheet("诉求"))
    out.seek(0)
    return out


def table(*rows: list[Any]) -> io.BytesIO:
    """Return a workbook of one sheet with these rows from A1."""

    def fill(_: Any, sheet: Any) -> None:
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write(number, column, value)

    return workbook(fill)


def by_hand(
    rows: str, *, shared: str = "", extra: dict[str, bytes] | None = None, parts: dict[str, str] | None = None
) -> io.BytesIO:
    """Return a workbook whose sheet holds this XML: what no well-behaved program writes."""
    out = io.BytesIO()
    one = '<Relationship Id="{0}" Type="' + OFFICE + '/{1}" Target="{2}"/>'
    links = one.format("r1", "worksheet", "worksheets/sheet1.xml") + one.format("r2", "sharedStrings", "shared.xml")
    content = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}">{one.format("r0", "officeDocument", "xl/workbook.xml")}'
        "</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="诉求" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>',
        "xl/shared.xml": f'<sst xmlns="{MAIN}">{shared}</sst>',
    } | (parts or {})
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in content.items():
            made.writestr(name, text)
        for name, raw in (extra or {}).items():
            made.writestr(name, raw)
    out.seek(0)
    return out


def refusal(file: io.BytesIO | bytes, **limits: int) -> str:
    """Return the sentence with which a file is refused."""
    upload = SimpleUploadedFile("诉求.xlsx", file if isinstance(file, bytes) else file.getvalue())
    with pytest.raises(Invalid) as caught:
        sheets.read(upload, **limits)
    return str(caught.value.fields["file"])


def values(sheet: sheets.Sheet) -> list[tuple[int, tuple[sheets.Cell, ...]]]:
    return [(row.number, row.cells) for row in sheet.rows]
