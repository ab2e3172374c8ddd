"""A whole site in a fresh directory: its own PostgreSQL that loses nothing, an invented county, the real servers."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psycopg

from huiyin.platform.launcher import processes
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.initialise import SUPERUSER

ROOT = Path(__file__).resolve().parents[2]
SLUG = "lianhua"
_OURS = ("HUIYIN_", "DJANGO_", "DATABASE_URL", "PG", "PYTEST")


def eventually(holds: Callable[[], object], *, within_s: float = 60.0, what: str = "") -> None:
    """Wait until `holds()` is true. Raises TimeoutError."""
    until = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {within_s:.0f} s: {what}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def end(process: "subprocess.Popen[bytes]", *, patience_s: float = 30.0) -> None:
    """End a process we started: TERM, then KILL."""
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class Served:
    """Something that serves: the port, and the process whose descendants do it."""

    port: int
    pid: int


@dataclass
class Site:
    """A site under `place`. `env` is added to the environment of every process of it."""

    place: Path
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cluster = Cluster(self.place, choice=os.environ.get("HUIYIN_PG", ""))
        self.log = self.place / "site.log"

    def environment(self) -> dict[str, str]:
        """Return the environment of this site's processes: the app's role, no rate limits, nothing of ours."""
        plain = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        own = {
            "DATABASE_URL": self.cluster.url("huiyin_app"),
            "HUIYIN_OWNER_URL": self.cluster.url("huiyin_owner"),
            "HUIYIN_DATA": str(self.place),
            "HUIYIN_PG": self.cluster.choice,
            "HUIYIN_ENV": "demo",
            "HUIYIN_RATE_LIMITS": "0",
            "DJANGO_SETTINGS_MODULE": "huiyin.config.settings",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }
        return {**plain, **own, **self.env}

    def begin(self, *arguments: str, **env: str) -> "subprocess.Popen[bytes]":
        """Start `huiyin ARGUMENTS` with its output in the site's log."""
        command = [sys.executable, "-m", "huiyin.config.cli", *arguments]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, env={**self.environment(), **env}, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/"
            )

    def call(self, *arguments: str, **env: str) -> None:
        """Run `huiyin ARGUMENTS` to its end. Raises RuntimeError with the log's tail when it fails."""
        if self.begin(*arguments, **env).wait():
            raise RuntimeError(f"huiyin {' '.join(arguments)} failed:\n{self.tail()}")

    def settle(self) -> None:
        """Make the database and invent the county, without matters; the database runs afterwards."""
        self.call("demo", "--matters", "0", "--seed-only", **self.own_database())
        self.cluster.start()

    @staticmethod
    def own_database() -> dict[str, str]:
        """Return what makes `huiyin demo` run the site's database itself, instead of finding one given."""
        return {"DATABASE_URL": "", "HUIYIN_OWNER_URL": ""}

    def tail(self, *, most: int = 4000) -> str:
        """Return the end of the site's log."""
        return self.log.read_bytes()[-most:].decode(errors="replace") if self.log.exists() else ""

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a connection as superuser: to look, and to do in a control what the app cannot."""
        return psycopg.connect(self.cluster.url(SUPERUSER))

    def buildings(self) -> list[str]:
        """Return the keys of the community's buildings, from which residents report."""
        ask = (
            "SELECT b.id::text FROM org_building b JOIN org_estate e ON e.id = b.estate_id "
            "JOIN org_unit u ON u.id = e.community_id WHERE u.slug = %s ORDER BY 1"
        )
        with self.connect() as connection:
            return [str(row[0]) for row in connection.execute(ask, [SLUG])]

    def clear_away(self) -> None:
        """Stop the database in order, and otherwise."""
        with suppress(Exception):  # what cannot be stopped in order is ended below
            self.cluster.stop()
        processes.end_orphans(self.cluster.pgdata)

    @contextmanager
    def serving(self, **env: str) -> Iterator[Served]:
        """Run the web server alone."""
        port = free_port()
        web = self.begin("serve", "--port", str(port), **env)
        try:
            eventually(lambda: answers(port) or web.poll() is not None, what="the web server")
            if web.poll() is not None:
                raise RuntimeError(f"the web server ended:\n{self.tail()}")
            yield Served(port, web.pid)
        finally:
            end(web)

    @contextmanager
    def everything(self, *, within_s: float = 120.0) -> Iterator[Served]:
        """Run `huiyin demo`: supervisor, database, web server, worker."""
        self.cluster.stop()
        port = free_port()
        demo = self.begin("demo", "--matters", "0", "--port", str(port), **self.own_database())
        try:
            eventually(lambda: answers(port) or demo.poll() is not None, within_s=within_s, what="huiyin demo")
            if demo.poll() is not None:
                raise RuntimeError(f"huiyin demo ended:\n{self.tail()}")
            yield Served(port, demo.pid)
        finally:
            end(demo)


def answers(port: int) -> bool:
    """Return whether a site is ready at this port."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (HTTPError, OSError):
        return False


@contextmanager
def site(**env: str) -> Iterator[Site]:
    """Give a site in a fresh directory with a short path, and remove all of it afterwards."""
    with place() as fresh:
        made = Site(fresh, dict(env))
        try:
            yield made
        finally:
            made.clear_away()


@contextmanager
def place() -> Iterator[Path]:
    """Give a fresh directory with a short path that the server's user can pass through."""
    above = Path("/var/lib/huiyin") if os.geteuid() == 0 else Path(tempfile.gettempdir())
    above.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix="hyb-", dir=above))
    fresh.chmod(0o711)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
