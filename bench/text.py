"""Text: category, calibration, abstention, near duplicates and shared needs, each beside a peer of the same run."""

import csv
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.wording import copies, peers
from huiyin.config.benches import Result
from huiyin.engines.text import codec, measuring, suggesting
from huiyin.engines.text.category import Model
from huiyin.engines.text.machines import Labelled, fold_of
from huiyin.engines.text.reading import voices
from huiyin.engines.text.shared_needs import shared_needs
from huiyin.engines.text.training import train

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "requests"
FOLDS = 5


def _result(target: str, value: float, *, peer: float | None = None, ok: bool | None = None) -> Result:
    ratio = round(value / peer, 4) if peer else None
    return Result("text", target, round(value, 4), peer=peer if peer is None else round(peer, 4), ratio=ratio, ok=ok)


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def run(*, quick: bool) -> Iterator[Result]:
    """Yield one line a target. `quick` measures one fold of five and 50,000 texts for duplicates."""
    if not DATA.exists():
        raise FileNotFoundError(f"bench text needs the requests in {DATA}")
    yield from _importing()
    yield from _category(folds=1 if quick else FOLDS)
    yield from _typed()
    yield from _left_out(classes=1 if quick else 7)
    yield from copies.results(DATA, sizes=(50_000,) if quick else (200_000, 1_000_000))
    yield from _needs()


def _importing() -> Iterator[Result]:
    """Measure in fresh interpreters, the best of three: the import, and until the first suggestion is there."""
    begin = "import time; t = time.perf_counter(); from huiyin.engines.text import codec, suggesting; "
    end = "print(time.perf_counter() - t)"
    best = _fresh(begin + end)
    yield _result("import s (at most 1.5)", best, ok=best <= 1.5)
    yield _result(
        "import, model and first suggestion, s", _fresh(begin + "suggesting.suggest('路灯', '路灯坏了'); " + end)
    )


def _fresh(code: str) -> float:
    said = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(3)]
    return min(float(s.stdout) for s in said)


def _typed() -> Iterator[Result]:
    """The shipped model: how long until it is there, how long for one suggestion."""
    begun = time.perf_counter()
    suggesting.shipped()
    yield _result("shipped model loaded, s", time.perf_counter() - begun)
    spent = []
    for row in _rows("labelled.csv")[:500]:
        begun = time.perf_counter()
        suggesting.suggest(row["title"], row["text"])
        spent.append(time.perf_counter() - begun)
    p95 = float(np.quantile(spent, 0.95)) * 1000
    yield _result("one suggestion with its words, p95 of 500 requests, ms (at most 20)", p95, ok=p95 <= 20)


def _labelled() -> tuple[list[Labelled], np.ndarray, np.ndarray, np.ndarray]:
    table = _rows("labelled.csv")
    rows = [Labelled(r["category"], r["title"], r["text"]) for r in table]
    classes = sorted({r.category for r in rows})
    labels = np.array([classes.index(r.category) for r in rows])
    own = np.array([r["verbatim"] == "1" for r in table])
    return rows, labels, np.array([fold_of(r.text) for r in rows]), own


def _category(*, folds: int) -> Iterator[Result]:
    rows, labels, fold, own = _labelled()
    chances = np.zeros((len(rows), 7), dtype=np.float32)
    theirs = np.zeros(len(rows), dtype=np.int64)
    train_s, predict_s = [], []
    peer = peers.Category(rows)
    for f in range(folds):
        seen, held = np.flatnonzero(fold != f), np.flatnonzero(fold == f)
        begun = time.perf_counter()
        model = train([rows[i] for i in seen])
        train_s.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        scores = model.scores([rows[i].title for i in held], [rows[i].text for i in held])
        chances[held] = model.probabilities(scores)
        predict_s.append(time.perf_counter() - begun)
        theirs[held] = peer.said(labels, seen, held)
    some = np.flatnonzero(fold < folds)
    yield from _quality(chances[some], labels[some], theirs[some], own[some])
    yield _result("training s, slowest fold (at most 60)", max(train_s), ok=max(train_s) <= 60)
    rate = len(some) / sum(predict_s)
    yield _result("texts predicted a second on one core, all folds (at least 2000)", rate, ok=rate >= 2000)
    yield _file(model, rows[:400])


