"""Working days and deadlines of an office in mainland China. No Django, no clock, no database.

A deadline is a local date: `office_date` says which date a moment falls on in the office, `add_work_days`
counts on from there, and `end_of` turns the date back into the last moment of that day: `at <= due_at` is in
time, and `office_date(due_at)` is the date on the notice.

Holidays and make-up working days come from chinesecalendar, which carries the State Council's yearly notice
and ends with the last year announced; rows an office edits win over it. A year it does not know falls back to
Monday to Friday: show a warning when `covers(day)` is false.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5
_DECEMBER = 12


class _Notice(NamedTuple):
    """What the State Council's notices say, as far as chinesecalendar knows them."""

    closed: frozenset[date]
    works: frozenset[date]
    starts: date
    ends: date


class _Year(NamedTuple):
    days: tuple[date, ...]
    works: frozenset[date]


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """An office's working days. Build it with `of`; it may be kept and shared between threads."""

    rows: tuple[tuple[date, bool], ...] = ()
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, extra: Mapping[date, bool] | None = None) -> Self:
        """Return the calendar in which `extra` wins: True is a working day, False a closed one."""
        return cls(tuple(sorted((extra or {}).items())))

    @property
    def coverage_ends(self) -> date:
        """The last day for which holidays have been announced; weekdays are assumed after it."""
        return _notice().ends

    def covers(self, day: date) -> bool:
        """Whether `day` is settled by a notice or by the office's own row, rather than assumed."""
        return _notice().starts <= day <= _notice().ends or any(row == day for row, _ in self.rows)

    def lacks_next_year(self, today: date) -> bool:
        """Whether it is December and next year is not known: its notice comes out in November."""
        return not self.covers(today) or (today.month == _DECEMBER and not self.covers(date(today.year + 1, 1, 1)))

    def is_workday(self, day: date) -> bool:
        """Whether the office works on `day`."""
        return day in self._year(_plain(day).year).works

    def add_work_days(self, day: date, n: int) -> date:
        """Return the n-th working day after `day`; `day` itself is not counted (civil procedure counting).

        The method is that of the Civil Code, article 201: the day on which the period begins is not counted.
        Raises ValueError when n < 1.
        """
        if n < 1:
            raise ValueError(f"a deadline is at least one working day away, not {n}")
        days = self._year(_plain(day).year).days
        at = bisect_right(days, day) + n - 1
        year = day.year
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._year(year).days
        return days[at]

    def work_days_between(self, a: date, b: date) -> int:
        """Return how many working days there are after `a` up to and including `b`; negative when b < a.

        It undoes `add_work_days`: `work_days_between(day, add_work_days(day, n)) == n`.
        """
        if b < a:
            return -self.work_days_between(b, a)
        whole = sum(len(self._year(year).days) for year in range(_plain(a).year, _plain(b).year))
        before_a = bisect_right(self._year(a.year).days, a)
        return whole - before_a + bisect_right(self._year(b.year).days, b)

    @staticmethod
    def end_of(day: date) -> datetime:
        """Return the last moment (to the microsecond, PostgreSQL's own resolution) of `day` in the office."""
        return datetime.combine(_plain(day), time.max, OFFICE_ZONE)

    @staticmethod
    def office_date(at: datetime) -> date:
        """Return the date on the office's wall at the moment `at`. Raises ValueError when `at` is naive."""
        if at.utcoffset() is None:
            raise ValueError("a moment without a time zone falls on no date")
        return at.astimezone(OFFICE_ZONE).date()

    def _year(self, year: int) -> _Year:
        known = self._years.get(year)
        if known is None:
            known = self._years[year] = self._count(year)
        return known

    def _count(self, year: int) -> _Year:
        works = set(_announced(year))
        for day, open_ in self.rows:
            if day.year == year:
                (works.add if open_ else works.discard)(day)
        return _Year(tuple(sorted(works)), frozenset(works))


def _plain(day: date) -> date:
    """Refuse a datetime: it is a date to the type checker, but never equals one."""
    if isinstance(day, datetime):
        raise TypeError("a working day is a date; take office_date() of the moment first")
    return day


@cache
def _notice() -> _Notice:
    from chinese_calendar import constants  # read at first use: most commands never count a day

    known = [*constants.holidays, *constants.workdays]
    return _Notice(
        closed=frozenset(constants.holidays),
        works=frozenset(constants.workdays),
        starts=date(min(known).year, 1, 1),
        ends=date(max(known).year, 12, 31),
    )


@cache
def _announced(year: int) -> frozenset[date]:
    """Return the working days of `year` without any office's rows."""
    notice = _notice()
    first = date(year, 1, 1)
    days = [first + timedelta(n) for n in range((date(year, 12, 31) - first).days + 1)]
    return frozenset(d for d in days if d in notice.works or (d.weekday() < _SATURDAY and d not in notice.closed))
