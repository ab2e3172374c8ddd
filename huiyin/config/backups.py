"""`huiyin backup` and `huiyin restore`: the settings' part of huiyin.platform.backup."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from huiyin import __version__
from huiyin.config import keys, migrate, serve, settings
from huiyin.platform.backup import bringing, filing, taking
from huiyin.platform.backup.databases import Databases
from huiyin.platform.backup.errors import BackupError
from huiyin.platform.backup.manifest import Manifest
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.errors import LauncherError, from_os

_UPKEEP = """
INSERT INTO platform_upkeep (kind, at, about, place, version, size_bytes, seconds, verified, faults)
VALUES (%s, now(), %s, %s, %s, %s, %s, %s, %s)
"""


def _say(zh: str, en: str) -> None:
    print(f"{zh}  ·  {en}", flush=True)


@contextmanager
def _database() -> Iterator[None]:
    """Have the launcher's own database running; one that was not is stopped again."""
    if not settings.LOCAL_DATABASE:
        yield
        return
    with Cluster(settings.DATA_DIR, choice=settings.PG_CHOICE):
        yield


def _ended(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)


@contextmanager
def _guarded() -> Iterator[None]:
    """End in order when asked to, so that what was begun is cleared away."""
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        yield
    except OSError as error:
        raise from_os(error, error.filename or "") from error
    except psycopg.Error as error:
        raise BackupError(f"数据库出错：{error}", f"The database says: {error}") from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _app_role() -> str:
    return str(settings.DATABASES["default"]["USER"])


def _target(known: keys.Keys) -> bringing.Target:
    return bringing.Target(
        owner_url=settings.OWNER_URL,
        app_role=_app_role(),
        files=settings.FILES_DIR,
        version=__version__,
        keys=keys.fingerprints(known),
        migrations=_known_migrations(),
        jobs=max(1, min(4, os.cpu_count() or 1)),
    )


def _known_migrations() -> set[str]:
    """Return every migration this version has."""
    serve.set_up()
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


# --- backup -----------------------------------------------------------------------------------------------------


def backup(*, to: Path | None, keep: int | None, verify: bool) -> int:
    """Make a backup, verify it by a restore on trial when asked to, forget the oldest; return the exit code."""
    try:
        with _guarded(), _database():
            return _backup(to or settings.BACKUP_DIR, keep=keep, verify=verify)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1


def _backup(target: Path, *, keep: int | None, verify: bool) -> int:
    wish = taking.Wish(
        owner_url=settings.OWNER_URL,
        app_role=_app_role(),
        files=settings.FILES_DIR,
        target=target.absolute(),
        version=__version__,
        keys=keys.fingerprints(settings.KEYS),
    )
    taken = taking.take(wish, say=_say)
    told = taken.manifest
    faults = len(taken.wrong) + len(told.absent)
    if verify:
        bringing.verify(taken.place, _target(settings.KEYS), say=_say)
    about = (told.taken_at, str(taken.place), __version__, taken.size_bytes, taken.seconds, verify, faults)
    _record(settings.OWNER_URL, "backup", *about)
    _say(
        f"备份完成：{taken.place}（{told.rows:,} 行，{told.file_count:,} 个文件，{taken.size_bytes / 1e6:,.1f} MB，"
        f"{taken.seconds:.1f} 秒{'，已试恢复核对' if verify else ''}）",
        f"made: {told.rows:,} rows, {told.file_count:,} files{', verified by a restore on trial' if verify else ''}",
    )
    _say(
        "密钥不在备份里，请另行保存：huiyin backup --keys 文件",
        "the keys are not in it: keep them apart with huiyin backup --keys FILE",
    )
    for place in taking.forget(wish.target, keep=keep) if keep else ():
        _say(f"已删除旧备份 {place.name}", "an old backup was deleted")
    return _photos_said(taken)


def _photos_said(taken: taking.Taken) -> int:
    """Name photos that were in disorder before; return the exit code: who reads only that should know."""
    for name in taken.wrong:
        _say(f"照片内容与文件名不符，已按原样备份：{name}", "this photo is not what its name says; kept as it is")
    for sha256 in taken.manifest.absent:
        _say(f"数据库提到的照片不在磁盘上：{sha256}", "a photo the database knows is not on the disk")
    return int(bool(taken.wrong or taken.manifest.absent))


def _record(url: str, kind: str, *about: object) -> None:
    """Keep in the database what was done, for the status page; an older database has no such table yet."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('public.platform_upkeep')").fetchone() != (None,):
            connection.execute(_UPKEEP, (kind, *about))


def keep_keys(path: Path) -> int:
    """Write the keys to a file of their own, for their owner's eyes only; return the exit code."""
    try:
        filing.write_private(path, json.dumps(asdict(settings.KEYS)) + "\n")
    except FileExistsError:
        print(f"{path} 已存在，未覆盖  ·  it exists and was left alone", file=sys.stderr)
        return 1
    except OSError as error:
        print(from_os(error, path), file=sys.stderr)
        return 1
    _say(f"密钥已写入 {path}，请与备份分开保存", "the keys are kept there: store them apart from the backups")
    return 0


