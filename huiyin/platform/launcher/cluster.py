"""Huiyin's own PostgreSQL: `Cluster(data_dir).start()`.

data_dir/pg             PGDATA
data_dir/s              socket directory, 0700, the server's user only
data_dir/pg.log         the server's log
data_dir/bin-<version>  embedded programs, copied when the server's user cannot read the package
data_dir/launcher.lock  held while starting or stopping
"""

import os
import shlex
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from huiyin.platform.launcher import binaries, bootstrap, locking, processes, programs
from huiyin.platform.launcher.account import Account, server_account
from huiyin.platform.launcher.errors import LauncherError, disk_full, from_os, from_output
from huiyin.platform.launcher.initialise import SUPERUSER, initialise

_SOCKET_MAX = 107 if sys.platform == "linux" else 103  # bytes, without the closing zero
_BAD_IN_PATH = set(',"$`\\\n')  # libpq reads lists of directories, pg_ctl gives the log's name to a shell
_START_S = 120  # replaying the log after a power cut takes a while on a slow disk
_NO_PID = 1 << 30  # Linux stops at 2**22, macOS at 99999
_LOG_MAX = 32 * 1024 * 1024
_ROOM_NEEDED = 48 * 1024 * 1024  # three log segments


@dataclass(frozen=True)
class Status:
    """Whether a server runs on the data, its pid, and the data's major version; None where there is none."""

    running: bool
    pid: int | None
    version: int | None


