"""Train a category model from confirmed requests. The only place that needs scikit-learn."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .category import Model
from .clean import folded
from .grams import F32, I64, U64, Rows, Vocabulary, in_texts, spelled
from .names import holds_name, names_in
from .weighing import View, stacked, weights

LEAST_REQUESTS = 5  # a run seen in fewer requests may be somebody's name or address
MOST_TITLE, MOST_BODY = 40_000, 150_000
TITLE_SHARE, BODY_SHARE = 0.8, 1.0
INNER_FOLDS = 3
REFUSED = 0.05  # the share of known requests that may be taken for unknown
SEED = 5


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


def train(rows: Sequence[Labelled]) -> Model:
    """Return a model of these requests.

    Raises ValueError when fewer than two categories have a request. Rows without a category are left out.
    """
    rows = [r for r in rows if r.category.strip()]
    classes = tuple(sorted({r.category for r in rows}))
    if len(classes) < 2:
        raise ValueError("a category model needs confirmed requests of two categories at least")
    place = {name: i for i, name in enumerate(classes)}
    labels = np.array([place[r.category] for r in rows], dtype=np.int64)
    titles, texts = [folded(r.title) for r in rows], [folded(r.text) for r in rows]
    names = names_in([*titles, *texts])
    vocabularies = (_vocabulary(titles, names), _vocabulary(texts, names))
    counts = (vocabularies[0].count(titles), vocabularies[1].count(texts))
    scores = _outside(rows, labels, counts)
    calibration = _calibrate(scores, labels)
    views, kept = _views(vocabularies, counts, labels)
    coef, intercept = _fit(stacked([v.rows(c) for v, c in zip(views, kept, strict=True)]), labels, len(classes))
    return Model(
        classes=classes, title=views[0], body=views[1], coef=coef, intercept=intercept, calibration=calibration,
        least_margin=float(np.quantile(scores.max(axis=1), REFUSED)), trained_on=len(rows),
    )  # fmt: skip


def _vocabulary(texts: Sequence[str], names: frozenset[str]) -> Vocabulary:
    least = LEAST_REQUESTS if len(texts) >= 100 else 2
    grams, _ = in_texts(texts, least=least)
    kept = [g for g in grams if not holds_name(spelled(int(g)), names)]
    return Vocabulary.of(np.array(kept, dtype=np.uint64))


def _views(
    vocabularies: tuple[Vocabulary, Vocabulary], counts: tuple[Rows, Rows], labels: I64
) -> tuple[tuple[View, View], tuple[Rows, Rows]]:
    """Return both views with the runs that say most, and the counts of those runs."""
    views, kept = [], []
    limits = ((MOST_TITLE, TITLE_SHARE), (MOST_BODY, BODY_SHARE))
    for vocabulary, count, (most, share) in zip(vocabularies, counts, limits, strict=True):
        weight = weights(count, labels, classes=int(labels.max()) + 1)
        held = np.bincount(count.indices, minlength=count.shape[1])
        value = np.where(held > 0, weight * np.sqrt(held), -1.0)
        best = np.sort(np.argsort(-value, kind="stable")[:most])
        grams: U64 = vocabulary.grams[best]
        views.append(View(vocabulary=Vocabulary.of(grams), weight=weight[best], share=share))
        kept.append(count[:, best])
    return (views[0], views[1]), (kept[0], kept[1])


def _fit(rows: Rows, labels: I64, classes: int) -> tuple[F32, F32]:
    """Return coefficients (runs, classes) and intercepts of one linear machine a class."""
    from sklearn.svm import LinearSVC

    coef = np.zeros((rows.shape[1], classes), dtype=np.float32)
    intercept = np.full(classes, -1.0, dtype=np.float32)
    for c in range(classes):
        inside = labels == c
        if 0 < inside.sum() < len(labels):
            machine = LinearSVC(C=1.0, class_weight=_balance(labels, c), tol=1e-3, random_state=SEED)
            machine.fit(rows, inside)
            coef[:, c], intercept[c] = machine.coef_[0], machine.intercept_[0]
    return coef, intercept


def _balance(labels: I64, target: int) -> dict[bool, float]:
    """Return the weights under which each class of the whole counts the same."""
    held = np.bincount(labels)
    weight = len(labels) / (np.count_nonzero(held) * np.maximum(held, 1))
    others = labels != target
    return {True: float(weight[target]), False: float(weight[labels[others]].mean())}


def _outside(rows: Sequence[Labelled], labels: I64, counts: tuple[Rows, Rows]) -> F32:
    """Return each request's scores from a machine that has not seen it (three inner folds)."""
    fold = np.array([fold_of(r.text + "#", folds=INNER_FOLDS) for r in rows])
    classes = int(labels.max()) + 1
    scores = np.zeros((len(rows), classes), dtype=np.float32)
    for f in range(INNER_FOLDS):
        seen, held = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        if not len(held) or len(np.unique(labels[seen])) < 2:
            continue
        title, body = (_weighed(c, labels, seen) for c in counts)
        whole = stacked([TITLE_SHARE * title, BODY_SHARE * body])
        coef, intercept = _fit(whole[seen], labels[seen], classes)
        scores[held] = whole[held] @ coef + intercept
    return scores


def _weighed(counts: Rows, labels: I64, seen: npt.NDArray[np.intp]) -> Rows:
    weight = weights(counts[seen], labels[seen], classes=int(labels.max()) + 1)
    weight[np.bincount(counts[seen].indices, minlength=counts.shape[1]) == 0] = 0
    return View(vocabulary=Vocabulary.of(np.zeros(0, dtype=np.uint64)), weight=weight, share=1.0).rows(counts)


def _calibrate(scores: F32, labels: I64) -> F32:
    """Return (classes + 1, classes): multinomial logistic regression on the scores of unseen requests."""
    from sklearn.linear_model import LogisticRegression

    classes = scores.shape[1]
    out = np.zeros((classes + 1, classes), dtype=np.float32)
    machine = LogisticRegression(C=0.1, max_iter=500).fit(scores, labels)
    if classes == 2:
        out[:-1, 1], out[-1, 1] = machine.coef_[0], machine.intercept_[0]
    else:
        present = machine.classes_
        out[:-1, present], out[-1, present] = machine.coef_.T, machine.intercept_
    return out
