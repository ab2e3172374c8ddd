"""Residents who report, over raw keep-alive connections: a process of its own that costs the server little.

python -m bench.street.residents < errand.json > sent.json
"""

import json
import random
import re
import socket
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Self
from urllib.parse import urlencode

from bench.street.away import at_once

_TROUBLES = ("路灯不亮", "下水道堵了", "楼道里堆满杂物", "井盖松动", "半夜施工太吵", "垃圾三天没有清运", "电梯停在四楼")
_DETAILS = (
    "已经好几天了",
    "晚上老人出门很不方便",
    "昨天又有人差点摔倒",
    "打过一次电话没有人来",
    "请派人来看看",
    "谢谢",
)
_LOCATION = re.compile(rb"\r\nlocation: *[^\r]*/m/(\d{11})/([^/\r]+)/receipt/", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb"\r\nset-cookie: *csrftoken=(\w+)", re.IGNORECASE)
_REFERENCE = re.compile(rb"\r\nx-reference: *([\w-]+)", re.IGNORECASE)
_CLOSES = re.compile(rb"\r\nconnection: close", re.IGNORECASE)
PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, the code of a receipt, the page and its reference number."""

    status: int
    code: str = ""
    page: str = ""
    reference: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether the resident was told that the matter was taken in."""
        return self.status == 302 and bool(self.code)


class Line:
    """One keep-alive connection with its CSRF cookie. Raises OSError when the server goes away."""

    def __init__(self, port: int, slug: str) -> None:
        self._port, self._path = port, f"/c/{slug}/report/"
        self._cookie = ""
        self._socket: socket.socket | None = None
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up; the next report calls again."""
        if self._socket:
            self._socket.close()
        self._socket, self._rest = None, b""

    def report(self, fields: dict[str, str]) -> Answer:
        """Send one matter, with the form's own token fetched once."""
        body = urlencode({"csrfmiddlewaretoken": self.token(), **fields}).encode()
        return self.post(body, "application/x-www-form-urlencoded")

    def post(self, body: bytes, kind: str) -> Answer:
        """Send a body of this content type to the form."""
        head, content = self._exchange(
            f"POST {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nCookie: csrftoken={self.token()}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        found, reference = _LOCATION.search(head), _REFERENCE.search(head)
        return Answer(
            int(head[9:12]),
            found[1].decode() if found else "",
            content.decode(errors="replace"),
            reference[1].decode() if reference else "",
        )

    def token(self) -> str:
        """Return the CSRF token of this resident, got with the form at first."""
        if not self._cookie:
            self._fetch_token()
        return self._cookie

    def _fetch_token(self) -> None:
        head, _ = self._exchange(f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\n\r\n".encode())
        found = _COOKIE.search(head)
        if not found:
            raise OSError(f"no form at {self._path}: {head[:60]!r}")
        self._cookie = found[1].decode()

    def _exchange(self, message: bytes) -> tuple[bytes, bytes]:
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_S)
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket.sendall(message)
            return self._answer(self._socket)
        except OSError:
            self.close()
            raise

    def _answer(self, line: socket.socket) -> tuple[bytes, bytes]:
        while b"\r\n\r\n" not in self._rest:
            self._rest += self._more(line)
        head, self._rest = self._rest.split(b"\r\n\r\n", 1)
        length = _LENGTH.search(head)
        if not length:
            raise OSError(f"an answer without length: {head[:60]!r}")
        while len(self._rest) < int(length[1]):
            self._rest += self._more(line)
        content, self._rest = self._rest[: int(length[1])], self._rest[int(length[1]) :]
        if _CLOSES.search(head):
            self.close()
        return head, content

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        if not (part := line.recv(65536)):
            raise ConnectionResetError("the server hung up")
        return part


def matter(dice: random.Random, buildings: list[str]) -> dict[str, str]:
    """Return a matter as the form sends it, under a new source. The telephone belongs to nobody: none begins with 100."""
    return {
        "source": str(uuid.uuid4()),
        "words": f"{dice.choice(_TROUBLES)}，{dice.choice(_DETAILS)}。（{dice.randrange(10**6)}）",
        "building": dice.choice(buildings),
        "phone": f"100{dice.randrange(10**8):08d}",
        "public": "0",
    }


@dataclass(frozen=True, slots=True)
class Errand:
    """What to send: closed-loop when `rate` is 0, else at `rate` matters a second whatever the answers take."""

    port: int
    slug: str
    buildings: list[str]
    connections: int
    seconds: float
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Sent:
    """One matter sent. `took_ms` counts from the intended moment, `done_s` from the beginning."""

    source: str
    code: str
    status: int
    took_ms: float
    done_s: float


class _Clock:
    """Gives the connections their moments: at once, or one after another at a fixed rate."""

    def __init__(self, errand: Errand) -> None:
        self._lock, self._errand = threading.Lock(), errand
        self._given = 0
        self.began = time.perf_counter()

    def moments(self) -> Iterator[float]:
        """Yield when to send next, on the performance counter, until the time is over."""
        until = self.began + self._errand.seconds
        while True:
            now = time.perf_counter()
            due = self._next() if self._errand.rate else now
            if due >= until:
                return
            if due > now:
                time.sleep(due - now)
            yield due

    def _next(self) -> float:
        with self._lock:
            self._given += 1
            return self.began + self._given / self._errand.rate


def _one(line: Line, due: float, given: dict[str, str]) -> tuple[Answer, float]:
    try:
        answer = line.report(given)
    except OSError:
        answer = Answer(0)
    return answer, (time.perf_counter() - due) * 1000


def _resident(errand: Errand, clock: _Clock, sent: list[Sent], *, seed: int) -> None:
    dice = random.Random(f"{seed}:{time.time_ns()}")
    with Line(errand.port, errand.slug) as line:
        for due in clock.moments():
            given = matter(dice, errand.buildings)
            answer, took_ms = _one(line, due, given)
            sent.append(Sent(given["source"], answer.code, answer.status, took_ms, time.perf_counter() - clock.began))


def run(errand: Errand) -> list[Sent]:
    """Send and return everything that was sent, in the order of the answers."""
    sent: list[Sent] = []
    clock = _Clock(errand)
    at_once(errand.connections, lambda seed: _resident(errand, clock, sent, seed=seed))
    return sent


if __name__ == "__main__":
    json.dump([asdict(s) for s in run(Errand(**json.load(sys.stdin)))], sys.stdout)
