"""PostgreSQL's pg_dump and pg_restore of the server's own version, given their address without showing it."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from psycopg import pq

from huiyin.platform.backup.errors import BackupError
from huiyin.platform.launcher import binaries
from huiyin.platform.launcher.errors import disk_full, is_disk_full


def find(major: int) -> Path:
    """Return the directory with pg_dump and pg_restore of this major version. Raises BackupError.

    Another version is not taken: a newer pg_restore says settings that an older server refuses.
    """
    for place in binaries.client_dirs():
        if _major(place) == major:
            return place
    raise BackupError(
        f"找不到 PostgreSQL {major} 的 pg_dump 和 pg_restore。请安装：apt-get install postgresql-client-{major}",
        f"pg_dump and pg_restore of PostgreSQL {major} were not found."
        f" Install them: apt-get install postgresql-client-{major}",
    )


def _major(place: Path) -> int | None:
    if not (place / "pg_restore").is_file():
        return None
    try:
        said = subprocess.run([place / "pg_dump", "--version"], capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(match[1]) if match else None


def _address(url: str) -> dict[str, str]:
    """Return an address as libpq reads it from the environment: a password among arguments is for all to see."""
    names = {o.keyword: o.envvar for o in pq.Conninfo.get_defaults()}
    given = {o.keyword: o.val for o in pq.Conninfo.parse(url.encode()) if o.val is not None}
    return {names[k].decode(): v.decode() for k, v in given.items() if (names.get(k) or b"")}  # type: ignore[union-attr]  # filtered


def _environment(place: Path, url: str) -> Mapping[str, str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    return {**plain, **_address(url), "PATH": f"{place}:{plain.get('PATH', '/usr/bin:/bin')}", "LC_ALL": "C"}


def run(place: Path, name: str, *arguments: str, url: str) -> None:
    """Run one program on the database at `url` to its end. Raises BackupError with what it said."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [str(place / name), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(_environment(place, url)),
            umask=0o077,
        )
        try:
            code = process.wait()
        finally:  # whatever interrupts us ends it too
            if process.poll() is None:
                process.terminate()
                process.wait()
        output.seek(0)
        said = output.read().decode(errors="replace").strip()
    if code:
        raise _failed(name, said)


def _failed(name: str, said: str) -> Exception:
    if is_disk_full(said):
        return disk_full(name)
    return BackupError(f"{name} 没有成功：\n{said}", f"{name} failed, see above.")
