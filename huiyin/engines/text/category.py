"""The category of a request, suggested with calibrated probabilities and the words that spoke for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .clean import folded
from .grams import F32, Rows, spelled
from .weighing import View, stacked

MOST_WORDS = 5
BATCH = 512
SHARPNESS = 4.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One category with its calibrated probability (0 to 1) and the words of the text that spoke for it."""

    category: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Suggestions, likeliest first. `known` is False when the text seems to belong to none of the classes.

    `sure` says how far it is from that: below 0 it is unknown.
    """

    suggestions: tuple[Suggestion, ...]
    known: bool
    sure: float


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A linear model over the views title and body; `codec` writes it to a file.

    coef (runs of title + runs of body, classes); intercept (classes,); calibration (classes + 1, classes): the
    logits are [scores, 1] @ calibration; sureness (4,) weighs what `signs` gives, and below `least_sure` a text is said
    to be unknown.
    """

    classes: tuple[str, ...]
    title: View
    body: View
    coef: F32
    intercept: F32
    calibration: F32
    sureness: F32
    least_sure: float
    trained_on: int

    def rows(self, titles: Sequence[str], texts: Sequence[str]) -> Rows:
        """Return the weighed rows of the requests: CSR (requests, runs of title + runs of body)."""
        title = self.title.rows(self.title.vocabulary.count([folded(t) for t in titles]))
        body = self.body.rows(self.body.vocabulary.count([folded(t) for t in texts]))
        return stacked([title, body])

    def scores(self, titles: Sequence[str], texts: Sequence[str]) -> F32:
        """Return the distance of each request from each class's border: (requests, classes)."""
        parts = [
            self.rows(titles[i : i + BATCH], texts[i : i + BATCH]) @ self.coef + self.intercept
            for i in range(0, len(texts), BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.classes)), dtype=np.float32)

    def probabilities(self, scores: F32) -> F32:
        """Return the calibrated probability of each class, rows adding up to 1: (requests, classes)."""
        return softmax(scores @ self.calibration[:-1] + self.calibration[-1])

    def chances(self, titles: Sequence[str], texts: Sequence[str]) -> F32:
        """Return the calibrated probability of each class, rows adding up to 1: (requests, classes)."""
        return self.probabilities(self.scores(titles, texts))

    def predict(self, title: str, text: str, *, top: int = 3) -> Answer:
        """Return the `top` likeliest categories. Any text is accepted; an empty one is answered as unknown."""
        row = self.rows([title], [text])
        scores = np.asarray(row @ self.coef + self.intercept, dtype=np.float32)
        chances = self.probabilities(scores)[0]
        best = np.argsort(-chances, kind="stable")[:top]
        sure = float(self.sure(scores)[0]) if row.nnz else float("-inf")
        suggestions = tuple(Suggestion(self.classes[c], float(chances[c]), self._words(row, int(c))) for c in best)
        return Answer(suggestions=suggestions, known=sure >= 0, sure=sure)

    def sure(self, scores: F32) -> F32:
        """Return how far each request is from being unknown; below 0 it belongs to none of the classes: (requests,)."""
        return np.asarray(signs(scores) @ self.sureness - self.least_sure, dtype=np.float32)

    def predict_many(self, titles: Sequence[str], texts: Sequence[str]) -> list[tuple[str, float, bool]]:
        """Return the likeliest category, its probability and whether the text seems known, for each request."""
        scores = self.scores(titles, texts)
        chances = self.probabilities(scores)
        return [
            (self.classes[int(row.argmax())], float(row.max()), bool(sure >= 0))
            for row, sure in zip(chances, self.sure(scores), strict=True)
        ]

    def _words(self, row: Rows, target: int) -> tuple[str, ...]:
        """Return the runs of two or more characters that raised this class most above the others' mean."""
        lead = self.coef[row.indices, target] - self.coef[row.indices].mean(axis=1)
        gain = row.data * lead
        split = len(self.title.weight)
        told: dict[str, float] = {}
        for at in np.argsort(-gain)[: MOST_WORDS * 12]:
            column = int(row.indices[at])
            view, place = (self.title, column) if column < split else (self.body, column - split)
            word = spelled(int(view.vocabulary.grams[place]))
            if gain[at] > 0 and len(word) > 1 and word.isalpha():
                told[word] = told.get(word, 0.0) + float(gain[at])
        return _apart(sorted(told, key=lambda w: (-told[w] * len(w) ** 0.5, w)))


def _apart(words: Sequence[str]) -> tuple[str, ...]:
    """Return the first words of which none lies within, or overlaps by two characters with, an earlier one."""
    kept: list[str] = []
    for word in words:
        pairs = {word[i : i + 2] for i in range(len(word) - 1)}
        if not any(pair in other for pair in pairs for other in kept):
            kept.append(word)
        if len(kept) == MOST_WORDS:
            break
    return tuple(kept)


def signs(scores: F32) -> F32:
    """Return what tells a known text from an unknown one: best score, second, energy and mean: (requests, 4).

    Energy is the soft maximum of all scores (Liu and others, Energy-based out-of-distribution detection, 2020).
    """
    ordered = np.sort(scores, axis=1)
    energy = np.log(np.exp(SHARPNESS * scores).mean(axis=1)) / SHARPNESS
    parts = (ordered[:, -1], ordered[:, -2], energy, scores.mean(axis=1))
    return np.asarray(np.stack(parts, axis=1), dtype=np.float32)


def softmax(logits: npt.NDArray[np.floating]) -> F32:
    """Return the rows as probabilities."""
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)
