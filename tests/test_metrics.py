"""What the house tells of itself to machines: counts, readiness, the line for each answer, slow statements."""

import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest
from django.db import connection
from django.test import Client

from bench.street.site import end, eventually, free_port
from huiyin.org.tests.make import Town
from huiyin.platform import health, metrics, slow
from huiyin.platform.launcher.cluster import Cluster

LOOPBACK: dict[str, Any] = {"HTTP_HOST": "127.0.0.1:8000", "REMOTE_ADDR": "127.0.0.1"}


def _value(text: str, name: str, **labels: str) -> float:
    """Return the sum of the samples of this name with these labels among theirs."""
    total = 0.0
    for line in text.splitlines():
        match = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
        if match and all(f'{k}="{v}"' in (match[1] or "") for k, v in labels.items()):
            total += float(match[2])
    return total


# --- who may read them ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"HTTP_HOST": "huiyin.example.cn"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_REAL_IP": "203.0.113.5"},
        {"HTTP_AUTHORIZATION": "Bearer ", "REMOTE_ADDR": "203.0.113.5"},
    ],
    ids=str,
)
def test_nobody_from_outside_reads_the_numbers(town: Town, settings: Any, more: dict[str, str]) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert Client().get("/metrics", **{**LOOPBACK, **more}).status_code == 404


def test_this_machine_and_the_bearer_of_the_token_read_them(town: Town, settings: Any) -> None:
    assert Client().get("/metrics", **LOOPBACK).status_code == 200
    settings.METRICS_TOKEN = "a-long-token"
    far: dict[str, Any] = {"HTTP_HOST": "testserver", "REMOTE_ADDR": "203.0.113.5"}
    assert Client().get("/metrics", **far, HTTP_AUTHORIZATION="Bearer a-long-token").status_code == 200
    for wrong in ("Bearer a-long-toke", "a-long-token", "Basic a-long-token"):
        assert Client().get("/metrics", **far, HTTP_AUTHORIZATION=wrong).status_code == 404


# --- what they say -------------------------------------------------------------------------------------------------


def test_answers_are_counted_by_route_and_never_by_path(town: Town) -> None:
    before = Client().get("/metrics", **LOOPBACK).content.decode()
    for _ in range(3):
        Client().get("/c/lianhua/")
    Client().get("/m/1234-5678-901/secret/")
    text = Client().get("/metrics", **LOOPBACK).content.decode()
    asked = {"route": "community", "method": "GET", "status": "2xx"}
    assert _value(text, "huiyin_requests_total", **asked) == _value(before, "huiyin_requests_total", **asked) + 3
    assert _value(text, "huiyin_request_seconds_count", route="community") >= 3
    assert "secret" not in text
    assert "lianhua" not in text


def test_jobs_messages_worker_and_disk_are_told(town: Town) -> None:
    from huiyin.notify import actions as notify
    from huiyin.org.actors import SYSTEM

    notify.send(SYSTEM, notify.Letter("email", "a@example.cn", "s", "b"), effect_key="t:1")
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '70 seconds')")
        cursor.execute("UPDATE procrastinate_events SET at = now() - interval '100 seconds'")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'a.task', 'failed')"
        )
    text = Client().get("/metrics", **LOOPBACK).content.decode()
    assert _value(text, "huiyin_jobs", queue="default", state="waiting") == 1
    assert _value(text, "huiyin_jobs", queue="default", state="failed") == 1
    assert 99 < _value(text, "huiyin_jobs_oldest_seconds", queue="default") < 200
    assert _value(text, "huiyin_messages", way="email", state="queued") == 1
    assert 69 < _value(text, "huiyin_worker_silent_seconds") < 170
    assert _value(text, "huiyin_disk_free_bytes") > 0
    assert _value(text, "huiyin_database_bytes") > 1_000_000
    assert _value(text, "huiyin_process_memory_bytes") > 1_000_000


