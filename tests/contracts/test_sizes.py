"""The sizes tool finds what it is for, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BODY = "    x = 1\n"


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    (tmp_path / ".gitignore").write_text("ignored/\n")
    return tmp_path


def run(repo: Path, name: str = "", text: str = "") -> tuple[int, str]:
    """Plant a file, run the tool, and return its exit status and what it printed."""
    if name:
        (repo / name).parent.mkdir(parents=True, exist_ok=True)
        (repo / name).write_text(text)
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "sizes.py"), str(repo)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.stderr
    return done.returncode, done.stdout


def test_the_house_keeps_its_sizes() -> None:
    assert run(ROOT) == (0, "")


def test_a_function_of_forty_lines_and_a_file_of_four_hundred_pass(repo: Path) -> None:
    assert run(repo, "a.py", "def f():\n" + BODY * 39) == (0, "")
    assert run(repo, "b.py", "x = 1\n" * 400) == (0, "")


def test_a_function_of_forty_one_lines_is_found(repo: Path) -> None:
    status, said = run(repo, "room/a.py", "\n\nasync def f():\n" + BODY * 40)
    assert status == 1
    assert said.startswith("room/a.py:3: f() has 41 lines")


def test_a_method_inside_a_class_is_found(repo: Path) -> None:
    assert run(repo, "a.py", "class C:\n    def f(self):\n" + f"    {BODY}" * 40)[0] == 1


def test_a_file_of_four_hundred_and_one_lines_is_found(repo: Path) -> None:
    status, said = run(repo, "a.py", "x = 1\n" * 401)
    assert status == 1
    assert said.startswith("a.py:401: the file has 401 lines")


def test_a_reason_beside_it_is_accepted(repo: Path) -> None:
    assert run(repo, "a.py", "def f():  # size: one table\n" + BODY * 40) == (0, "")
    assert run(repo, "b.py", '"""Doc."""\n# size: one table\n' + "x = 1\n" * 400) == (0, "")


def test_an_empty_or_distant_reason_is_not(repo: Path) -> None:
    assert run(repo, "a.py", "def f():  # size:\n" + BODY * 40)[0] == 1
    assert run(repo, "a.py", "def f():\n    # size: one table\n" + BODY * 40)[0] == 1
    assert run(repo, "a.py", "x = 1\n" * 400 + "# size: one table\n")[0] == 1


def test_migrations_and_ignored_files_are_free(repo: Path) -> None:
    assert run(repo, "room/migrations/0001_initial.py", "x = 1\n" * 500) == (0, "")
    assert run(repo, "ignored/a.py", "x = 1\n" * 500) == (0, "")


@pytest.mark.parametrize("name", ["utils", "helpers", "common", "manager", "service", "data", "info"])
def test_a_drawer_is_found_by_its_name(repo: Path, name: str) -> None:
    status, said = run(repo, f"room/{name}.py", "")
    assert status == 1
    assert said.startswith(f"room/{name}.py:1: ")


def test_a_drawers_name_is_free_for_what_is_no_module(repo: Path) -> None:
    assert run(repo, "docs/service.md", "Counted service hours.\n") == (0, "")


LOCAL = [  # in pieces, as this file is looked at too
    "https://" + "pypi" + ".org/project/django/",
    "https://registry." + "npmjs" + ".org/htmx.org",
    "https://mirror.example.cn/py" + "pi/simp" + "le",
    "https://mirror.example.cn/repository/np" + "m/x.tgz",
    "pip install --index" + "-url x",
    "regis" + "try=https://mirror.example.cn",
    "cd /" + "work/main && make",
    "see /" + "home/lina/huiyin",
    "`/" + "Users/lina/huiyin`",
    "/" + "root/.cache",
    "C:\\" + "Users\\lina",
]


@pytest.mark.parametrize("text", LOCAL)
@pytest.mark.parametrize("name", ["docs/a.md", "a.py", "Makefile"])
def test_an_address_of_one_machine_is_found(repo: Path, name: str, text: str) -> None:
    status, said = run(repo, name, f"# first line\n# {text}\n")
    assert status == 1
    assert said.startswith(f"{name}:2: names ")


@pytest.mark.parametrize(
    "text",
    [
        "https://docs.djangoproject.com/en/5.2/",
        "/var/lib/huiyin as root, .data/ otherwise",
        "the desk is under /desk/work/ and /homepage",
        "https://example.cn/home/page",
        "`pip install huiyin` and `npm ci`",
        "registry = {}",
    ],
)
def test_an_address_anyone_may_use_is_left_alone(repo: Path, text: str) -> None:
    assert run(repo, "docs/a.md", f"{text}\n") == (0, "")
