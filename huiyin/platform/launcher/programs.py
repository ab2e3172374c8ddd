"""Runs PostgreSQL's programs as the server's user; copies embedded ones to where it can read them."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from huiyin.platform.launcher import binaries
from huiyin.platform.launcher.account import Account
from huiyin.platform.launcher.binaries import Binaries


@dataclass(frozen=True)
class Outcome:
    """How a program ended; `code` is None when it had to be stopped for taking too long."""

    code: int | None
    output: str

    @property
    def ok(self) -> bool:
        return self.code == 0


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, run as one user."""

    found: Binaries
    account: Account

    def run(self, name: str, *arguments: str, timeout_s: float, place: str | Path = "/") -> Outcome:
        """Run one program at `place`, in its own session: Ctrl-C must not reach what it starts.

        The output goes through a file: a server that inherited a pipe would keep it open for ever.
        Raises OSError when the program cannot be run by that user.
        """
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                [str(self.found.bin_dir / name), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd=place,
                env=_environment(self.found.bin_dir),
                umask=0o077,
                **_as_user(self.account),
            )
            code = _wait(process, timeout_s)
            output.seek(0)
            return Outcome(code, output.read().decode(errors="replace"))

    def usable(self) -> bool:
        """Return whether the user may run the server and read what lies beside it."""
        share = self.found.bin_dir.parent / "share"
        try:
            runs = self.run("postgres", "--version", timeout_s=20).ok
        except OSError:
            return False
        return runs and (not share.exists() or os.access(share, os.R_OK | os.X_OK))


def choose(data_dir: Path, choice: str, account: Account, major: int | None) -> Programs | None:
    """Return programs `account` can run: of version `major`, else the best; None without any."""
    for found in (*binaries.installed(choice), *_copies(data_dir, choice)):
        if major in {None, found.version} and (programs := _usable(found, account, data_dir)):
            return programs
    return None


def _usable(found: Binaries, account: Account, data_dir: Path) -> Programs | None:
    programs = Programs(found, account)
    if programs.usable():
        return programs
    if found.source == "embedded":
        programs = Programs(_copied(found, data_dir), account)
        return programs if programs.usable() else None
    return None


def _copies(data_dir: Path, choice: str) -> Iterable[Binaries]:
    """Give the copies of earlier starts: they fit the data when the package has moved to newer versions."""
    if choice == "system":
        return
    for place in sorted(data_dir.glob(f"bin-*/{binaries.PACKAGE}/pginstall*/bin")):
        if ".new" not in str(place.relative_to(data_dir)) and (found := binaries.probe(place, "embedded")):
            yield found


def _copied(found: Binaries, data_dir: Path) -> Binaries:
    """Copy one embedded version, with the libraries its run path names, to `data_dir/bin-<version>`."""
    install, package = found.bin_dir.parent, found.bin_dir.parent.parent
    target = data_dir / f"bin-{found.version}"
    place = target / binaries.PACKAGE / install.name / "bin"
    if (before := binaries.probe(place, "embedded")) and before.release == found.release:
        return replace(found, bin_dir=place)
    draft = data_dir / f"bin-{found.version}.new"
    shutil.rmtree(draft, ignore_errors=True)
    leave = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
    shutil.copytree(install, draft / binaries.PACKAGE / install.name, ignore=leave)
    for libraries in (package.with_name(f"{package.name}.libs"), package / ".dylibs"):
        if libraries.is_dir():
            shutil.copytree(libraries, draft / libraries.relative_to(package.parent))
    _open_to_all(draft)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    return replace(found, bin_dir=place)


def _open_to_all(top: Path) -> None:
    for place, _, names in os.walk(top):
        os.chmod(place, 0o755)  # noqa: S103 - programs anybody may read, as in /usr
        for name in names:
            path = os.path.join(place, name)
            os.chmod(path, 0o755 if os.stat(path).st_mode & 0o100 else 0o644)


def _as_user(account: Account) -> dict[str, Any]:
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account.other else {}


def _environment(bin_dir: Path) -> dict[str, str]:
    """A known environment: PGDATA, PGPORT or an unknown locale of the caller must not reach the server."""
    return {"PATH": f"{bin_dir}:/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def _wait(process: "subprocess.Popen[bytes]", timeout_s: float) -> int | None:
    try:
        return process.wait(timeout_s)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return None
