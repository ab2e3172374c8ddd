"""Staff who ask the desk, each over a keep-alive connection with a session of their own.

python -m bench.street.crowd < errand.json > answers.json: a process of its own, so that the load is not ours.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection

from bench.street.away import at_once, away

_TOKEN = "x" * 32


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask: every session sends every path; all begin each path at once when `together`."""

    port: int
    sessions: Sequence[str]
    paths: Sequence[str]
    method: str = "GET"
    together: bool = False
    detail: bool = False  # as htmx asks from the list: for the matter alone


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: which path, its status, where it leads, when it was sent and how long it took."""

    path: str
    status: int
    location: str
    at_s: float
    took_ms: float


def ask(asked: Asked) -> list[Said]:
    """Send an errand from a process of its own and return the answers."""
    return [Said(**one) for one in away("bench.street.crowd", asdict(asked))]


class _Person:
    def __init__(self, port: int, session: str, *, detail: bool) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)
        self._line.connect()
        self._line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Cookie": f"sessionid={session}; csrftoken={_TOKEN}", "X-CSRFToken": _TOKEN}
        if detail:
            self._headers |= {"HX-Request": "true", "HX-Target": "detail"}

    def send(self, method: str, path: str, *, since: float) -> Said:
        begin = time.monotonic()
        self._line.request(method, path, headers=self._headers)
        answer = self._line.getresponse()
        answer.read()
        done = time.monotonic()
        return Said(path, answer.status, answer.headers.get("Location", ""), begin - since, (done - begin) * 1000)


def _run(asked: Asked) -> list[Said]:
    """Let everybody ask everything."""
    people = [_Person(asked.port, session, detail=asked.detail) for session in asked.sessions]
    gate = threading.Barrier(len(people)) if asked.together else None
    found: list[list[Said]] = [[] for _ in people]
    since = time.monotonic()

    def one(index: int) -> None:
        for path in asked.paths:
            if gate:
                gate.wait()
            found[index].append(people[index].send(asked.method, path, since=since))

    at_once(len(people), one)
    return [said for each in found for said in each]


if __name__ == "__main__":
    errand = json.load(sys.stdin)
    json.dump([asdict(s) for s in _run(Asked(**errand))], sys.stdout)
