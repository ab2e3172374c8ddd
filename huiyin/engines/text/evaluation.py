"""Train on one file, measure on another: columns category, title, text."""

from pathlib import Path

import numpy as np

from .measuring import Scores, scored
from .reading import Fault, Unfit, labelled
from .training import train


def evaluate(train_on: Path, test_on: Path) -> Scores:
    """Return how good a model of the first file is on the second.

    A category of the second file that the first lacks counts as wrong. Raises Unfit when a file cannot be used, when
    the first has fewer than two categories, or when the second has none of them.
    """
    known, rows = labelled(train_on), labelled(test_on)
    classes = sorted({r.category for r in known})
    if len(classes) < 2:
        raise Unfit(Fault.ONE_CLASS, train_on.name, classes[0])
    if not {r.category for r in rows} & set(classes):
        raise Unfit(Fault.UNKNOWN_CLASSES, test_on.name, ", ".join(sorted({r.category for r in rows})[:5]))
    model = train(known)
    place = {name: i for i, name in enumerate(model.classes)}
    truth = np.array([place.get(r.category, -1) for r in rows], dtype=np.int64)
    scores = model.scores([r.title for r in rows], [r.text for r in rows])
    return scored(model.probabilities(scores), truth)
