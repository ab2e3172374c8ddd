"""The desk at 30,000 matters: statements a page, server time, lists and matters a second."""

import os
import statistics
from collections.abc import Iterator, Sequence

from bench.street import statements
from bench.street.crowd import Asked, Said, ask
from bench.street.register import fill
from bench.street.site import Site, site
from bench.street.staff import sessions
from huiyin.config.benches import Result

MATTERS = 30_000
MOST_STATEMENTS = 12
WANTED_P95_MS = 60.0
CONNECTIONS = 8
ROLES = ("street_head", "community_head", "grid_worker")
LISTS = (
    "/desk/",
    "/desk/?which=overdue",
    "/desk/?which=rating",
    "/desk/?which=closed",
    "/desk/?q=路灯",
    "/desk/orders/",
)


def _result(target: str, value: float, *, ok: bool | None = None) -> Result:
    return Result("desk", target, round(value, 2), ok=ok)


def _quoted(path: str) -> str:
    return path.replace("路灯", "%E8%B7%AF%E7%81%AF")


def _pages(here: Site) -> tuple[list[str], list[str]]:
    """Return the paths of some matters and orders of the first community, open and closed ones."""
    find = (
        "SELECT t.id::text FROM {table} t JOIN org_unit u ON u.id = t.unit_id JOIN org_unit c ON c.id = u.parent_id "
        "WHERE c.slug = 'lianhua' ORDER BY t.id LIMIT 40"
    )
    with here.connect() as connection:
        needs = [f"/desk/needs/{r[0]}/" for r in connection.execute(find.format(table="needs_need").encode())]
        orders = [f"/desk/orders/{r[0]}/" for r in connection.execute(find.format(table="needs_order").encode())]
    return needs, orders


def _statements(here: Site, port: int, key: str, paths: Sequence[str]) -> int:
    """Return the most statements that one of these pages sends, without transaction control."""
    most = 0
    ask(Asked(port, [key], list(paths)))
    for path in paths:
        begin = here.cluster.log.stat().st_size
        ask(Asked(port, [key], [path]))
        with here.cluster.log.open("rb") as log:
            log.seek(begin)
            said = statements.parsed(log.read().decode())
        most = max(most, len([s for s in said if s not in statements.CONTROL]))
    return most


def _fine(said: Sequence[Said]) -> bool:
    return all(s.status == 200 for s in said)


def _times(port: int, people: dict[str, list[str]], pages: dict[str, list[str]], *, rounds: int) -> Iterator[Result]:
    for role in ROLES:
        for name, paths in pages.items():
            if role == "grid_worker" and name in {"one matter", "one order"}:
                continue  # the pages are another grid's
            said = ask(Asked(port, people[role][:1], [_quoted(p) for p in paths] * rounds))
            took = statistics.quantiles([s.took_ms for s in said], n=20)
            yield _result(f"{name}, {role}: p95 of one at a time, ms, {WANTED_P95_MS:.0f} wanted", took[18])
            yield _result(
                f"{name}, {role}: answers other than the page", sum(s.status != 200 for s in said), ok=_fine(said)
            )


def _from_the_list(port: int, keys: Sequence[str], paths: Sequence[str], *, rounds: int) -> Iterator[Result]:
    """Measure going from matter to matter: htmx exchanges the detail, the list stays."""
    alone = ask(Asked(port, keys[:1], list(paths) * rounds, detail=True))
    took = statistics.quantiles([s.took_ms for s in alone], n=20)
    wanted = f"ms, {WANTED_P95_MS:.0f} wanted"
    yield _result(f"next matter from the list, community_head: p95 of one at a time, {wanted}", took[18])
    many = ask(Asked(port, list(keys), list(paths) * rounds, detail=True))
    yield _result(
        f"next matters from the list: a second with {len(keys)} at work",
        len(many) / max(s.at_s + s.took_ms / 1000 for s in many),
    )
    yield _result(
        "next matters: answers other than the page",
        sum(s.status != 200 for s in (*alone, *many)),
        ok=_fine([*alone, *many]),
    )


def _rates(port: int, keys: Sequence[str], pages: dict[str, list[str]], *, rounds: int) -> Iterator[Result]:
    for name, paths in pages.items():
        said = ask(Asked(port, list(keys), [_quoted(p) for p in paths] * rounds))
        took = max(s.at_s + s.took_ms / 1000 for s in said)
        yield _result(f"{name}: a second with {len(keys)} at work", len(said) / took)


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own."""
    rounds = 1 if quick else 5
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here:
        here.settle()
        fill(here, matters=MATTERS)
        yield _result("matters in the register", MATTERS)
        people = {role: sessions(here, role=role, count=CONNECTIONS) for role in ROLES}
        needs, orders = _pages(here)
        pages = {"list of 50": list(LISTS), "one matter": needs, "one order": orders}
        head = _head_of(here)
        people["community_head"] = [head]
        with statements.listening(here), here.serving() as web:
            for name, paths in pages.items():
                found = _statements(here, web.port, head, [_quoted(p) for p in paths[:8]])
                yield _result(
                    f"{name}: statements at most, {MOST_STATEMENTS} allowed", found, ok=found <= MOST_STATEMENTS
                )
        with here.serving() as web:
            ask(Asked(web.port, [head] * 4, [_quoted(p) for p in LISTS]))  # warm
            yield from _times(web.port, people, pages, rounds=rounds)
            yield from _rates(
                web.port, [head] * CONNECTIONS, {"lists of 50": ["/desk/"] * 10, "matters": needs}, rounds=rounds
            )
            yield from _from_the_list(web.port, [head] * CONNECTIONS, needs, rounds=rounds)


def _head_of(here: Site) -> str:
    """Return a session of the first community's head."""
    with here.connect() as connection:
        row = connection.execute(
            "SELECT p.user_id::text FROM org_post p JOIN org_unit u ON u.id = p.unit_id "
            "WHERE u.slug = 'lianhua' AND p.role = 'community_head' AND p.ended_on IS NULL"
        ).fetchone()
    assert row is not None
    return sessions(here, role=f"user:{row[0]}", count=1)[0]
