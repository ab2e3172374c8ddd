"""Recovery to a moment: what somebody deleted by mistake is there again, and what came in before it too.

The steps are those of docs/operations.md, «To a moment».
"""

import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from bench.street.site import eventually, place
from huiyin.platform.launcher import processes, programs
from huiyin.platform.launcher.account import server_account
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.initialise import SUPERUSER

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]
ARCHIVING = """
archive_mode = on
archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'
"""
RECOVERING = """
archive_mode = off
restore_command = 'cp {archive}/%f %p'
recovery_target_time = '{moment}'
recovery_target_action = promote
"""


@pytest.fixture(autouse=True)
def _forget_snapshots() -> None:
    """Instead of the root's: these tests have servers of their own."""


@pytest.fixture
def top() -> Iterator[Path]:
    with place() as fresh:
        yield fresh
        for pgdata in fresh.glob("*/pg"):
            processes.end_orphans(pgdata)


def _append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


def _run(cluster: Cluster, name: str, *arguments: str) -> None:
    account = server_account(cluster.pgdata)
    found = programs.choose(cluster.data_dir, cluster.choice, account, cluster.status().version)
    assert found is not None
    outcome = found.run(name, *arguments, timeout_s=120)
    assert outcome.ok, outcome.output


def _ask(cluster: Cluster, statement: str) -> object:
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def _do(cluster: Cluster, *statements: str) -> None:
    with psycopg.connect(cluster.url(SUPERUSER), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def _archiving(top: Path, archive: Path) -> Cluster:
    """Return a running server that archives its log."""
    cluster = Cluster(top / "a")
    cluster.start()
    archive.mkdir(mode=0o700)
    server_account(cluster.pgdata).own(archive)
    cluster.stop()
    _append(cluster.pgdata / "postgresql.conf", ARCHIVING.format(archive=archive))
    cluster.start()
    return cluster


def _base_backup(cluster: Cluster, top: Path) -> Path:
    base = top / "b" / "pg"
    base.parent.mkdir(mode=0o711)
    base.mkdir(mode=0o700)
    server_account(cluster.pgdata).own(base)
    address = ["-h", str(cluster.socket_dir), "-p", str(cluster.port), "-U", SUPERUSER]
    _run(cluster, "pg_basebackup", *address, f"--pgdata={base}", "--wal-method=stream", "--checkpoint=fast")
    return base


def _archived(cluster: Cluster) -> None:
    """End the log's segment and wait until it lies in the archive."""
    segment = _ask(cluster, "SELECT pg_walfile_name(pg_switch_wal())")
    ask = "SELECT last_archived_wal FROM pg_stat_archiver"
    eventually(
        lambda: str(_ask(cluster, ask) or "") >= str(segment), within_s=60, what="the log's segment in the archive"
    )


def _recovered(top: Path, base: Path, archive: Path, moment: datetime) -> Cluster:
    """Return a running server on a copy of the base backup, brought to a moment."""
    _append(base / "postgresql.conf", RECOVERING.format(archive=archive, moment=moment.isoformat()))
    (base / "recovery.signal").touch()
    server_account(base).own(base / "recovery.signal")
    cluster = Cluster(top / "b")
    cluster.start()
    return cluster


def test_what_was_deleted_by_mistake_is_there_again_as_of_the_moment_before(top: Path) -> None:
    archive = top / "archive"
    before = _archiving(top, archive)
    _do(before, "SET ROLE huiyin_owner", "CREATE TABLE matter (id int PRIMARY KEY, words text)")
    _do(before, "INSERT INTO matter SELECT i, '路灯坏了' FROM generate_series(1, 1000) i")
    base = _base_backup(before, top)
    _do(before, "INSERT INTO matter SELECT i, '后来的' FROM generate_series(1001, 1500) i")
    moment = _ask(before, "SELECT clock_timestamp()")
    assert isinstance(moment, datetime)
    time.sleep(0.2)
    _do(before, "DELETE FROM matter", "INSERT INTO matter VALUES (9999, '误删之后')")
    assert _ask(before, "SELECT count(*) FROM matter") == 1
    _archived(before)
    before.stop()
    shutil.rmtree(before.pgdata)  # the machine is gone: only base backup and archive are left
    after = _recovered(top, base, archive, moment)
    try:
        assert _ask(after, "SELECT count(*) FROM matter") == 1500
        assert _ask(after, "SELECT max(id) FROM matter") == 1500
        assert _ask(after, "SELECT pg_is_in_recovery()") is False
        _do(after, "INSERT INTO matter VALUES (2000, '恢复之后')")
    finally:
        after.stop()
