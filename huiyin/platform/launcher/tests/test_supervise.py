"""Programs are restarted, ended together, never outlive their supervisor. Real processes, real granian."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import psutil
import psycopg
import pytest

from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.supervise import Program, Supervisor
from huiyin.platform.launcher.tests.conftest import IMPORTS

SLEEPER = [sys.executable, "-S", "-c", "import time; time.sleep(600)"]


def eventually(holds: Callable[[], object], within_s: float = 15) -> None:
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, "it never came to hold"
        time.sleep(0.03)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


@contextmanager
def running(supervisor: Supervisor) -> Iterator[Supervisor]:
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join(20)
        assert not thread.is_alive()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def granian(port: int) -> Program:
    where = ["--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--interface", "wsgi"]
    command = [
        sys.executable,
        "-m",
        "granian",
        *where,
        "huiyin.platform.launcher.tests.tiny_wsgi:application",
    ]
    return Program("web", command, {"PYTHONPATH": IMPORTS}, ready=lambda: worker(port) is not None)


def worker(port: int) -> int | None:
    """Return the pid of the worker that answers, None when nobody does."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=1) as answer:
            return int(answer.read())
    except OSError:
        return None


def answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(cluster.url("huiyin_app")).close()
    except psycopg.OperationalError:
        return False
    return True


def test_a_program_that_ends_is_started_again_after_growing_pauses(tmp_path: Path) -> None:
    marks = tmp_path / "marks"
    falls = python(f"import time; open({str(marks)!r}, 'a').write(f'{{time.monotonic()}}\\n')")
    with running(Supervisor([Program("falls", falls)], log=tmp_path / "log")):
        eventually(lambda: marks.exists() and len(marks.read_text().split()) >= 4)
    times = [float(mark) for mark in marks.read_text().split()]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert pauses[0] >= 0.2
    assert pauses[1] >= 0.4
    assert pauses[2] >= 0.8
    assert "意外退出（0）" in (tmp_path / "log").read_text()


def test_a_killed_granian_is_replaced_and_none_of_its_workers_stays(tmp_path: Path) -> None:
    port = free_port()
    with running(Supervisor([granian(port)], log=tmp_path / "log")) as supervisor:
        eventually(lambda: worker(port))
        parent, old_worker = supervisor.pids()["web"], worker(port)
        assert old_worker
        assert old_worker != parent
        os.kill(parent, signal.SIGKILL)
        eventually(lambda: supervisor.pids().get("web") not in {parent, None})
        assert not alive(old_worker)  # gone before the new one began
        eventually(lambda: worker(port))
        assert worker(port) != old_worker
    assert worker(port) is None


def test_a_worker_that_ignores_term_is_killed_before_the_restart(tmp_path: Path) -> None:
    child = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
    parent = python(
        "import subprocess, sys, time;"
        f"child = subprocess.Popen([sys.executable, '-S', '-c', {child!r}], stdout=subprocess.PIPE);"
        "child.stdout.readline();"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid)); time.sleep(600)"
    )
    with running(Supervisor([Program("parent", parent)], log=tmp_path / "log")) as supervisor:
        eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        first, deaf = supervisor.pids()["parent"], int((tmp_path / "pid").read_text())
        os.kill(first, signal.SIGKILL)
        eventually(lambda: supervisor.pids().get("parent") not in {first, None})
        assert not alive(deaf)


def test_when_the_shim_is_killed_its_program_goes_too_and_both_come_back(tmp_path: Path) -> None:
    with running(Supervisor([Program("sleeper", SLEEPER)], log=tmp_path / "log")) as supervisor:
        eventually(lambda: supervisor.pids())
        first = supervisor.pids()["sleeper"]
        os.kill(psutil.Process(first).ppid(), signal.SIGKILL)
        eventually(lambda: supervisor.pids().get("sleeper") not in {first, None})
        assert not alive(first)


def test_each_program_waits_until_the_one_before_it_is_ready(tmp_path: Path) -> None:
    flag, announced = tmp_path / "flag", threading.Event()
    first = Program("first", SLEEPER, ready=lambda: flag.read_text() == "up")  # raises until the file is there
    both = Supervisor([first, Program("second", SLEEPER)], log=tmp_path / "log", on_ready=announced.set)
    with running(both) as supervisor:
        eventually(lambda: "first" in supervisor.pids())
        time.sleep(0.3)
        assert "second" not in supervisor.pids()
        assert not announced.is_set()
        flag.write_text("up")
        eventually(lambda: "second" in supervisor.pids())
        assert announced.wait(5)


