"""The heaviest pages at a million matters beside ten thousand: server time, one at a time."""

import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from bench.street.crowd import Asked, Said, ask
from bench.street.site import Site
from bench.street.staff import sessions
from bench.street.world import world
from huiyin.config.benches import Result

MATTERS, BESIDE = 1_000_000, 10_000
WANTED = "100 ms at most, and 1.5 times or 40 ms wanted"
ROUNDS = 30


def _result(target: str, value: float, *, peer: float | None = None, ok: bool | None = None) -> Result:
    ratio = round(value / peer, 2) if peer else None
    return Result("pages", target, round(value, 1), None if peer is None else round(peer, 1), ratio, ok)


def _matters(here: Site) -> list[str]:
    """Return the desk's addresses of some matters, new and old."""
    with here.connect() as connection:
        rows = connection.execute(
            "(SELECT id::text FROM needs_need ORDER BY received_at DESC LIMIT 20) "
            "UNION ALL (SELECT id::text FROM needs_need ORDER BY received_at LIMIT 20)"
        ).fetchall()
    return [f"/desk/needs/{key}/" for (key,) in rows]


def _box(here: Site) -> str:
    """Return the middle ninth of the buildings' box, as the map asks for it."""
    with here.connect() as connection:
        found = connection.execute("SELECT min(lon), min(lat), max(lon), max(lat) FROM org_building").fetchone()
    assert found is not None
    west, south, east, north = (float(str(v)) for v in found)
    w, h = (east - west) / 3, (north - south) / 3
    return f"west={west + w}&south={south + h}&east={east - w}&north={north - h}"


def _pages(here: Site) -> Mapping[str, Sequence[str]]:
    first = quote("城乡建设")
    return {
        "list with a filter": [
            f"/desk/?which=all&category={first}",
            "/desk/?which=overdue",
            "/desk/?which=all&channel=phone",
        ],
        "search of two characters": [f"/desk/search/?q={quote(word)}" for word in ("路灯", "噪音", "停车", "垃圾")],
        "one matter": _matters(here),
        "map, the middle": [f"/desk/map/matters.json?{_box(here)}"],
        "map, all of it": ["/desk/map/matters.json?west=70&south=0&east=140&north=60"],
        "dashboard": ["/desk/dashboard/", "/desk/dashboard/?month=2026-08"],
    }


def _p95(said: Sequence[Said]) -> float:
    return statistics.quantiles([s.took_ms for s in said], n=20)[18]


def _measured(matters: int, rounds: int) -> Iterator[tuple[str, float, int]]:
    with world(matters) as here, here.serving() as web:
        for role in ("street_head", "community_head"):
            key = sessions(here, role=role, count=1)
            for name, paths in _pages(here).items():
                if role == "community_head" and name == "one matter":
                    continue  # the pages are others'
                many = (list(paths) * rounds)[: max(rounds, len(paths))]
                ask(Asked(web.port, key, list(paths) * 4))  # each process of the server, once at least
                said = ask(Asked(web.port, key, many))
                yield f"{name}, {role}", _p95(said), sum(s.status != 200 for s in said)
        tracked = _tracking(here)
        ask(Asked(web.port, [""], tracked * 2))
        said = ask(Asked(web.port, [""], (tracked * rounds)[: max(rounds, 40)]))
        yield "tracking page, a resident", _p95(said), sum(s.status != 200 for s in said)


_TOKENS = """
import sys
from uuid import UUID
import django
django.setup()
from huiyin.needs import bearing
print(*(bearing.token_of(UUID(key)) for key in sys.stdin.read().split()))
"""


def _tracking(here: Site) -> list[str]:
    """Return private links of new matters, as the site's own key makes them."""
    with here.connect() as connection:
        found = connection.execute(
            "SELECT id::text, code FROM needs_need ORDER BY received_at DESC LIMIT 20"
        ).fetchall()
    rows = [(str(key), str(code)) for key, code in found]
    run = subprocess.run(
        [sys.executable, "-c", _TOKENS], input=" ".join(key for key, _code in rows), env=here.environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [f"/m/{code}/{token}/" for (_key, code), token in zip(rows, run.stdout.split(), strict=True)]


def run(*, quick: bool) -> Iterator[Result]:
    """Measure both worlds, the small one first."""
    rounds = 10 if quick else ROUNDS
    yield _result("load average of the machine before", os.getloadavg()[0])
    small = {name: took for name, took, _bad in _measured(BESIDE, rounds)}
    size = int(os.environ.get("HUIYIN_BENCH_MATTERS", MATTERS))
    for name, took, bad in _measured(size, rounds):
        yield _result(f"{name}: p95 ms at {size:,}, beside {BESIDE:,}; {WANTED}", took, peer=small[name])
        yield _result(f"{name}: answers other than the page", bad, ok=bad == 0)
