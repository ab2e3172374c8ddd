"""Backup and restore beside raw pg_dump and pg_restore of the same database in the same run.

`HUIYIN_BENCH_MATTERS=1000000 huiyin bench restore` measures another size of world.
"""

import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from bench.street.register import fill
from bench.street.site import Site, site
from huiyin import __version__
from huiyin.config import keys
from huiyin.config.benches import Result
from huiyin.platform.backup import bringing, clients, filing, manifest, tables, taking
from huiyin.platform.backup.databases import Databases
from huiyin.platform.launcher.bootstrap import APP, OWNER

MATTERS = 30_000
QUICK = 5_000
PHOTOS_EVERY = 30  # one matter in so many has a photo
PHOTO_BYTES = 60_000
JOBS = 2


def _silent(zh: str, en: str) -> None:
    """Say nothing."""


def _result(target: str, value: float, *, peer: float | None = None, ok: bool | None = None) -> Result:
    ratio = round(value / peer, 3) if peer else None
    return Result("restore", target, round(value, 2), None if peer is None else round(peer, 2), ratio, ok)


def _photos(here: Site, count: int) -> int:
    """Lay files of chance bytes under their hashes, with their rows; return their bytes."""
    rows = []
    for _ in range(count):
        content = secrets.token_bytes(PHOTO_BYTES)
        sha256 = hashlib.sha256(content).hexdigest()
        path = here.place / "files" / sha256[:2] / f"{sha256}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        rows.append(sha256)
    with here.connect() as connection:
        connection.execute(
            "INSERT INTO platform_storedfile (sha256, media_type, size_bytes, width, height, stored_at) "
            "SELECT s, 'image/jpeg', %s, 100, 100, now() FROM unnest(%s::text[]) s",
            [PHOTO_BYTES, rows],
        )
    return count * PHOTO_BYTES


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _raw_restore(here: Databases, dump: Path, place: Path) -> float:
    name = f"{here.name}_raw"
    here.make(name)
    try:
        arguments = ["--no-owner", f"--jobs={JOBS}", f"--dbname={name}", str(dump)]
        return _timed(lambda: clients.run(place, "pg_restore", *arguments, url=here.url(name)))
    finally:
        here.drop(name)


def _wish(here: Site, folder: Path) -> taking.Wish:
    prints = keys.fingerprints(keys.Keys("s", "c", "i", "b"))
    return taking.Wish(here.cluster.url(OWNER), APP, here.place / "files", folder, __version__, prints)


def _target(wish: taking.Wish, told: manifest.Manifest, files: Path, url: str) -> bringing.Target:
    return bringing.Target(url, APP, files, __version__, wish.keys, set(told.migrations), JOBS)


def _measure(here: Site, folder: Path) -> Iterator[Result]:
    owner = here.cluster.url(OWNER)
    databases = Databases(owner, APP)
    place = clients.find(databases.major())
    wish = _wish(here, folder / "ours")
    raw = folder / "raw.dump"
    raw_s = _timed(lambda: clients.run(place, "pg_dump", "--format=custom", f"--file={raw}", url=owner))
    taken = taking.take(wish, say=_silent)
    told = taken.manifest
    yield _result("seconds of a backup, beside pg_dump", taken.seconds, peer=raw_s)
    again = taking.take(wish, say=_silent)
    yield _result("seconds of the next backup, photos linked", again.seconds, peer=raw_s)
    yield _result("size of the dump, MB, beside pg_dump's", _mb(taken.place / manifest.DUMP), peer=_mb(raw))
    yield _result("rows, thousand", told.rows / 1000)
    counted = _timed(lambda: tables.of(owner))
    yield _result("seconds to count checksums alone", counted, peer=raw_s)
    raw_back = _raw_restore(databases, raw, place)
    other = Databases(here.cluster.url(OWNER, "huiyin_back"), APP)
    target = _target(wish, told, folder / "put", other.owner_url)
    brought = bringing.bring_back(taken.place, target, replace=False, finish=lambda name, told: None, say=_silent)
    yield _result("seconds of a restore, checked, beside pg_restore", brought.seconds, peer=raw_back)
    wrong = tables.differing(told.tables, tables.of(other.owner_url))
    yield _result("tables that differ after the restore", len(wrong), ok=not wrong)
    _, files = manifest.check(taken.place)
    lost = sum(filing.hashed(folder / "put" / name) != kept for name, kept in files.items())
    yield _result(f"photos that differ, of {len(files)}", lost, ok=not lost and len(files) == told.file_count)
    yield from _control(here, told, other)


def _control(here: Site, told: manifest.Manifest, other: Databases) -> Iterator[Result]:
    """Change one word of one row: the comparison must notice."""
    with psycopg.connect(here.cluster.url("postgres", other.name), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE needs_need SET words = words || '。' WHERE id = (SELECT min(id::text)::uuid FROM needs_need)"
        )
    found = tables.differing(told.tables, tables.of(other.owner_url))
    yield _result("control: tables that differ after one row was changed", len(found), ok=found == ["needs_need"])


def _mb(path: Path) -> float:
    return path.stat().st_size / 1e6


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own."""
    matters = int(os.environ.get("HUIYIN_BENCH_MATTERS") or 0) or (QUICK if quick else MATTERS)
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here, TemporaryDirectory(dir=here.place) as folder:
        here.settle()
        fill(here, matters=matters)
        photos = _photos(here, matters // PHOTOS_EVERY)
        yield _result("matters in the register", matters)
        yield _result("photos, MB", photos / 1e6)
        yield from _measure(here, Path(folder))
