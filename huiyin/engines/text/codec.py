"""A category model as bytes or one compact file, and back."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .blending import Blend
from .category import Model
from .grams import F32, Vocabulary
from .weighing import View

FORMAT = 3


def packed(whole: Model | Blend) -> bytes:
    """Return the model as bytes (coefficients in steps of 1/127 of each class's largest); of a blend the own model and its share."""
    model, share = (whole.own, whole.share) if isinstance(whole, Blend) else (whole, 0.0)
    scale = np.maximum(np.abs(model.coef).max(axis=0), 1e-9) / 127
    parts: dict[str, npt.NDArray[np.generic]] = {
        "format": np.array([FORMAT, model.trained_on]),
        "classes": np.array(model.classes, dtype=np.str_),
        "coef": np.round(model.coef / scale).astype(np.int8).T.copy(),
        "scale": scale.astype(np.float32),
        "intercept": model.intercept,
        "calibration": model.calibration,
        "sureness": model.sureness,
        "numbers": np.array([model.least_sure, model.title.share, model.body.share, share], dtype=np.float64),
    }
    for name, view in (("title", model.title), ("body", model.body)):
        parts[f"{name}_grams"] = np.diff(view.vocabulary.grams, prepend=np.uint64(0)).view(np.uint8).reshape(-1, 8).T
        parts[f"{name}_weight"] = view.weight.astype(np.float16)
    written = io.BytesIO()
    np.savez_compressed(written, **parts)  # type: ignore[arg-type]  # the stub takes the names for options
    return written.getvalue()


def save(whole: Model | Blend, path: Path) -> int:
    """Write the model and return the bytes written.

    The file is written beside `path` and then moved there, so that an interruption leaves the old model.
    """
    data = packed(whole)
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    return len(data)


def unpacked(data: bytes, *, other: Callable[[], Model] | None = None) -> Model | Blend:
    """Return the model that was packed; `other` gives the model that a blend leans on.

    Without `other` a blend's own model comes back. Raises ValueError when it is none of ours.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as parts:
            held = {name: parts[name] for name in parts.files}
        written_as = int(held["format"][0])
    except (zipfile.BadZipFile, KeyError, EOFError, AttributeError, ValueError) as wrong:
        raise ValueError("no category model") from wrong
    if written_as != FORMAT:
        raise ValueError("a category model of another format")
    least, title, body, share = held["numbers"].tolist()
    coef: F32 = np.ascontiguousarray(held["coef"].T.astype(np.float32) * held["scale"])
    model = Model(
        classes=tuple(str(c) for c in held["classes"]),
        title=_view(held, "title", title), body=_view(held, "body", body),
        coef=coef, intercept=held["intercept"], calibration=held["calibration"],
        sureness=held["sureness"], least_sure=least, trained_on=int(held["format"][1]),
    )  # fmt: skip
    return Blend(own=model, other=other(), share=share) if share and other else model


def load(path: Path, *, other: Callable[[], Model] | None = None) -> Model | Blend:
    """Return the model in the file, as `unpacked`. Raises ValueError, naming it, FileNotFoundError when absent."""
    try:
        return unpacked(path.read_bytes(), other=other)
    except ValueError as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def _view(held: dict[str, npt.NDArray[np.generic]], name: str, share: float) -> View:
    steps = np.ascontiguousarray(held[f"{name}_grams"].T).view(np.uint64).ravel()
    grams = np.cumsum(steps, dtype=np.uint64)
    return View(vocabulary=Vocabulary.of(grams), weight=held[f"{name}_weight"].astype(np.float32), share=share)
