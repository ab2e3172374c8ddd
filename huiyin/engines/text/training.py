"""Train a category model from confirmed requests. The only place that needs scikit-learn."""

from collections.abc import Sequence

import numpy as np

from .category import Model, signs
from .clean import folded
from .grams import F32, I64, U64, Rows, Vocabulary, in_texts, spelled
from .machines import BODY_SHARE, TITLE_SHARE, Labelled, fit, outside
from .names import holds_name, names_in
from .unknown import learned
from .weighing import View, stacked, weights

LEAST_REQUESTS = 5  # a run seen in fewer requests may be somebody's name or address
MOST_TITLE, MOST_BODY = 40_000, 150_000
REFUSED = 0.05  # the share of known requests that may be taken for unknown


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
    scores = outside(rows, labels, counts)
    calibration = _calibrate(scores, labels)
    sureness = learned(rows, labels, counts)
    sure = signs(scores) @ sureness
    views, kept = _views(vocabularies, counts, labels)
    coef, intercept = fit(stacked([v.rows(c) for v, c in zip(views, kept, strict=True)]), labels, len(classes))
    return Model(
        classes=classes, title=views[0], body=views[1], coef=coef, intercept=intercept, calibration=calibration,
        sureness=sureness, least_sure=float(np.quantile(sure, REFUSED)), trained_on=len(rows),
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
