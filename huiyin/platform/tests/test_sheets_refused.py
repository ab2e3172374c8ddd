"""Files that are no workbook, or too much of one, or made to do harm: each is refused in words that help."""

import io
import zipfile
from typing import Any

import pytest

from huiyin.platform import sheets
from huiyin.platform.errors import Invalid
from huiyin.platform.sheets import archive, scanning
from huiyin.platform.tests.workbooks import MAIN, NAMES, by_hand, refusal, table, values, workbook


def container(stream: str) -> bytes:
    """Return the beginning of an OLE container with a stream of this name in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(2048)


def archive_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return out.getvalue()


# --- what is no workbook ---


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", archive.BLANK),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), archive.PICTURE),
        (b"\xff\xd8\xff\xe0" + bytes(100), archive.PICTURE),
        (b"%PDF-1.7\n" + bytes(100), archive.PDF),
        ("姓名,电话\n张三,1\n".encode(), archive.TEXT),
        ("姓名,电话\n张三,1\n".encode("gb18030"), archive.TEXT),
        ("姓名\t电话".encode("utf-16"), archive.TEXT),
        (b"<html><table><tr><td>1</td></tr></table></html>", archive.WEB_PAGE),
        (container("Workbook"), archive.OLD_EXCEL),
        (container("EncryptedPackage"), archive.LOCKED),
        (container("WordDocument"), archive.WORD),
        (container("Elsewhere"), archive.UNKNOWN),
        (archive_of("[Content_Types].xml", "word/document.xml"), archive.WORD),
        (archive_of("[Content_Types].xml", "ppt/presentation.xml"), archive.SLIDES),
        (archive_of("[Content_Types].xml", "xl/workbook.bin"), archive.BINARY_EXCEL),
        (archive_of("mimetype", "content.xml"), archive.OPEN_SHEET),
        (archive_of("照片.jpg"), archive.PACKED),
        (b"Rar!\x1a\x07\x01\x00" + bytes(100), archive.PACKED),
        (b"\x00\x01\x02\x03" * 30, archive.UNKNOWN),
        (b"PK\x03\x04" + bytes(100), archive.DAMAGED),
        (archive_of("[Content_Types].xml"), archive.DAMAGED),
    ],
    ids=lambda value: value.text[:30] if hasattr(value, "text") else "",
)
def test_a_file_of_another_kind_is_called_what_it_is(content: bytes, what: Any) -> None:
    assert refusal(content) == what.text


def test_a_file_over_20_megabytes_is_refused_whatever_size_it_claims() -> None:
    upload = io.BytesIO(b"PK" + bytes(archive.MOST_BYTES))
    with pytest.raises(Invalid) as caught:
        sheets.read(upload)
    assert caught.value.fields["file"] == archive.TOO_BIG


def test_a_workbook_cut_short_is_damaged() -> None:
    whole = table(["姓名"], ["张三"]).getvalue()
    assert refusal(whole[: len(whole) // 2]) == archive.DAMAGED.text


def test_a_flipped_byte_is_damage_and_never_another_value() -> None:
    whole = by_hand('<row r="1"><c r="A1"><v>' + "1" * 12 + "</v></c></row>").getvalue()
    at = whole.index(b"xl/worksheets/sheet1.xml") + 40
    assert refusal(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]) == archive.DAMAGED.text


def test_whatever_bytes_are_changed_the_answer_is_a_sheet_or_a_refusal() -> None:
    whole = table(["姓名", "日期"], ["张三", 1], ["李四", 2.5]).getvalue()
    refused = 0
    for at in range(0, len(whole), 23):
        try:
            list(sheets.read(io.BytesIO(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])).rows)
        except Invalid:
            refused += 1
    assert refused > 20


# --- bombs ---


def test_a_sheet_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FROM", 100_000)
    assert refusal(by_hand(" " * 1_000_000)) == archive.BOMB.text


def test_all_that_is_unpacked_counts_together(monkeypatch: pytest.MonkeyPatch) -> None:
    filled = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    file = by_hand(filled + " " * 60_000, shared="<si><t>张三</t></si>" + " " * 60_000)
    assert sheets.read(file).header == ("张三",)
    monkeypatch.setattr(archive, "MOST_UNPACKED", 100_000)
    assert refusal(file) == archive.BOMB.text


def test_a_header_that_lies_about_its_size_hides_nothing() -> None:
    whole = by_hand("<row/>" * 50_000).getvalue()
    at = whole.rindex(b"xl/worksheets/sheet1.xml") - 46  # the entry in the directory
    lying = whole[: at + 24] + (100).to_bytes(4, "little") + whole[at + 28 :]
    assert refusal(lying) == archive.DAMAGED.text


def test_an_archive_of_very_many_entries_is_refused_before_it_is_opened() -> None:
    names = {f"xl/media/{n}.png": b"" for n in range(archive.MOST_ENTRIES)}
    assert refusal(by_hand("<row/>", extra=names)) == archive.BOMB.text


def test_what_is_not_needed_is_never_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_UNPACKED", 100_000)
    file = by_hand('<row r="1"><c r="A1"><v>1</v></c></row>', extra={"xl/media/1.bmp": bytes(1_000_000)})
    assert sheets.read(file).header == ("1",)


def test_two_cells_far_apart_do_not_fill_the_memory() -> None:
    cell = '<row r="{0}"><c r="GR{0}"><v>1</v></c></row>'
    assert "reaches to row 1,048,576" in refusal(by_hand(cell.format(1) + cell.format(1_048_576)))


def test_one_long_text_named_very_often_does_not_fill_the_memory() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 20_000))
    assert refusal(by_hand(rows, shared=f"<si><t>{'字' * 10_000}</t></si>")) == scanning.TOO_MUCH_TEXT.text


def test_a_document_type_is_refused_before_its_entities_grow() -> None:
    bomb = f'<!DOCTYPE worksheet [<!ENTITY a "b">]><worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    assert refusal(by_hand("", parts={"xl/worksheets/sheet1.xml": bomb})) == archive.DAMAGED.text


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="1A"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>x</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c>',
    ],
)
def test_a_sheet_that_excel_would_not_open_is_damaged(rows: str) -> None:
    assert refusal(by_hand(rows, shared="<si><t>张三</t></si>")) == archive.DAMAGED.text


# --- too much, too little ---


def test_the_rows_below_the_header_are_counted_wherever_it_stands() -> None:
    title, header, rows = ["某街道诉求登记表"], ["姓名", "电话"], [["张三", 1], ["李四", 2], ["王五", 3]]
    sheet = sheets.read(table(title, header, *rows), most_rows=3)
    assert len(list(sheet.find_header(NAMES).sheet.rows)) == 3
    with pytest.raises(Invalid, match="more than 2 rows"):
        sheets.read(table(title, header, *rows), most_rows=2).find_header(NAMES)


def test_far_too_many_rows_are_refused_while_reading() -> None:
    assert "“诉求” has more than 5 rows" in refusal(table(*([n] for n in range(1, 20))), most_rows=5)


def test_two_hundred_columns_pass_and_one_more_does_not() -> None:
    assert len(sheets.read(table(["列"] * 200)).header) == 200
    assert refusal(table(["列"] * 201)) == scanning.TOO_WIDE.text


def test_formatted_cells_without_content_do_not_count() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert values(sheets.read(by_hand(rows)).find_header(NAMES).sheet) == []
    assert sheets.read(by_hand(rows)).header == ("1",)


def test_an_empty_workbook_says_so() -> None:
    assert "nothing in this workbook" in refusal(table())


def test_a_workbook_whose_sheets_are_charts_has_no_worksheet() -> None:
    def chart(book: Any, sheet: Any) -> None:
        sheet.write(0, 0, 1)
        page = book.add_chartsheet()
        bars = book.add_chart({"type": "bar"})
        bars.add_series({"values": "=诉求!$A$1:$A$1"})
        page.set_chart(bars)
        page.activate()
        sheet.very_hidden()

    assert "no visible worksheet" in refusal(workbook(chart))
