"""`huiyin bench NAME`: runs bench/NAME.py of a checkout and prints one JSON line a target."""

import importlib
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Result:
    """One target. `ok` judges correctness and ratios to a peer of the same run; None is a figure only reported."""

    bench: str
    target: str
    value: float
    peer: float | None = None
    ratio: float | None = None
    ok: bool | None = None


def _write(results: Iterable[Result]) -> None:
    """Put the results into the table of docs/performance.md between the bench's two marks."""
    rows = list(results)
    name, day = rows[0].bench, datetime.now(UTC).date().isoformat()
    lines = [f"Measured {day}.", "", "| target | value | peer | ratio | ok |", "| --- | ---: | ---: | ---: | --- |"]
    lines += [f"| {r.target} | {r.value:g} | {_cell(r.peer)} | {_cell(r.ratio)} | {_verdict(r.ok)} |" for r in rows]
    text = TABLE.read_text(encoding="utf-8")
    begin, end = f"<!-- bench {name} -->", f"<!-- /bench {name} -->"
    fresh = f"{begin}\n" + "\n".join(lines) + f"\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    text = pattern.sub(lambda _: fresh, text) if begin in text else f"{text.rstrip()}\n\n## {name}\n\n{fresh}\n"
    TABLE.write_text(text, encoding="utf-8")


def _cell(value: float | None) -> str:
    return "–" if value is None else f"{value:g}"


def _verdict(ok: bool | None) -> str:
    return "reported" if ok is None else "yes" if ok else "NO"


def run(name: str, *, quick: bool, write: bool) -> int:
    """Run one bench; return 1 when a target falls short, 2 when there is no such bench."""
    if not re.fullmatch(r"[a-z][a-z0-9-]*", name) or not (ROOT / "bench" / f"{name.replace('-', '_')}.py").exists():
        print(f"没有名为「{name}」的测量  ·  there is no bench {name!r}; benches need a checkout", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    bench = importlib.import_module(f"bench.{name.replace('-', '_')}")
    results: list[Result] = []
    for result in bench.run(quick=quick):
        print(json.dumps(asdict(result), ensure_ascii=False), flush=True)
        results.append(result)
    if write and results:
        _write(results)
    return int(any(r.ok is False for r in results))


def make_world(matters: int) -> int:
    """Make a register of this size, or find it made; return 2 outside a checkout."""
    if not (ROOT / "bench").exists():
        print("测量需要源代码目录  ·  benches need a checkout", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    world = importlib.import_module("bench.street.world").world
    with world(matters) as site:
        print(f"{matters:,}  {site.place}")
    return 0
