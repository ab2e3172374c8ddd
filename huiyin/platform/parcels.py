"""Files made for one person to fetch within a day: a register written by the worker, say."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.conf import settings

KEPT_S = 24 * 3600


def _path(key: UUID) -> Path:
    return Path(settings.FILES_DIR) / "parcels" / f"{key}.xlsx"


@contextmanager
def packing(key: UUID) -> Iterator[Path]:
    """Give the path to write to; the parcel appears whole when the block ends well, and not at all otherwise."""
    target = _path(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft")
    try:
        yield draft
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def fetch(key: UUID) -> Path | None:
    """Return where a parcel lies, None when its day is over or it never was."""
    target = _path(key)
    return target if target.is_file() and target.stat().st_mtime >= time.time() - KEPT_S else None


def forget_old() -> int:
    """Delete the parcels whose day is over; return how many."""
    folder = Path(settings.FILES_DIR) / "parcels"
    old = [p for p in folder.glob("*") if p.stat().st_mtime < time.time() - KEPT_S] if folder.is_dir() else []
    for parcel in old:
        parcel.unlink(missing_ok=True)
    return len(old)
