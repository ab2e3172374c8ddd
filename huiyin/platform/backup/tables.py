"""Rows and checksum of every table, the same wherever and in whatever order the rows lie."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]
# Left out, empty after a restore: who is signed in (a session that was ended must not come back), counted tries.
LEFT_OUT = ("django_session", "platform_hit")
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY 1
"""
# How a row is written as text must not depend on whose session writes it.
_PLAINLY = """
SET TIME ZONE 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; SET extra_float_digits = 1;
SET bytea_output = 'hex'; SET search_path = public; SET statement_timeout = 0; SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0
"""
# A sum, as rows have no order; of SHA-256, as hashes of PostgreSQL's own may differ between its versions.
_SUM = """
SELECT count(*), coalesce(sum(
  ('x' || encode(substr(sha256(convert_to(huiyin_row::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint::numeric
), 0)::text FROM ONLY public.{table} AS huiyin_row
"""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many rows a table has, and the sum of their hashes."""

    rows: int
    sum: str


def names(connection: Connection) -> list[str]:
    """Return the tables that a backup holds."""
    return [row[0] for row in connection.execute(_TABLES) if row[0] not in LEFT_OUT]


def sums(connection: Connection, tables: Iterable[str]) -> dict[str, Sum]:
    """Return rows and checksum of each table, as this connection's transaction sees them."""
    found = {}
    for table in tables:
        row = connection.execute(sql.SQL(_SUM).format(table=sql.Identifier(table))).fetchone()
        assert row is not None  # noqa: S101 - an aggregate
        found[table] = Sum(int(row[0]), str(row[1]))
    return found


def differing(wanted: Mapping[str, Sum], found: Mapping[str, Sum]) -> list[str]:
    """Return the tables that are not the same, or stand on one side only."""
    return sorted(t for t in wanted.keys() | found.keys() if wanted.get(t) != found.get(t))


@contextmanager
def snapshot(url: str) -> Iterator[tuple[Connection, str]]:
    """Hold one moment of the database: a connection that sees it, and the name by which pg_dump sees it too."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_PLAINLY)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - a function
        yield connection, str(row[0])
        connection.execute("ROLLBACK")


def of(url: str) -> dict[str, Sum]:
    """Return rows and checksum of every table of a database now."""
    with snapshot(url) as (connection, _name):
        return sums(connection, names(connection))
