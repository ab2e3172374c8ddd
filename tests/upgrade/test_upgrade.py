"""Every released version's backup comes back with this version, migrated, and can be read and worked on."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.test import Client

from conftest import use_database
from huiyin import __version__
from huiyin.config import keys
from huiyin.platform import crypto, files
from huiyin.platform.backup import manifest
from huiyin.platform.launcher.cluster import Cluster
from tests.upgrade import KEYS, MOST_BYTES

HERE = Path(__file__).parent
VERSIONS = sorted(path.name.removesuffix(".tar.gz") for path in HERE.glob("*.tar.gz"))
pytestmark = pytest.mark.xdist_group("upgrade")


@dataclass
class Upgraded:
    """An older house in a database of this version: its name, the backup it came from, where its files are."""

    name: str
    told: manifest.Manifest
    files: Path


def _unpacked(version: str, place: Path) -> Path:
    """Return the backup of a version, unpacked."""
    with tarfile.open(HERE / f"{version}.tar.gz") as packed:
        packed.extractall(place, filter="data")
    return place / version


def _environment(cluster: Cluster, name: str, place: Path) -> dict[str, str]:
    ours = ("HUIYIN_", "DATABASE_URL", "DJANGO_")
    plain = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    return plain | {
        "HUIYIN_ENV": "test",
        "HUIYIN_DATA": str(place),
        "HUIYIN_KEYS": json.dumps(KEYS),
        "DATABASE_URL": cluster.url("huiyin_app", name),
        "HUIYIN_OWNER_URL": cluster.url("huiyin_owner", name),
    }


@pytest.fixture(params=VERSIONS)
def upgraded(
    request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path, settings: Any, django_db_blocker: Any
) -> Iterator[Upgraded]:
    """Bring a version's backup back by the command, and point this process at it, with its keys."""
    from django.db import connections

    from huiyin.org import atlas

    name = f"upgraded_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder = _unpacked(request.param, tmp_path)
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
    command = [sys.executable, "-m", "huiyin.config.cli", "restore", str(folder)]
    done = subprocess.run(
        command, env=_environment(cluster, name, tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    settings.KEYS = keys.Keys(**KEYS)
    settings.FILES_DIR = tmp_path / "files"
    here = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": here}
    crypto._fernet.cache_clear()
    with django_db_blocker.unblock():
        before = {k: connections["default"].settings_dict[k] for k in ("NAME", "USER", "HOST", "PORT", "OPTIONS")}
        use_database(cluster, name)
        atlas.forget()
        yield Upgraded(name, manifest.read(folder), tmp_path / "files")
        connections.close_all()
        connections["default"].settings_dict.update(before)
    crypto._fernet.cache_clear()
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def test_this_version_has_its_own_backup() -> None:
    assert __version__ in VERSIONS, "python tools/upgrade_fixture.py, before the next migration is written"


@pytest.mark.parametrize("version", VERSIONS)
def test_a_versions_backup_is_small_whole_and_holds_something_of_nearly_everything(
    version: str, tmp_path: Path
) -> None:
    told, _files = manifest.check(_unpacked(version, tmp_path))
    assert (HERE / f"{version}.tar.gz").stat().st_size < MOST_BYTES
    filled = {name for name, table in told.tables.items() if table.rows}
    ours = {name for name in told.tables if name.split("_")[0] in {"org", "needs", "notify", "platform"}}
    assert len(ours & filled) >= len(ours) * 0.85, sorted(ours - filled)


def _people(name: str) -> Client:
    from huiyin.org.models import User

    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username=name))
    return client


def test_an_older_house_is_read_and_worked_on_after_its_upgrade(upgraded: Upgraded) -> None:
    from huiyin.config import serve
    from huiyin.needs import queries
    from huiyin.needs.models import Need, NotePhoto
    from huiyin.needs.queries import Filter
    from huiyin.org import queries as org
    from huiyin.org.actors import SYSTEM
    from huiyin.org.models import User

    assert [f.en for f in serve.findings() if f.fatal] == []
    assert Need.objects.count() == upgraded.told.tables["needs_need"].rows
    head = org.actor_of(SYSTEM, User.objects.get(username="head").id)
    found = queries.every_id(head, which=Filter("all"), most=500)
    assert found
    desk = _people("head")
    for path in ("/desk/", "/desk/orders/", "/desk/themes/", "/desk/templates/", "/desk/batches/", "/desk/brief/"):
        assert desk.get(path).status_code == 200, path
    for need_id in found:
        assert desk.get(f"/desk/needs/{need_id}/").status_code == 200, need_id
    assert _people("admin").get("/desk/status/").status_code == 200
    assert Client().get("/c/lianhua/").status_code == 200
    with files.read_photo(NotePhoto.objects.values_list("file_id", flat=True)[0]) as photo:
        assert photo.read(3) == b"\xff\xd8\xff"


def test_contacts_of_an_older_house_are_read_with_its_keys(upgraded: Upgraded) -> None:
    from huiyin.needs import actions, queries
    from huiyin.needs.models import Need
    from huiyin.needs.queries import Filter
    from huiyin.org import queries as org
    from huiyin.org.actors import SYSTEM
    from huiyin.org.models import User

    need = Need.objects.get(source="fixture:1")
    head = org.actor_of(SYSTEM, User.objects.get(username="head").id)
    contact = actions.look_at_contact(head, need.id)
    assert "10512345678" in str(contact)
    before = queries.need(head, need.id).state
    actions.note(head, need.id, note="升级之后")
    assert queries.need(head, need.id).state == before
    assert need.id in [row.id for row in actions.find_by_phone(head, digits="5678")], "its tail is indexed since"
    assert need.id in queries.every_id(head, which=Filter("all", text=need.words[:4], exact=True)), "and its unit"
