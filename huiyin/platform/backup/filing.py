"""Files of a backup: copied and hashed in one pass, or linked to the same file of the backup before."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

_LEFT_OUT = {"parcels"}  # made for one person to fetch within a day, made again when asked for
_NAMED_BY_CONTENT = re.compile(r"([0-9a-f]{64})\.\w+")
_DRAFT = re.compile(r"tmp\w+|.*\.(?:draft|new)")
_CHUNK = 1 << 20
_SIDE_BY_SIDE = 16


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of a backup."""

    size: int
    sha256: str


def names(folder: Path) -> Iterator[str]:
    """Yield the files below `folder` that a backup holds, without drafts and what is left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not (Path(place) == folder and f in _LEFT_OUT))
        for name in sorted(files):
            if not _DRAFT.fullmatch(name):
                yield (Path(place) / name).relative_to(folder).as_posix()


def hashed(path: Path) -> Kept:
    """Return size and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Kept(size, digest.hexdigest())


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write a new file for its owner's eyes only, synced to the disk. Raises FileExistsError."""
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def copied(source: Path, target: Path) -> Kept:
    """Copy a file and return what was copied. Raises FileNotFoundError when it has gone."""
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as file:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb", opener=_private) as out:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
    return Kept(size, digest.hexdigest())


def gather(
    source: Path, target: Path, *, before: Path | None, known: Mapping[str, Kept], wrong: Callable[[str], None]
) -> dict[str, Kept]:
    """Copy everything below `source` to `target`; what `before` holds already is linked, not copied again.

    Files never change under their name; one that is erased meanwhile is left out. `wrong` hears of a file whose
    content is not what its name says: it is kept as it is, and somebody should know.
    """
    found = {}
    for name in names(source):
        old, kept = known.get(name), None
        if before and old and _linked(before / name, target / name, size=_size(source / name)):
            kept = old
        else:
            try:
                kept = copied(source / name, target / name)
            except FileNotFoundError:
                continue
        found[name] = kept
        named = _NAMED_BY_CONTENT.fullmatch(Path(name).name)
        if named and named[1] != kept.sha256:
            wrong(name)
    return found


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return -1


def _linked(old: Path, new: Path, *, size: int) -> bool:
    try:
        if size < 0 or old.stat().st_size != size:
            return False
        new.parent.mkdir(parents=True, exist_ok=True)
        os.link(old, new)
    except OSError:  # another disk, or a file system without links
        return False
    return True


def put_back(source: Path, target: Path, files: Mapping[str, Kept]) -> int:
    """Put every file where it is missing or damaged, each whole or not at all; return how many were put.

    What else lies in `target` stays. Raises ValueError with the name of one that arrived otherwise than it should.
    """
    put: list[Path] = []
    for name, wanted in files.items():
        place = target / name
        if place.is_file() and hashed(place) == wanted:
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f"{place.name}.new")
        draft.unlink(missing_ok=True)
        if copied(source / name, draft) != wanted:
            draft.unlink()
            raise ValueError(name)
        _give(target, place.parent, draft)
        os.replace(draft, place)
        put.append(place)
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        list(pool.map(synced, {*put, *(place.parent for place in put)}))
    return len(put)


def _give(top: Path, *paths: Path) -> None:
    """Let what root puts back belong to whom the folder belongs, who serves."""
    if os.geteuid() == 0:
        owner = top.stat()
        for path in paths:
            os.chown(path, owner.st_uid, owner.st_gid)


def free(place: Path) -> int:
    """Return the bytes that may still be written at `place` or the first directory above it that exists."""
    there = next(p for p in (place, *place.parents) if p.exists())
    return shutil.disk_usage(there).free


def sync(folder: Path) -> None:
    """Make sure that what was written below `folder` outlasts a power cut; what is linked from elsewhere did before.

    Side by side: the file system writes many at once, and one after another they take minutes.
    """
    found = [folder]
    for place, folders, files in os.walk(folder):
        found += [Path(place) / name for name in folders]
        found += [path for name in files if (path := Path(place) / name).stat().st_nlink == 1]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        list(pool.map(synced, found))


def synced(path: Path) -> None:
    """Make sure that a file, or the names in a directory, outlast a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