# --- restore ----------------------------------------------------------------------------------------------------


def restore(folder: Path, *, replace: bool, key_file: Path | None) -> int:
    """Bring a backup back; return the exit code."""
    try:
        with _guarded():
            known = _keys_for(key_file)
            with _database():
                return _restore(folder.absolute(), known, replace=replace, install=key_file is not None)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1


def _keys_for(path: Path | None) -> keys.Keys:
    """Return the keys given, or those here. Raises BackupError for a file that holds none, or that would not be used."""
    if path is None:
        return settings.KEYS
    try:
        given = keys.load(settings.DATA_DIR, given=f"@{path}", required=True)
    except (OSError, ValueError, TypeError) as error:
        raise BackupError(f"{path} 不是密钥文件。", f"{path} is no file of keys.") from error
    if settings.KEYS_GIVEN and given != settings.KEYS:
        raise BackupError(
            "已设置 HUIYIN_KEYS，与 --keys 不同。请改设 HUIYIN_KEYS。",
            "HUIYIN_KEYS is set and differs from --keys. Set HUIYIN_KEYS to these keys instead.",
        )
    return given


def _restore(folder: Path, known: keys.Keys, *, replace: bool, install: bool) -> int:
    def finish(name: str, told: Manifest) -> None:
        _migrate_and_settle(name, known, folder, told)

    brought = bringing.bring_back(folder, _target(known), replace=replace, finish=finish, say=_say)
    if install and not settings.KEYS_GIVEN:
        keys.install(settings.DATA_DIR, known)
    _say(
        f"恢复完成：{brought.manifest.rows:,} 行逐表核对一致，放回 {brought.files:,} 个文件（{brought.seconds:.1f} 秒）",
        "restored, every table and file as in the backup",
    )
    if brought.replaced:
        _say(
            f"原数据库保留为 {brought.replaced}，确认无误后请自行删除（DROP DATABASE）",
            "the old database is kept under this name; drop it when all is well",
        )
        here = Databases(settings.OWNER_URL, _app_role())
        for code in bringing.erased_since(here, brought.replaced, brought.manifest):
            _say(f"备份之后依法删除过的诉求又回来了，请重新删除：{code}", "erased since the backup: erase it again")
    _say(
        "备份之后可能已发出的待发消息已扣住：用 huiyin held 查看，--send 发送或 --drop 作废",
        "waiting messages are held, as they may have been sent since: look with huiyin held, then --send or --drop",
    )
    return 0


def _migrate_and_settle(name: str, known: keys.Keys, folder: Path, told: Manifest) -> None:
    """Bring the new database to this version as its owner, then hold its waiting messages as the app."""
    environment = {**migrate.environment(), "HUIYIN_KEYS": json.dumps(asdict(known))}
    owner = make_conninfo(settings.OWNER_URL, dbname=name)
    url = _moved(settings.OWNER_URL, name)
    for command in (["-m", "django", "migrate", "--no-input", "--verbosity", "0"], ["-m", "huiyin.config.settling"]):
        done = subprocess.run([sys.executable, *command], env={**environment, "DATABASE_URL": url}, check=False)
        if done.returncode:
            raise BackupError("恢复后的更新没有成功，见上文。", "Bringing it to this version failed, see above.")
        url = _moved(settings.APP_URL, name)
    size = (folder / "database.dump").stat().st_size + told.file_bytes
    _record(owner, "backup", told.taken_at, str(folder), told.version, size, 0, True, len(told.absent))
    _record(owner, "restore", told.taken_at, str(folder), __version__, size, 0, True, 0)


def _moved(url: str, name: str) -> str:
    """Return the same address of another database."""
    old = str(conninfo_to_dict(url)["dbname"])
    head, _slash, tail = url.partition("?")
    assert head.endswith(f"/{old}"), "an address without its database's name"  # noqa: S101
    return f"{head[: -len(old)]}{name}{_slash}{tail}"


def held(*, send: bool, drop: bool) -> int:
    """Count the messages a restore holds, send them or drop them; return the exit code."""
    try:
        with _guarded(), _database():
            return _held(send=send, drop=drop)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1


def _held(*, send: bool, drop: bool) -> int:
    serve.set_up()
    from django.db import connections

    from huiyin.notify import actions, queries
    from huiyin.org.actors import SYSTEM

    if send:
        _say(f"已放行 {actions.let_go(SYSTEM)} 条消息", "held messages will be sent")
    elif drop:
        _say(f"已作废 {actions.drop_held(SYSTEM)} 条消息", "held messages were dropped")
    else:
        _say(f"扣住的消息：{queries.held(SYSTEM)} 条", "messages held by a restore")
    connections["default"].close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend
    return 0
