"""How near requests are to one another, and groups by average linkage."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.cluster import hierarchy
from scipy.sparse import csgraph

from .clean import folded
from .grams import F32, I64, Rows, Vocabulary, in_texts
from .weighing import stacked

READ = 600  # characters of the body: what is asked stands at the beginning
ORDINARY = 0.08  # a run in more than this share of the texts says nothing about one matter
TITLE, BODY = 0.8, 1.0
FLOOR = 0.15  # pairs further apart than this cosine are never in one group by themselves
MOST_TOGETHER = 9_000  # texts linked at once: 9,000 need 650 MB
CHUNK = 512


def alike(titles: Sequence[str], texts: Sequence[str]) -> Rows:
    """Return one row a request, of length 1: two- to four-character runs weighed by rarity, title and body."""
    parts = []
    for side, share in (([folded(t) for t in titles], TITLE), ([folded(t)[:READ] for t in texts], BODY)):
        grams, held = in_texts(side, least=2)
        kept = (held <= max(ORDINARY * len(side), 10)) & (grams >= np.uint64(1 << 16))
        vocabulary = Vocabulary.of(grams[kept])
        counts = vocabulary.count(side)
        rarity = np.log(len(side) / held[kept]).astype(np.float32) + 1
        counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
        parts.append(_unit(counts) * share)
    return _unit(stacked(parts))


def _unit(rows: Rows) -> Rows:
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ rows


def groups(rows: Rows, *, near: float) -> Iterator[tuple[npt.NDArray[np.intp], float]]:
    """Yield the row numbers of each group of two or more, and the mean cosine inside it.

    Average linkage (Sokal and Michener 1958) until the mean cosine of the two nearest groups falls below `near`.
    Rows are first parted into components no pair of which reaches the floor, so that much larger sets fit.
    """
    for part in _parts(rows):
        if len(part) < 2:
            continue
        dense = rows[part]
        cosine = np.asarray((dense @ dense.T).todense(), dtype=np.float32)
        upper = np.triu_indices(len(part), 1)
        away = np.round(1 - np.clip(cosine[upper].astype(np.float64), 0, 1), 6)
        tree = hierarchy.linkage(away, method="average")
        label = hierarchy.fcluster(tree, 1 - near, criterion="distance")
        order = np.argsort(label, kind="stable")
        for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
            if len(members) > 1:
                inside = cosine[np.ix_(members, members)]
                n = len(members)
                yield part[members], float((inside.sum() - np.trace(inside)) / (n * (n - 1)))


def _parts(rows: Rows) -> list[npt.NDArray[np.intp]]:
    """Return the components of the graph of near pairs; the floor rises until the largest fits into memory."""
    first, second, cosine = _near_pairs(rows)
    floor = FLOOR
    while True:
        kept = cosine >= floor
        n = rows.shape[0]
        graph = sparse.coo_matrix((np.ones(int(kept.sum())), (first[kept], second[kept])), shape=(n, n))
        _, label = csgraph.connected_components(graph, directed=False)
        if np.bincount(label, minlength=1).max(initial=0) <= MOST_TOGETHER:
            order = np.argsort(label, kind="stable")
            return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
        floor += 0.05


def _near_pairs(rows: Rows) -> tuple[I64, I64, F32]:
    turned = rows.T.tocsr()
    first, second, cosine = [], [], []
    for i in range(0, rows.shape[0], CHUNK):
        block = (rows[i : i + CHUNK] @ turned).tocoo()
        kept = (block.data >= FLOOR) & (block.col > block.row + i)
        first.append(block.row[kept].astype(np.int64) + i)
        second.append(block.col[kept].astype(np.int64))
        cosine.append(block.data[kept])
    return np.concatenate(first), np.concatenate(second), np.concatenate(cosine)
