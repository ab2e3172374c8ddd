"""Bring a backup back: into a database beside the one in use, checked, migrated, and only then exchanged by name."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from huiyin.platform.backup import clients, filing, manifest, tables
from huiyin.platform.backup.databases import Databases
from huiyin.platform.backup.errors import BackupError, Damaged, Foreign, Refused
from huiyin.platform.backup.manifest import DUMP, FILES, Manifest
from huiyin.platform.backup.taking import Say

REQUIRED_KEYS = ("contact", "index", "bearer")  # another session key only signs everybody out


@dataclass(frozen=True)
class Target:
    """Where to bring a backup back to. `keys` are this installation's fingerprints, `migrations` what it knows."""

    owner_url: str
    app_role: str
    files: Path
    version: str
    keys: Mapping[str, list[str]]
    migrations: Collection[str]
    jobs: int = 2


@dataclass(frozen=True, slots=True)
class Brought:
    """What was brought back: its manifest, files put, the name of the database that was in use, seconds."""

    manifest: Manifest
    files: int
    replaced: str
    seconds: float


def bring_back(
    folder: Path, target: Target, *, replace: bool, finish: Callable[[str, Manifest], None], say: Say
) -> Brought:
    """Bring a backup back and return what was done. `finish` brings the new database to this version.

    The database in use is only renamed, after the new one was loaded and checked. Raises BackupError.
    """
    began = time.monotonic()
    here = Databases(target.owner_url, target.app_role)
    say("正在检查备份", "checking the backup")
    told, files = manifest.check(folder)
    _fits(told, target)
    _may_begin(here, told, replace=replace)
    stamp = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    with _beside(here, f"{here.name}_new_{stamp}") as name:
        say("正在装入数据库", "loading the database")
        load(folder, here, name, told, jobs=target.jobs)
        say("正在放回文件", "putting the files back")
        put = _put_files(folder, target, files)
        say("正在更新到当前版本", "bringing it to this version")
        finish(name, told)
        here.refuse_when_used(here.name)
        old = f"{here.name}_old_{stamp}"
        had = here.exchange(name, old_becomes=old)
    if had and here.is_free(old):
        here.drop(old)
        had = False
    return Brought(told, put, old if had else "", time.monotonic() - began)


def erased_since(here: Databases, replaced: str, told: Manifest) -> list[str]:
    """Return the codes of matters erased after the backup, as the replaced database knows: they are back."""
    with psycopg.connect(here.url(replaced)) as connection:
        ask = "SELECT substr(subject, 6) FROM platform_auditentry WHERE action = 'need.erase' AND at > %s"
        needs = [row[0] for row in connection.execute(ask, [told.taken_at])]
    with psycopg.connect(here.url(here.name)) as connection:
        rows = connection.execute("SELECT code FROM needs_need WHERE id::text = ANY (%s) ORDER BY 1", [needs])
        return [row[0] for row in rows]


def verify(folder: Path, target: Target, *, say: Say) -> Manifest:
    """Load a backup into a database of its own, compare everything, drop it again. Raises BackupError."""
    here = Databases(target.owner_url, target.app_role)
    told, _files = manifest.check(folder)
    name = f"{here.name}_check_{datetime.now(UTC):%Y%m%d%H%M%S}"
    say("正在试恢复", "restoring on trial")
    here.make(name)
    try:
        load(folder, here, name, told, jobs=target.jobs)
    finally:
        here.drop(name)
    return told


def load(folder: Path, here: Databases, name: str, told: Manifest, *, jobs: int) -> None:
    """Load the dump into an empty database and compare every table with the manifest. Raises Damaged."""
    arguments = ["--no-owner", "--exit-on-error", f"--jobs={jobs}", f"--dbname={name}"]
    if tuple(told.roles) != (here.owner(), here.app_role):
        arguments.append("--no-privileges")  # they name roles of another installation; ours are given by `make`
    clients.run(clients.find(here.major()), "pg_restore", *arguments, str(folder / DUMP), url=here.url(name))
    if wrong := tables.differing(told.tables, tables.of(here.url(name))):
        raise Damaged(
            f"装入后的表与清单不符：{'、'.join(wrong)}。请换用另一份备份。",
            f"Tables are not as the manifest says after loading: {', '.join(wrong)}. Take another backup.",
        )
    with psycopg.connect(here.url(name), autocommit=True) as connection:
        connection.execute("ANALYZE")


@contextmanager
def _beside(here: Databases, name: str) -> Iterator[str]:
    """Give a new database; when bringing back fails it goes, and nothing has happened."""
    here.make(name)
    try:
        yield name
    except BaseException:
        here.drop(name)
        raise


def _put_files(folder: Path, target: Target, files: Mapping[str, filing.Kept]) -> int:
    try:
        return filing.put_back(folder / FILES, target.files, files)
    except ValueError as error:
        raise BackupError(
            f"文件 {error} 写到 {target.files} 后与清单不符。请检查磁盘。",
            f"The file {error} is not as it should be after it was written to {target.files}. Check the disk.",
        ) from error


# --- whether it may be --------------------------------------------------------------------------------------------


def _fits(told: Manifest, target: Target) -> None:
    """Raise Foreign when the backup belongs to other keys, or to a version that this one does not know."""
    unknown = [m for m in told.migrations if m not in target.migrations]
    if unknown or _numbers(told.version) > _numbers(target.version):
        raise Foreign(
            f"备份由更新的版本 {told.version} 建立，本机是 {target.version}。请先更新回音。",
            f"The backup was made by version {told.version}, which is newer than {target.version} here."
            " Update Huiyin first.",
        )
    lacking = [k for k in REQUIRED_KEYS if not set(told.keys.get(k, [])) <= set(target.keys.get(k, []))]
    if lacking:
        raise Foreign(
            f"这些密钥不属于这份备份（{'、'.join(lacking)} 不同），恢复后联系方式将无法读取。"
            "请用 --keys 指定备份时另存的密钥文件，或设置 HUIYIN_KEYS。",
            f"These keys do not belong to this backup ({', '.join(lacking)} differ): contacts could not be read."
            " Give the file of keys kept apart with --keys, or set HUIYIN_KEYS.",
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _may_begin(here: Databases, told: Manifest, *, replace: bool) -> None:
    """Raise Refused when the database is not free, BackupError when the server is too old."""
    if here.major() < told.major:
        raise Foreign(
            f"备份来自 PostgreSQL {told.major}，这里是 {here.major()}。请使用同版本或更新的 PostgreSQL。",
            f"The backup is of PostgreSQL {told.major}, here is {here.major()}. Use that version or a newer one.",
        )
    if not replace and not here.is_free(here.name):
        raise Refused(
            f"数据库 {here.name} 里已有数据，未作改动。确要替换时请加 --replace，原数据库会改名保留。",
            f"The database {here.name} is not empty; nothing was done."
            " With --replace it is exchanged, and kept under another name.",
        )
    here.refuse_when_used(here.name)
