"""Is this request here already? Asked at registration; a person decides whether two are one."""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy import sparse

from .characters import simplified
from .clean import MOST_CHARACTERS, plain
from .grams import F32, codes, runs
from .shingles import shingled, similarity

DAYS = 30.0  # after so many days the time between two requests takes as much from them as the same place gives
SAME_PLACE, OTHER_PLACE, PER_PERIOD = 1.5, -1.5, -1.5
COPIED, SHARED, CONSTANT = 8.86, 8.38, -9.75  # fitted: 6,000 texts of perturb.py, seed 11; all copies found, none wrong
REWORDED, REWORDED_CONSTANT = 12.0, -4.0  # at one place: even odds where a third of what is said is said in both
LEAST = 0.5
MOST = 5
MOST_WORDS = 8
READ = 1_500  # characters of title and text together
LEAST_SHARED = 0.1
_RUN = 2


@dataclass(frozen=True, slots=True)
class Matter:
    """A request: `place` is whatever names a place for the office (a building, a grid), empty where unknown."""

    key: Hashable
    title: str
    text: str
    at: datetime
    place: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A request that may be the same matter: how likely (0 to 1), how alike the texts are, and what differs.

    `same_place` is None where one of the two names none. `only_new`, `only_old`: the longest passages that only one
    of both has, at most eight each.
    """

    key: Hashable
    likelihood: float
    likeness: float
    same_place: bool | None
    days_apart: float
    only_new: tuple[str, ...]
    only_old: tuple[str, ...]


def near(new: Matter, recent: Sequence[Matter], *, least: float = LEAST, most: int = MOST) -> list[Candidate]:
    """Return the recent requests that may be the same matter, likeliest first.

    likelihood = logistic(time + max(8.86 copied + 8.38 shared - 9.75 + place, at one place 12 shared - 4)): `copied` is
    `shingles.similarity`, `shared` the cosine of the runs of two characters weighed by rarity among `recent`. The first
    three numbers were fitted to texts of known copies. Place gives 1.5 when the same and takes 1.5 when another, each
    thirty days between them take 1.5, and the second term finds the same matter in other words: those are set, not
    measured.
    """
    others = [one for one in recent if one.key != new.key]
    said = [_bare(one) for one in (new, *others)]
    if not said[0] or not others:
        return []
    shared = _shared(said)
    copied = _copied(said, shared)
    found = []
    for one, c, s in zip(others, copied.tolist(), shared.tolist(), strict=True):
        days = abs((new.at - one.at).total_seconds()) / 86_400
        same = None if not (new.place and one.place) else new.place == one.place
        chance = _chance(c, s, same=same, days=days)
        if chance >= least:
            found.append((one, chance, max(c, s), same, days))
    found.sort(key=lambda f: (-f[1], f[4], str(f[0].key)))
    return [
        Candidate(one.key, round(chance, 3), round(alike, 3), same, round(days, 1), *_differing(new, one))
        for one, chance, alike, same, days in found[:most]
    ]


def _chance(copied: float, shared: float, *, same: bool | None, days: float) -> float:
    place = 0.0 if same is None else SAME_PLACE if same else OTHER_PLACE
    odds = CONSTANT + COPIED * copied + SHARED * shared + place
    if same:
        odds = max(odds, REWORDED_CONSTANT + REWORDED * shared)
    return 1 / (1 + math.exp(-max(min(odds + PER_PERIOD * days / DAYS, 50.0), -50.0)))


def _bare(matter: Matter) -> str:
    return "".join(simplified(plain(f"{matter.title}{matter.text}"[: READ * 2])).split())[:READ]


def _copied(said: Sequence[str], shared: F32) -> F32:
    """Return how alike the first text and each other are as copies, 0 to 1; of those that share little, 0."""
    out = np.zeros(len(said) - 1, dtype=np.float32)
    like = np.flatnonzero(shared >= LEAST_SHARED)
    if len(like):
        shingles, begins = shingled([said[0], *(said[i + 1] for i in like.tolist())])
        other = np.arange(1, len(like) + 1, dtype=np.int64)
        out[like] = similarity(shingles, begins, first=np.zeros_like(other), second=other)
    return out


def _shared(said: Sequence[str]) -> F32:
    """Return the cosine of the first text and each other over runs of two characters weighed by rarity."""
    points, owner = codes(said)
    packed, whole = runs(points, length=_RUN)
    grams, column = np.unique(packed[whole], return_inverse=True)
    ones = np.ones(len(column), dtype=np.float32)
    rows = owner[: len(packed)][whole]
    counts = sparse.coo_matrix((ones, (rows, column)), shape=(len(said), len(grams))).tocsr()
    held = np.bincount(counts.indices, minlength=len(grams))
    rarity = np.log((1 + len(said)) / np.maximum(held, 1)).astype(np.float32)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    length = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    dot = np.asarray((counts[1:] @ counts[0].T).todense()).ravel()
    return np.asarray(dot / np.maximum(length[1:] * length[0], 1e-9), dtype=np.float32)


def _differing(new: Matter, old: Matter) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the longest passages that only the new and only the old text has."""
    one, other = (plain(f"{m.title}，{m.text}"[:MOST_CHARACTERS]) for m in (new, old))
    return _own(one, other), _own(other, one)


def _own(text: str, other: str) -> tuple[str, ...]:
    known = {other[i : i + _RUN] for i in range(len(other) - _RUN + 1)}
    shared = bytearray(len(text))
    for i in range(len(text) - _RUN + 1):
        if text[i : i + _RUN] in known:
            shared[i : i + _RUN] = b"\1" * _RUN
    passages, current = [], ""
    for sign, is_shared in zip(f"{text}\n", [*shared, 1], strict=True):
        if is_shared or not (sign.isalnum() or sign in ".:-"):
            passages.append(current)
            current = ""
        else:
            current += sign
    longest = sorted({p for p in passages if p}, key=lambda p: (-len(p), text.find(p)))[:MOST_WORDS]
    return tuple(sorted(longest, key=text.find))
