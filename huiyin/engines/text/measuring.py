"""How good a category model is: macro-F1, accuracy, calibration, coverage, and a paired bootstrap."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .grams import F32, I64


@dataclass(frozen=True, slots=True)
class Scores:
    """macro-F1, accuracy, ECE in 15 bins, and the share right among the most confident 80 %; `n` requests."""

    macro_f1: float
    accuracy: float
    ece: float
    confident: float
    n: int


def macro_f1(truth: I64, said: I64, *, classes: int) -> float:
    """Return the mean of the classes' F1 over classes that occur in `truth` or `said`."""
    table = np.bincount(truth * classes + said, minlength=classes * classes).reshape(classes, classes)
    whole = table.sum(axis=0) + table.sum(axis=1)
    present = whole > 0
    return float((2 * np.diag(table)[present] / whole[present]).mean()) if present.any() else 0.0


def ece(chance: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], *, bins: int = 15) -> float:
    """Return the expected calibration error over equal bins (Guo et al., ICML 2017)."""
    place = np.minimum((chance * bins).astype(int), bins - 1)
    amount = np.bincount(place, minlength=bins)
    said = np.bincount(place, weights=chance, minlength=bins)
    true = np.bincount(place, weights=right.astype(float), minlength=bins)
    return float(np.abs(said - true).sum() / max(amount.sum(), 1))


def confident(chance: npt.NDArray[np.floating], right: npt.NDArray[np.bool_], *, share: float = 0.8) -> float:
    """Return the accuracy among the `share` of requests with the highest chance."""
    best = np.argsort(-chance, kind="stable")[: max(int(share * len(chance)), 1)]
    return float(right[best].mean())


def scored(probabilities: F32, truth: I64) -> Scores:
    """Return all figures of one set of answers. A truth outside the known classes is -1 and always wrong."""
    said = probabilities.argmax(axis=1)
    right, chance = said == truth, probabilities.max(axis=1)
    classes = probabilities.shape[1] + 1
    f1 = macro_f1(np.where(truth < 0, classes - 1, truth), said, classes=classes)
    return Scores(f1, float(right.mean()), ece(chance, right), confident(chance, right), len(truth))


def gain_interval(truth: I64, ours: I64, theirs: I64, *, seed: int = 5, rounds: int = 2000) -> tuple[float, float]:
    """Return the 95 % interval of (our macro-F1 - theirs) by a bootstrap over the requests, paired.

    Efron and Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.
    """
    random = np.random.default_rng(seed)
    classes, n = int(max(truth.max(), ours.max(), theirs.max())) + 1, len(truth)
    gains = np.empty(rounds)
    for i in range(rounds):
        drawn = random.integers(0, n, n)
        here = truth[drawn]
        gains[i] = macro_f1(here, ours[drawn], classes=classes) - macro_f1(here, theirs[drawn], classes=classes)
    low, high = np.quantile(gains, [0.025, 0.975])
    return float(low), float(high)
