"""The category while the clerk types: the model shipped in the package, or an office's own."""

from functools import cache
from pathlib import Path
from threading import Lock

from . import codec
from .blending import Blend
from .category import Answer, Model

SHIPPED = Path(__file__).parent / "model" / "requests.npz"
_lock = Lock()


@cache
def _read() -> Model:
    model = codec.load(SHIPPED)
    return model.own if isinstance(model, Blend) else model


def shipped() -> Model:
    """Return the model of the package: seven of the first-level names of `needs/rules/categories.csv`, word for word."""
    with _lock:  # several threads ask first at once, and it is read once
        return _read()


def suggest(title: str, text: str, *, model: Model | Blend | None = None, top: int = 3) -> Answer:
    """Return the likeliest categories with calibrated probabilities and the words that spoke for each.

    Any text is accepted. `known` is False where the text seems to belong to none of the model's categories.
    """
    return (model or shipped()).predict(title, text, top=top)