def _serving(environment: dict[str, str], port: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "huiyin.config.cli", "serve", "--port", str(port), "--workers", "2"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def served(committed: str, committed_town: Town, cluster: Cluster, tmp_path: Path) -> Iterator[tuple[int, int]]:
    """Two web processes on one port: its number, and the pid above both."""
    ours = ("HUIYIN_", "DATABASE_URL", "DJANGO_", "PROMETHEUS")
    own = {
        "HUIYIN_ENV": "demo", "HUIYIN_DATA": str(tmp_path), "DATABASE_URL": cluster.url("huiyin_app", committed),
        "HUIYIN_HOSTS": "huiyin.example.cn",
    }  # fmt: skip
    port = free_port()
    process = _serving({k: v for k, v in os.environ.items() if not k.startswith(ours)} | own, port)
    try:
        eventually(lambda: _status(port, "/readyz") == 200, within_s=60, what="the web server")
        yield port, process.pid
    finally:
        end(process)


def _answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(Request(f"http://127.0.0.1:{port}{path}", headers={"Connection": "close"}), timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, ""
    except OSError:
        return 0, ""


def _status(port: int, path: str) -> int:
    return _answer(port, path)[0]


def _numbers(port: int) -> str:
    """Return the numbers, asked again where a connection was lost with the process that had taken it."""
    until = time.monotonic() + 30
    while not (text := _answer(port, "/metrics")[1]) and time.monotonic() < until:
        time.sleep(0.05)
    return text


@pytest.mark.xdist_group("served")
def test_several_web_processes_add_up_and_one_that_dies_takes_no_count_along(served: tuple[int, int]) -> None:
    port, parent = served
    for _ in range(40):
        assert _status(port, "/c/lianhua/") == 200
    read = [_answer(port, "/metrics")[1] for _ in range(6)]
    assert {_value(text, "huiyin_requests_total", route="community") for text in read} == {40.0}
    pids = set(re.findall(r'huiyin_process_memory_bytes\{pid="(\d+)"\}', read[-1]))
    assert len(pids) == 2, "both processes are told, each with its memory"
    assert _value(read[-1], "huiyin_pool_connections", state="open") >= 2
    workers = [p.pid for p in psutil.Process(parent).children(recursive=True) if str(p.pid) in pids]
    os.kill(workers[0], signal.SIGKILL)
    eventually(lambda: _status(port, "/c/lianhua/") == 200, within_s=30, what="the other process")
    text = _numbers(port)
    assert _value(text, "huiyin_requests_total", route="community") >= 41
    assert str(workers[0]) not in re.findall(r'huiyin_process_memory_bytes\{pid="(\d+)"\}', text)


# --- ready ---------------------------------------------------------------------------------------------------------


def test_ready_is_said_only_of_a_database_at_this_version_and_a_disk_with_room(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Client().get("/readyz").status_code == 200
    monkeypatch.setattr(health, "free_bytes", lambda: health.ROOM_NEEDED - 1)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"disk\n")
    monkeypatch.setattr(health, "free_bytes", lambda: health.ROOM_NEEDED)
    health._migrated.clear()
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE app = 'platform' AND name = "
            "(SELECT max(name) FROM django_migrations WHERE app = 'platform')"
        )
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (503, b"migrations\n")


# --- lines ---------------------------------------------------------------------------------------------------------


def test_each_answer_has_one_line_with_reference_route_status_time_and_kind(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    client.force_login(town.people["admin"])
    with caplog.at_level(logging.DEBUG, "huiyin.http"):
        answer = client.get(f"/desk/units/{town.units['lake'].id}/")
        client.get("/healthz")
        Client().get("/c/lianhua/")
    told = [(r.levelname, r.__dict__) for r in caplog.records if r.message == "request"]
    assert [(level, d["route"], d["who"], d["status"]) for level, d in told] == [
        ("INFO", "unit", "staff", 200),
        ("DEBUG", "alive", "", 200),
        ("INFO", "community", "", 200),
    ]
    assert told[0][1]["ms"] > 0
    assert str(town.units["lake"].id) not in str([d.get("path", "") for _, d in told])
    assert answer["X-Reference"]


def test_a_slow_statement_is_logged_with_its_reference_and_without_values(settings: Any, town: Town) -> None:
    settings.SLOW_MS = 30
    from huiyin.platform import logs
    from huiyin.platform.logs import JsonLines

    lines: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    handler = Keeping()
    handler.setFormatter(JsonLines())
    slow.log.addHandler(handler)
    before = metrics._SLOW._value.get()
    try:
        logs.bind(reference="7K3M-92QF")
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s), %s, 'written in'", [0.05, "13812345678"])
            cursor.execute("SELECT 1")
    finally:
        logs.clear()
        slow.log.removeHandler(handler)
    told = [json.loads(line) for line in lines]
    assert [(t["event"], t["reference"], t["statement"]) for t in told] == [
        ("slow statement", "7K3M-92QF", "SELECT pg_sleep(%s), %s, '…'")
    ]
    assert told[0]["ms"] >= 50
    assert metrics._SLOW._value.get() == before + 1


def test_a_connection_is_watched_once_however_often_it_opens(db: None) -> None:
    slow.watched(connection)
    slow.watched(connection)
    assert connection.execute_wrappers.count(slow.watch) == 1


def test_counting_costs_an_answer_next_to_nothing(town: Town, rf: Any) -> None:
    request = rf.get("/c/lianhua/")
    request.resolver_match = None
    began = time.perf_counter()
    for _ in range(1000):
        metrics.count(request, status=200, seconds=0.01)
    assert (time.perf_counter() - began) / 1000 < 0.001
