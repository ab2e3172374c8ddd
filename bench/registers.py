"""Registers: 100,000 matters out as a workbook, 100,000 rows in, 1,000 answers in the background; memory is read."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.street.register import fill
from bench.street.site import Site, site
from huiyin.config.benches import Result

ROWS = 100_000
LOADED = 1_000
MOST_MB = 200.0
# Runs with Django set up; prints figures as one JSON line. `peak` is what the process held at most, from the kernel.
_HEAD = """
import json, sys, time
import django; django.setup()
from pathlib import Path
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM
from huiyin.org.models import Post
from huiyin.needs import actions
from huiyin.needs.models import Batch, ImportChunk, ImportFile
from huiyin.needs.queries import Filter, registers
from huiyin.platform import sheets
from huiyin.platform.sheets import Column
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1]) / 1024
person = org.actor_of(SYSTEM, Post.objects.filter(role="street_head", ended_on=None).values_list("user_id", flat=True)[0])
target, rows = sys.argv[1], int(sys.argv[2])
"""
_OUT = (
    _HEAD
    + """
began = time.perf_counter()
found = (row for number, row in enumerate(registers.register_rows(person, Filter("all"))) if number < rows)
written = sheets.write(target, title="register", columns=registers.columns(person), rows=found)
print(json.dumps({"rows": written, "seconds": time.perf_counter() - began, "peak": peak()}))
"""
)
_RAW = (
    _HEAD
    + """
row = ("1234-5678-901", None, "web", "closed", "lianhua", "place", "a/b/c", "", "", "", "words " * 8, None, None, "done",
       None, "solved", 5, "", None, "", "", None)
began = time.perf_counter()
written = sheets.write(target, title="register", columns=registers.columns(person), rows=(row for _ in range(rows)))
print(json.dumps({"rows": written, "seconds": time.perf_counter() - began, "peak": peak()}))
"""
)
_IN = (
    _HEAD
    + """
began = time.perf_counter()
with open(target, "rb") as file:
    key = actions.read_table(person, upload=file, kind="tickets", system="12345", name="bench.xlsx")
read = time.perf_counter() - began
table = ImportFile.objects.get(pk=key)
print(json.dumps({"rows": table.good, "bad": table.bad, "seconds": read, "peak": peak()}))
"""
)
_LOAD = (
    _HEAD
    + """
with open(target, "rb") as file:
    key = actions.read_table(person, upload=file, kind="tickets", system="12345", name="bench.xlsx")
batch = actions.load_table(person, key)
began = time.perf_counter()
actions.run_import(SYSTEM, batch_id=batch)
took = time.perf_counter() - began
done = Batch.objects.get(pk=batch)
again = actions.read_table(person, upload=open(target, "rb"), kind="tickets", system="12345", name="bench.xlsx")
second = actions.load_table(person, again)
actions.run_import(SYSTEM, batch_id=second)
twice = Batch.objects.get(pk=second)
left = ImportChunk.objects.filter(file__batch__isnull=False).count()
print(json.dumps({"rows": done.done, "refused": done.refused, "seconds": took, "twice": twice.done, "left": left}))
"""
)

_MANY = (
    _HEAD
    + """
from huiyin.needs import queries
ids = queries.every_id(person, which=Filter("fresh"), most=rows)
wish = actions.Wish("answer", text="{编号}已办好，请您看看。有疑问请打{单位电话}。".replace("{单位电话}", "12345"), way="page")
batch = actions.start_batch(person, label="bench", wish=wish, need_ids=ids)
began = time.perf_counter()
actions.run_batch(SYSTEM, batch_id=batch)
done = Batch.objects.get(pk=batch)
print(json.dumps({"rows": len(ids), "done": done.done, "seconds": time.perf_counter() - began, "peak": peak()}))
"""
)


def _result(target: str, value: float, *, peer: float | None = None, ok: bool | None = None) -> Result:
    ratio = round(value / peer, 3) if peer else None
    return Result("registers", target, round(value, 2), None if peer is None else round(peer, 2), ratio, ok)


def _run(here: Site, code: str, target: Path, rows: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", code, str(target), str(rows)],
        env=here.environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _table(target: Path, rows: int, community: str) -> None:
    from huiyin.platform import sheets

    names = ("工单编号", "办理期限", "工单内容", "承办单位", "事发地址", "来电人", "来电号码")
    given = (
        (
            f"SG{i:08d}",
            "2027-06-30",
            f"第{i}件：小区门口垃圾三天没人收，气味很大",
            community,
            "东门旁边",
            "王女士",
            f"139{i:08d}",
        )
        for i in range(rows)
    )
    sheets.write(target, title="tickets", columns=[sheets.Column(name) for name in names], rows=given)


def _community(here: Site) -> str:
    with here.connect() as connection:
        row = connection.execute("SELECT name FROM org_unit WHERE slug = 'lianhua'").fetchone()
    assert row is not None
    return str(row[0])


def _out(here: Site, folder: Path, rows: int) -> Iterator[Result]:
    raw = _run(here, _RAW, folder / "raw.xlsx", rows)
    out = _run(here, _OUT, folder / "out.xlsx", rows)
    yield _result(f"rows of the register written, of {rows}", out["rows"], ok=out["rows"] == rows)
    yield _result(
        f"most memory while writing, MB, at most {MOST_MB:.0f}",
        out["peak"],
        peer=raw["peak"],
        ok=out["peak"] <= MOST_MB,
    )
    yield _result("seconds, beside writing constant rows", out["seconds"], peer=raw["seconds"])
    yield _result("size of the workbook, MB", (folder / "out.xlsx").stat().st_size / 2**20)


def _in(here: Site, folder: Path, rows: int, loaded: int) -> Iterator[Result]:
    community = _community(here)
    _table(folder / "in.xlsx", rows, community)
    read = _run(here, _IN, folder / "in.xlsx", rows)
    yield _result(f"rows of a table read as good, of {rows}", read["rows"], ok=read["rows"] == rows and not read["bad"])
    yield _result("seconds to read and check it", read["seconds"])
    yield _result("most memory while reading, MB", read["peak"])
    _table(folder / "load.xlsx", loaded, community)
    load = _run(here, _LOAD, folder / "load.xlsx", loaded)
    whole = load["rows"] == loaded and not load["refused"] and not load["left"]
    yield _result(f"rows loaded as matters, of {loaded}", load["rows"], ok=whole)
    yield _result("rows a second", loaded / load["seconds"])
    yield _result("rows loaded a second time by the same file", load["twice"], ok=load["twice"] == 0)


def _many(here: Site, folder: Path, rows: int) -> Iterator[Result]:
    many = _run(here, _MANY, folder, rows)
    yield _result(f"matters answered in the background, of {rows}", many["done"], ok=many["done"] == rows)
    yield _result("answers a second", many["done"] / many["seconds"])
    yield _result("most memory meanwhile, MB", many["peak"])


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own."""
    rows, loaded = (10_000, 200) if quick else (ROWS, LOADED)
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here, TemporaryDirectory() as folder:
        here.settle()
        fill(here, matters=rows)
        yield from _out(here, Path(folder), rows)
        yield from _in(here, Path(folder), rows, loaded)
        yield from _many(here, Path(folder), 100 if quick else 1000)
