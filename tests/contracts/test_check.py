"""`make check` runs the tests of the rooms that changed, and the contracts."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).parents[2] / "tools" / "check.py"


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for room in ("needs", "notify", "org"):
        (tmp_path / "huiyin" / room / "tests").mkdir(parents=True)
        (tmp_path / "huiyin" / room / "rules.py").touch()
    (tmp_path / "tests" / "contracts").mkdir(parents=True)
    (tmp_path / "tests" / "contracts" / "test_sizes.py").touch()
    return tmp_path


def git(repo: Path, *arguments: str) -> None:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.cn", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *arguments], cwd=repo, check=True, capture_output=True)


EVERY = ["huiyin/needs/tests", "huiyin/notify/tests", "huiyin/org/tests", "tests/contracts"]


def test_a_changed_room_is_tested_whole_with_the_contracts(repo: Path, check: ModuleType) -> None:
    files = ["huiyin/needs/templates/needs/page.html", "docs/tour.md"]
    assert check.paths(files, repo) == ["huiyin/needs/tests", "tests/contracts"]


@pytest.mark.parametrize("name", ["pyproject.toml", "tests/conftest.py", "huiyin/config/settings.py"])
def test_what_all_rooms_stand_on_tests_every_room(repo: Path, check: ModuleType, name: str) -> None:
    assert check.paths([name], repo) == EVERY


def test_a_changed_test_outside_the_rooms_is_run_and_a_deleted_one_is_not(repo: Path, check: ModuleType) -> None:
    (repo / "tests" / "test_walk.py").touch()
    assert check.paths(["tests/test_walk.py", "tests/test_gone.py"], repo) == [
        "tests/contracts",
        "tests/test_walk.py",
    ]


def test_before_the_first_commit_every_file_is_new(repo: Path, check: ModuleType) -> None:
    git(repo, "init", "-q")
    assert check.paths(check.changed(repo), repo) == EVERY


def test_changed_files_are_those_since_the_last_commit_and_new_ones(repo: Path, check: ModuleType) -> None:
    git(repo, "init", "-q")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "org: Begin.")
    (repo / "huiyin" / "needs" / "rules.py").write_text("x = 1\n")
    (repo / "huiyin" / "notify" / "errors.py").touch()
    assert check.changed(repo) == ["huiyin/needs/rules.py", "huiyin/notify/errors.py"]
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "needs: Add a rule.")
    assert sorted(check.changed(repo)) == ["huiyin/needs/rules.py", "huiyin/notify/errors.py"]
