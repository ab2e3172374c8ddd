"""Workbooks read: real files, wrong files, hostile files. Writing and the round trip are in test_sheets_written.py."""

# ruff: noqa: DTZ001  # cells hold no time zone

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from huiyin.platform import sheets
from huiyin.platform.clock import OFFICE_ZONE
from huiyin.platform.errors import Invalid
from huiyin.platform.sheets import archive, cells, scanning
from huiyin.platform.sheets.cells import Broken

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


def by_hand(rows: str, *, shared: str = "", extra: dict[str, bytes] | None = None, **parts: str) -> io.BytesIO:
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
    } | parts
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


def container(stream: str) -> bytes:
    """Return the beginning of an OLE container with a stream of this name in its directory."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream.encode("utf-16-le") + bytes(2048)


def archive_of(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return out.getvalue()


# --- what is no workbook ------------------------------------------------------------------------------------------


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


# --- bombs --------------------------------------------------------------------------------------------------------


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
    assert refusal(by_hand("", **{"xl/worksheets/sheet1.xml": bomb})) == archive.DAMAGED.text


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


# --- too much, too little -----------------------------------------------------------------------------------------


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


# --- what stands in a sheet ---------------------------------------------------------------------------------------


def test_the_first_visible_sheet_with_content_is_read() -> None:
    def fill(book: Any, first: Any) -> None:
        first.write(0, 0, "隐藏")
        first.hide()
        book.add_worksheet("空白")
        third = book.add_worksheet("十一月")
        third.write(0, 0, "姓名")
        third.activate()
        book.add_worksheet("十二月").write(0, 0, "以后")

    sheet = sheets.read(workbook(fill))
    assert (sheet.name, sheet.header) == ("十一月", ("姓名",))


def test_values_keep_their_kinds_and_whole_numbers_are_whole() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["列"] * 9)
        sheet.write_row(1, 1, ["张三", 123, 1.5, True])
        shapes = ["yyyy-mm-dd hh:mm", "yyyy年m月d日", "hh:mm", "[h]:mm"]
        given = [datetime(2026, 11, 2, 9, 31), date(2026, 11, 2), time(9, 30), 1.5]
        for column, (shape, value) in enumerate(zip(shapes, given, strict=True), start=5):
            sheet.write(1, column, value, book.add_format({"num_format": shape}))

    [(number, read)] = values(sheets.read(workbook(fill)))
    assert number == 2
    assert read == (
        None, "张三", 123, 1.5, True, datetime(2026, 11, 2, 9, 31), date(2026, 11, 2), time(9, 30), "36:00:00"
    )  # fmt: skip
    assert [type(cell) for cell in read[2:5]] == [int, float, bool]


def test_empty_rows_and_columns_are_left_out_but_numbers_stay_those_of_excel() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write(3, 2, "姓名")
        sheet.write(6, 2, "张三")
        sheet.write(9, 3, "李四")

    sheet = sheets.read(workbook(fill))
    assert (sheet.header, sheet.header_row) == (("", "", "姓名", ""), 4)
    assert values(sheet) == [(7, (None, None, "张三", None)), (10, (None, None, None, "李四"))]
    assert values(sheet) == values(sheet)


def test_every_merged_cell_has_the_value_of_its_first() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range("A1:C1", "登记表")
        sheet.write_row("A2", ["社区", "姓名", "电话"])
        sheet.merge_range("A3:A5", "东门社区")
        for row, name in enumerate(["张三", "李四", "王五"], start=2):
            sheet.write(row, 1, name)
        sheet.merge_range("C4:C5", 88)
        sheet.merge_range("A7:C9", "说明")

    sheet = sheets.read(workbook(fill))
    assert sheet.header == ("登记表", "登记表", "登记表")
    below = values(sheet.find_header(NAMES).sheet)
    assert below[:3] == [
        (3, ("东门社区", "张三", None)),
        (4, ("东门社区", "李四", 88)),
        (5, ("东门社区", "王五", 88)),
    ]
    assert below[3:] == [(7, ("说明", "说明", "说明"))]


def test_a_formula_gives_the_value_excel_stored_and_one_without_is_broken() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["列"] * 6)
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '="甲"&"乙"', None, "甲乙")
        sheet.write_formula(1, 2, "=A9+1", None, "")
        sheet.write_formula(1, 3, "=VLOOKUP(1,A:B,2)", None, "#N/A")
        sheet.write_string(1, 4, "=1+1")
        sheet.write_string(1, 5, "#REF!")

    [(_, read)] = values(sheets.read(workbook(fill)))
    assert read == (2, "甲乙", Broken("=A9+1"), Broken("#N/A"), "=1+1", "#REF!")


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell() -> None:
    cell = '<c r="{}1"{}><f>IF(Z1="","",Z1)</f>{}</c>'
    rows = (
        cell.format("A", ' t="str"', "<v></v>") + cell.format("B", "", "") + cell.format("C", ' t="e"', "<v>#REF!</v>")
    )
    sheet = sheets.read(by_hand(f'<row r="1">{rows}</row>'))
    first = next(iter(sheets.Rows(sheet.rows._sheet, sheet.rows._extent)))
    assert first.cells == (None, Broken('=IF(Z1="","",Z1)'), Broken("#REF!"))


def test_a_row_of_errors_alone_is_a_row() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write(0, 0, "姓名")
        for row in (1, 5):
            sheet.write_formula(row, 1, "=1/0", None, "#DIV/0!")

    assert values(sheets.read(workbook(fill))) == [(n, (None, Broken("#DIV/0!"))) for n in (2, 6)]


def test_prefixes_inline_texts_and_missing_references_are_understood() -> None:
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>姓名</x:t></x:is></x:c></x:row>'
        '<x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="e"><x:f>NA()</x:f><x:v>#N/A</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    file = by_hand("", shared="<si><r><t>张</t></r><r><t>三</t></r></si>", **{"xl/worksheets/sheet1.xml": xml})
    sheet = sheets.read(file)
    assert (sheet.header, values(sheet)) == (("姓名", ""), [(2, ("张三", Broken("#N/A")))])


def test_dates_of_a_macintosh_workbook_are_the_days_it_shows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "日期")
        sheet.write(1, 0, date(2026, 11, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert values(sheets.read(out)) == [(2, (date(2026, 11, 2),))]


# --- the header ---------------------------------------------------------------------------------------------------


def test_the_header_is_found_below_a_title_whatever_decorates_it() -> None:
    headed = sheets.read(
        table(
            ["某街道诉求登记表"],
            ["填表人：张三"],
            ["序号", "＊姓 名（必填）", "联系电话：", "备注"],
            [1, "张三", 13, ""],
        )
    ).find_header(NAMES)
    assert (headed.sheet.header_row, dict(headed.columns), headed.missing) == (3, {"name": 1, "phone": 2}, ("day",))
    assert values(headed.sheet) == [(4, (1, "张三", 13, None))]


def test_a_header_that_agrees_with_its_brackets_comes_before_one_that_does_not() -> None:
    names = {"mobile": ("电话（手机）",), "home": ("电话(座机)",)}
    headed = sheets.read(table(["电话（座机）", "电话（手机）"])).find_header(names)
    assert dict(headed.columns) == {"home": 0, "mobile": 1}


def test_two_columns_of_one_name_leave_the_first_and_a_column_serves_one_field() -> None:
    headed = sheets.read(table(["姓名", "姓名"])).find_header({"name": ("姓名",), "who": ("姓名",)})
    assert dict(headed.columns) == {"name": 0, "who": 1}


def test_a_header_merged_over_two_rows_ends_with_the_second() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.merge_range("A1:A2", "姓名")
        sheet.merge_range("B1:B2", "电话")
        sheet.merge_range("C1:D1", "地址")
        sheet.write_row("C2", ["社区", "门牌"])
        sheet.write_row("A3", ["张三", 1, "东门", "5号"])

    headed = sheets.read(workbook(fill)).find_header(NAMES)
    assert headed.sheet.header_row == 2
    assert [number for number, _ in values(headed.sheet)] == [3]


def test_a_header_below_the_tenth_filled_row_is_not_looked_for() -> None:
    rows = [[f"说明{n}"] for n in range(10)]
    assert sheets.read(table(*rows[:9], ["姓名"])).find_header(NAMES).missing == ("phone", "day")
    assert sheets.read(table(*rows, ["姓名"])).find_header(NAMES).missing == ("name", "phone", "day")


# --- what a cell means --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""), ("  张三 ", "张三"), (3.0, "3"), (3, "3"), (0.1 + 0.2, "0.3"), (True, "TRUE"), (-2.5, "-2.5"),
        (date(2026, 11, 2), "2026-11-02"), (datetime(2026, 11, 2, 9, 30), "2026-11-02 09:30"), (time(9, 30), "09:30"),
        (10**15 - 1, "999999999999999"),
    ],
)  # fmt: skip
def test_a_cell_as_text_reads_as_excel_shows_it(cell: sheets.Cell, text: str) -> None:
    assert sheets.text_of(cell) == text


@pytest.mark.parametrize("cell", [10**15, 4.4010619900101126e17, -(10**15)])
def test_an_identity_number_typed_as_a_number_is_refused_for_its_lost_digits(cell: float) -> None:
    with pytest.raises(ValueError, match="lost its last digits"):
        sheets.text_of(cell)


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 2), datetime(2026, 11, 2, 9, 30), 46328, 46328.4, 20261102, 20261102.0, "20261102",
        "2026-11-02", "2026/11/2", "2026.11.2", "2026年11月2日", "2026年11月2号", " ２０２６年１１月２日 ", "2026/11/2 9:30",
        "2026-11-02（星期一）", "2026 年 11 月 2 日",
    ],
)  # fmt: skip
def test_a_day_is_understood_as_offices_write_it(cell: sheets.Cell) -> None:
    assert sheets.day_of(cell) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "cell",
    [
        datetime(2026, 11, 2, 9, 30), datetime(2026, 11, 2, 9, 30, tzinfo=OFFICE_ZONE), 46328 + 9.5 / 24,
        "2026-11-02 09:30", "2026-11-02T09:30:00", "2026/11/2 9:30", "2026.11.2 9：30", "2026年11月2日9时30分",
        "2026年11月2日 9点30分", "2026年11月2日 上午9:30", "2026-11-02 星期一 9:30:00",
    ],
)  # fmt: skip
def test_a_moment_is_understood_in_office_time(cell: sheets.Cell) -> None:
    moment = sheets.moment_of(cell)
    assert moment == datetime(2026, 11, 2, 9, 30, tzinfo=OFFICE_ZONE)
    assert moment.tzinfo is OFFICE_ZONE


def test_afternoons_hours_alone_and_days_alone_are_moments() -> None:
    day = datetime(2026, 11, 2, tzinfo=OFFICE_ZONE)
    assert sheets.moment_of("2026年11月2日下午3时30分") == day.replace(hour=15, minute=30)
    assert sheets.moment_of("2026年11月2日 12时") == day.replace(hour=12)
    assert sheets.moment_of("2026-11-02") == day


@pytest.mark.parametrize("cell", ["11月2日", "11-2", "11/2", "26-11-2", "11月2日 9时30分", "26.11.2"])
def test_a_day_without_its_whole_year_is_refused(cell: str) -> None:
    for meaning in (sheets.day_of, sheets.moment_of):
        with pytest.raises(ValueError) as caught:
            meaning(cell)
        assert str(caught.value) == cells.NO_YEAR


@pytest.mark.parametrize(
    "cell", ["昨天", "2026-02-30", "2026-13-01", "0000-01-01", "2026年11月", "1" * 40, True, time(9), 0, 0.5, -5, 60, 80001, 1e300]
)  # fmt: skip
def test_what_is_no_day_is_refused(cell: sheets.Cell) -> None:
    with pytest.raises(ValueError) as caught:
        sheets.day_of(cell)
    assert str(caught.value) == cells.NO_DAY
    with pytest.raises(ValueError) as caught:
        sheets.moment_of(cell)
    assert str(caught.value) == cells.NO_MOMENT


def test_serial_numbers_around_the_leap_day_that_never_was() -> None:
    assert [sheets.day_of(n) for n in (1, 59, 61)] == [date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1)]


def test_yes_and_no_are_understood_as_forms_say_them() -> None:
    assert all(sheets.yes_of(c) for c in ("是", "有", "√", "TRUE", "１", 1, 1.0, True, " Yes "))
    assert not any(sheets.yes_of(c) for c in ("否", "无", "x", "×", "X", "false", 0, False, "no", "０"))
    for other in ("也许", 2, "是否"):
        with pytest.raises(ValueError, match="yes or no"):
            sheets.yes_of(other)


@pytest.mark.parametrize("meaning", [sheets.day_of, sheets.moment_of, sheets.yes_of])
def test_an_empty_cell_has_no_meaning(meaning: Callable[[sheets.Cell], object]) -> None:
    for cell in (None, "  "):
        with pytest.raises(ValueError) as caught:
            meaning(cell)
        assert str(caught.value) == cells.NOTHING


@pytest.mark.parametrize("meaning", [sheets.text_of, sheets.day_of, sheets.moment_of, sheets.yes_of])
def test_a_broken_cell_is_never_taken_for_a_value(meaning: Callable[[sheets.Cell], object]) -> None:
    with pytest.raises(ValueError) as caught:
        meaning(Broken("#N/A"))
    assert str(caught.value) == cells.NO_RESULT