def _quality(chances: np.ndarray, labels: np.ndarray, theirs: np.ndarray, own: np.ndarray) -> Iterator[Result]:
    ours = measuring.scored(chances, labels)
    peer = measuring.macro_f1(labels, theirs, classes=7)
    low, high = measuring.gain_interval(labels, chances.argmax(axis=1), theirs)
    mine = measuring.scored(chances[own], labels[own])
    yield _result("macro-F1, 5 folds (at least 0.925)", ours.macro_f1, peer=peer, ok=ours.macro_f1 >= 0.925)
    yield _result("macro-F1 above the peer, lower end of 95 % interval (above 0)", low, ok=low > 0)
    yield _result("macro-F1 above the peer, upper end", high)
    of_peer = measuring.macro_f1(labels[own], theirs[own], classes=7)
    yield _result("macro-F1, verbatim rows only", mine.macro_f1, peer=of_peer)
    low, high = measuring.gain_interval(labels[own], chances[own].argmax(axis=1), theirs[own])
    yield _result("verbatim rows above the peer, lower end of 95 % interval (above 0)", low, ok=low > 0)
    yield _result("verbatim rows above the peer, upper end", high)
    yield _result("accuracy", ours.accuracy, peer=float((theirs == labels).mean()))
    yield _result("ECE, 15 bins (at most 0.03)", ours.ece, ok=ours.ece <= 0.03)
    yield _result("right among the most confident 80 % (at least 0.98)", ours.confident, ok=ours.confident >= 0.98)


def _file(model: Model, rows: list[Labelled]) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "category.npz"
        size = codec.save(model, path) / 1e6
        again = codec.load(path)
        assert isinstance(again, Model)
    titles, texts = [r.title for r in rows], [r.text for r in rows]
    same = model.scores(titles, texts).argmax(axis=1) == again.scores(titles, texts).argmax(axis=1)
    return _result(
        "model file MB (at most 5; answers as before saving)", size, ok=size <= 5 and bool(same.mean() > 0.99)
    )


def _left_out(*, classes: int) -> Iterator[Result]:
    """Train without one class; how many of its requests, and of the known ones' fold 0, are said to be unknown?

    Beside it: what the best score alone refuses when it refuses as many known ones.
    """
    rows, labels, fold, _ = _labelled()
    refused: list[float] = []
    wrongly: list[float] = []
    plainly: list[float] = []
    at_tenth: list[float] = []
    for c in range(classes):
        model = train([rows[i] for i in np.flatnonzero((fold != 0) & (labels != c))])
        at = np.flatnonzero(fold == 0)
        scores = model.scores([rows[i].title for i in at], [rows[i].text for i in at])
        strange, unknown, best = labels[at] == c, model.sure(scores) < 0, scores.max(axis=1)
        refused.append(float(unknown[strange].mean()))
        wrongly.append(float(unknown[~strange].mean()))
        plainly.append(float((best[strange] < np.quantile(best[~strange], wrongly[-1])).mean()))
        sure = model.sure(scores)
        at_tenth.append(float((sure[strange] < np.quantile(sure[~strange], 0.1)).mean()))
        name = next(r.category for r, label in zip(rows, labels, strict=True) if label == c)
        share = f"{wrongly[-1]:.1%} of known ones refused"
        yield _result(f"said to be unknown, {name} left out, {share}", refused[-1], peer=plainly[-1])
    yield _result(
        "said to be unknown: requests of a class left out, mean", float(np.mean(refused)), peer=float(np.mean(plainly))
    )
    yield _result("said to be unknown: requests of known classes, mean", float(np.mean(wrongly)))
    yield _result(
        "said to be unknown when a tenth of the known ones may be, class left out, mean", float(np.mean(at_tenth))
    )


def _needs() -> Iterator[Result]:
    heard, _ = voices(DATA / "stream.csv")
    begun = time.perf_counter()
    found = shared_needs(heard)
    spent = time.perf_counter() - begun
    yield _result("shared needs on 4,326 requests, s (at most 30)", spent, ok=spent <= 30)
    same = shared_needs(heard[::-1]) == found
    yield _result("shared needs the same in another order (1)", float(same), ok=same)
