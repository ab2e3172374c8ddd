"""The books after a storm: is every matter that a resident was told of there, once, with all that belongs to it?"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]

# For each acknowledged pair: how many needs, first moves, contacts, messages and jobs that send them there are.
_COUNT = """
WITH told AS (SELECT %s || t.source AS source, t.code FROM unnest(%s::text[], %s::text[]) AS t(source, code)),
  moves AS (SELECT need_id, count(*) AS c FROM needs_move WHERE verb = 'register' GROUP BY 1),
  letters AS (SELECT effect_key AS k, count(*) AS c FROM notify_message GROUP BY 1),
  sendings AS (SELECT args ->> 'effect_key' AS k, count(*) AS c FROM procrastinate_jobs
               WHERE task_name = 'notify.deliver' GROUP BY 1)
SELECT told.code, (n.id IS NOT NULL)::int, coalesce(moves.c, 0), (c.need_id IS NOT NULL)::int,
       coalesce(letters.c, 0), coalesce(sendings.c, 0)
  FROM told
  LEFT JOIN needs_need n ON n.code = told.code AND n.source = told.source
  LEFT JOIN moves ON moves.need_id = n.id
  LEFT JOIN needs_contact c ON c.need_id = n.id
  LEFT JOIN letters ON letters.k = 'need.received:' || n.id
  LEFT JOIN sendings ON sendings.k = 'need.received:' || n.id
"""
_UNTOLD = """
SELECT count(*) FROM needs_need
 WHERE starts_with(source, %(way)s) AND NOT substr(source, length(%(way)s) + 1) = ANY (%(sources)s)
"""
WEB = "web:"
PARTS = ("need", "move", "contact", "message", "sending")


@dataclass(frozen=True, slots=True)
class Told:
    """What a resident was told: the code given for a source."""

    source: str
    code: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """Codes of which something is missing, codes of which something is there twice, and rows nobody was told of."""

    lost: dict[str, str]
    doubled: dict[str, str]
    untold: int


def judge(connection: Connection, told: Sequence[Told], *, way: str = WEB) -> Verdict:
    """Compare what was told with what the database holds; `way` is how the sources of that door begin."""
    lost: dict[str, str] = {}
    doubled: dict[str, str] = {}
    for code, *counts in connection.execute(_COUNT, [way, [t.source for t in told], [t.code for t in told]]):
        if missing := [part for part, count in zip(PARTS, counts, strict=True) if count < 1]:
            lost[code] = ", ".join(missing)
        if several := [part for part, count in zip(PARTS, counts, strict=True) if count > 1]:
            doubled[code] = ", ".join(several)
    doubled |= {code: "code" for code, count in Counter(t.code for t in told).items() if count > 1}
    row = connection.execute(_UNTOLD, {"way": way, "sources": [t.source for t in told]}).fetchone()
    return Verdict(lost, doubled, int(row[0]) if row else 0)


_BREAKS = {
    "need": "DELETE FROM needs_need WHERE code = %s",
    "move": "DELETE FROM needs_move WHERE need_id = (SELECT id FROM needs_need WHERE code = %s)",
    "contact": "DELETE FROM needs_contact WHERE need_id = (SELECT id FROM needs_need WHERE code = %s)",
    "message": "DELETE FROM notify_message WHERE effect_key = 'need.received:' || "
    "(SELECT id FROM needs_need WHERE code = %s)",
    "sending": "DELETE FROM procrastinate_jobs WHERE args ->> 'effect_key' = 'need.received:' || "
    "(SELECT id FROM needs_need WHERE code = %s)",
}
_TWICE = """
INSERT INTO needs_move (need_id, at, verb, from_state, to_state, unit_id, by_kind, by_name, by_unit_name, note)
SELECT need_id, at, verb, from_state, to_state, unit_id, by_kind, by_name, by_unit_name, note
  FROM needs_move WHERE verb = 'register' AND need_id = (SELECT id FROM needs_need WHERE code = %s)
"""


def unnoticed(connection: Connection, told: Sequence[Told], *, way: str = WEB) -> list[str]:
    """Break the books in every way, as superuser and rolled back, and return the ways that `judge` did not notice."""
    missed = []
    code = told[len(told) // 2].code
    for part, statement in {**_BREAKS, "twice": _TWICE}.items():
        with connection.transaction(force_rollback=True):
            connection.execute("SET LOCAL session_replication_role = replica")  # past triggers and foreign keys
            connection.execute(statement.encode(), [code])
            verdict = judge(connection, told, way=way)
            noticed = verdict.doubled.get(code) == "move" if part == "twice" else part in verdict.lost.get(code, "")
        if not noticed:
            missed.append(part)
    return missed
