"""`huiyin check --deploy`: a house in order passes; each thing out of order is named with what to do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from huiyin.config import fitness, serve
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.condition import Disk
from huiyin.platform.models import Upkeep


def _sql(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _backed_up(**more: Any) -> None:
    now = clock.now()
    given = {"kind": "backup", "at": now, "about": now, "version": "0.1.0", "size_bytes": 1, "seconds": 1}
    Upkeep.objects.create(**{**given, "place": "/b", "verified": True, "faults": 0, **more})


@pytest.fixture
def fit(town: Town, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house in order, on a test server: what that server lacks by its nature is answered for it."""
    settings.PRODUCTION = settings.SECURE_TLS = True
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://huiyin.example.cn", ["huiyin.example.cn"]
    settings.TRUSTED_PROXIES, settings.EMAIL_URL = ["127.0.0.1"], "smtp://mail.example.cn"
    settings.DATA_DIR, settings.FILES_DIR, settings.BACKUP_DIR = tmp_path, tmp_path / "files", tmp_path / "backups"
    for name in ("files", "backups"):
        (tmp_path / name).mkdir(mode=0o700)
    _backed_up()
    asked = fitness._asked

    def answered(statement: str) -> tuple[Any, ...]:
        found = list(asked(statement))
        if statement == fitness._SERVER:
            found[1:3] = [True, True]  # fsync is off under test
        else:
            found[2] = False  # a test's copy lets everybody make temporary tables
        return tuple(found)

    monkeypatch.setattr(fitness, "_asked", answered)
    monkeypatch.setattr("huiyin.notify.queries.sends", lambda actor, way: True)
    monkeypatch.setattr(WorkCalendar, "lacks_next_year", lambda self, today: False)


def _unfit() -> list[str]:
    return [finding.en for finding in serve.findings(deploy=True) if finding.unfit or finding.fatal]


def test_a_house_in_order_passes(fit: None) -> None:
    assert _unfit() == []
    assert serve.check(deploy=True) == 0


def _answer(at: int, value: Any, statement: str) -> Callable[[Any, pytest.MonkeyPatch], None]:
    def change(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        before = fitness._asked

        def answered(asked: str) -> tuple[Any, ...]:
            found = list(before(asked))
            if asked == statement:
                found[at] = value
            return tuple(found)

        monkeypatch.setattr(fitness, "_asked", answered)

    return change


def _set(name: str, value: Any) -> Callable[[Any, pytest.MonkeyPatch], None]:
    return lambda settings, monkeypatch: setattr(settings, name, value)


def _keys(**given: str) -> Callable[[Any, pytest.MonkeyPatch], None]:
    return lambda settings, monkeypatch: setattr(settings, "KEYS", replace(settings.KEYS, **given))


WRONG: dict[str, Callable[[Any, pytest.MonkeyPatch], Any]] = {
    "DEBUG is on": _set("DEBUG", True),
    "HUIYIN_ENV is not production": _set("PRODUCTION", False),
    "HUIYIN_RATE_LIMITS is off": _set("RATE_LIMITS_ON", False),
    "HUIYIN_METRICS_TOKEN is short": _set("METRICS_TOKEN", "abc"),
    "not an https address": _set("SECURE_TLS", False),
    "HUIYIN_HOSTS holds": _set("ALLOWED_HOSTS", ["*"]),
    "is not among HUIYIN_HOSTS": _set("ALLOWED_HOSTS", ["other.example.cn"]),
    "HUIYIN_PROXIES is not set": _set("TRUSTED_PROXIES", []),
    "HUIYIN_KEYS holds a key": _keys(bearer="short"),
    "or one twice": lambda settings, monkeypatch: _keys(bearer=settings.KEYS.index)(settings, monkeypatch),
    "files. Run: chmod 700": lambda settings, monkeypatch: settings.FILES_DIR.chmod(0o755),
    "backups. Run: chmod 700": lambda settings, monkeypatch: settings.BACKUP_DIR.chmod(0o750),
    "are free where data lies": lambda settings, monkeypatch: monkeypatch.setattr(
        "huiyin.platform.condition.disk", lambda: Disk(100, 10)
    ),
    "no e-mail leaves": _set("EMAIL_URL", ""),
    "may do too much": _answer(0, True, fitness._ROLES),
    "tables in public": _answer(1, True, fitness._ROLES),
    "may make temporary tables": _answer(2, True, fitness._ROLES),
    "is a superuser": _answer(4, True, fitness._ROLES),
    "may not create databases": _answer(5, False, fitness._ROLES),
    "clock differs by": _answer(0, datetime(2020, 1, 1, tzinfo=UTC), fitness._SERVER),
    "a power cut loses data": _answer(1, False, fitness._SERVER),
    "is not UTF-8": _answer(4, False, fitness._SERVER),
    "no backup of the last 36 hours": lambda *_: _sql("UPDATE platform_upkeep SET about = now() - interval '2 days'"),
    "never restored on trial": lambda *_: _sql("UPDATE platform_upkeep SET verified = false"),
    "lacks photos": lambda *_: _sql("UPDATE platform_upkeep SET faults = 1"),
    "holidays are not known": lambda settings, monkeypatch: monkeypatch.setattr(
        WorkCalendar, "lacks_next_year", lambda self, today: True
    ),
}


@pytest.mark.parametrize("said", WRONG)
def test_each_thing_out_of_order_is_named_and_ends_with_one(
    said: str, fit: None, settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    WRONG[said](settings, monkeypatch)
    found = _unfit()
    assert len(found) == 1
    assert said in found[0]
    assert serve.check(deploy=True) == 1
    printed = capsys.readouterr().err
    assert said in printed
    assert "。" in printed.split("\n")[0], "in Chinese first"


def test_notes_do_not_make_a_house_unfit(fit: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.notify.queries.sends", lambda actor, way: False)
    assert serve.check(deploy=True) == 0
    assert any("No SMS carrier" in finding.en for finding in serve.findings(deploy=True))


def test_without_deploy_nothing_of_it_is_asked(town: Town) -> None:
    assert not any(finding.unfit for finding in serve.findings())
