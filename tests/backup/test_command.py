"""The commands themselves, as an operator types them, on a database of one's own address."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest
from django.conf import settings

from huiyin.notify import actions as notify
from huiyin.notify.models import Message
from huiyin.org.actors import SYSTEM
from tests.backup.conftest import House, matter

pytestmark = pytest.mark.xdist_group("backup")


def _huiyin(house: House, database: str, *arguments: str, keys: str = "") -> "subprocess.CompletedProcess[str]":
    ours = ("HUIYIN_", "DATABASE_URL", "DJANGO_")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    own = {
        "HUIYIN_ENV": "test",
        "HUIYIN_DATA": str(house.place),
        "HUIYIN_KEYS": keys or json.dumps(asdict(settings.KEYS)),
        "DATABASE_URL": house.cluster.url("huiyin_app", database),
        "HUIYIN_OWNER_URL": house.cluster.url("huiyin_owner", database),
    }
    command = [sys.executable, "-m", "huiyin.config.cli", *arguments]
    return subprocess.run(command, env={**plain, **own}, capture_output=True, text=True, check=False)


def _newest(house: House) -> Path:
    return max((house.place / "backups").glob("huiyin-*"))


def test_backup_and_restore_by_the_command_hold_what_may_have_been_sent_since(house: House) -> None:
    matter(house.town, colour="teal")
    notify.send(SYSTEM, notify.Letter("email", "a@example.cn", "回音", "您好"), effect_key="t:1")
    made = _huiyin(house, house.name, "backup", "--verify", "--keep", "1")
    assert (made.returncode, made.stderr) == (0, "")
    assert "已试恢复核对" in made.stdout
    brought = _huiyin(house, house.other, "restore", str(_newest(house)))
    assert (brought.returncode, brought.stderr) == (0, "")
    with house.connect(house.other) as there:
        states = dict(there.execute("SELECT effect_key, state FROM notify_message").fetchall())
        done = there.execute("SELECT kind, verified FROM platform_upkeep ORDER BY id").fetchall()
    assert states["t:1"] == "held"
    assert set(states.values()) == {"held"}
    assert done == [("backup", True), ("restore", True)]
    with house.connect() as here:
        assert here.execute("SELECT kind, verified, faults FROM platform_upkeep").fetchall() == [("backup", True, 0)]
    assert Message.objects.filter(state="queued").count() == len(states), "the database in use goes on as it was"
    sent = _huiyin(house, house.other, "held", "--send")
    assert f"{len(states)} 条" in sent.stdout
    with house.connect(house.other) as there:
        assert there.execute("SELECT DISTINCT state FROM notify_message").fetchall() == [("queued",)]


def test_a_held_message_is_not_delivered_and_may_be_dropped(house: House) -> None:
    notify.send(SYSTEM, notify.Letter("email", "a@example.cn", "回音", "您好"), effect_key="t:1")
    assert notify.hold_waiting(SYSTEM) == 1
    assert notify.deliver(SYSTEM, effect_key="t:1") == "held"
    assert notify.drop_held(SYSTEM) == 1
    assert notify.deliver(SYSTEM, effect_key="t:1") == "failed"


def test_other_keys_end_the_command_with_a_sentence_in_both_languages(house: House) -> None:
    assert _huiyin(house, house.name, "backup").returncode == 0
    other = json.dumps({"session": "s", "contact": "c", "index": "i", "bearer": "b"})
    refused = _huiyin(house, house.other, "restore", str(_newest(house)), keys=other)
    assert refused.returncode == 1
    assert "这些密钥不属于这份备份" in refused.stderr
    assert "do not belong to this backup" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_keys_are_written_apart_once_for_their_owner_only(house: House) -> None:
    path = house.place / "apart.json"
    assert _huiyin(house, house.name, "backup", "--keys", str(path)).returncode == 0
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text()) == asdict(settings.KEYS)
    assert _huiyin(house, house.name, "backup", "--keys", str(path)).returncode == 1
    assert _huiyin(house, house.name, "backup").returncode == 0
    told = (_newest(house) / "manifest.json").read_text()
    assert not any(key in told for key in asdict(settings.KEYS).values())


def test_a_backup_of_an_empty_database_is_refused(house: House) -> None:
    with house.connect("postgres") as connection:
        connection.execute(f'CREATE DATABASE "{house.other}" OWNER huiyin_owner'.encode())
    refused = _huiyin(house, house.other, "backup")
    assert refused.returncode == 1
    assert "没有可备份的内容" in refused.stderr
