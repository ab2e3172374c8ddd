"""Say which tests `make check` runs: those of the rooms touched since the last commit.

    pytest -m "not browser" $(python tools/check.py)

Prints paths, one a line: the `tests` folder of every room with a changed file, every changed test file
outside the rooms, and always `tests/contracts`. Changed means different from HEAD or not yet tracked; when
the tree is clean, what the last commit changed. A change to what all rooms stand on (pyproject.toml,
conftest.py, requirements, huiyin/config), or no commit yet, means every room. Rooms above a changed one are
not run here: `make test` runs everything.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ALWAYS = "tests/contracts"
EVERYTHING = ("pyproject.toml", "conftest.py", "tests/conftest.py", "requirements/", "huiyin/config/")


def _git(root: Path, *arguments: str) -> list[str]:
    """Return the file names git answers with; none when it cannot, as before the first commit."""
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    return [name for name in done.stdout.split("\0") if name]


def changed(root: Path) -> list[str]:
    """Return the files that differ from HEAD or are new; when there are none, those of the last commit."""
    new = _git(root, "ls-files", "-oz", "--exclude-standard")
    return [*_git(root, "diff", "-z", "--name-only", "HEAD"), *new] or _git(
        root, "diff", "-z", "--name-only", "HEAD~1", "HEAD"
    )


def paths(files: Iterable[str], root: Path) -> list[str]:
    """Return the paths to give to pytest for these changed files, those that exist, in order."""
    files = list(files)
    wanted = {ALWAYS}
    if not files or any(name.startswith(EVERYTHING) for name in files):
        wanted |= {str(folder.relative_to(root)) for folder in root.glob("huiyin/*/tests")}
    for name in files:
        parts = Path(name).parts
        if parts[0] == "huiyin" and len(parts) > 2:
            wanted.add(f"huiyin/{parts[1]}/tests")
        elif parts[0] == "tests" and parts[-1].startswith("test_") and not name.startswith(ALWAYS):
            wanted.add(name)
    return sorted(path for path in wanted if (root / path).exists())


if __name__ == "__main__":
    root = Path(__file__).resolve().parents[1]
    sys.stdout.write("\n".join(paths(changed(root), root)) + "\n")
