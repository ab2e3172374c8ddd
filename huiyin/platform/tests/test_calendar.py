"""Days are counted as an office counts them, in the office's own time zone."""

from __future__ import annotations

import subprocess
import sys
import timeit
from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.platform.calendar import OFFICE_ZONE, WorkCalendar

ONE_DAY = timedelta(days=1)
PLAIN = WorkCalendar.of()
FIRST, LAST = date(2020, 1, 1), date(2026, 12, 31)
days = st.dates(FIRST, LAST)
near = st.dates(date(2025, 12, 1), date(2026, 3, 31))
office_rows = st.dictionaries(days, st.booleans(), max_size=20) | st.dictionaries(near, st.booleans(), max_size=60)


def works(day: date, rows: dict[date, bool]) -> bool:
    """The slow reference: ask the library, or the weekday where the library does not know the year."""
    if day in rows:
        return rows[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def nth_after(day: date, n: int, rows: dict[date, bool]) -> date:
    while n:
        day += ONE_DAY
        n -= works(day, rows)
    return day


def test_every_day_agrees_with_the_notices() -> None:
    day = FIRST
    while day <= LAST:
        assert PLAIN.is_workday(day) == chinese_calendar.is_workday(day), day
        day += ONE_DAY


@given(near, office_rows)
def test_a_row_the_office_edits_wins(day: date, rows: dict[date, bool]) -> None:
    calendar = WorkCalendar.of(rows)
    assert calendar.is_workday(day) == works(day, rows)
    assert all(calendar.is_workday(row) is open_ for row, open_ in rows.items())


@given(days | near, st.integers(1, 60), office_rows)
def test_a_deadline_is_the_nth_working_day_after(day: date, n: int, rows: dict[date, bool]) -> None:
    assert WorkCalendar.of(rows).add_work_days(day, n) == nth_after(day, n, rows)


@given(days, st.integers(1, 800), office_rows)
def test_counting_back_gives_what_was_counted_on(day: date, n: int, rows: dict[date, bool]) -> None:
    calendar = WorkCalendar.of(rows)
    due = calendar.add_work_days(day, n)
    assert calendar.is_workday(due)
    assert calendar.work_days_between(day, due) == n
    assert calendar.work_days_between(due, day) == -n


@given(days, st.integers(0, 500), office_rows)
def test_days_between_are_those_after_the_first_up_to_the_second(a: date, length: int, rows: dict[date, bool]) -> None:
    b = a + length * ONE_DAY
    slow = sum(works(a + i * ONE_DAY, rows) for i in range(1, length + 1))
    assert WorkCalendar.of(rows).work_days_between(a, b) == slow


def test_spring_festival_2026_closes_nine_days_and_is_made_up_on_two_saturdays() -> None:
    closed = [date(2026, 2, 15) + i * ONE_DAY for i in range(9)]
    assert not any(PLAIN.is_workday(day) for day in closed)
    assert PLAIN.is_workday(date(2026, 2, 14))
    assert PLAIN.is_workday(date(2026, 2, 28))
    assert PLAIN.add_work_days(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert PLAIN.add_work_days(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert PLAIN.add_work_days(date(2026, 2, 13), 5) == date(2026, 2, 27)
    assert PLAIN.add_work_days(date(2026, 2, 13), 6) == date(2026, 2, 28)


def test_spring_festival_2025_is_made_up_on_a_sunday_and_a_saturday() -> None:
    assert PLAIN.is_workday(date(2025, 1, 26))
    assert PLAIN.is_workday(date(2025, 2, 8))
    assert not PLAIN.is_workday(date(2025, 1, 28))
    assert PLAIN.add_work_days(date(2025, 1, 27), 1) == date(2025, 2, 5)


def test_spring_festival_2020_was_prolonged() -> None:
    assert not PLAIN.is_workday(date(2020, 1, 31))
    assert PLAIN.is_workday(date(2020, 2, 3))


def test_five_working_days_in_a_plain_week_end_a_week_later() -> None:
    assert PLAIN.add_work_days(date(2026, 7, 6), 5) == date(2026, 7, 13)
    assert PLAIN.add_work_days(date(2026, 7, 11), 1) == date(2026, 7, 13)


def test_an_office_that_works_a_saturday_and_closes_a_monday() -> None:
    calendar = WorkCalendar.of({date(2026, 7, 11): True, date(2026, 7, 13): False})
    assert calendar.add_work_days(date(2026, 7, 10), 1) == date(2026, 7, 11)
    assert calendar.add_work_days(date(2026, 7, 10), 2) == date(2026, 7, 14)


def test_the_first_year_not_announced_falls_back_to_weekdays() -> None:
    after = PLAIN.coverage_ends + ONE_DAY
    assert (after.month, after.day) == (1, 1)
    assert PLAIN.covers(PLAIN.coverage_ends)
    assert not PLAIN.covers(after)
    assert not PLAIN.covers(date(2003, 12, 31))
    for i in range(365):
        assert PLAIN.is_workday(after + i * ONE_DAY) == ((after + i * ONE_DAY).weekday() < 5)


def test_a_deadline_may_cross_into_a_year_not_announced() -> None:
    start = PLAIN.coverage_ends
    expected = start + ONE_DAY
    while expected.weekday() > 4:
        expected += ONE_DAY
    assert PLAIN.add_work_days(start, 1) == expected


def test_the_office_settles_a_day_nobody_announced() -> None:
    new_year = PLAIN.coverage_ends + ONE_DAY
    calendar = WorkCalendar.of({new_year: False})
    assert calendar.covers(new_year)
    assert not calendar.is_workday(new_year)
    assert not calendar.covers(new_year + ONE_DAY)


def test_an_office_closed_for_a_whole_year_answers_in_the_next() -> None:
    year = {date(2025, 1, 1) + i * ONE_DAY: False for i in range(365)}
    assert WorkCalendar.of(year).add_work_days(date(2024, 12, 31), 1) == date(2026, 1, 4)


@pytest.mark.parametrize("n", [0, -1])
def test_a_deadline_is_at_least_one_day_away(n: int) -> None:
    with pytest.raises(ValueError, match="at least one working day"):
        PLAIN.add_work_days(date(2026, 7, 6), n)


def test_a_moment_is_not_taken_for_a_day() -> None:
    moment = datetime(2026, 7, 6, 9, tzinfo=OFFICE_ZONE)
    for call in (PLAIN.is_workday, PLAIN.end_of, lambda day: PLAIN.add_work_days(day, 1)):
        with pytest.raises(TypeError, match="office_date"):
            call(moment)


def test_midnight_belongs_to_the_new_day_in_shanghai() -> None:
    assert PLAIN.office_date(datetime(2026, 7, 6, 15, 59, 59, 999999, tzinfo=UTC)) == date(2026, 7, 6)
    assert PLAIN.office_date(datetime(2026, 7, 6, 16, 0, tzinfo=UTC)) == date(2026, 7, 7)
    assert PLAIN.office_date(datetime(2026, 7, 6, 23, 30, tzinfo=timezone(timedelta(hours=-5)))) == date(2026, 7, 7)


def test_a_naive_moment_falls_on_no_date() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        PLAIN.office_date(datetime(2026, 7, 6))  # noqa: DTZ001  # the mistake under test


@given(days)
def test_a_deadline_is_the_last_moment_of_its_day(day: date) -> None:
    end = PLAIN.end_of(day)
    assert end.utcoffset() == timedelta(hours=8)
    assert PLAIN.office_date(end) == day
    assert PLAIN.office_date(end + timedelta(microseconds=1)) == day + ONE_DAY


def test_calendars_with_the_same_rows_are_equal() -> None:
    a, b = date(2026, 7, 6), date(2026, 7, 7)
    one, two = WorkCalendar.of({a: True, b: False}), WorkCalendar.of({b: False, a: True})
    one.is_workday(a)
    assert one == two
    assert hash(one) == hash(two)
    assert one != PLAIN


def test_counting_five_days_takes_no_walk() -> None:
    """Well under 20 µs on a quiet machine; 200 here, as only a walk or a lost cache should fail it."""
    calendar = WorkCalendar.of({date(2026, 7, 11): True})
    day = date(2026, 2, 10)
    calendar.add_work_days(day, 5)
    assert min(timeit.repeat(lambda: calendar.add_work_days(day, 5), number=200, repeat=5)) / 200 < 200e-6


def test_importing_the_calendar_loads_no_django_and_no_holidays() -> None:
    code = "import sys, huiyin.platform.calendar as c; sys.exit(any(m in sys.modules for m in %r))"
    heavy = ("django", "chinese_calendar")
    assert subprocess.run([sys.executable, "-c", code % (heavy,)], check=False).returncode == 0
