"""Needs that many people share: requests about one thing in one place, grouped, named, and weighed."""

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt

from .naming import Phrases
from .nearness import alike, groups

Groups = Sequence[npt.NDArray[np.intp]]

HALF_LIFE_DAYS = 30.0
NEAR = 0.24  # mean cosine between two groups from which they are one
WANTED_SURE = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Voice:
    """One request: `person` is whoever sent it (opaque), `at` an aware or naive time like all others' here."""

    key: Hashable
    person: Hashable
    title: str
    text: str
    at: datetime
    likes: int = 0
    against: int = 0


@dataclass(frozen=True, slots=True)
class SharedNeed:
    """A group of requests. `keys` are ordered by time; `place` is empty where its members name none in common."""

    id: str
    name: str
    place: str
    keys: tuple[Hashable, ...]
    people: int
    likes: int
    against: int
    since: datetime
    last: datetime
    heat: float
    closeness: float


def wilson(good: float, bad: float, *, z: float = WANTED_SURE) -> float:
    """Return the lower bound of the share of good among good + bad, 0 to 1 (Wilson, JASA 22, 1927); 0 for none."""
    n = good + bad
    if n <= 0:
        return 0.0
    p = good / n
    middle = p + z * z / (2 * n)
    return (middle - z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


def heat(voices: Sequence[Voice], *, now: datetime, half_life_days: float = HALF_LIFE_DAYS) -> float:
    """Return the heat of a group of requests, 0 or more, comparable between groups at one time.

    heat = W(s, a) * sum over people of max over their requests of 2^(-age / H) * (1 + ln(1 + likes))

    W is Wilson's lower bound at 95 %; s counts the different people and the likes, a the votes against; age in
    days up to `now` (a later request has age 0), H = 30 days. Somebody who writes ten times counts once.
    """
    best: dict[Hashable, float] = {}
    for voice in voices:
        age = max((now - voice.at).total_seconds() / 86_400, 0.0)
        worth = 2 ** (-age / half_life_days) * (1 + math.log1p(max(voice.likes, 0)))
        best[voice.person] = max(best.get(voice.person, 0.0), worth)
    good = len(best) + sum(max(v.likes, 0) for v in voices)
    return wilson(good, sum(max(v.against, 0) for v in voices)) * math.fsum(sorted(best.values()))


def shared_needs(
    voices: Sequence[Voice], *, now: datetime | None = None, least_people: int = 2, near: float = NEAR
) -> list[SharedNeed]:
    """Return the groups of at least `least_people` different people, hottest first.

    The order of `voices` is of no consequence. `now` is the time of the last request when not given.
    """
    ordered = sorted(voices, key=_content)
    if not ordered:
        return []
    moment = now or max(v.at for v in ordered)
    rows = alike([v.title for v in ordered], [v.text for v in ordered])
    phrases = Phrases.of([v.title + " " + v.text for v in ordered])
    found = []
    for members, closeness in groups(rows, near=near):
        inside = [ordered[i] for i in members]
        if len({v.person for v in inside}) >= least_people:
            found.append(_need(inside, phrases, now=moment, closeness=closeness))
    return sorted(found, key=lambda n: (-n.heat, n.id))


def _need(inside: list[Voice], phrases: Phrases, *, now: datetime, closeness: float) -> SharedNeed:
    inside = sorted(inside, key=lambda v: (v.at, _content(v)))
    name, place = phrases.name([v.title for v in inside], [v.text for v in inside])
    return SharedNeed(
        id=hashlib.sha256(_content(inside[0]).encode()).hexdigest()[:16],
        name=name, place=place, keys=tuple(v.key for v in inside),
        people=len({v.person for v in inside}),
        likes=sum(v.likes for v in inside), against=sum(v.against for v in inside),
        since=inside[0].at, last=inside[-1].at, heat=heat(inside, now=now), closeness=closeness,
    )  # fmt: skip


def _content(voice: Voice) -> str:
    """Return what orders requests whatever order they came in."""
    whole = f"{voice.title}\0{voice.text}\0{voice.at.isoformat()}\0{voice.person}\0{voice.key}"
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def carried_over(before: Sequence[SharedNeed], after: Sequence[SharedNeed]) -> Mapping[str, str]:
    """Return today's id → yesterday's id for the groups that go on.

    Each of yesterday's groups is continued by at most one of today's: the largest overlap of members wins (share
    of the smaller group, at least one half), ties by id. What a person corrected by hand hangs on yesterday's id.
    """
    home = {key: need for need in before for key in need.keys}
    overlaps = []
    for need in after:
        met: dict[str, int] = {}
        for key in need.keys:
            if key in home:
                met[home[key].id] = met.get(home[key].id, 0) + 1
        sizes = {home[key].id: len(home[key].keys) for key in need.keys if key in home}
        overlaps += [(n, n / min(sizes[old], len(need.keys)), need.id, old) for old, n in met.items()]
    goes_on: dict[str, str] = {}
    for _, share, new, old in sorted(overlaps, key=lambda o: (-o[0], -o[1], o[2], o[3])):
        if share >= 0.5 and new not in goes_on and old not in goes_on.values():
            goes_on[new] = old
    return goes_on
