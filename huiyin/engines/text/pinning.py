"""What a person put together or apart stands, whatever the grouping thinks."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .grams import Rows
from .grouping import Members

Together = frozenset[Hashable]
Apart = tuple[frozenset[Hashable], frozenset[Hashable]]


@dataclass(frozen=True, slots=True)
class Hand:
    """Corrections by hand, in the order they were made: who thinks again has the last word.

    A set of keys is one matter: their whole groups become one. A pair of sets is not one matter: the other members of a
    group that holds both go where they are nearer.
    """

    made: tuple[Together | Apart, ...] = ()


def corrected(
    found: Sequence[tuple[Members, float]], words: Rows, hand: Hand, number: Mapping[Hashable, int]
) -> list[tuple[Members, float]]:
    """Return the groups as corrected by hand; a group that was changed has the mean cosine of its words.

    `number` gives each key's row; keys that are no longer there are of no consequence.
    """
    sets = [(frozenset(members.tolist()), closeness) for members, closeness in found]
    for said in hand.made:
        if isinstance(said, tuple):
            left, right = ({number[k] for k in keys if k in number} for keys in said)
            sets = [part for group in sets for part in _parted(group, words, left - right, right - left)]
        else:
            sets = _joined(sets, words, {number[key] for key in said if key in number})
    return [(np.array(sorted(members), dtype=np.intp), closeness) for members, closeness in sets if len(members) > 1]


def _joined(
    sets: list[tuple[frozenset[int], float]], words: Rows, rows: set[int]
) -> list[tuple[frozenset[int], float]]:
    if len(rows) < 2:
        return sets
    whole = frozenset(rows).union(*(members for members, _ in sets if members & rows))
    return [(m, c) for m, c in sets if not m & rows] + [(whole, _mean(words, whole))]


def _parted(
    group: tuple[frozenset[int], float], words: Rows, left: set[int], right: set[int]
) -> list[tuple[frozenset[int], float]]:
    members = group[0]
    if not (members & left and members & right):
        return [group]
    ordered = sorted(members)
    sides = [np.asarray(words[sorted(members & side)].mean(axis=0)).ravel() for side in (left, right)]
    near = words[ordered] @ np.stack(sides, axis=1)
    first = {row for row, (a, b) in zip(ordered, near, strict=True) if (a >= b or row in left) and row not in right}
    parts = (frozenset(first), members - first)
    return [(part, _mean(words, part)) for part in parts if part]


def _mean(words: Rows, members: frozenset[int]) -> float:
    inside = (words[sorted(members)] @ words[sorted(members)].T).toarray()
    n = len(members)
    return float((inside.sum() - np.trace(inside)) / (n * (n - 1))) if n > 1 else 1.0
