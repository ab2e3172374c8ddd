"""The one source of the time, so that tests can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")  # office days are counted here, wherever the server stands

_set: ContextVar[datetime | None] = ContextVar("huiyin_clock", default=None)


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return _set.get() or datetime.now(UTC)


def today() -> date:
    """Return the office's date."""
    return now().astimezone(OFFICE_ZONE).date()


def office_day(moment: datetime) -> date:
    """Return the office's date of a moment."""
    return moment.astimezone(OFFICE_ZONE).date()


def day_begins(day: date) -> datetime:
    """Return the first moment of an office's day, aware."""
    return datetime.combine(day, time.min, OFFICE_ZONE)


def month_after(month: date) -> date:
    """Return the first day of the month after this one."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make `now()` return `moment` within the block. For tests and for seeding a demo's past."""
    token = _set.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set.reset(token)
