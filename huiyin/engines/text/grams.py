"""Runs of one to four characters as exact 64-bit numbers, counted for many texts at once in NumPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

U64 = npt.NDArray[np.uint64]
F32 = npt.NDArray[np.float32]
I64 = npt.NDArray[np.int64]
Rows = Any  # scipy.sparse.csr_matrix, which carries no element type

_MIX = np.uint64(0x9E3779B97F4A7C15)
_BITS = np.uint64(16)
_ODD = 0xFFFD  # what lies outside the basic plane (emoji, rare characters) is one character to us
_BREAK = 0  # stands between two texts; no run crosses it


def codes(texts: Sequence[str]) -> tuple[U64, I64]:
    """Return the characters of all texts, each text followed by a break, and each character's text number."""
    joined = "\0".join(t.replace("\0", " ") for t in texts) + "\0"
    points = np.frombuffer(joined.encode("utf-32-le", "replace"), dtype=np.uint32)
    exact: U64 = np.where(points > 0xFFFF, np.uint32(_ODD), points).astype(np.uint64)
    lengths = np.fromiter((len(t) + 1 for t in texts), dtype=np.int64, count=len(texts))
    return exact, np.repeat(np.arange(len(texts), dtype=np.int64), lengths)


def runs(points: U64, *, length: int) -> tuple[U64, npt.NDArray[np.bool_]]:
    """Return the run of `length` characters that begins at each place, and whether it stays within one text."""
    n = max(len(points) - length + 1, 0)
    packed, whole = np.zeros(n, dtype=np.uint64), np.ones(n, dtype=np.bool_)
    for i in range(length):
        part = points[i : i + n]
        packed = (packed << _BITS) | part
        whole &= part != _BREAK
    return packed, whole


def spelled(gram: int) -> str:
    """Return the characters of a packed run."""
    parts = [(gram >> shift) & 0xFFFF for shift in (48, 32, 16, 0)]
    return "".join(chr(p) for p in parts if p)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Sorted distinct runs and a hash table to find them (linear probing, load at most 1/4)."""

    grams: U64
    table: npt.NDArray[np.int32]
    probes: int

    @classmethod
    def of(cls, grams: U64) -> "Vocabulary":
        """Return the vocabulary of these runs; column numbers follow their sorted order."""
        grams = np.unique(grams)
        bits = max(int(np.ceil(np.log2(max(len(grams), 1) * 4))), 4)
        table = np.full(1 << bits, -1, dtype=np.int32)
        slot = _slots(grams, bits)
        waiting, probes = np.arange(len(grams), dtype=np.int32), 0
        while len(waiting):
            at = (slot[waiting] + probes) & ((1 << bits) - 1)
            free = table[at] < 0
            table[at[free]] = waiting[free]
            waiting = waiting[table[at] != waiting]
            probes += 1
        return cls(grams=grams, table=table, probes=probes)

    def columns(self, packed: U64) -> npt.NDArray[np.int32]:
        """Return the column of each run, -1 where it is unknown."""
        size = len(self.table)
        slot = _slots(packed, size.bit_length() - 1)
        found = np.full(len(packed), -1, dtype=np.int32)
        open_at = np.arange(len(packed))
        for probe in range(self.probes):
            here = self.table[(slot[open_at] + probe) & (size - 1)]
            hit = (here >= 0) & (self.grams[here] == packed[open_at]) if len(self.grams) else here >= 0
            found[open_at[hit]] = here[hit]
            open_at = open_at[~hit & (here >= 0)]
        return found

    def count(self, texts: Sequence[str]) -> Rows:
        """Return how often each known run stands in each text: CSR (texts, grams), float32."""
        from scipy import sparse  # 0.4 s that an import alone need not cost

        points, owner = codes(texts)
        columns, rows = [], []
        for length in (1, 2, 3, 4):
            packed, whole = runs(points, length=length)
            kept = np.flatnonzero(whole)
            column = self.columns(packed[kept])
            known = column >= 0
            columns.append(column[known])
            rows.append(owner[kept[known]])
        column, row = np.concatenate(columns), np.concatenate(rows)
        ones = np.ones(len(column), dtype=np.float32)
        return sparse.coo_matrix((ones, (row, column)), shape=(len(texts), len(self.grams))).tocsr()


def _slots(grams: U64, bits: int) -> I64:
    mixed = (grams ^ (grams >> np.uint64(29))) * _MIX
    return (mixed >> np.uint64(64 - bits)).astype(np.int64)


def in_texts(texts: Sequence[str], *, least: int, batch: int = 500) -> tuple[U64, I64]:
    """Return the runs that stand in at least `least` texts and in how many."""
    found: list[U64] = []
    for begin in range(0, len(texts), batch):
        points, owner = codes(texts[begin : begin + batch])
        for length in (1, 2, 3, 4):
            packed, whole = runs(points, length=length)
            order = np.lexsort((owner[: len(packed)][whole], packed[whole]))
            gram, text = packed[whole][order], owner[: len(packed)][whole][order]
            first = np.ones(len(gram), dtype=np.bool_)
            first[1:] = (gram[1:] != gram[:-1]) | (text[1:] != text[:-1])
            found.append(gram[first])
    if not found:
        return np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64)
    every = np.sort(np.concatenate(found))
    start = np.flatnonzero(np.r_[True, every[1:] != every[:-1]]) if len(every) else np.zeros(0, dtype=np.int64)
    amount = np.diff(np.r_[start, len(every)])
    kept = amount >= least
    return every[start[kept]], amount[kept].astype(np.int64)
