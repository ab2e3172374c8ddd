"""How near two texts are by their pairs of characters, rare ones counting more."""

import math
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


def nearest(own: Iterable[str], others: Mapping[K, Sequence[str]], *, least: float, most: int) -> list[tuple[K, float]]:
    """Return the others nearest to a text with the cosine of their pairs, the nearest first; 0 to 1.

    A pair weighs log(1 + n / d) squared for n texts of which d hold it (inverse document frequency, Spaerck Jones 1972);
    how often it stands in one text is of no account. Equals keep the order of `others`.
    """
    held = Counter(pair for pairs in others.values() for pair in set(pairs))
    worth = {pair: math.log1p(len(others) / count) ** 2 for pair, count in held.items()}
    rare = math.log1p(len(others)) ** 2
    mine = set(own)
    length = math.sqrt(sum(worth.get(pair, rare) for pair in mine))
    found: list[tuple[K, float]] = []
    for key, pairs in others.items():
        shared = mine.intersection(pairs)
        if shared:
            norm = length * math.sqrt(sum(worth[pair] for pair in set(pairs)))
            found.append((key, sum(worth[pair] for pair in shared) / norm))
    kept = [one for one in found if one[1] >= least]
    return sorted(kept, key=lambda one: -one[1])[:most]
