"""Work in a process of its own: it ends with it, and what goes wrong there is heard of."""

import os
from pathlib import Path

import pytest

from huiyin.platform import chores


def mark() -> None:
    """Say which process this is."""
    Path(os.environ["APART_MARK"]).write_text(str(os.getpid()), encoding="utf-8")


def fail() -> None:
    """Do not end well."""
    raise ValueError("as told")


def test_it_runs_in_another_process_and_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APART_MARK", str(tmp_path / "mark"))
    chores.apart(f"{__name__}.mark")
    assert int((tmp_path / "mark").read_text()) != os.getpid()


@pytest.mark.parametrize("path", [f"{__name__}.fail", "os.abort", "huiyin.no_such.thing"])
def test_what_goes_wrong_there_is_raised_here(path: str) -> None:
    with pytest.raises(RuntimeError, match="ended with"):
        chores.apart(path)


def test_one_that_fails_keeps_the_others_from_nothing_and_is_heard_of() -> None:
    done: list[int] = []

    def work(row: int) -> None:
        if row == 1:
            raise ValueError("as told")
        done.append(row)

    with pytest.raises(ValueError, match="as told"):
        chores.each([0, 1, 2], work)
    assert done == [0, 2]
