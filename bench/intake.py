"""Intake: how many matters a second two web processes take in, against pgbench doing the same work, and is none lost?"""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

from bench.street import books, statements, weight
from bench.street.away import away
from bench.street.residents import Errand, Sent
from bench.street.site import SLUG, Site, answers, eventually, site
from huiyin.config.benches import Result

CONNECTIONS = 8  # as many as the web server has threads, and so database connections
LEAST_OF_PGBENCH = 0.10
MOST_STATEMENTS = 10
WANTED_A_SECOND = 200.0
WANTED_P99_MS = 150.0
WANTED_MB = 600.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long each part takes."""

    rounds: int
    round_s: float
    steady_s: float
    idle_s: float


FULL = Plan(rounds=3, round_s=7.0, steady_s=20.0, idle_s=10.0)
QUICK = Plan(rounds=2, round_s=2.0, steady_s=4.0, idle_s=3.0)


@dataclass
class Tally:
    """What was measured so far."""

    sent: list[Sent] = field(default_factory=list)
    ours: list[float] = field(default_factory=list)
    pgbench: list[float] = field(default_factory=list)
    cpu_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


def _result(target: str, value: float, *, ok: bool | None = None) -> Result:
    return Result("intake", target, round(value, 2), ok=ok)


def send(errand: Errand) -> list[Sent]:
    """Send from a process of its own, so that the load does not share our interpreter."""
    return [Sent(**one) for one in away("bench.street.residents", asdict(errand))]


def _rate(sent: Sequence[Sent]) -> float:
    return sum(s.status == 302 for s in sent) / max(s.done_s for s in sent)


def _round(here: Site, errand: Errand, tally: Tally, *, parent: int) -> None:
    """Send for a while; note the rate, and what each part of the site computed for one registration."""
    pids = weight.family(parent, here.cluster.pgdata)
    before = weight.cpu_s(pids)
    sent = send(errand)
    after = weight.cpu_s(pids)
    tally.sent += sent
    tally.ours.append(_rate(sent))
    for kind, seconds in after.items():
        tally.cpu_ms[kind].append((seconds - before.get(kind, 0.0)) * 1000 / len(sent))


def _throughput(here: Site, plan: Plan, scripts: Sequence[str], tally: Tally) -> Iterator[Result]:
    with here.serving() as web:
        errand = Errand(web.port, SLUG, here.buildings(), CONNECTIONS, plan.round_s)
        tally.sent += send(replace(errand, seconds=1.0))  # warm
        for _ in range(plan.rounds):
            _round(here, errand, tally, parent=web.pid)
            tally.pgbench.append(statements.peer(here, scripts, connections=CONNECTIONS, seconds=plan.round_s))
        yield from _rates(tally)
        half = statistics.median(tally.ours) / 2
        steady = send(replace(errand, connections=2 * CONNECTIONS, seconds=plan.steady_s, rate=half))
        tally.sent += steady
        yield from _latency([s.took_ms for s in steady], half)


def _rates(tally: Tally) -> Iterator[Result]:
    most, peer = statistics.median(tally.ours), statistics.median(tally.pgbench)
    ratio = most / peer
    yield Result(
        "intake", f"registrations a second against pgbench, ratio at least {LEAST_OF_PGBENCH}",
        round(most, 1), round(peer, 1), round(ratio, 3), ratio >= LEAST_OF_PGBENCH,
    )  # fmt: skip
    yield _result(f"registrations a second, {WANTED_A_SECOND:.0f} wanted", most)
    for kind in ("web", "PostgreSQL"):
        yield _result(f"processor time a registration, {kind}, ms", statistics.median(tally.cpu_ms[kind]))


def _latency(took_ms: Sequence[float], rate: float) -> Iterator[Result]:
    cuts = statistics.quantiles(took_ms, n=100)
    yield _result(f"p50 at half the maximum ({rate:.0f}/s), ms", cuts[49])
    yield _result(f"p99 at half the maximum ({rate:.0f}/s), ms, {WANTED_P99_MS:.0f} wanted", cuts[98])


def _books(here: Site, sent: Sequence[Sent]) -> Iterator[Result]:
    told = [books.Told(s.source, s.code) for s in sent if s.status == 302]
    with here.connect() as connection:
        verdict = books.judge(connection, told)
        missed = books.unnoticed(connection, told)
    yield _result(
        f"lost of {len(told)} acknowledged, with move, contact, message and jobs",
        len(verdict.lost),
        ok=not verdict.lost,
    )
    yield _result("doubled", len(verdict.doubled), ok=not verdict.doubled)
    yield _result("breaks of the books that this check would not notice", len(missed), ok=not missed)
    other = sum(s.status != 302 for s in sent)
    yield _result("answers other than a receipt", other, ok=other == 0)


def _statements(several: Sequence[statements.Heard]) -> Iterator[Result]:
    work = statistics.median(len(h.work) for h in several)
    every = statistics.median(len(h.statements) for h in several)
    target = f"statements a registration by HTTP, without transaction control, at most {MOST_STATEMENTS}"
    yield _result(target, work, ok=work <= MOST_STATEMENTS)
    yield _result("statements with BEGIN, COMMIT and the pool's question, limits counted", every)


def _beats(here: Site) -> bool:
    with here.connect() as connection:
        return bool(connection.execute("SELECT 1 FROM procrastinate_workers").fetchone())


def _memory(here: Site, plan: Plan) -> Iterator[Result]:
    with here.everything() as whole:
        for _ in range(20):  # every process has served before it rests
            answers(whole.port)
        eventually(lambda: _beats(here), what="the worker's heartbeat")
        time.sleep(plan.idle_s)
        found = weight.pss_mb(weight.family(whole.pid, here.cluster.pgdata))
    yield _result(f"memory at rest, PSS, MB, under {WANTED_MB:.0f} wanted", sum(found.values()))
    for kind, megabytes in sorted(found.items()):
        yield _result(f"memory at rest, {kind}, PSS, MB", megabytes)


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own; about a minute when `quick`, else three."""
    plan, tally = QUICK if quick else FULL, Tally()
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here:
        here.settle()
        several = statements.heard(here, times=8)
        yield from _statements(several)
        yield from _throughput(here, plan, statements.scripts(here, several), tally)
        yield from _books(here, tally.sent)
        yield from _memory(here, plan)
