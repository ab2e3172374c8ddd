"""What a cell means: text, a day, a moment, yes or no."""

# ruff: noqa: DTZ001  # cells hold no time zone

from collections.abc import Callable
from datetime import date, datetime, time

import pytest

from huiyin.platform import sheets
from huiyin.platform.clock import OFFICE_ZONE
from huiyin.platform.sheets import cells
from huiyin.platform.sheets.cells import Broken


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


def test_a_number_without_an_end_is_no_moment() -> None:
    with pytest.raises(ValueError, match="date"):
        sheets.moment_of(float("inf"))
