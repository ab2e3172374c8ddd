"""Train the category model shipped in the package.

    python tools/category_model.py ../shared/data/requests/labelled.csv

Deterministic: the same file gives the same model, byte for byte. What goes in: runs of up to four characters that at
least five requests hold, without those that hold a personal name, and their weights. No request can be read from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from huiyin.engines.text import codec, reading, training  # noqa: E402  (after the path)
from huiyin.engines.text.suggesting import SHIPPED  # noqa: E402


def main(source: Path) -> None:
    """Write the model and print its size and classes."""
    model = training.train(reading.labelled(source))
    SHIPPED.parent.mkdir(exist_ok=True)
    size = codec.save(model, SHIPPED)
    runs = len(model.title.weight) + len(model.body.weight)
    print(f"{size / 1e6:.2f} MB, {runs} runs, {model.trained_on} requests: {'、'.join(model.classes)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
