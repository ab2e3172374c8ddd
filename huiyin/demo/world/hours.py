"""When things happen: residents write in the evening, offices work in the day, nothing is in the future.

Times are aware UTC; the office keeps Chinese standard time, which has no daylight saving. Public holidays are
not known here: matters meant to be overdue are old enough to be so whatever the calendar says.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random

CHINA = timezone(timedelta(hours=8))

# Hours at which residents turn to the office, by channel: the web in the evening, the desk in office hours.
_ASKING = {
    "web": (7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 15, 16, 17, 18, 19, 19, 20, 20, 21, 22),
    "chat_group": (8, 9, 11, 12, 13, 16, 18, 19, 20, 20, 21),
    "phone": (8, 9, 9, 10, 10, 11, 14, 15, 15, 16, 17),
    "desk": (8, 9, 9, 10, 10, 11, 14, 15, 15, 16),
    "visit": (9, 10, 15, 16, 17, 18, 19),
    "meeting": (9, 15, 19, 19, 20),
}
_SHIFTS = ((time(8, 30), time(12)), (time(14), time(17, 40)))


def midnight(day: date) -> datetime:
    """Return the beginning of the day in China."""
    return datetime.combine(day, time(), CHINA).astimezone(UTC)


def local_date(moment: datetime) -> date:
    """Return the day it is in China at this moment."""
    return moment.astimezone(CHINA).date()


def asked_at(day: date, channel: str, rng: Random) -> datetime:
    """Return a moment on that day at which a resident might use this channel."""
    moment = time(rng.choice(_ASKING[channel]), rng.randrange(60), rng.randrange(60))
    return datetime.combine(day, moment, CHINA).astimezone(UTC)


def weekday(day: date, step: int) -> date:
    """Return the day itself, or the nearest Monday to Friday in the direction of `step` (1 or -1)."""
    while day.weekday() >= 5:
        day += timedelta(days=step)
    return day


def awake(moment: datetime) -> datetime:
    """Return the moment, or one in the morning when it lies in the small hours: nobody rates in their sleep."""
    return moment + timedelta(hours=7) if moment.astimezone(CHINA).hour < 7 else moment


def at_work(moment: datetime, rng: Random, *, on_duty: bool = False) -> datetime:
    """Return the moment if an office is open then, else one soon after it opens again; duty knows no weekend."""
    local = moment.astimezone(CHINA)
    wait = timedelta(minutes=rng.randint(1, 75), seconds=rng.randrange(60))
    day = local.date()
    if local.time() >= _SHIFTS[-1][1]:
        day += timedelta(days=1)
    working = day if on_duty else weekday(day, 1)
    for opens, closes in _SHIFTS:
        if working != local.date() or local.time() < opens:
            return (datetime.combine(working, opens, CHINA) + wait).astimezone(UTC)
        if local.time() < closes:
            break
    return moment
