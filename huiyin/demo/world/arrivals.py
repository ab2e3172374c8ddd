"""When matters come in, and which: working days more than weekends, the cold in winter, the water in summer."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

from huiyin.demo.world import hours
from huiyin.demo.world.phrases import SUBJECTS, Subject

YEAR_DAYS = 364
_WEEKDAYS = (1.3, 1.1, 1.05, 1.0, 1.0, 0.5, 0.4)  # Monday first
_LATELY_DAYS, _LATELY = 10, 1.6  # the office is better known by now

_WARM = range(5, 11)
# Nobody complains of mosquitoes in January.
_WARM_WORDS = (
    "天气热", "大热天", "热得不行", "蚊", "暑", "台风", "秧田", "这季稻子", "马蜂", "果子还没长大", "收割机",
)  # fmt: skip
# How often, by month, against the usual once; what is not listed comes all year round.
_SEASONS: dict[str, dict[int, float]] = {
    "winter_cold": {11: 2.0, 12: 5.0, 1: 6.0, 2: 4.0, 3: 1.0},
    "storm_water": {4: 1.5, 5: 4.0, 6: 6.0, 7: 5.0, 8: 3.0, 9: 1.5},
    "drain_blocked": {m: (2.6 if 5 <= m <= 8 else 0.8) for m in range(1, 13)},
    "mosquitoes": dict.fromkeys(range(4, 11), 1.6),
    "irrigation": dict.fromkeys(range(4, 10), 1.5),
    "day_care": {m: (3.0 if m in (6, 7) else 0.8) for m in range(1, 13)},
    "crop_road": dict.fromkeys((4, 5, 7, 8, 10, 11), 1.2),
}
_OFTEN = {
    "parking": 2.2, "rubbish": 2.2, "noise_upstairs": 2.0, "street_lamp": 1.8, "stairwell_light": 1.6, "drain_blocked": 1.6,
    "road_broken": 1.6, "papers": 1.6, "leak_between": 1.4, "low_income": 1.4, "water_pressure": 1.4, "property_fee": 1.4,
}  # fmt: skip
_LONG, _LONG_SHARE = 110, 0.12  # a long story is remembered: heard twice it sounds learned by heart


def _weight(day: date, today: date) -> float:
    age = (today - day).days
    lately = _LATELY if age <= _LATELY_DAYS else 1.0
    return _WEEKDAYS[day.weekday()] * (1.35 - 0.7 * age / YEAR_DAYS) * lately


def days_before(today: date, count: int, rng: Random) -> list[date]:
    """Return the days of the past year on which so many matters come in."""
    days = [today - timedelta(days=age) for age in range(1, YEAR_DAYS + 1)]
    return rng.choices(days, weights=[_weight(day, today) for day in days], k=count)


def this_morning(today: date, until: datetime, rng: Random) -> datetime:
    """Return a moment of today before `until`: since eight if the day has got so far, else since midnight."""
    midnight = hours.midnight(today)
    opened = midnight + timedelta(hours=8)
    begins = opened if until - opened > timedelta(hours=1) else midnight
    return begins + (until - begins) * min(rng.betavariate(1.3, 1.7), 0.999)


class Topics:
    """What is asked: each wording of the banks as often as its subject and season want, none much more than another."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: Counter[tuple[str, int]] = Counter()
        self._by_month: dict[int, list[tuple[Subject, int, float]]] = {}

    def next(self, month: int, *, among: tuple[Subject, ...] = SUBJECTS) -> tuple[Subject, int]:
        """Return a subject and the position of a wording that fit the month."""
        listed = self._listed(month)
        if among is not SUBJECTS:
            keys = {subject.key for subject in among}
            listed = [entry for entry in listed if entry[0].key in keys]
        weights = [share / (1 + self._used[subject.key, ask]) for subject, ask, share in listed]
        subject, ask, _ = self._rng.choices(listed, weights=weights)[0]
        self._used[subject.key, ask] += 1
        return subject, ask

    def _listed(self, month: int) -> list[tuple[Subject, int, float]]:
        if month not in self._by_month:
            self._by_month[month] = [
                (subject, ask, share)
                for subject in SUBJECTS
                for ask, words in enumerate(subject.asks)
                if (share := self._share(subject, words, month)) > 0
            ]
        return self._by_month[month]

    def _share(self, subject: Subject, words: str, month: int) -> float:
        if month not in _WARM and any(word in words for word in _WARM_WORDS):
            return 0.0
        season = _SEASONS[subject.key].get(month, 0.0) if subject.key in _SEASONS else 1.0
        return season * _OFTEN.get(subject.key, 1.0) * (_LONG_SHARE if len(words) > _LONG else 1.0)
