"""Exact and near duplicates among many texts, and one by one as requests come in."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from .characters import simplified
from .clean import plain
from .shingles import I64, U32, batches, multipliers, shingled, similarity, sketch

FUNCTIONS, BAND = 60, 3  # 20 bands of 3: a pair that shares one half of its shingles is met with a chance of 93 %
SIMILAR = 0.71  # one minus the shares of the passages each has for itself, from which two texts are the same matter
AGREEING = 0.42  # share of the sketch in which a pair agrees, from which it is looked at in full
CROWD = 400  # texts under one key: each is compared with its nearest neighbours only
PAIRS = 2_000_000  # pairs compared at a time


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of text numbers, first < second, and how alike they are, 0 to 1 (see `shingles.similarity`)."""

    first: I64
    second: I64
    similarity: npt.NDArray[np.float32]


def near_duplicates(texts: Sequence[str], *, least: float = SIMILAR) -> Pairs:
    """Return the pairs of texts that are at least `least` alike, 0 to 1.

    MinHash in bands (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3) proposes pairs; what
    each has for itself decides (`shingles.similarity`). Exact copies are compared once.
    White space is of no consequence; empty texts match none.
    """
    stripped = ["".join(t.split()) for t in texts]
    distinct = {t: i for i, t in reversed(list(enumerate(stripped))) if t}
    numbers = np.array(sorted(distinct.values()), dtype=np.int64)
    found = _among([stripped[i] for i in numbers], least)
    near = Pairs(numbers[found.first], numbers[found.second], found.similarity)
    return _with_copies(near, stripped, distinct)


def _with_copies(near: Pairs, stripped: list[str], distinct: dict[str, int]) -> Pairs:
    """Add the exact copies: each is as near to the others as its first."""
    copies: dict[int, list[int]] = defaultdict(list)
    for i, text in enumerate(stripped):
        if text and distinct[text] != i:
            copies[distinct[text]].append(i)
    if not copies:
        return near
    extra: list[tuple[int, int, float]] = []
    for first, others in copies.items():
        extra += [(first, i, 1.0) for i in others]
        if len(others) <= CROWD:
            extra += [(a, b, 1.0) for n, a in enumerate(others) for b in others[n + 1 :]]
    for a, b, s in zip(near.first.tolist(), near.second.tolist(), near.similarity.tolist(), strict=True):
        left, right = [a, *copies.get(a, [])[:CROWD]], [b, *copies.get(b, [])[:CROWD]]
        extra += [(min(i, j), max(i, j), s) for i in left for j in right if (i, j) != (a, b)]
    more = np.array([(a, b) for a, b, _ in extra], dtype=np.int64)
    similarity = np.array([s for *_, s in extra], dtype=np.float32)
    return Pairs(
        np.r_[near.first, more[:, 0]], np.r_[near.second, more[:, 1]], np.r_[near.similarity, similarity]
    )  # fmt: skip


