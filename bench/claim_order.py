"""Claiming: 200 people press the button for one order in the same moment. One has it, the others are told."""

import os
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence

from bench.street import statements
from bench.street.crowd import Asked, Said, ask
from bench.street.site import Site, site
from bench.street.staff import open_orders, sessions
from huiyin.config.benches import Result

CROWD = 200
CONNECTIONS = 8


def _result(target: str, value: float, *, ok: bool | None = None) -> Result:
    return Result("claim-order", target, round(value, 2), ok=ok)


def _paths(orders: Sequence[str]) -> list[str]:
    return [f"/desk/orders/{key}/claim/" for key in orders]


def _wins(said: Sequence[Said]) -> dict[str, int]:
    wins: Counter[str] = Counter({s.path: 0 for s in said})
    wins.update(s.path for s in said if s.status == 302)
    return dict(wins)


def _rates(said: Sequence[Said]) -> list[float]:
    rates = []
    for path in dict.fromkeys(s.path for s in said):
        mine = [s for s in said if s.path == path]
        begin, end = min(s.at_s for s in mine), max(s.at_s + s.took_ms / 1000 for s in mine)
        rates.append(len(mine) / (end - begin))
    return rates


def _books(here: Site, orders: Sequence[str]) -> Iterator[Result]:
    ask_claims = (
        "SELECT count(*) FILTER (WHERE n = 1), count(*) FILTER (WHERE n > 1), count(*) FILTER (WHERE n = 0) FROM "
        "(SELECT (SELECT count(*) FROM needs_ordermove m WHERE m.order_id = o.id AND m.verb = 'claim') AS n "
        "FROM needs_order o WHERE o.id = ANY(%s::uuid[])) t"
    )
    ask_states = (
        "SELECT count(*) FROM needs_order o JOIN needs_orderneed l ON l.order_id = o.id JOIN needs_need n ON n.id = l.need_id "
        "WHERE o.id = ANY(%s::uuid[]) AND (o.state <> 'working' OR o.worker_id IS NULL OR n.state <> 'carry_out')"
    )
    with here.connect() as connection:
        once, more, none = connection.execute(ask_claims, [list(orders)]).fetchone() or (0, 0, 0)
        odd = (connection.execute(ask_states, [list(orders)]).fetchone() or (0,))[0]
    yield _result(f"orders claimed exactly once, of {len(orders)}", float(str(once)), ok=once == len(orders))
    yield _result("orders claimed twice or never", float(str(more)) + float(str(none)), ok=not more and not none)
    yield _result("orders or matters in another state than claimed and in work", float(str(odd)), ok=odd == 0)


def _peer(here: Site, order: str, key: str, *, seconds: float) -> float:
    """Return what pgbench makes of the statements of one refused claim: all of them reads."""
    with statements.listening(here), here.serving() as web:
        ask(Asked(web.port, [key], _paths([order]), "POST"))  # warm
        begin = here.cluster.log.stat().st_size
        ask(Asked(web.port, [key], _paths([order]), "POST"))
        with here.cluster.log.open("rb") as log:
            log.seek(begin)
            said = statements.parsed(log.read().decode())
    script = "".join(f"{s};\n" for s in said if s not in statements.CONTROL and "UPDATE" not in s)
    return statements.peer(here, [script], connections=CONNECTIONS, seconds=seconds)


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own: 200 people with sessions of their own, order after order."""
    rounds = 3 if quick else 10
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here:
        here.settle()
        people = sessions(here, role="grid_worker", count=CROWD)
        orders = open_orders(here, count=rounds + 1)
        with here.serving() as web:
            ask(Asked(web.port, people[:20], ["/desk/orders/open/"]))  # warm
            said = ask(Asked(web.port, people, _paths(orders[:rounds]), "POST", together=True))
        peer = _peer(here, orders[0], people[0], seconds=3 if quick else 7)
        wins = _wins(said)
        yield _result(f"people who claim at once, {CROWD} wanted", len(people), ok=len(people) == CROWD)
        yield _result("winners an order, at most", max(wins.values()), ok=set(wins.values()) == {1})
        others = [s for s in said if s.status not in {302, 409}]
        yield _result("answers other than won or taken", len(others), ok=not others)
        rate = statistics.median(_rates(said))
        yield Result(
            "claim-order", "answers a second against pgbench", round(rate, 1), round(peer, 1), round(rate / peer, 3)
        )
        took = statistics.quantiles([s.took_ms for s in said], n=100)
        yield _result("p50 of 200 at once, ms", took[49])
        yield _result("p99 of 200 at once, ms", took[98])
        yield from _books(here, orders[:rounds])
