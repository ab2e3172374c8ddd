"""Near duplicates among texts made by perturb.py, each size in a process of its own so that its memory is its own."""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from huiyin.config.benches import Result
from huiyin.engines.text.duplicates import near_duplicates

ROOT = Path(__file__).resolve().parents[2]
SEED = 7
PEER_UP_TO = 200_000
PEER_THRESHOLD, PEER_LEAST, PEER_RUN = 0.5, 0.58, 2  # the best of 24 settings tried on 50,000 texts


def results(folder: Path, *, sizes: tuple[int, ...]) -> Iterator[Result]:
    """Yield recall, precision, seconds and memory for each number of texts."""
    for size in sizes:
        with tempfile.TemporaryDirectory() as made:
            path = Path(made) / "texts.jsonl"
            command = [sys.executable, str(folder / "perturb.py"), str(size), str(path), "--seed", str(SEED)]
            subprocess.run(command, check=True, capture_output=True)
            ours = _measured("ours", path)
            peer = _measured("peer", path) if size <= PEER_UP_TO else {}
        least = 0.95 if size <= 200_000 else 0.93
        for what in ("recall", "precision"):
            yield _line(
                f"duplicates of {size:,}, {what} (at least {least})", ours[what], peer.get(what), ok=ours[what] >= least
            )
        yield _line(f"duplicates of {size:,}, s (at most 300)", ours["s"], peer.get("s"), ok=ours["s"] <= 300)
        yield _line(f"duplicates of {size:,}, peak GB (at most 4)", ours["gb"], peer.get("gb"), ok=ours["gb"] <= 4)


def _line(target: str, value: float, peer: float | None, *, ok: bool) -> Result:
    return Result("text", target, round(value, 4), peer=peer, ratio=round(value / peer, 3) if peer else None, ok=ok)


def _measured(who: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.wording.copies", who, str(path)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    return dict(json.loads(said))


def _peer(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """datasketch: 128 functions over runs of two characters; what the index proposes is kept from 0.58 estimated on."""
    from datasketch import MinHash, MinHashLSH

    index, first, second = MinHashLSH(threshold=PEER_THRESHOLD, num_perm=128), [], []
    met: list[MinHash] = []
    runs = [{t[k : k + PEER_RUN].encode() for k in range(len(t) - PEER_RUN + 1)} for t in texts]
    for i, sketch in enumerate(MinHash.generator(runs)):
        near = [n for n in index.query(sketch) if met[n].jaccard(sketch) >= PEER_LEAST]
        first += near
        second += [i] * len(near)
        index.insert(i, sketch)
        met.append(sketch)
    return np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)


def main(who: str, path: Path) -> None:
    """Print recall and precision over pairs, seconds, and the peak memory of this process in GB."""
    texts, groups = [], []
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            texts.append(row["text"])
            groups.append(row["group"])
    group = np.array(groups)
    begun = time.perf_counter()
    if who == "ours":
        found = near_duplicates(texts)
        first, second = found.first, found.second
    else:
        first, second = _peer(texts)
    spent = time.perf_counter() - begun
    amount = np.bincount(group)
    right = int((group[first] == group[second]).sum())
    figures = {
        "recall": right / max(int((amount * (amount - 1) // 2).sum()), 1),
        "precision": right / max(len(first), 1),
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(json.dumps({**figures, "s": round(spent, 1), "gb": round(peak, 2)}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
