"""What the processes of a site weigh: memory as PSS, so that shared pages count once, and processor time."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import psutil

from huiyin.platform.launcher import processes

_MARKS = {"granian": "web", "procrastinate": "worker"}


def _kind(process: psutil.Process) -> str:
    said = " ".join(process.cmdline())
    return next((kind for mark, kind in _MARKS.items() if f"-m {mark}" in said or f" {mark} worker" in said), "")


def family(parent: int, pgdata: Path) -> dict[int, str]:
    """Return the pids below `parent`, itself and PostgreSQL's in `pgdata`, each with what it belongs to."""
    kinds = {parent: _kind(psutil.Process(parent)) or "supervisor"}
    for child in psutil.Process(parent).children(recursive=True):
        above = kinds.get(child.ppid(), "supervisor")
        kinds[child.pid] = above if above != "supervisor" else _kind(child) or above
    return kinds | dict.fromkeys(processes.postgres_in(pgdata), "PostgreSQL")


def pss_mb(pids: dict[int, str]) -> dict[str, float]:
    """Return the proportional set size by kind, in megabytes (10**6 bytes)."""
    found: dict[str, float] = defaultdict(float)
    for pid, kind in pids.items():
        for line in _rollup(pid):
            if line.startswith("Pss:"):
                found[kind] += int(line.split()[1]) * 1024 / 1e6
    return dict(found)


def _rollup(pid: int) -> Iterable[str]:
    try:
        return Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return ()  # ended meanwhile


def cpu_s(pids: dict[int, str]) -> dict[str, float]:
    """Return the processor time used until now, by kind, in seconds."""
    found: dict[str, float] = defaultdict(float)
    for pid, kind in pids.items():
        try:
            times = psutil.Process(pid).cpu_times()
        except psutil.NoSuchProcess:
            continue
        found[kind] += times.user + times.system
    return dict(found)
