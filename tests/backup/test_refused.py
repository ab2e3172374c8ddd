"""A damaged, foreign or newer backup is refused with a sentence, and nothing that was there is touched."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from huiyin.config import keys
from huiyin.platform.backup import filing, manifest, taking
from huiyin.platform.backup.errors import BackupError, Damaged, Foreign, Refused
from huiyin.platform.launcher.errors import LauncherError
from tests.backup.conftest import House, matter

pytestmark = pytest.mark.xdist_group("backup")


def _shorten(path: Path) -> None:
    with path.open("rb+") as file:
        file.truncate(path.stat().st_size // 2)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a truncated dump": lambda folder: _shorten(folder / manifest.DUMP),
    "a missing dump": lambda folder: (folder / manifest.DUMP).unlink(),
    "a missing photo": lambda folder: next((folder / "files").rglob("*.jpg")).unlink(),
    "a changed photo": lambda folder: next((folder / "files").rglob("*.jpg")).write_bytes(b"x"),
    "a truncated manifest": lambda folder: _shorten(folder / manifest.MANIFEST),
    "missing checksums": lambda folder: (folder / manifest.SUMS).unlink(),
    "truncated checksums": lambda folder: _shorten(folder / manifest.SUMS),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_backup_is_refused_before_anything_is_done(house: House, damage: Callable[[Path], object]) -> None:
    matter(house.town, colour="teal")
    taken = house.take()
    damage(taken.place)
    with pytest.raises(Damaged) as refused:
        house.bring(taken.place)
    assert "备份" in refused.value.zh
    assert "backup" in refused.value.en.lower() or "files of" in refused.value.en
    assert house.databases() == set()
    assert not (house.place / "put").exists()


def test_a_folder_that_is_no_backup_is_refused(house: House) -> None:
    with pytest.raises(Foreign, match="no backup of Huiyin"):
        house.bring(house.place)


def test_a_backup_of_other_keys_is_refused_and_names_them(house: House) -> None:
    taken = house.take()
    other = keys.fingerprints(keys.Keys("s", "other", "i", "b"))
    with pytest.raises(Foreign, match="do not belong to this backup"):
        house.bring(taken.place, keys=other)
    assert house.databases() == set()


def test_a_rotated_key_still_opens_an_older_backup(house: House) -> None:
    taken = house.take()
    rotated = keys.Keys(**{**asdict(settings.KEYS), "contact": f"new,{settings.KEYS.contact}", "session": "another"})
    house.bring(taken.place, keys=keys.fingerprints(rotated))
    assert house.databases() == {house.other}


@pytest.mark.parametrize("newer", [{"version": "0.0.9"}, {"migrations": {"org.0001_initial"}}])
def test_a_backup_of_a_newer_version_is_refused(house: House, newer: dict[str, Any]) -> None:
    taken = house.take()
    with pytest.raises(Foreign, match="newer"):
        house.bring(taken.place, **newer)


def test_a_format_to_come_is_refused(house: House) -> None:
    taken = house.take()
    path = taken.place / manifest.MANIFEST
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": manifest.FORMAT + 1}))
    with pytest.raises(Foreign, match="newer one"):
        house.bring(taken.place)


def test_a_target_with_data_is_refused_and_with_replace_kept_under_another_name(house: House) -> None:
    matter(house.town)
    first = house.take()
    house.bring(first.place)
    matter(house.town)
    second = house.take()
    with pytest.raises(Refused, match="--replace"):
        house.bring(second.place)
    brought = house.bring(second.place, again=True)
    assert house.databases() == {house.other, brought.replaced}
    for name, told in ((house.other, second.manifest), (brought.replaced, first.manifest)):
        with house.connect(name) as connection:
            assert connection.execute("SELECT count(*) FROM needs_need").fetchone() == (told.tables["needs_need"].rows,)


def test_what_fails_halfway_leaves_the_old_database_in_use(house: House) -> None:
    matter(house.town)
    taken = house.take()
    house.bring(taken.place)

    def fail(name: str, told: manifest.Manifest) -> None:
        raise BackupError("不行", "no")

    with pytest.raises(BackupError):
        house.bring(taken.place, again=True, finish=fail)
    assert house.databases() == {house.other}


def test_a_database_in_use_is_not_exchanged(house: House) -> None:
    taken = house.take()
    house.bring(taken.place)
    with house.connect(house.other), pytest.raises(Refused, match="in use"):
        house.bring(taken.place, again=True)
    assert house.databases() == {house.other}


def test_a_full_disk_is_said_before_starting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huiyin.platform.backup.filing.free", lambda place: 1000)
    said: list[str] = []
    with pytest.raises(Refused, match="not enough room"):
        taking.take(house.wish(), say=lambda zh, en: said.append(en))
    assert "are free" in said[0]
    assert taking.whole(house.backups) == []


_SLOW = """
import sys, time
from pathlib import Path
from huiyin.platform.backup import filing, taking
def gather(*given, **more):
    print("dumped", flush=True)
    time.sleep(60)
filing.gather = gather
owner, files, target = sys.argv[1:]
wish = taking.Wish(owner, "huiyin_app", Path(files), Path(target), "0.1.0", {})
taking.take(wish, say=lambda zh, en: None)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_backup_leaves_none_under_its_name_and_the_next_one_clears_up(house: House, number: int) -> None:
    wish = house.wish()
    command = [sys.executable, "-c", _SLOW, wish.owner_url, str(wish.files), str(wish.target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "dumped\n"
    with pytest.raises(LauncherError, match="Another launcher has held"):
        taking.take(wish, say=lambda zh, en: None)
    process.send_signal(number)
    process.wait(120)
    process.stdout.close()
    assert taking.whole(house.backups) == []
    left = [p.name for p in house.backups.iterdir() if p.name != ".lock"]
    assert left == ([".huiyin-draft"] if number == signal.SIGKILL else [])
    taken = house.take()
    assert {p.name for p in house.backups.iterdir()} == {".lock", taken.place.name}


def test_at_least_one_backup_is_kept(house: House) -> None:
    house.take()
    with pytest.raises(ValueError, match="at least one"):
        taking.forget(house.backups, keep=0)


def test_two_backups_within_a_second_have_two_names(house: House) -> None:
    began = time.monotonic()
    names = {house.take().place.name for _ in range(2)}
    assert len(names) == 2
    assert time.monotonic() - began < 30


def test_another_role_s_rights_are_given_by_us(house: House) -> None:
    """The dump names roles of another installation: its rights are left out, ours are given."""
    taken = house.take()
    path = taken.place / manifest.MANIFEST
    told = manifest.read(taken.place)
    other = replace(told, roles=("somebody", "somebody_app"))
    path.write_text(other.text() + "\n")
    lines = (taken.place / manifest.SUMS).read_text().splitlines()
    lines[0] = f"{filing.hashed(path).sha256}  {manifest.MANIFEST}"
    (taken.place / manifest.SUMS).write_text("\n".join([*lines, ""]))
    house.bring(taken.place)
    ask = "SELECT bool_and(has_table_privilege('huiyin_app', c.oid, 'SELECT, INSERT')) FROM pg_class c WHERE relkind = 'r'"
    with house.connect(house.other) as connection:
        found = connection.execute((ask + " AND relnamespace = 'public'::regnamespace").encode()).fetchone()
        assert found == (True,)
