"""What a backup says of itself, and whether it is still so."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from huiyin.platform.backup import filing
from huiyin.platform.backup.errors import Damaged, Foreign, changed, missing
from huiyin.platform.backup.filing import Kept
from huiyin.platform.backup.tables import Sum

FORMAT = 1
MANIFEST, SUMS, DUMP, FILES = "manifest.json", "SHA256SUMS", "database.dump", "files"


@dataclass(frozen=True)
class Manifest:
    """A backup's own account. `keys` are fingerprints; `absent` are photos the database knows and the disk lacked."""

    version: str
    taken_at: datetime
    postgresql: str
    roles: tuple[str, str]
    migrations: tuple[str, ...]
    tables: Mapping[str, Sum]
    left_out: tuple[str, ...]
    keys: Mapping[str, list[str]]
    database_bytes: int
    file_count: int
    file_bytes: int
    absent: tuple[str, ...] = ()
    format: int = FORMAT
    product: str = field(default="huiyin")

    @property
    def rows(self) -> int:
        """How many rows all tables have."""
        return sum(t.rows for t in self.tables.values())

    @property
    def major(self) -> int:
        """PostgreSQL's major version."""
        return int(self.postgresql.split(".")[0])

    def text(self) -> str:
        """Return it as JSON."""
        return json.dumps(
            {**asdict(self), "taken_at": self.taken_at.isoformat()}, ensure_ascii=False, indent=1, sort_keys=True
        )

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """Return the manifest of what `text` wrote. Raises KeyError, TypeError, ValueError."""
        own = {
            **given,
            "taken_at": datetime.fromisoformat(given["taken_at"]),
            "tables": {name: Sum(**one) for name, one in given["tables"].items()},
            **{key: tuple(given[key]) for key in ("roles", "migrations", "left_out", "absent")},
        }
        return cls(**own)


def write(folder: Path, manifest: Manifest, files: Mapping[str, Kept]) -> None:
    """Write manifest and checksums beside the dump and the files."""
    filing.write_private(folder / MANIFEST, manifest.text() + "\n")
    lines = [f"{filing.hashed(folder / name).sha256}  {name}" for name in (MANIFEST, DUMP)]
    lines += [f"{kept.sha256}  {FILES}/{name}" for name, kept in sorted(files.items())]
    filing.write_private(folder / SUMS, "\n".join([*lines, ""]))


def read(folder: Path) -> Manifest:
    """Return a backup's manifest. Raises Damaged, or Foreign when it is none of ours or of a format to come."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Foreign(
            f"{folder} 不是回音的备份（没有 {MANIFEST}）。",
            f"{folder} is no backup of Huiyin: it has no {MANIFEST}.",
        )
    try:
        given = json.loads(path.read_text(encoding="utf-8"))
        if given["product"] != "huiyin" or given["format"] > FORMAT:
            raise Foreign(
                f"{folder} 不是这个版本认识的备份。请用做备份的版本或更新的版本恢复。",
                f"{folder} is no backup this version knows. Restore it with the version that made it, or a newer one.",
            )
        return Manifest.of(given)
    except (ValueError, KeyError, TypeError) as error:
        raise changed(path) from error


def promised(folder: Path, manifest: Manifest) -> dict[str, str]:
    """Return the SHA-256 of each file of a backup by its path within. Raises Damaged."""
    path = folder / SUMS
    if not path.is_file():
        raise missing(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    found = {name: sha256 for sha256, _gap, name in (line.partition("  ") for line in lines)}
    kept = [name for name in found if name.startswith(f"{FILES}/")]
    if not {MANIFEST, DUMP} <= found.keys() or len(kept) != manifest.file_count:
        raise changed(path)
    return found


def check(folder: Path) -> tuple[Manifest, dict[str, Kept]]:
    """Read every byte of a backup; return the manifest and its files by name. Raises Damaged or Foreign."""
    manifest = read(folder)
    files: dict[str, Kept] = {}
    for name, sha256 in promised(folder, manifest).items():
        path = folder / name
        if not path.is_file():
            raise missing(path)
        kept = filing.hashed(path)
        if kept.sha256 != sha256:
            raise changed(path)
        if name.startswith(f"{FILES}/"):
            files[name.removeprefix(f"{FILES}/")] = kept
    if sum(kept.size for kept in files.values()) != manifest.file_bytes:
        raise Damaged(f"备份的文件大小与清单不符：{folder}", f"The files of {folder} are not those of its manifest.")
    return manifest, files


def known_files(folder: Path) -> dict[str, Kept]:
    """Return the files of an earlier backup as it promised them, for linking; nothing when it is not whole."""
    try:
        found = promised(folder, read(folder))
        return {
            name.removeprefix(f"{FILES}/"): Kept((folder / name).stat().st_size, sha256)
            for name, sha256 in found.items()
            if name.startswith(f"{FILES}/") and (folder / name).is_file()
        }
    except Exception:  # a damaged one only costs copying
        return {}
