"""Train on one file, measure on another: columns category, title, text."""

import csv
import sys
from pathlib import Path

import numpy as np

from .measuring import Scores, scored
from .training import Labelled, train


def read(path: Path) -> list[Labelled]:
    """Return the rows of a CSV file (UTF-8, with or without a mark) that have a category.

    Raises ValueError when a column is missing. Bytes that are not UTF-8 and null characters are replaced.
    """
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        table = csv.DictReader(line.replace("\0", " ") for line in lines)
        missing = {"category", "title", "text"} - set(table.fieldnames or ())
        if missing:
            raise ValueError(f"{path.name} lacks the columns {', '.join(sorted(missing))}")
        rows = [Labelled((r["category"] or "").strip(), r["title"] or "", r["text"] or "") for r in table]
    return [r for r in rows if r.category]


def evaluate(train_on: Path, test_on: Path) -> Scores:
    """Return how good a model of the first file is on the second.

    A category of the second file that the first lacks counts as wrong. Raises ValueError when the first has fewer
    than two categories or the second no row.
    """
    model, rows = train(read(train_on)), read(test_on)
    if not rows:
        raise ValueError(f"{test_on.name} has no row with a category")
    place = {name: i for i, name in enumerate(model.classes)}
    truth = np.array([place.get(r.category, -1) for r in rows], dtype=np.int64)
    scores = model.scores([r.title for r in rows], [r.text for r in rows])
    return scored(model.probabilities(scores), truth)
