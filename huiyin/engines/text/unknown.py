"""What tells a text that belongs to none of the classes: learned by leaving out one class after another."""

from collections.abc import Sequence

import numpy as np

from .category import signs
from .grams import F32, I64, Rows
from .machines import INNER_FOLDS, Labelled, inner_folds, scored

ENOUGH = 300  # requests; with fewer the best score alone decides
CLASSES = 4
ROUGHLY = 1e-2  # of the machines' stopping rule: four numbers are learned from many scores


def learned(rows: Sequence[Labelled], labels: I64, counts: tuple[Rows, Rows]) -> F32:
    """Return the weights of `category.signs`: the larger the weighed sum, the surer that a text is known.

    Each class in turn is kept from the machines; a logistic regression on the signs then tells the requests of that
    class from the others among requests not seen. No text from outside is needed.
    """
    kinds = int(labels.max()) + 1
    if len(rows) < ENOUGH or kinds < CLASSES:
        return np.array([1, 0, 0, 0], dtype=np.float32)
    from sklearn.linear_model import LogisticRegression

    fold = inner_folds(rows)
    found, known = [], []
    for left_out in range(kinds):
        seen = np.flatnonzero((fold != left_out % INNER_FOLDS) & (labels != left_out))
        held = np.flatnonzero(fold == left_out % INNER_FOLDS)
        names, compact = np.unique(labels[seen], return_inverse=True)
        if len(names) < CLASSES - 1 or not len(held):
            continue
        whole = np.zeros(len(labels), dtype=np.int64)
        whole[seen] = compact
        found.append(signs(scored(counts, whole, seen, held, classes=len(names), tolerance=ROUGHLY)))
        known.append(labels[held] != left_out)
    if not found:
        return np.array([1, 0, 0, 0], dtype=np.float32)
    every, is_known = np.concatenate(found), np.concatenate(known)
    spread = np.maximum(every.std(axis=0), 1e-6)
    machine = LogisticRegression(class_weight="balanced", max_iter=500).fit(every / spread, is_known)
    return np.asarray(machine.coef_[0] / spread, dtype=np.float32)