def test_a_program_deaf_to_term_is_killed_when_the_grace_is_over(tmp_path: Path) -> None:
    deaf = python("import signal, time; signal.signal(15, signal.SIG_IGN); open('up', 'w'); time.sleep(600)")
    program = Program("deaf", ["sh", "-c", f'cd {tmp_path}; exec "$@"', "sh", *deaf])
    with running(Supervisor([program], log=tmp_path / "log", grace_s=0.5)) as supervisor:
        eventually(lambda: (tmp_path / "up").exists())
        pid = supervisor.pids()["deaf"]
        begin = time.monotonic()
    assert 0.4 < time.monotonic() - begin < 4
    assert not alive(pid)


def test_what_others_stand_on_is_ended_last(tmp_path: Path) -> None:
    def writes(name: str) -> list[str]:
        mark = f"open({str(tmp_path / 'order')!r}, 'a').write({name + ' '!r})"
        return python(
            f"import signal, sys, time; signal.signal(15, lambda *_: ({mark}, sys.exit()));"
            f"open({str(tmp_path / name)!r}, 'w'); time.sleep(600)"
        )

    programs = [Program("base", writes("base"), base=True), Program("top", writes("top"))]
    with running(Supervisor(programs, log=tmp_path / "log")):
        eventually(lambda: (tmp_path / "base").exists() and (tmp_path / "top").exists())
    assert (tmp_path / "order").read_text().split() == ["top", "base"]


# --- a supervisor in a process of its own ------------------------------------------------------------

SCRIPT = """
import sys
from huiyin.platform.launcher.supervise import Supervisor
from huiyin.platform.launcher.tests.test_supervise import SLEEPER, Program, granian
web = granian(int(sys.argv[1]))
Supervisor([web, Program("sleeper", SLEEPER)], on_ready=lambda: print("all ready", flush=True)).run()
print("returned", flush=True)
"""


@contextmanager
def separate() -> Iterator[tuple["subprocess.Popen[str]", list[int]]]:
    """Give a supervisor process that runs granian and a sleeper, and the pids of all its descendants."""
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(free_port())],
        env={**os.environ, "PYTHONPATH": IMPORTS},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "all ready\n"
        eventually(lambda: len(psutil.Process(process.pid).children(recursive=True)) >= 5)
        yield process, [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
    finally:
        process.kill()
        process.communicate()


def test_a_killed_supervisor_leaves_nothing_behind() -> None:
    with separate() as (process, descendants):
        assert len(descendants) >= 5  # two shims, granian, its worker, the sleeper
        process.kill()
        eventually(lambda: not any(alive(pid) for pid in descendants), within_s=10)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_everything_and_the_supervisor_returns(number: signal.Signals) -> None:
    with separate() as (process, descendants):
        process.send_signal(number)
        output, errors = process.communicate(timeout=15)
        assert output == "returned\n"
        assert process.returncode == 0
        assert not any(alive(pid) for pid in descendants)
        assert "web | " in errors


def test_the_kept_database_survives_its_keeper_and_is_replaced_when_killed(
    make: Callable[..., Cluster], tmp_path: Path
) -> None:
    cluster = make()
    command = [sys.executable, "-m", "huiyin.platform.launcher.keep", str(cluster.data_dir)]
    program = Program("database", command, {"PYTHONPATH": IMPORTS}, ready=lambda: answers(cluster), base=True)
    with running(Supervisor([program], log=tmp_path / "log")) as supervisor:
        eventually(lambda: answers(cluster))
        server, keeper = cluster.status().pid, supervisor.pids()["database"]
        os.kill(keeper, signal.SIGKILL)
        eventually(lambda: supervisor.pids().get("database") not in {keeper, None})
        assert cluster.status().pid == server
        assert server
        os.kill(server, signal.SIGKILL)
        eventually(lambda: cluster.status().pid not in {server, None} and answers(cluster))
    assert not cluster.status().running
