"""How the house stands: jobs, worker, disk, database, backups. Facts only; who judges them is above."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection

from huiyin.platform import clock

WORKER_SILENT_AFTER = timedelta(seconds=60)  # it says every ten seconds that it lives
BIGGEST = 5
# The lowest number of those that wait stands for the oldest: looking up the beginning of each would cost too much.
_JOBS = """
WITH counted AS (
  SELECT queue_name, task_name, status::text AS status, count(*) AS jobs, min(id) AS first_id
  FROM procrastinate_jobs
  WHERE status = 'failed' OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))
  GROUP BY 1, 2, 3
)
SELECT c.queue_name, c.task_name, c.status, c.jobs,
       coalesce((SELECT scheduled_at FROM procrastinate_jobs WHERE id = c.first_id),
                (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = c.first_id AND e.type <> 'failed')),
       CASE WHEN c.status = 'failed' THEN
         (SELECT max(e.at) FROM procrastinate_events e JOIN procrastinate_jobs j ON j.id = e.job_id
          WHERE e.type = 'failed' AND j.status = 'failed' AND j.task_name = c.task_name) END
FROM counted c ORDER BY c.status, c.jobs DESC, c.task_name
"""
_WORKER = "SELECT max(last_heartbeat) FROM procrastinate_workers"
_SIZES = """
SELECT '', pg_database_size(current_database()), 0
UNION ALL (SELECT c.relname, pg_total_relation_size(c.oid), greatest(c.reltuples, 0)::bigint FROM pg_class c
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace ORDER BY 2 DESC LIMIT %s)
"""
_UPKEEP = """
SELECT DISTINCT ON (kind) kind, at, about, place, version, size_bytes, verified, faults
FROM platform_upkeep ORDER BY kind, at DESC
"""


@dataclass(frozen=True, slots=True)
class JobRow:
    """Jobs of one task in one state, `todo` and due or `failed`: how many, since when the first, when the last failed."""

    queue: str
    task: str
    status: str
    count: int
    oldest_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk where data lies, in bytes."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its indexes, in bytes; `rows` is what the planner believes."""

    name: str
    size: int
    rows: int


@dataclass(frozen=True, slots=True)
class UpkeepRow:
    """The last backup or restore: when, of which moment, where, by which version, how it ended."""

    kind: str
    at: datetime
    about: datetime
    place: str
    version: str
    size_bytes: int
    verified: bool
    faults: int


def jobs() -> list[JobRow]:
    """Return the jobs that wait though they are due, and those that failed, by task."""
    with connection.cursor() as cursor:
        cursor.execute(_JOBS)
        return [JobRow(*row) for row in cursor.fetchall()]


def worker_seen_at() -> datetime | None:
    """Return when a worker last said that it lives, None when none ever did."""
    with connection.cursor() as cursor:
        cursor.execute(_WORKER)
        row = cursor.fetchone()
    return row[0] if row else None


def worker_lives(seen_at: datetime | None) -> bool:
    """Return whether that is recent enough."""
    return seen_at is not None and clock.now() - seen_at < WORKER_SILENT_AFTER


def disk() -> Disk | None:
    """Return the disk where data lies, None on a machine that keeps none."""
    try:
        usage = shutil.disk_usage(settings.DATA_DIR)
    except FileNotFoundError:
        return None
    return Disk(usage.total, usage.free)


def database() -> tuple[int, Sequence[Table]]:
    """Return the size of the database in bytes, and its biggest tables."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [BIGGEST])
        (_name, whole, _rows), *tables = cursor.fetchall()
    return whole, [Table(*row) for row in tables]


def postgresql() -> str:
    """Return the server's version, without asking it."""
    with connection.cursor():
        major, minor = divmod(connection.connection.info.server_version, 10000)
    return f"{major}.{minor}"


def upkeep() -> dict[str, UpkeepRow]:
    """Return the last backup and the last restore, by kind."""
    with connection.cursor() as cursor:
        cursor.execute(_UPKEEP)
        return {row[0]: UpkeepRow(*row) for row in cursor.fetchall()}
