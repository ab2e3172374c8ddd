"""A category model as one compact file, and back."""

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


def save(whole: Model | Blend, path: Path) -> int:
    """Write the model (coefficients in steps of 1/127 of each class's largest) and return the bytes written.

    Of a blend the own model and the share are written. The file is written beside `path` and then moved there, so that
    an interruption leaves the old model.
    """
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
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        file.write(written.getvalue())
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    return len(written.getvalue())


def load(path: Path, *, other: Callable[[], Model] | None = None) -> Model | Blend:
    """Return the model in the file; `other` gives the model that a blend leans on.

    Without `other` a blend's own model comes back. Raises ValueError when it is none of ours, FileNotFoundError when
    absent.
    """
    try:
        with np.load(path, allow_pickle=False) as parts:
            held = {name: parts[name] for name in parts.files}
        if int(held["format"][0]) != FORMAT:
            raise ValueError(f"{path.name} is a category model of another format")
    except (zipfile.BadZipFile, KeyError, EOFError) as wrong:
        raise ValueError(f"{path.name} is no category model") from wrong
    least, title, body, share = held["numbers"].tolist()
    coef: F32 = np.ascontiguousarray(held["coef"].T.astype(np.float32) * held["scale"])
    model = Model(
        classes=tuple(str(c) for c in held["classes"]),
        title=_view(held, "title", title), body=_view(held, "body", body),
        coef=coef, intercept=held["intercept"], calibration=held["calibration"],
        sureness=held["sureness"], least_sure=least, trained_on=int(held["format"][1]),
    )  # fmt: skip
    return Blend(own=model, other=other(), share=share) if share and other else model


def _view(held: dict[str, npt.NDArray[np.generic]], name: str, share: float) -> View:
    steps = np.ascontiguousarray(held[f"{name}_grams"].T).view(np.uint64).ravel()
    grams = np.cumsum(steps, dtype=np.uint64)
    return View(vocabulary=Vocabulary.of(grams), weight=held[f"{name}_weight"].astype(np.float32), share=share)