class Cluster:
    """PostgreSQL in one directory, reachable by its Unix socket only.

    `choice` is "", "system" or "embedded"; data that exists decides the version. `durable=False` is for
    tests: it forgets committed rows in a power cut. As a context manager it stops only what it started.
    """

    def __init__(self, data_dir: Path, *, choice: str = "", port: int = 5432, durable: bool = True) -> None:
        self.data_dir = data_dir.absolute()  # not resolved: the address must be the one in the settings
        self.choice = choice
        self.port = port
        self.durable = durable
        self.pgdata = self.data_dir / "pg"
        self.socket_dir = self.data_dir / "s"
        self.log = self.data_dir / "pg.log"
        self._started_here = False

    def start(self) -> Status:
        """Start the server unless it runs, with roles, database and grants. Return its status.

        Two processes may call this at once. Raises LauncherError.
        """
        self._check_socket_path()
        with self._alone():
            if not self._accepts_soon():
                self._bring_up()
                self._started_here = True
            self._writes_soon()
            bootstrap.prepare(self.url(SUPERUSER, "postgres"), "huiyin")
        return self.status()

    def stop(self) -> None:
        """Stop the server: let transactions end within 30 s, then at once. Does nothing when it doesn't run.

        By signals instead of pg_ctl, so that it works after the programs were replaced or removed.
        Raises LauncherError.
        """
        if not self.data_dir.exists():
            return
        with self._alone():
            self._started_here = False
            for number, patience_s in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0)):
                if (pid := self.status().pid) and processes.send(pid, number):
                    processes.wait_until_gone(self.pgdata, patience_s)
            processes.end_orphans(self.pgdata)

    def status(self) -> Status:
        """Return what is there now, without waiting and without asking the server."""
        pid = self._pid_in_file()
        running = pid is not None and processes.is_postgres_in(pid, self.pgdata)
        return Status(running, pid if running else None, self._version())

    def url(self, role: str, dbname: str = "huiyin") -> str:
        """Return the address of `dbname` for `role`, the same as in the settings."""
        return f"postgresql://{role}@/{dbname}?host={quote(str(self.socket_dir))}&port={self.port}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if self._started_here:
            self.stop()

    # --- starting ----------------------------------------------------------------------------------------

    def _bring_up(self) -> None:
        account = server_account(self.pgdata)
        major = self._version()
        chosen = programs.choose(self.data_dir, self.choice, account, major)
        if chosen is None:
            raise binaries.not_found(self.choice, major)
        self._clear_remains()
        self._lay_out(account)
        if major is None:
            initialise(chosen, self.pgdata, durable=self.durable)
        self._run_server(chosen)

    def _run_server(self, chosen: programs.Programs) -> None:
        options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in self._options().items())
        arguments = [f"--pgdata={self.pgdata}", f"--log={self.log}", f"--options={options}"]
        begin = self.log.stat().st_size
        outcome = chosen.run("pg_ctl", "start", "--wait", f"--timeout={_START_S}", *arguments, timeout_s=_START_S + 15)
        if outcome.ok:
            return
        if self.status().running:
            raise LauncherError(
                f"数据库在 {_START_S} 秒内未就绪，可能正在恢复数据。请稍后再启动；日志：{self.log}",
                f"PostgreSQL was not ready within {_START_S} s; it may be recovering."
                f" Start again later. Log: {self.log}",
            )
        with self.log.open("rb") as log:
            log.seek(begin)
            tail = log.read()[-4000:].decode(errors="replace")
        raise from_output("pg_ctl start", f"{outcome.output}\n{tail}", self.log)

    def _options(self) -> dict[str, str]:
        """Return what must hold whatever the configuration file says; the rest may be changed there."""
        options = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{self.socket_dir}"',
            "port": str(self.port),
            "logging_collector": "off",
        }
        if not self.durable:
            options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        return options

    def _lay_out(self, account: Account) -> None:
        if account.other:
            _let_through(self.data_dir)
        self.socket_dir.mkdir(mode=0o700, exist_ok=True)
        account.own(self.socket_dir)
        self.socket_dir.chmod(0o700)
        if self.log.exists() and self.log.stat().st_size > _LOG_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        self.log.touch(mode=0o600)
        account.own(self.log)
        if _free(self.data_dir) < _ROOM_NEEDED:
            raise disk_full(self.data_dir)

    def _clear_remains(self) -> None:
        """After a kill or a reboot: end orphans, and undo lock files whose pid is now another program's.

        PostgreSQL replaces such a file itself unless the pid is alive: it cannot know whose it is. We can.
        """
        if not processes.end_orphans(self.pgdata):
            raise LauncherError(
                f"上次运行留下的数据库进程无法结束，请重启电脑。数据目录：{self.pgdata}",
                f"Processes of the last run could not be ended; restart the machine. Data: {self.pgdata}",
            )
        pid = self._pid_in_file()
        if pid is not None and processes.send(pid, 0):
            _name_nobody(self.pgdata / "postmaster.pid")
        for name in (f".s.PGSQL.{self.port}", f".s.PGSQL.{self.port}.lock"):
            (self.socket_dir / name).unlink(missing_ok=True)

    # --- looking -----------------------------------------------------------------------------------------

    def _accepts_soon(self) -> bool:
        """Return True when the running server answers; False when there is none, or it was on its way out."""
        until = time.monotonic() + _START_S
        while self.status().running:
            with suppress(psycopg.OperationalError):
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5).close()
                return True
            if time.monotonic() > until:
                raise LauncherError(
                    f"数据库正在运行但不接受连接。请查看日志：{self.log}",
                    f"PostgreSQL runs but takes no connection. See its log: {self.log}",
                )
            time.sleep(0.1)
        return False

    def _writes_soon(self) -> None:
        """Wait while the server replays its log up to a moment that somebody asked for; until then it only reads."""
        until = time.monotonic() + _START_S
        while self.status().running and time.monotonic() < until:
            with (
                suppress(psycopg.OperationalError),
                psycopg.connect(self.url(SUPERUSER, "postgres"), connect_timeout=5) as connection,
            ):
                if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                    return
            time.sleep(0.1)
        raise LauncherError(
            f"数据库仍在恢复，还不能写入。请稍后再启动；日志：{self.log}",
            f"PostgreSQL is still recovering and takes no writes. Start again later. Log: {self.log}",
        )

    def _pid_in_file(self) -> int | None:
        try:
            return abs(int((self.pgdata / "postmaster.pid").read_text().split("\n")[0]))
        except (FileNotFoundError, ValueError):
            return None

    def _version(self) -> int | None:
        try:
            return int((self.pgdata / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except ValueError:
            raise LauncherError(
                f"{self.pgdata}/PG_VERSION 已损坏，数据未被改动。请从备份恢复。",
                f"{self.pgdata}/PG_VERSION is damaged; the data was not touched. Restore a backup.",
            ) from None

    def _check_socket_path(self) -> None:
        path = self.socket_dir / f".s.PGSQL.{self.port}"
        length = len(os.fsencode(path))
        if length > _SOCKET_MAX:
            raise LauncherError(
                f"数据目录的路径太长：套接字路径 {length} 字节，最多 {_SOCKET_MAX}。"
                f"请用 HUIYIN_DATA 指定较短的目录。{path}",
                f"The data directory's path is too long: the socket's path has {length} bytes,"
                f" at most {_SOCKET_MAX}. Set HUIYIN_DATA to a shorter one. {path}",
            )
        if bad := set(str(path)) & _BAD_IN_PATH:
            raise LauncherError(
                f"数据目录的路径不能含这些字符 {sorted(bad)}：{self.data_dir}",
                f"The data directory's path must not hold {sorted(bad)}: {self.data_dir}",
            )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            _make(self.data_dir)
            with locking.held(self.data_dir / "launcher.lock", patience_s=_START_S + 60):
                yield
        except OSError as error:
            raise from_os(error, self.data_dir) from error
        except psycopg.Error as error:
            raise from_output("SQL", str(error), self.log) from error


def _make(data_dir: Path) -> None:
    for place in reversed((data_dir, *data_dir.parents)):
        if not place.exists():
            place.mkdir(exist_ok=True)
            place.chmod(0o755 if place != data_dir else 0o711)  # whatever the umask: the server's user passes


def _let_through(data_dir: Path) -> None:
    """Let the server's user pass through. Raises LauncherError when a directory above is closed to it."""
    data_dir.chmod(stat.S_IMODE(data_dir.stat().st_mode) | stat.S_IXOTH)
    for place in data_dir.parents:
        if not place.stat().st_mode & stat.S_IXOTH:
            raise LauncherError(
                f"数据库用户无法进入 {place}。请把数据放到 /var/lib/huiyin 下（HUIYIN_DATA）。",
                f"The database's user cannot enter {place}. Keep the data under /var/lib/huiyin (HUIYIN_DATA).",
            )


def _name_nobody(pid_file: Path) -> None:
    """Put a pid that no system gives in the file, instead of removing it.

    So PostgreSQL still makes its own check, by the shared memory named there, that nobody uses the data.
    """
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(_NO_PID), *lines[1:]]))


def _free(place: Path) -> int:
    figures = os.statvfs(place)
    return figures.f_bavail * figures.f_frsize