def _among(texts: Sequence[str], least: float) -> Pairs:
    if len(texts) < 2:
        none = np.zeros(0, dtype=np.int64)
        return Pairs(none, none, np.zeros(0, dtype=np.float32))
    sketches = np.empty((len(texts), FUNCTIONS), dtype=np.uint16)
    keys = np.empty((FUNCTIONS // BAND, len(texts)), dtype=np.uint32)
    held = np.empty(sum(max(len(t) - 2, 1) for t in texts), dtype=np.uint32)
    starts, at, factors = np.zeros(len(texts) + 1, dtype=np.int64), 0, multipliers(FUNCTIONS)
    for first, shingles, begins in batches(texts):
        drawn = sketch(shingles, begins, factors=factors)
        here = slice(first, first + len(drawn))
        sketches[here], keys[:, here] = drawn.astype(np.uint16), _keys(drawn).T
        starts[first + 1 : first + 1 + len(drawn)] = begins[1:] + at
        held[at : at + len(shingles)] = shingles
        at += len(shingles)
    packed = _likely(keys, sketches)
    left, right = packed >> 32, packed & 0xFFFFFFFF
    alike = similarity(held, starts, first=left, second=right)
    good = alike >= least
    return Pairs(left[good], right[good], alike[good])


def _keys(drawn: U32) -> U32:
    """Return one number for each band of each text: (texts, bands)."""
    bands = drawn.reshape(len(drawn), -1, BAND).astype(np.uint64)
    mixed = bands[:, :, 0]
    for i in range(1, BAND):
        mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + bands[:, :, i]
    return ((mixed * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(32)).astype(np.uint32)


def _likely(keys: U32, sketches: npt.NDArray[np.uint16]) -> I64:
    """Return pairs, packed as first << 32 | second, that share a band and whose sketches agree enough."""
    kept = [np.zeros(0, dtype=np.int64)]
    for band in keys:
        for first, second in _together(band):
            same = np.zeros(len(first), dtype=np.uint8)
            for i in range(0, len(first), 65_536):
                here = slice(i, i + 65_536)
                same[here] = (sketches[first[here]] == sketches[second[here]]).sum(axis=1, dtype=np.uint8)
            good = same >= AGREEING * FUNCTIONS
            kept.append((first[good] << 32) | second[good])
    return np.unique(np.concatenate(kept))


def _together(band: U32) -> Iterator[tuple[I64, I64]]:
    """Yield the pairs (first < second) of texts under the same key, at most about two million at a time."""
    order = np.argsort(band, kind="stable").astype(np.int64)
    ordered = band[order]
    start = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    amount = np.diff(np.r_[start, len(ordered)])
    place = np.arange(len(ordered)) - np.repeat(start, amount)
    before = np.minimum(place, CROWD)
    ends = np.cumsum(before)
    at = 0
    while at < len(ordered):
        done = int(ends[at - 1]) if at else 0
        stop = max(int(np.searchsorted(ends, done + PAIRS, side="right")), at + 1)
        many = before[at:stop]
        later = np.repeat(np.arange(at, stop), many)
        back = np.arange(len(later)) - np.repeat(np.cumsum(many) - many, many) + 1
        yield order[later - back], order[later]
        at = stop


@dataclass(slots=True)
class Index:
    """Texts met so far, for one to be looked up as it is registered; a key is whatever names a text.

    Not safe for several threads. Adding a key again replaces its text.
    """

    least: float = SIMILAR
    _shingles: dict[Hashable, U32] = field(default_factory=dict)
    _bands: dict[tuple[int, int], set[Hashable]] = field(default_factory=lambda: defaultdict(set))

    def add(self, key: Hashable, text: str) -> None:
        """Remember a text. One without any character is not kept."""
        self.discard(key)
        shingles, bands = _one(text)
        if not len(shingles):
            return
        self._shingles[key] = shingles
        for band in bands:
            self._bands[band].add(key)

    def discard(self, key: Hashable) -> None:
        """Forget a text, if it is here."""
        shingles = self._shingles.pop(key, None)
        if shingles is None:
            return
        for band in _bands(shingles):
            self._bands[band].discard(key)
            if not self._bands[band]:
                del self._bands[band]

    def near(self, text: str) -> list[tuple[Hashable, float]]:
        """Return (key, similarity 0 to 1) of the texts alike, the nearest first, then by the key's spelling."""
        shingles, bands = _one(text)
        keys = list({key for band in bands for key in self._bands.get(band, ())})
        if not keys:
            return []
        parts = [shingles, *(self._shingles[key] for key in keys)]
        begins = np.cumsum([0, *(len(p) for p in parts)], dtype=np.int64)
        other = np.arange(1, len(parts), dtype=np.int64)
        alike = similarity(np.concatenate(parts), begins, first=np.zeros_like(other), second=other).tolist()
        found = [(key, s) for key, s in zip(keys, alike, strict=True) if s >= self.least]
        return sorted(found, key=lambda one: (-one[1], str(one[0])))


def _one(text: str) -> tuple[U32, list[tuple[int, int]]]:
    bare = "".join(simplified(plain(text)).split())
    if not bare:
        return np.zeros(0, dtype=np.uint32), []
    shingles, _ = shingled([bare])
    return shingles, _bands(shingles)


def _bands(shingles: U32) -> list[tuple[int, int]]:
    drawn = sketch(shingles, np.array([0, len(shingles)], dtype=np.int64), factors=multipliers(FUNCTIONS))
    return list(enumerate(_keys(drawn)[0].tolist()))
