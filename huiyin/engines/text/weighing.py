"""How much each run of characters counts: rarity times what it says about the class."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .grams import F32, Rows, Vocabulary

SMOOTHING = 5.0  # requests' worth of prior knowledge about each run
FLOOR = 0.1  # what a run that says nothing about the class still counts


def weights(counts: Rows, labels: npt.NDArray[np.int64], *, classes: int) -> F32:
    """Return one weight a column: idf times (root of KL(class given run || class) + 0.1).

    The divergence is taken in nats with the class shares smoothed by five requests spread like the whole.
    Supervised weighting after Debole and Sebastiani (2003), with the divergence of Kullback and Leibler (1951)
    in the place of their information gain.
    """
    from scipy import sparse

    texts = counts.shape[0]
    shape = (texts, classes)
    member = sparse.csr_matrix((np.ones(texts), (np.arange(texts), labels)), shape=shape)
    present = counts.copy()
    present.data = np.ones_like(present.data)
    in_class = np.asarray((member.T @ present).todense(), dtype=np.float64)
    held = in_class.sum(axis=0)
    prior = np.bincount(labels, minlength=classes) / texts
    share = (in_class + SMOOTHING * prior[:, None]) / (held + SMOOTHING)
    ratio = np.where(prior[:, None] > 0, share / np.maximum(prior[:, None], 1e-12), 1.0)
    divergence = (share * np.log(np.maximum(ratio, 1e-12))).sum(axis=0)
    idf = np.log((1 + texts) / (1 + held)) + 1
    return np.asarray(idf * (np.sqrt(np.maximum(divergence, 0)) + FLOOR), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class View:
    """One side of a request (title or body): its vocabulary, the weight of each run, and its share in the whole."""

    vocabulary: Vocabulary
    weight: F32
    share: float

    def rows(self, counts: Rows) -> Rows:
        """Return (1 + ln count) times weight, each row of length `share`: CSR (texts, runs)."""
        out = counts.copy()
        out.data = (1 + np.log(out.data)) * self.weight[out.indices]
        square = np.asarray(out.multiply(out).sum(axis=1)).ravel()
        length = np.sqrt(np.maximum(square, 1e-12))
        out.data *= np.repeat((self.share / length).astype(np.float32), np.diff(out.indptr))
        return out


def stacked(parts: list[Any]) -> Rows:
    """Return the views side by side."""
    from scipy import sparse

    return sparse.hstack(parts, format="csr", dtype=np.float32)
