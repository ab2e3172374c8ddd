"""Make a backup: one snapshot for dump and checksums, then the files, then its name."""

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from psycopg import sql

from huiyin.platform.backup import clients, filing, manifest, tables
from huiyin.platform.backup.errors import Refused
from huiyin.platform.backup.manifest import DUMP, FILES, Manifest
from huiyin.platform.launcher import locking

NAME = re.compile(r"huiyin-\d{8}T\d{6}Z")
_DRAFT = ".huiyin-draft"
Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Wish:
    """What to back up, and where to. `keys` are fingerprints; `owner_url` is the address of the tables' owner."""

    owner_url: str
    app_role: str
    files: Path
    target: Path
    version: str
    keys: Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that is whole: where it lies, what it says, how much it holds, how long it took, photos in disorder."""

    place: Path
    manifest: Manifest
    size_bytes: int
    seconds: float
    wrong: tuple[str, ...]


def take(wish: Wish, *, say: Say) -> Taken:
    """Make a backup below `wish.target` and return it. Raises BackupError or LauncherError; leaves no half one."""
    began = time.monotonic()
    with _alone(wish.target), _drafting(wish.target) as draft:
        _room(wish, say)
        _wait_for_a_name(wish.target)
        wrong: list[str] = []
        # The dump's moment first: a photo is on the disk before its row is committed, and never changes.
        told, snapshot_at = _database(wish, draft)
        before = newest(wish.target)
        known = manifest.known_files(before) if before else {}
        files = filing.gather(
            wish.files, draft / FILES, before=before / FILES if before else None, known=known, wrong=wrong.append
        )
        made = _manifest(wish, told, files, snapshot_at)
        manifest.write(draft, made, files)
        filing.sync(draft)  # all of it before its name
        place = wish.target / _name(snapshot_at)
        draft.rename(place)
        filing.synced(wish.target)
    size = (place / DUMP).stat().st_size + made.file_bytes
    return Taken(place, made, size, time.monotonic() - began, tuple(wrong))


@dataclass(frozen=True)
class _Told:
    """What the database said within the snapshot."""

    sums: dict[str, tables.Sum]
    migrations: tuple[str, ...]
    postgresql: str
    owner: str
    database_bytes: int
    photos: frozenset[str]


def _database(wish: Wish, draft: Path) -> tuple[_Told, datetime]:
    """Dump while the checksums are counted, both of the same snapshot."""
    with tables.snapshot(wish.owner_url) as (connection, name):
        at = datetime.now(UTC)
        place = clients.find(connection.info.server_version // 10000)
        dumping = _Dumping(wish, place, name, draft / DUMP)
        dumping.start()
        try:
            told = _ask(connection)
        finally:
            dumping.join()
    if dumping.failed:
        raise dumping.failed
    return told, at


class _Dumping(threading.Thread):
    """pg_dump beside the counting; `failed` says how it ended."""

    def __init__(self, wish: Wish, place: Path, snapshot: str, target: Path) -> None:
        super().__init__(name="pg_dump", daemon=True)
        self.failed: Exception | None = None
        left_out = [f"--exclude-table-data=public.{table}" for table in tables.LEFT_OUT]
        self._arguments = ["--format=custom", f"--snapshot={snapshot}", f"--file={target}", *left_out]
        self._place, self._url = place, wish.owner_url

    def run(self) -> None:
        try:
            clients.run(self._place, "pg_dump", *self._arguments, url=self._url)
        except Exception as error:  # told to who waits for it
            self.failed = error


def _ask(connection: tables.Connection) -> _Told:
    found = tables.names(connection)
    facts = connection.execute(
        "SELECT current_setting('server_version'), current_user, pg_database_size(current_database())"
    ).fetchone()
    assert facts is not None  # noqa: S101 - a row of functions
    applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
    photos = connection.execute("SELECT sha256 FROM platform_storedfile").fetchall()
    return _Told(
        sums=tables.sums(connection, found),
        migrations=tuple(row[0] for row in applied),
        postgresql=str(facts[0]).split(" ")[0],
        owner=str(facts[1]),
        database_bytes=int(facts[2]),
        photos=frozenset(row[0] for row in photos),
    )


def _manifest(wish: Wish, told: _Told, files: Mapping[str, filing.Kept], at: datetime) -> Manifest:
    there = {Path(name).stem for name in files}
    absent = told.photos - there
    if absent:  # erased since the snapshot is no fault
        with tables.snapshot(wish.owner_url) as (connection, _name):
            ask = "SELECT sha256 FROM platform_storedfile WHERE sha256 = ANY (%s)"
            absent = frozenset(row[0] for row in connection.execute(ask, [sorted(absent)]))
    return Manifest(
        version=wish.version,
        taken_at=at,
        postgresql=told.postgresql,
        roles=(told.owner, wish.app_role),
        migrations=told.migrations,
        tables=told.sums,
        left_out=tables.LEFT_OUT,
        keys=wish.keys,
        database_bytes=told.database_bytes,
        file_count=len(files),
        file_bytes=sum(kept.size for kept in files.values()),
        absent=tuple(sorted(absent)),
    )


# --- the place --------------------------------------------------------------------------------------------------


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locking.held(target / ".lock", patience_s=5.0):
        yield


@contextmanager
def _drafting(target: Path) -> Iterator[Path]:
    """Give an empty directory for a backup in the making; what an interrupted one left is cleared first."""
    draft = target / _DRAFT
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    (draft / FILES).mkdir(mode=0o700)
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _room(wish: Wish, say: Say) -> None:
    """Say how much is needed and how much there is. Raises Refused when it cannot fit."""
    count = sql.SQL("SELECT coalesce(sum(pg_table_size(oid)), 0) FROM pg_class WHERE relkind = 'r'")
    with tables.snapshot(wish.owner_url) as (connection, _name):
        if connection.execute("SELECT to_regclass('public.django_migrations')").fetchone() == (None,):
            raise Refused("数据库是空的，没有可备份的内容。", "The database is empty: there is nothing to back up.")
        row = connection.execute(count).fetchone()
    rows_bytes = int(row[0]) if row else 0
    before = newest(wish.target)
    known = manifest.known_files(before) if before else {}
    new = [name for name in filing.names(wish.files) if name not in known]
    file_bytes = sum((wish.files / name).stat().st_size for name in new if (wish.files / name).exists())
    free, most = filing.free(wish.target), rows_bytes + file_bytes
    say(
        f"需要至多 {_mb(most)}（数据库 {_mb(rows_bytes)}，新文件 {_mb(file_bytes)}），可用 {_mb(free)}",
        f"needs at most {_mb(most)} (tables {_mb(rows_bytes)}, new files {_mb(file_bytes)}), {_mb(free)} are free",
    )
    if free < rows_bytes // 2 + file_bytes:  # text packs to less than half
        raise Refused(
            f"{wish.target} 的空间不够：需要约 {_mb(rows_bytes // 2 + file_bytes)}，只有 {_mb(free)}。请换一个目录。",
            f"There is not enough room at {wish.target}: about {_mb(rows_bytes // 2 + file_bytes)} are needed,"
            f" {_mb(free)} are free. Take another directory.",
        )


def _mb(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _name(at: datetime) -> str:
    return f"huiyin-{at:%Y%m%dT%H%M%SZ}"


def _wait_for_a_name(target: Path) -> None:
    while (target / _name(datetime.now(UTC))).exists():
        time.sleep(0.05)


def whole(target: Path) -> list[Path]:
    """Return the backups below `target`, oldest first."""
    found = [p for p in target.glob("huiyin-*") if NAME.fullmatch(p.name) and (p / manifest.MANIFEST).is_file()]
    return sorted(found, key=lambda p: p.name)


def newest(target: Path) -> Path | None:
    """Return the last backup below `target`, None without any."""
    found = whole(target)
    return found[-1] if found else None


def forget(target: Path, *, keep: int) -> Sequence[Path]:
    """Delete the oldest backups below `target` beyond `keep`; return them. Raises ValueError when keep < 1."""
    if keep < 1:
        raise ValueError("at least one backup is kept")
    with _alone(target):
        old = whole(target)[:-keep]
        for place in old:
            gone = place.with_name(f".{place.name}.gone")  # never half a backup under its name
            place.rename(gone)
            shutil.rmtree(gone)
    return old
