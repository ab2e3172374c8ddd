"""The peer for categories: TF-IDF of words and character runs, title and text joined, with a linear SVM."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from huiyin.engines.text.machines import Labelled


class Category:
    """Counts once over all requests (which favours the peer a little), weighs and fits for each fold."""

    def __init__(self, rows: Sequence[Labelled]) -> None:
        import jieba  # development only
        from scipy import sparse
        from sklearn.feature_extraction.text import TfidfVectorizer

        jieba.setLogLevel(50)
        joined = [f"{r.title} {r.text}" for r in rows]
        words = [jieba.lcut(t) for t in joined]
        chars = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, dtype=np.float32)
        pairs = TfidfVectorizer(analyzer=_pairs, min_df=2, dtype=np.float32)
        self.rows: Any = sparse.hstack([chars.fit_transform(joined), pairs.fit_transform(words)]).tocsr()

    def said(self, labels: np.ndarray, seen: np.ndarray, held: np.ndarray) -> np.ndarray:
        """Return the labels the peer gives to the rows `held` after training on the rows `seen`."""
        from sklearn.svm import LinearSVC

        machine = LinearSVC(random_state=5).fit(self.rows[seen], labels[seen])
        return np.asarray(machine.predict(self.rows[held]))


def _pairs(words: list[str]) -> list[str]:
    return words + [f"{a} {b}" for a, b in pairwise(words)]
