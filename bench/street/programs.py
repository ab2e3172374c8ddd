"""Programs of other offices that send and read matters through the API, each over a keep-alive connection.

python -m bench.street.programs < errand.json > sent.json: a process of its own, so that the load is not ours.
"""

import json
import random
import socket
import sys
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPConnection
from typing import Any

from bench.street.away import at_once, away
from bench.street.residents import matter


@dataclass(frozen=True, slots=True)
class Errand:
    """What to do for `seconds`: send matters of these buildings, or read these paths in turn when there are any."""

    port: int
    token: str
    connections: int
    seconds: float
    buildings: Sequence[str] = ()
    paths: Sequence[str] = ()
    again: float = 0.0  # how often what was sent is sent once more under the same key


@dataclass(frozen=True, slots=True)
class Sent:
    """One request with its answer; `done_s` counts from the beginning. `key` and `code` are a matter's."""

    key: str
    code: str
    status: int
    took_ms: float
    done_s: float


def go(errand: Errand) -> list[Sent]:
    """Run an errand in a process of its own and return what was sent."""
    return [Sent(**one) for one in away("bench.street.programs", asdict(errand))]


class Program:
    """One connection with its token."""

    def __init__(self, port: int, token: str) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=60)
        self._line.connect()
        self._line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, key: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send a matter under a key."""
        self._line.request("POST", "/api/v1/matters", json.dumps(body), {**self._headers, "Idempotency-Key": key})
        answer = self._line.getresponse()
        return answer.status, json.loads(answer.read())

    def read(self, path: str) -> int:
        """Read a page and return its status."""
        self._line.request("GET", path, headers=self._headers)
        answer = self._line.getresponse()
        answer.read()
        return answer.status


def body(dice: random.Random, buildings: Sequence[str]) -> dict[str, Any]:
    """Return a matter as a program sends it."""
    given = matter(dice, list(buildings))
    return {"words": given["words"], "building_id": given["building"], "phone": given["phone"], "channel": "superior"}


def _work(errand: Errand, began: float, sent: list[Sent], *, seed: int) -> None:
    dice, program = random.Random(f"{seed}:{time.time_ns()}"), Program(errand.port, errand.token)
    last: tuple[str, dict[str, Any]] | None = None
    turn = seed
    while (begin := time.perf_counter()) < began + errand.seconds:
        key, code = "", ""
        if errand.paths:
            status = program.read(errand.paths[turn % len(errand.paths)])
            turn += 1
        else:
            repeated = last if dice.random() < errand.again else None
            key, given = repeated or (str(uuid.uuid4()), body(dice, errand.buildings))
            last = key, given
            status, answer = program.send(key, given)
            code = str(answer.get("code", "")) if status == 201 else ""
        now = time.perf_counter()
        sent.append(Sent(key, code, status, (now - begin) * 1000, now - began))


def _run(errand: Errand) -> list[Sent]:
    sent: list[Sent] = []
    began = time.perf_counter()
    at_once(errand.connections, lambda seed: _work(errand, began, sent, seed=seed))
    return sent


if __name__ == "__main__":
    json.dump([asdict(s) for s in _run(Errand(**json.load(sys.stdin)))], sys.stdout)
