"""Finds and ends the PostgreSQL processes of one data directory, also those whose postmaster is gone.

Every PostgreSQL process works inside its data directory, so the working directory tells whose it is: a pid
alone does not, because after a reboot the number in `postmaster.pid` may be anybody's.
"""

import os
import signal
import subprocess
import time
from pathlib import Path

_HAS_PROC = os.path.exists("/proc/self/cwd")  # Linux; macOS has lsof
_PROGRAMS = {"postgres", "postmaster", "initdb"}


def postgres_in(pgdata: Path) -> set[int]:
    """Return the pids of the PostgreSQL processes that work in `pgdata`."""
    place = os.path.realpath(pgdata)
    if _HAS_PROC:
        return {pid for pid in _all_pids() if _works_in(pid, place)}
    return _listed_by_lsof(place)


def is_postgres_in(pid: int, pgdata: Path) -> bool:
    """Return whether `pid` is a PostgreSQL process that works in `pgdata`."""
    if _HAS_PROC:
        return _works_in(pid, os.path.realpath(pgdata))
    return pid in postgres_in(pgdata)


def end_orphans(pgdata: Path) -> bool:
    """End what a killed postmaster left behind in `pgdata`. Return whether nothing is left.

    They notice by themselves within a moment unless they compute; then they are asked to quit, then killed.
    Nothing is lost: the log is replayed at the next start, as after a power cut.
    """
    for number, patience_s in ((0, 1.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
        for pid in postgres_in(pgdata):
            send(pid, number)
        if wait_until_gone(pgdata, patience_s):
            return True
    return False


def wait_until_gone(pgdata: Path, patience_s: float) -> bool:
    """Wait until no PostgreSQL process works in `pgdata`. Return False when `patience_s` was not enough."""
    until = time.monotonic() + patience_s
    while postgres_in(pgdata):
        if time.monotonic() > until:
            return False
        time.sleep(0.03)
    return True


def send(pid: int, number: int) -> bool:
    """Send a signal (0 only looks). Return whether the process is there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _all_pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _works_in(pid: int, place: str) -> bool:
    try:
        if os.readlink(f"/proc/{pid}/cwd") != place:
            return False
        program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:  # gone meanwhile, a zombie, or another user's
        return False
    return program.split(" ")[0] in _PROGRAMS  # "postgres (deleted)" after an upgrade


def _listed_by_lsof(place: str) -> set[int]:
    said = subprocess.run(
        ["lsof", "-w", "-a", "-c", "postgres", "-c", "initdb", "-d", "cwd", "-Fpn"],
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    found, pid = set(), 0
    for line in said.splitlines():
        if line.startswith("p"):
            pid = int(line[1:])
        elif line == f"n{place}":
            found.add(pid)
    return found
