"""Linear machines, one a class, and their scores on requests they have not seen."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grams import F32, I64, Rows, Vocabulary
from .weighing import View, stacked, weights

TITLE_SHARE, BODY_SHARE = 0.8, 1.0
INNER_FOLDS = 3
SEED = 5
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One request and the category a person gave it."""

    category: str
    title: str
    text: str


def fold_of(text: str, *, folds: int = 5) -> int:
    """Return the fold of a text: sha256 of its first 40 characters without white space, modulo `folds`.

    Copies of one request begin alike and so stay together.
    """
    start = "".join(text.split())[:40]
    return int(hashlib.sha256(start.encode("utf-8", "replace")).hexdigest(), 16) % folds


def fit(rows: Rows, labels: I64, classes: int, *, tolerance: float = 1e-3) -> tuple[F32, F32]:
    """Return coefficients (runs, classes) and intercepts of one linear machine a class."""
    from sklearn.svm import LinearSVC

    coef = np.zeros((rows.shape[1], classes), dtype=np.float32)
    intercept = np.full(classes, -1.0, dtype=np.float32)
    for c in range(classes):
        inside = labels == c
        if 0 < inside.sum() < len(labels):
            machine = LinearSVC(C=1.0, class_weight=_balance(labels, c), tol=tolerance, random_state=SEED)
            machine.fit(rows, inside)
            coef[:, c], intercept[c] = machine.coef_[0], machine.intercept_[0]
    return coef, intercept


def _balance(labels: I64, target: int) -> dict[bool, float]:
    """Return the weights under which each class of the whole counts the same."""
    held = np.bincount(labels)
    weight = len(labels) / (np.count_nonzero(held) * np.maximum(held, 1))
    others = labels != target
    return {True: float(weight[target]), False: float(weight[labels[others]].mean())}


def outside(rows: Sequence[Labelled], labels: I64, counts: tuple[Rows, Rows]) -> F32:
    """Return each request's scores from a machine that has not seen it (three inner folds)."""
    fold = inner_folds(rows)
    classes = int(labels.max()) + 1
    scores = np.zeros((len(rows), classes), dtype=np.float32)
    for f in range(INNER_FOLDS):
        seen, held = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        if not len(held) or len(np.unique(labels[seen])) < 2:
            continue
        scores[held] = scored(counts, labels, seen, held, classes=classes)
    return scores


def inner_folds(rows: Sequence[Labelled]) -> I64:
    """Return the inner fold of each request; copies share one."""
    return np.array([fold_of(r.text + "#", folds=INNER_FOLDS) for r in rows], dtype=np.int64)


def scored(
    counts: tuple[Rows, Rows], labels: I64, seen: Places, held: Places, *, classes: int, tolerance: float = 1e-3
) -> F32:
    """Return the scores of the requests `held` by machines trained on the requests `seen`: (held, classes)."""
    title, body = (_weighed(c, labels, seen) for c in counts)
    whole = stacked([TITLE_SHARE * title, BODY_SHARE * body])
    coef, intercept = fit(whole[seen], labels[seen], classes, tolerance=tolerance)
    return np.asarray(whole[held] @ coef + intercept, dtype=np.float32)


def _weighed(counts: Rows, labels: I64, seen: Places) -> Rows:
    weight = weights(counts[seen], labels[seen], classes=int(labels.max()) + 1)
    weight[np.bincount(counts[seen].indices, minlength=counts.shape[1]) == 0] = 0
    return View(vocabulary=Vocabulary.of(np.zeros(0, dtype=np.uint64)), weight=weight, share=1.0).rows(counts)
