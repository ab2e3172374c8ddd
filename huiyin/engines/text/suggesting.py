"""The category while the clerk types: the model shipped in the package, or an office's own."""

from pathlib import Path
from threading import RLock

from . import codec
from .blending import Blend
from .category import Answer, Model

SHIPPED = Path(__file__).parent / "model" / "requests.npz"
_lock = RLock()  # an office's model may lean on the shipped one, which is read while the first is
_loaded: dict[Path, tuple[int, Model | Blend]] = {}


def shipped() -> Model:
    """Return the model of the package: seven of the first-level names of `needs/rules/categories.csv`, word for word."""
    model = loaded(SHIPPED)
    return model.own if isinstance(model, Blend) else model


def loaded(path: Path) -> Model | Blend:
    """Return the model of a file (`keeping.keep` wrote it), read once and again when the file has changed; safe for several threads.

    Raises ValueError when it is no model, FileNotFoundError when absent.
    """
    stamp = path.stat().st_mtime_ns
    known = _loaded.get(path)
    if known is None or known[0] != stamp:
        with _lock:
            known = _loaded.get(path)
            if known is None or known[0] != stamp:
                known = _loaded[path] = (stamp, codec.load(path, other=shipped))
    return known[1]


def suggest(title: str, text: str, *, model: Model | Blend | None = None, top: int = 3) -> Answer:
    """Return the likeliest categories with calibrated probabilities and the words that spoke for each.

    Any text is accepted. `known` is False where the text seems to belong to none of the model's categories.
    """
    return (model or shipped()).predict(title, text, top=top)
