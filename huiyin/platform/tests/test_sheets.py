"""Workbooks read: values, merged cells, formulas, headers. What is refused, what cells mean and what is written
have tests of their own.
"""

# ruff: noqa: DTZ001  # cells hold no time zone

import io
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from huiyin.platform import sheets
from huiyin.platform.sheets.cells import Broken
from huiyin.platform.tests.workbooks import MAIN, NAMES, by_hand, table, values, workbook

# --- what stands in a sheet ---


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
    first = next(iter(replace(sheet.rows, after=0)))
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
    file = by_hand("", shared="<si><r><t>张</t></r><r><t>三</t></r></si>", parts={"xl/worksheets/sheet1.xml": xml})
    sheet = sheets.read(file)
    assert (sheet.header, values(sheet)) == (("姓名", ""), [(2, ("张三", Broken("#N/A")))])


def test_dates_of_a_macintosh_workbook_are_the_days_it_shows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": True}) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "日期")
        sheet.write(1, 0, date(2026, 11, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
    assert values(sheets.read(out)) == [(2, (date(2026, 11, 2),))]


# --- the header ---


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
