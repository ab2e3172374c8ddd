"""Model files: written whole or not at all, with the one before kept beside."""

import os
from pathlib import Path

from . import codec
from .learning import Learned


def previous(path: Path) -> Path:
    """Return where the model before is kept: `category.npz` has `category.previous.npz`."""
    return path.with_name(f"{path.stem}.previous{path.suffix}")


def keep(model: Learned, path: Path) -> int:
    """Write the model, keeping the one that was there as the previous; return the bytes written.

    At every moment `path` is a whole model: the old one until the new one lies complete on the disk.
    """
    beside = path.with_name(f"{path.name}.new")
    size = codec.save(model, beside)
    if path.exists():
        link = path.with_name(f"{path.name}.old")
        link.unlink(missing_ok=True)
        os.link(path, link)
        os.replace(link, previous(path))
    os.replace(beside, path)
    return size


def put_back(path: Path) -> None:
    """Use the previous model again; the present one becomes the previous. FileNotFoundError where there is none."""
    present, before = path.with_name(f"{path.name}.old"), previous(path)
    if not before.exists():
        raise FileNotFoundError(f"no model before {path.name}")
    present.unlink(missing_ok=True)
    os.link(path, present)
    os.replace(before, path)
    os.replace(present, before)
