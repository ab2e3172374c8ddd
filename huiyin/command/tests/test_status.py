"""The status page: what needs attention comes first and says what to do; nothing of residents is on it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from huiyin.command import condition, queries
from huiyin.command.condition import Line
from huiyin.notify import actions as notify
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.condition import Disk
from huiyin.platform.errors import NotFound


def _lines(town: Town) -> dict[str, Line]:
    with translation.override("en"):
        return {line.label: line for line in condition.lines(queries.condition_of_house(town.actor("admin")))}


def _sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _backup(*, hours_ago: float, verified: bool = True, faults: int = 0) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    _sql(
        "INSERT INTO platform_upkeep (kind, at, about, place, version, size_bytes, seconds, verified, faults) "
        "VALUES ('backup', %s, %s, '/b', '0.1.0', 12300000, 3, %s, %s)",
        at, at, verified, faults,
    )  # fmt: skip


def test_a_fresh_house_asks_for_worker_backup_and_encryption(town: Town) -> None:
    found = _lines(town)
    assert {label for label, line in found.items() if not line.fine} == {
        "Background worker",
        "Backup",
        "Encrypted transport",
    }
    assert all(line.advice for line in found.values() if not line.fine), "who is told what is wrong is told what to do"
    assert found["Background worker"].codes == ("huiyin worker",)


@pytest.mark.parametrize(("seconds", "fine"), [(20, True), (90, False)])
def test_a_worker_lives_that_said_so_within_a_minute(town: Town, seconds: int, fine: bool) -> None:
    _sql("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))", seconds)
    assert _lines(town)["Background worker"].fine is fine


def test_jobs_that_wait_long_or_failed_are_told_by_task(town: Town) -> None:
    notify.send(SYSTEM, notify.Letter("email", "a@example.cn", "s", "b"), effect_key="t:1")
    assert _lines(town)["Jobs waiting"].fine
    _sql("UPDATE procrastinate_events SET at = now() - interval '3 hours'")
    late = _lines(town)["Jobs waiting"]
    assert not late.fine
    assert late.words == "1, the oldest for 3 hours"
    _sql("UPDATE procrastinate_jobs SET status = 'failed'")
    found = _lines(town)
    assert found["Jobs waiting"].words == "None"
    assert found["Jobs that failed"].more == ("notify.deliver · 1",)
    _sql("UPDATE procrastinate_jobs SET status = 'todo', scheduled_at = now() + interval '1 hour'")
    assert _lines(town)["Jobs waiting"].fine, "a job that is not due does not wait"


def test_failed_and_held_messages_are_told_by_way(town: Town) -> None:
    for number in range(3):
        notify.send(SYSTEM, notify.Letter("sms", "13800000000", "", "b"), effect_key=f"t:{number}")
    assert _lines(town)["Text messages"].fine
    _sql(
        "UPDATE notify_message SET state = CASE effect_key WHEN 't:0' THEN 'failed' ELSE 'held' END WHERE effect_key < 't:2'"
    )
    found = _lines(town)
    assert found["Text messages"].words == "0 sent in 30 days, 1 wait, 1 failed"
    assert not found["Text messages"].fine
    assert found["E-mails"].fine
    assert found["Messages held"].codes == ("huiyin held --send", "huiyin held --drop")


@pytest.mark.parametrize(
    ("given", "fine"),
    [
        ({"hours_ago": 12}, True),
        ({"hours_ago": 40}, False),
        ({"hours_ago": 1, "verified": False}, False),
        ({"hours_ago": 1, "faults": 2}, False),
    ],
)
def test_a_backup_is_fine_when_recent_verified_and_whole(town: Town, given: dict[str, Any], fine: bool) -> None:
    _backup(**given)
    assert _lines(town)["Backup"].fine is fine


@pytest.mark.parametrize(("month", "day", "fine"), [(11, 30, True), (12, 1, False)])
def test_next_years_holidays_are_asked_for_from_december_on(town: Town, month: int, day: int, fine: bool) -> None:
    last = queries.condition_of_house(town.actor("admin")).calendar.coverage_ends
    with clock.at(datetime(last.year, month, day, 4, tzinfo=UTC)):
        assert _lines(town)["Public holidays"].fine is fine


def test_a_disk_that_fills_is_told(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.platform.condition.disk", lambda: Disk(100 * 10**9, 10**9))
    line = _lines(town)["Disk"]
    assert (line.fine, line.words) == (False, "1.0 GB of 100 GB are free")


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (20_900_000, "21 MB"), (3e15, "3000 TB")]
)
def test_bytes_are_said_as_people_read_them(count: float, said: str) -> None:
    assert condition.size(count) == said


def test_only_the_administrator_sees_it(town: Town) -> None:
    for person in ("secretary", "head", "inspector"):
        with pytest.raises(NotFound):
            queries.condition_of_house(town.actor(person))


def test_the_page_takes_at_most_twelve_statements_and_puts_what_needs_attention_first(town: Town) -> None:
    _backup(hours_ago=1)
    client = Client()
    client.force_login(town.people["admin"])
    client.get("/desk/status/")
    with CaptureQueriesContext(
        connection,
    ) as sent:
        page = client.get("/en/desk/status/").content.decode()
    assert len(sent) <= 12
    assert page.index("needs attention") < page.index("in order")
    assert "2 things need attention" in page
