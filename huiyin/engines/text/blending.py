"""An office's own model leaning on the shipped one while its own confirmed matters are few."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .category import Answer, Model, Suggestion
from .grams import F32

PRIOR = 2_000.0  # confirmed matters from which the own model says as much as the other
PRIOR_UNKNOWN = 200.0  # the same for texts that the other calls unknown


@dataclass(frozen=True, slots=True, eq=False)
class Blend:
    """Two models as one: `share` of each probability is the other's, less where the text is unknown to the other."""

    own: Model
    other: Model
    share: float

    @classmethod
    def of(cls, own: Model, other: Model) -> "Blend":
        """Return the blend in which the other weighs as much as 2,000 confirmed matters, 200 where it knows nothing."""
        return cls(own=own, other=other, share=PRIOR / (PRIOR + own.trained_on))

    @property
    def classes(self) -> tuple[str, ...]:
        """Return the categories of both, sorted."""
        return tuple(sorted({*self.own.classes, *self.other.classes}))

    @property
    def trained_on(self) -> int:
        """Return the number of confirmed matters of the own model."""
        return self.own.trained_on

    def chances(self, titles: Sequence[str], texts: Sequence[str]) -> F32:
        """Return the probability of each category, rows adding up to 1: (requests, categories).

        Categories that only the own model knows get what it says; the rest is shared out between both.
        """
        scores = self.other.scores(titles, texts)
        less = PRIOR_UNKNOWN / (PRIOR_UNKNOWN + self.own.trained_on)
        share = np.where(self.other.sure(scores) >= 0, self.share, min(less, self.share)).astype(np.float32)[:, None]
        said = self.own.chances(titles, texts)
        column = {name: i for i, name in enumerate(self.classes)}
        new = np.array([name not in self.other.classes for name in self.own.classes])
        left = said[:, ~new].sum(axis=1, keepdims=True)
        out = np.zeros((len(texts), len(column)), dtype=np.float32)
        out[:, [column[name] for name in self.own.classes]] += np.where(new, 1, 1 - share) * said
        out[:, [column[name] for name in self.other.classes]] += left * share * self.other.probabilities(scores)
        return out

    def predict(self, title: str, text: str, *, top: int = 3) -> Answer:
        """Return the `top` likeliest categories with the words of the model that knows the category better."""
        answers = [m.predict(title, text, top=len(m.classes)) for m in (self.own, self.other)]
        words = [{s.category: (s.probability, s.words) for s in answer.suggestions} for answer in answers]
        chances = self.chances([title], [text])[0]
        best = np.argsort(-chances, kind="stable")[:top]
        found = []
        for at in best:
            name = self.classes[int(at)]
            told = max((w[name] for w in words if name in w), key=lambda one: one[0])
            found.append(Suggestion(name, float(chances[at]), told[1]))
        sure = max(answer.sure for answer in answers)
        return Answer(suggestions=tuple(found), known=sure >= 0, sure=sure)
