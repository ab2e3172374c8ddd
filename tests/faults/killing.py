"""Kills processes of a running site at moments drawn from a seed, while residents keep reporting."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from bench.street.books import Told
from bench.street.residents import Answer, Line, matter
from bench.street.site import SLUG, Site

VICTIMS = ("web",) * 3 + ("web worker",) * 3 + ("worker",) * 2 + ("postmaster",) * 3
_PAUSE_S = 0.1
_PATIENCE_S = 90.0


@dataclass
class Crowd:
    """Residents who report `count` matters from several connections, each again and again until acknowledged."""

    port: int
    buildings: list[str]
    count: int
    told: list[Told] = field(default_factory=list)
    tries: int = 0
    refused: list[Answer] = field(default_factory=list)
    _left: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *, connections: int) -> None:
        """Report everything; returns when all of it is acknowledged or refused."""
        self._left = self.count
        crowd = [threading.Thread(target=self._resident, args=(seed,)) for seed in range(connections)]
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()

    def _resident(self, seed: int) -> None:
        dice = random.Random(seed)
        with Line(self.port, SLUG) as line:
            while self._take():
                self._until_acknowledged(line, matter(dice, self.buildings))

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def _until_acknowledged(self, line: Line, given: dict[str, str]) -> None:
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until:
            answer = self._once(line, given)
            if answer.acknowledged:
                self.told.append(Told(given["source"], answer.code))
                return
            if 0 < answer.status < 500:
                break
            time.sleep(_PAUSE_S)
        self.refused.append(answer)

    def _once(self, line: Line, given: dict[str, str]) -> Answer:
        with self._lock:
            self.tries += 1
        try:
            return line.report(given)
        except OSError:
            return Answer(0)


def _below(pid: int, mark: str) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(pid).children(recursive=True):
        try:
            if mark in " ".join(child.cmdline()) and "shim.py" not in " ".join(child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found


def find(site: Site, demo: int, victim: str) -> int | None:
    """Return the pid of a process of this kind that runs now, the last of several; None while it is being replaced."""
    if victim == "postmaster":
        return site.cluster.status().pid
    if victim == "worker":
        workers = _below(demo, "procrastinate worker")
        return workers[-1].pid if workers else None
    servers = _below(demo, "-m granian")
    pids = {s.pid for s in servers}
    parents = [s.pid for s in servers if s.ppid() not in pids]
    children = [s.pid for s in servers if s.ppid() in pids]
    found = parents if victim == "web" else children
    return found[-1] if found else None


@dataclass
class Killer:
    """Kills each victim when so many matters have been acknowledged; `killed` says whom, in order."""

    find: Callable[[str], int | None]
    progress: Callable[[], int]
    at: list[int]
    victims: list[str]
    killed: list[tuple[str, int]] = field(default_factory=list)

    @classmethod
    def drawn(
        cls, seed: int, *, count: int, find: Callable[[str], int | None], progress: Callable[[], int]
    ) -> "Killer":
        """Draw moments and order from a seed: none in the first and last twentieth, so that all happen meanwhile."""
        dice = random.Random(seed)
        victims = list(VICTIMS)
        dice.shuffle(victims)
        at = sorted(dice.sample(range(count // 20, count - count // 20), len(victims)))
        return cls(find, progress, at, victims)

    def run(self, ended: threading.Event) -> None:
        """Kill all of them, or stop early when `ended`."""
        for moment, victim in zip(self.at, self.victims, strict=True):
            while self.progress() < moment and not ended.wait(0.005):
                pass
            self._kill(victim, ended)

    def _kill(self, victim: str, ended: threading.Event) -> None:
        while not ended.is_set():
            pid = self.find(victim)
            if pid and self._killed(pid):
                self.killed.append((victim, pid))
                return
            time.sleep(0.02)

    @staticmethod
    def _killed(pid: int) -> bool:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return False
        return True
