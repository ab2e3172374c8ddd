"""Overlapping runs of three characters as 32-bit numbers, their MinHash sketches, and what two texts do not share."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

U32 = npt.NDArray[np.uint32]
I64 = npt.NDArray[np.int64]
F32 = npt.NDArray[np.float32]

LENGTH = 3
BATCH = 1_000  # texts at a time, so that a batch's shingles stay in the cache
PASSAGE = 8  # shingles (ten characters) in a row that the other text lacks are a passage of its own
_TOGETHER = 512  # pairs looked at together
_SHORT, _SHORT_BITS = 2_000, 15  # texts up to this many shingles meet in a table of 2^15 places a pair
_LONG_BITS = 22
_SEED = 20_261_122


def shingled(texts: Sequence[str]) -> tuple[U32, I64]:
    """Return the shingles of each text in their order, one text after the other, and where each begins (n + 1).

    A text shorter than three characters is padded and so has one shingle.
    """
    joined = "".join(t + "\0" * (1 + max(LENGTH - len(t), 0)) for t in texts) + "\0" * LENGTH
    points = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    sizes = np.fromiter((max(len(t), LENGTH) for t in texts), dtype=np.int64, count=len(texts))
    n = int(sizes.sum()) + len(texts)
    mixed = np.zeros(n, dtype=np.uint64)
    for i in range(LENGTH):
        mixed = mixed * np.uint64(0x100000001B3) + points[i : i + n]
    mixed = (mixed ^ (mixed >> np.uint64(31))) * np.uint64(0x9E3779B97F4A7C15)
    whole = np.ones(n, dtype=np.bool_)
    ends = np.cumsum(sizes + 1)
    for i in range(1, LENGTH + 1):
        whole[ends - i] = False
    begins = np.r_[0, np.cumsum(sizes - LENGTH + 1)]
    return (mixed[whole] >> np.uint64(32)).astype(np.uint32), begins


def batches(texts: Sequence[str]) -> Iterator[tuple[int, U32, I64]]:
    """Yield (number of the first text, shingles, begins) for a thousand texts at a time."""
    for first in range(0, len(texts), BATCH):
        shingles, begins = shingled(texts[first : first + BATCH])
        yield first, shingles, begins


def multipliers(size: int) -> U32:
    """Return `size` fixed odd numbers, one for each function of the sketch."""
    drawn = np.random.default_rng(_SEED).integers(0, 2**32, size, dtype=np.uint32)
    return drawn | np.uint32(1)


def sketch(shingles: U32, begins: I64, *, factors: U32) -> U32:
    """Return the MinHash sketch of each text: (texts, functions).

    Broder, On the resemblance and containment of documents (1997). The functions are h(x) = (a x XOR a x >> 16) b
    mod 2^32 with a odd, drawn once, and b fixed; the smallest value of a text is kept.
    """
    out = np.empty((len(begins) - 1, len(factors)), dtype=np.uint32)
    turned, moved = np.empty_like(shingles), np.empty_like(shingles)
    for i, factor in enumerate(factors):
        np.multiply(shingles, factor, out=turned)
        np.right_shift(turned, np.uint32(16), out=moved)
        np.bitwise_xor(turned, moved, out=turned)
        np.multiply(turned, np.uint32(0x85EBCA6B), out=turned)
        out[:, i] = np.minimum.reduceat(turned, begins[:-1])
    return out


def similarity(shingles: U32, begins: I64, *, first: I64, second: I64) -> F32:
    """Return how alike the texts of each pair are, 0 to 1: 1 - F(first) - F(second), never below 0.

    F is the share of a text's shingles that lie in passages of its own: at least eight in a row that the other text
    lacks. Slips, synonyms and another order of sentences cost nothing; a sentence of one's own does, on both sides.
    Membership is looked up in a table of 2^15 places a pair: one shingle in about 150 is taken for shared by chance.
    """
    out = np.empty(len(first), dtype=np.float32)
    size = np.diff(begins)
    long = np.maximum(size[first], size[second]) > _SHORT
    for chosen, together, bits in ((~long, _TOGETHER, _SHORT_BITS), (long, 1, _LONG_BITS)):
        numbers = np.flatnonzero(chosen)
        table = np.zeros(together << bits if len(numbers) else 0, dtype=np.bool_)
        for i in range(0, len(numbers), together):
            here = numbers[i : i + together]
            left = _gathered(shingles, begins, first[here], bits)
            right = _gathered(shingles, begins, second[here], bits)
            foreign = _foreign(left, right, table) + _foreign(right, left, table)
            out[here] = np.maximum(1 - foreign, 0)
    return out


def _gathered(shingles: U32, begins: I64, texts: I64, bits: int) -> tuple[I64, I64]:
    """Return the places in the table of the shingles of these texts, and each text's number of shingles."""
    size = begins[texts + 1] - begins[texts]
    owner = np.repeat(np.arange(len(texts)), size)
    at = np.arange(len(owner)) + np.repeat(begins[texts] - (np.cumsum(size) - size), size)
    return (owner << bits) | (shingles[at] >> np.uint32(32 - bits)), size


def _foreign(mine: tuple[I64, I64], other: tuple[I64, I64], table: npt.NDArray[np.bool_]) -> F32:
    """Return the share of my shingles in passages that the other lacks; the table is empty before and after."""
    table[other[0]] = True
    lacking = ~table[mine[0]]
    table[other[0]] = False
    size = mine[1]
    ends = np.cumsum(size) + np.arange(len(size))  # one False behind each text keeps passages apart
    spread = np.zeros(len(lacking) + len(size) + 1, dtype=np.int8)
    owner = np.repeat(np.arange(len(size)), size)
    spread[np.arange(len(lacking)) + owner + 1] = lacking
    change = np.diff(spread)
    start, stop = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    length = stop - start
    passage = length >= PASSAGE
    text = np.searchsorted(ends, start[passage], side="left")
    own = np.bincount(text, weights=length[passage], minlength=len(size))
    return np.asarray(own / size, dtype=np.float32)
