"""Groups of near requests: average linkage, then the groups that lie close as wholes become one."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse import csgraph

from .grams import F32, I64, Rows
from .nearness import Requests, closeness

Members = npt.NDArray[np.intp]

NEAR = 0.33  # mean closeness between two groups from which they are one
CENTRES = 0.5  # cosine between the centres of two groups from which they are one
STAY = 0.08  # what having been in one group yesterday adds: what stands is not torn apart by one new request
STRANGE = 0.4  # a member's mean closeness to the others, over theirs to one another, below which it is none of them
MOST_TOGETHER = 6_000  # requests linked at once need about 1.5 GB
FLOOR = 0.15  # with more, those are parted first that no pair of at least this cosine of words holds together
CHUNK = 512


def groups(requests: Requests, *, before: Sequence[Members] = ()) -> list[tuple[Members, float]]:
    """Return the row numbers of each group of two or more, ascending, and the mean closeness inside it.

    Average linkage (Sokal and Michener 1958) while the mean closeness is at least `NEAR`; then, nearest first, the
    groups whose centres' cosine is at least `CENTRES`: the mean over many pairs of members is sure where a single pair
    says little, so that one matter in many wordings ends in one group. `before`: groups of yesterday.
    """
    found = []
    for part in _parts(requests.words):
        if len(part) < 2:
            continue
        near, of_centres = closeness(requests.some(part))
        for table in (near, of_centres):
            _stay(table, part, before)
        for whole in _joined(of_centres, _linked(near)):
            members = _trimmed(near, whole)
            inside, n = near[np.ix_(members, members)], len(members)
            found.append((part[members], float((inside.sum() - np.trace(inside)) / (n * (n - 1)))))
    return found


def _trimmed(near: F32, members: Members) -> Members:
    """Return the members without those, farthest first, much less near to the others than those are to one another."""
    while len(members) > 2:
        inside = near[np.ix_(members, members)].astype(np.float64)
        np.fill_diagonal(inside, 0)
        n, sums = len(members), np.round(inside.sum(axis=1), 6)
        worst = int(sums.argmin())
        others = (sums.sum() - 2 * sums[worst]) / ((n - 1) * (n - 2))
        if sums[worst] / (n - 1) >= STRANGE * others:
            break
        members = np.delete(members, worst)
    return members


def _stay(near: F32, part: Members, before: Sequence[Members]) -> None:
    """Add to the closeness of those that were together."""
    for members in before:
        at = np.searchsorted(part, members)
        at = at[(at < len(part))]
        at = at[np.isin(part[at], members)]
        near[np.ix_(at, at)] += STAY


def _linked(near: F32) -> I64:
    """Return the number of each row's group, from 0."""
    from scipy.cluster import hierarchy
    from scipy.spatial.distance import squareform

    away = 2 - near.astype(np.float64)
    away += away.T
    away /= 2
    np.fill_diagonal(away, 0)
    flat = np.round(squareform(away, checks=False), 6)
    label = hierarchy.fcluster(hierarchy.linkage(flat, method="average"), 2 - NEAR, criterion="distance")
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _joined(near: F32, label: I64) -> Iterator[Members]:
    """Yield the groups of two or more after those with near centres have become one."""
    n = len(label)
    member = sparse.csr_matrix((np.ones(n, dtype=np.float32), (label, np.arange(n))))
    sums = np.asarray(member @ (member @ near).T, dtype=np.float64)
    into = _centres(sums)
    label = into[label]
    order = np.argsort(label, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        if len(members) > 1:
            yield members


def _centres(sums: npt.NDArray[np.float64]) -> I64:
    """Return for each group the group it ends in, given the sums of closeness between groups.

    The sum between two groups over the root of both sums inside is the cosine of their centres.
    """
    into = np.arange(len(sums), dtype=np.int64)
    length = np.sqrt(np.maximum(np.diag(sums), 1e-9))
    cosine = np.round(sums / np.outer(length, length), 6)
    np.fill_diagonal(cosine, -1)
    best = cosine.argmax(axis=1)
    value = cosine[np.arange(len(sums)), best]
    while len(value) > 1 and value.max() >= CENTRES:
        a = int(value.argmax())
        b = int(best[a])
        into[into == b] = a
        sums[a] += sums[b]
        sums[:, a] += sums[:, b]
        sums[b], sums[:, b] = 0, 0
        length[a], length[b] = np.sqrt(sums[a, a]), np.inf
        row = np.round(sums[a] / (length[a] * length), 6)
        row[a], row[into != np.arange(len(into))] = -1, -1
        cosine[a], cosine[:, a], cosine[b], cosine[:, b] = row, row, -1, -1
        stale = np.union1d(np.flatnonzero((best == a) | (best == b)), [a, b])
        best[stale] = cosine[stale].argmax(axis=1)
        value[stale] = cosine[stale, best[stale]]
        nearer = np.flatnonzero(row > value)
        best[nearer], value[nearer] = a, row[nearer]
    return into


def _parts(words: Rows) -> list[Members]:
    """Return all rows as one part, or the components of the graph of near pairs where they are too many.

    The floor rises until the largest component fits into memory.
    """
    n = words.shape[0]
    if n <= MOST_TOGETHER:
        return [np.arange(n)]
    first, second, cosine = _near_pairs(words)
    floor = FLOOR
    while True:
        kept = cosine >= floor
        graph = sparse.coo_matrix((np.ones(int(kept.sum())), (first[kept], second[kept])), shape=(n, n))
        _, label = csgraph.connected_components(graph, directed=False)
        if np.bincount(label, minlength=1).max(initial=0) <= MOST_TOGETHER:
            order = np.argsort(label, kind="stable")
            return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
        floor += 0.05


def _near_pairs(words: Rows) -> tuple[I64, I64, F32]:
    turned = words.T.tocsr()
    first, second, cosine = [], [], []
    for i in range(0, words.shape[0], CHUNK):
        block = (words[i : i + CHUNK] @ turned).tocoo()
        kept = (block.data >= FLOOR) & (block.col > block.row + i)
        first.append(block.row[kept].astype(np.int64) + i)
        second.append(block.col[kept].astype(np.int64))
        cosine.append(block.data[kept])
    return np.concatenate(first), np.concatenate(second), np.concatenate(cosine)
