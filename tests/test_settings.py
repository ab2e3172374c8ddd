"""What the settings and the check before serving promise."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connections

from conftest import use_database
from huiyin.config import keys, serve
from huiyin.config.database import local_url, settings_for
from huiyin.org.tests.make import Town
from huiyin.platform.launcher.cluster import Cluster


def test_the_address_of_the_local_database_is_the_launchers() -> None:
    place = Path("/var/lib/huiyin/回音 1")
    assert Cluster(place).url("huiyin_app") == local_url("huiyin_app", place)


def test_another_databases_address_is_refused() -> None:
    with pytest.raises(ValueError, match="postgresql"):
        settings_for("mysql://a@b/c")


def test_no_model_has_changed_without_its_migration(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_keys_are_made_once_and_never_by_accident_in_production(tmp_path: Path) -> None:
    made = keys.load(tmp_path, given="", required=False)
    assert keys.load(tmp_path, given="", required=False) == made
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert made.contact not in repr(made)
    with pytest.raises(RuntimeError, match="HUIYIN_KEYS"):
        keys.load(tmp_path, given="", required=True)


_UP = """
import subprocess, sys
from huiyin.config import migrate
told = [sys.executable, "-c", "from huiyin.config import settings; print(settings.KEYS.contact)"]
print(subprocess.run(told, env=migrate.environment(), check=True, capture_output=True, text=True).stdout.strip())
from huiyin.config import settings
print(settings.KEYS.contact)
"""


def test_one_machine_in_earnest_migrates_its_own_database_with_its_own_keys(tmp_path: Path) -> None:
    """`huiyin up` without DATABASE_URL: the process that migrates is told an address, and needs the keys all the same."""
    ours = ("HUIYIN_", "DATABASE_URL", "DJANGO_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(ours)} | {"HUIYIN_DATA": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", _UP], env=env, check=True, capture_output=True, text=True)
    first, second = told.stdout.split()
    assert first == second


def test_the_check_finds_nothing_fatal_as_the_app(town: Town) -> None:
    assert [f for f in serve.findings() if f.fatal] == []


def test_the_check_forbids_serving_as_owner_or_superuser(committed: str, cluster: Cluster) -> None:
    for role in ("huiyin_owner", "postgres"):
        use_database(cluster, committed)
        connections["default"].settings_dict["USER"] = role
        connections["default"].close()
        fatal = [f for f in serve.findings() if f.fatal]
        assert len(fatal) == 1, role
        assert role in str(fatal[0])


def test_the_check_says_that_nobody_inspects(town: Town) -> None:
    from huiyin.org import actions, atlas
    from huiyin.org.actors import SYSTEM

    assert not any("inspector" in f.en for f in serve.findings())
    post: Any = town.people["inspector"].posts.get()
    actions.end_post(SYSTEM, post.id)
    atlas.forget()
    assert any("inspector" in f.en for f in serve.findings())
