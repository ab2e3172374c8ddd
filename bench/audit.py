"""The record of looks and changes: its page among few entries and among two million, by whom it is narrowed."""

import statistics
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from bench.street.crowd import Asked, ask
from bench.street.site import Site, site
from bench.street.staff import sessions
from huiyin.config.benches import Result

FEW, MANY = 10_000, 2_000_000
MOST_TIMES = 3.0  # as long as among few entries, a hundredth or less of the many
# A county's half year: offices in turn, one in three entries about a matter of another office than the clerk's own.
_FILL = """
WITH places AS (SELECT array_agg(id) AS key, array_agg(name) AS name FROM org_unit),
     staff AS (SELECT array_agg(id) AS key, array_agg(name) AS name FROM org_user WHERE kind = 'staff')
INSERT INTO platform_auditentry
  (at, actor_kind, user_id, user_name, unit_id, unit_name, about_unit_id, action, subject, detail, reference)
SELECT now() - n * interval '180 days' / %(count)s, 'staff', s.key[1 + n %% cardinality(s.key)],
       s.name[1 + n %% cardinality(s.key)], p.key[1 + n %% cardinality(p.key)], p.name[1 + n %% cardinality(p.key)],
       CASE n %% 3 WHEN 0 THEN p.key[1 + (n * 7) %% cardinality(p.key)] END,
       (ARRAY['contact.read', 'session.begin', 'need.export'])[1 + n %% 3],
       'need:' || gen_random_uuid(), '{}', '' FROM generate_series(1, %(count)s) n, places p, staff s
"""


def _result(target: str, value: float, peer: float) -> Result:
    ratio = value / peer
    return Result("audit", target, round(value, 2), round(peer, 2), round(ratio, 2), ratio <= MOST_TIMES)


def _fill(here: Site, count: int) -> None:
    with here.connect() as connection:
        connection.execute(_FILL, {"count": count})
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE platform_auditentry")


def _p95(port: int, key: str, path: str) -> float:
    said = ask(Asked(port, [key], [path] * 60))
    assert all(s.status == 200 for s in said), (path, {s.status for s in said})
    return statistics.quantiles([s.took_ms for s in said[10:]], n=20)[-1]


def _paths(here: Site) -> dict[str, str]:
    with here.connect() as connection:
        row = connection.execute("SELECT name FROM org_user WHERE kind = 'staff' ORDER BY id LIMIT 1").fetchone()
    name, since = str(row[0]) if row else "", (datetime.now(UTC) - timedelta(days=180)).date().isoformat()
    return {
        "the newest": "/desk/audit/",
        "half a year": f"/desk/audit/?since={since}",
        "one person": f"/desk/audit/?person={quote(name)}&since={since}",
        "somebody who is nobody": f"/desk/audit/?person={quote('没有这人')}",
        "one action": "/desk/audit/?action=need.export",
    }


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own, as the county's administrator and as a street's secretary."""
    with site() as here:
        here.settle()
        with here.serving() as served:
            people = {role: sessions(here, role=role, count=1)[0] for role in ("county_admin", "street_head")}
            peers: dict[tuple[str, str], float] = {}
            for count in (FEW, MANY // 10 if quick else MANY):
                _fill(here, count)
                for role, key in people.items():
                    for name, path in _paths(here).items():
                        p95 = _p95(served.port, key, path)
                        peer = peers.setdefault((role, name), p95)
                        yield _result(f"{role}, {name}, {count:,} entries: ms p95", p95, peer)
