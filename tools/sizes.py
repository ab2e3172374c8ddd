"""Hold what no linter holds: sizes, names, and addresses that belong to one machine.

    python tools/sizes.py [ROOT]

Looks at every file git tracks or would track and prints each offence as `path:line: what`; exit status 1 when
there is one.

- A function has at most 40 lines from `def` to its end, a Python file at most 400. Migrations are free. An
  exception gives its reason beside it: `# size: reason` on the line of the `def`, or within the file's first
  five lines. (Complexity is ruff's C901.)
- No Python module is called utils, helpers, common, manager, service, data or info: use its domain word.
- No text holds the host of a package registry or mirror, or an absolute path of a developer's machine.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FUNCTION_LINES = 40
FILE_LINES = 400
REASON = re.compile(r"#\s*size:\s*\S")
DRAWERS = {"utils", "helpers", "common", "manager", "service", "data", "info"}
TEXTS = {".py", ".pyi", ".toml", ".txt", ".md", ".html", ".css", ".js", ".mjs", ".json", ".yml", ".yaml"}
TEXTS |= {".cfg", ".ini", ".sh", ".po", ".sql", ".service", ".in", ""}

# Put together from pieces, so that this file does not hold what it looks for.
_HOSTS = ("pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(?:org|com)", "npmmirror" + r"\.com")
_MIRRORS = r"https?://[^\s/\"'<>]+/(?:[^\s\"'<>]*/)?(?:simple|pypi|npm|artifactory|nexus)" + r"(?=[/\s\"')]|$)"
_OPTIONS = r"--(?:extra-)?index" + r"-url|\bregistry\s*=\s*" + r"https?:|\b_auth" + "Token"
_HOMES = ("home" + "/", "Users" + "/", "root" + "/", "work" + "/")
REGISTRY = re.compile("|".join((*_HOSTS, _MIRRORS, _OPTIONS)), re.M)
MACHINE = re.compile(r"(?<![\w./:}>)*-])/(?:" + "|".join(_HOMES) + r")[\w.]|\b[A-Z]:\\" + r"Users\\")


def files(root: Path) -> list[Path]:
    """Return what git tracks or would track below `root`, as it lies on the disk."""
    listed = subprocess.run(
        ["git", "ls-files", "-coz", "--exclude-standard"], cwd=root, check=True, capture_output=True
    ).stdout.decode()
    return [root / name for name in sorted(set(listed.split("\0"))) if name and (root / name).is_file()]


def long_file(text: str) -> Iterator[tuple[int, str]]:
    """Yield the last line of a file that is too long and gives no reason."""
    lines = text.splitlines()
    if len(lines) > FILE_LINES and not any(REASON.search(line) for line in lines[:5]):
        yield (
            len(lines),
            f"the file has {len(lines)} lines; {FILE_LINES} are allowed: split it by a domain word",
        )


def long_functions(text: str) -> Iterator[tuple[int, str]]:
    """Yield the functions that are too long and give no reason on the line of their `def`."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        length = (node.end_lineno or node.lineno) - node.lineno + 1
        if length > FUNCTION_LINES and not REASON.search(lines[node.lineno - 1]):
            yield node.lineno, f"{node.name}() has {length} lines; {FUNCTION_LINES} are allowed"


def local_addresses(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines that name a package registry or a path of one machine."""
    for pattern, what in ((REGISTRY, "a package registry"), (MACHINE, "a path of one machine")):
        for found in pattern.finditer(text):
            yield text.count("\n", 0, found.start()) + 1, f"names {what}: {found.group().strip()}"


def offences(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the sentence of everything wrong with one file."""
    try:
        text = path.read_text(encoding="utf-8") if path.suffix in TEXTS else ""
    except UnicodeDecodeError:
        return
    if path.suffix == ".py":
        if path.stem in DRAWERS:
            yield 1, f"a module called {path.stem} is a drawer: name it by its domain word"
        if "migrations" not in path.parts:
            yield from long_file(text)
            yield from long_functions(text)
    yield from local_addresses(text)


def main(root: Path) -> int:
    """Print every offence below `root`; return the exit status."""
    found = [f"{path.relative_to(root)}:{line}: {what}" for path in files(root) for line, what in offences(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
