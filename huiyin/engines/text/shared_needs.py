"""Needs that many people share: requests about one thing in one place, grouped, named, and weighed."""

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from .entities import Gazetteer
from .grams import Rows
from .grouping import Members, groups
from .naming import Phrases
from .nearness import Requests
from .pinning import Hand, corrected

HALF_LIFE_DAYS = 30.0
WANTED_SURE = 1.96  # 95 %
COMMON_PEOPLE = 3
COMMON_LIKES = 10  # with these two people speak for more than themselves
FEW_PEOPLE, SURE, SURE_A_PERSON, SURE_FLOOR = 4, 0.5, 0.02, 0.2
HELD_PLACE = 0.3  # of the members must name a place of the gazetteer


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
    """A group of requests. `keys` are ordered by time; `places` hold what enough of its members name, if anything.

    `common`: three different people, or two with ten likes and more for than against; and a closeness of one half,
    0.02 less for each person after the fourth but never below 0.2, since few pairs may be near by chance. Else a matter
    of individuals.
    """

    id: str
    name: str
    places: tuple[str, ...]
    keys: tuple[Hashable, ...]
    people: int
    likes: int
    against: int
    since: datetime
    last: datetime
    heat: float
    closeness: float
    common: bool


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


@dataclass(frozen=True, slots=True)
class Ways:
    """How to group: the time that counts as now (the last request's when None), the fewest people, a gazetteer."""

    now: datetime | None = None
    least_people: int = 2
    gazetteer: Gazetteer | None = None
    hand: Hand = field(default_factory=Hand)


def shared_needs(voices: Sequence[Voice], ways: Ways | None = None) -> list[SharedNeed]:
    """Return the groups of at least `least_people` different people, hottest first.

    The order of `voices` is of no consequence. Raises ValueError when two voices have one key.
    """
    return grow((), voices, ways)


def grow(previous: Sequence[SharedNeed], voices: Sequence[Voice], ways: Ways | None = None) -> list[SharedNeed]:
    """Return today's groups of all `voices` (old and new), hottest first; those that go on keep yesterday's id.

    Requests that were together yesterday count as a little nearer, so that a group is not torn apart by one new
    request. What a person put together or apart (`ways.hand`) is done last and stands.
    """
    ways = ways or Ways()
    ordered = sorted(voices, key=_content)
    if not ordered:
        return []
    number = {v.key: i for i, v in enumerate(ordered)}
    if len(number) < len(ordered):
        raise ValueError("two requests have the same key")
    before = [np.array(sorted(number[k] for k in need.keys if k in number), dtype=np.intp) for need in previous]
    found = _found(ordered, before, ways, number)
    return _kept_ids(previous, sorted(found, key=lambda n: (-n.heat, n.id)))


def _found(
    ordered: list[Voice], before: Sequence[Members], ways: Ways, number: Mapping[Hashable, int]
) -> list[SharedNeed]:
    phrases = Phrases.of([f"{v.title} {v.text}" for v in ordered])
    moment = ways.now or max(v.at for v in ordered)
    grouped, words = _grouped(ordered, before)
    found = []
    for members, closeness in corrected(grouped, words, ways.hand, number):
        inside = [ordered[i] for i in members]
        if len({v.person for v in inside}) >= ways.least_people:
            found.append(_need(inside, phrases, now=moment, closeness=closeness, gazetteer=ways.gazetteer))
    return found


def _grouped(ordered: list[Voice], before: Sequence[Members]) -> tuple[list[tuple[Members, float]], Rows]:
    """Return the groups and each request's words. Copies are one text to the grouping, and all of its group."""
    first: dict[tuple[str, str], int] = {}
    text_of = np.array([first.setdefault((v.title, v.text), len(first)) for v in ordered], dtype=np.intp)
    requests = Requests.of([title for title, _ in first], [text for _, text in first])
    found = groups(requests, before=[np.unique(text_of[members]) for members in before])
    alone = np.bincount(text_of)
    for members, _ in found:
        alone[members] = 0
    said = [bool(f"{title}{text}".strip()) for title, text in first]
    found += [(np.array([t]), 1.0) for t in np.flatnonzero(alone > 1) if said[t]]
    order = np.argsort(text_of, kind="stable")
    starts = np.searchsorted(text_of[order], np.arange(len(first) + 1))
    whole = [
        (np.sort(np.concatenate([order[starts[t] : starts[t + 1]] for t in members])), near) for members, near in found
    ]
    return whole, requests.words[text_of]


def _need(
    inside: list[Voice], phrases: Phrases, *, now: datetime, closeness: float, gazetteer: Gazetteer | None
) -> SharedNeed:
    inside = sorted(inside, key=lambda v: (v.at, _content(v)))
    name, places = phrases.name([v.title for v in inside], [v.text for v in inside])
    people, likes, against = (
        len({v.person for v in inside}),
        sum(v.likes for v in inside),
        sum(v.against for v in inside),
    )
    return SharedNeed(
        id=_identity(_content(inside[0])), name=name, places=_known(inside, gazetteer) or places,
        keys=tuple(v.key for v in inside), people=people, likes=likes, against=against,
        since=inside[0].at, last=inside[-1].at, heat=heat(inside, now=now), closeness=closeness,
        common=_common(people, likes, against, closeness),
    )  # fmt: skip


def _common(people: int, likes: int, against: int, closeness: float) -> bool:
    spoken_for = people >= COMMON_PEOPLE or (people > 1 and likes >= COMMON_LIKES and likes > against)
    sure = max(SURE - SURE_A_PERSON * max(people - FEW_PEOPLE, 0), SURE_FLOOR)
    return spoken_for and closeness >= sure


def _known(inside: Sequence[Voice], gazetteer: Gazetteer | None) -> tuple[str, ...]:
    """Return the gazetteer's places that enough members name, most often first."""
    if gazetteer is None or gazetteer.pattern is None:
        return ()
    held: dict[str, int] = {}
    for voice in inside:
        for name in sorted(set(gazetteer.pattern.findall(f"{voice.title}，{voice.text}"))):
            held[name] = held.get(name, 0) + 1
    least = max(HELD_PLACE * len(inside), 2)
    return tuple(sorted((name for name, n in held.items() if n >= least), key=lambda name: (-held[name], name)))


def _content(voice: Voice) -> str:
    """Return what orders requests whatever order they came in."""
    whole = f"{voice.title}\0{voice.text}\0{voice.at.isoformat()}\0{voice.person}\0{voice.key}"
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def _identity(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def _kept_ids(previous: Sequence[SharedNeed], found: list[SharedNeed]) -> list[SharedNeed]:
    """Give each group that goes on yesterday's id; a new one whose id is taken gets the next free one."""
    goes_on = carried_over(previous, found)
    taken = set(goes_on.values()) | {need.id for need in previous}
    named = []
    for need in found:
        identity = goes_on.get(need.id, "")
        if not identity:
            identity = need.id
            while identity in taken:
                identity = _identity(identity)
            taken.add(identity)
        named.append(replace(need, id=identity))
    return named


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
