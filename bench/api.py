"""The API: matters sent and read a second, each beside pgbench sending the same statements; is none lost or doubled?"""

import hashlib
import os
import random
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from bench.street import books, statements
from bench.street.programs import Errand, Program, Sent, body, go
from bench.street.site import Site, site
from bench.street.staff import program
from huiyin.config.benches import Result

CONNECTIONS = 8  # as many as the web server has threads, and so database connections
AGAIN = 0.1
HEARD = 4  # requests whose statements the peer repeats


@dataclass
class Tally:
    """What was measured so far."""

    sent: list[Sent] = field(default_factory=list)
    rates: dict[str, list[float]] = field(default_factory=dict)

    def note(self, what: str, rate: float) -> None:
        """Keep one round's rate."""
        self.rates.setdefault(what, []).append(rate)


def _result(target: str, value: float, *, ok: bool | None = None) -> Result:
    return Result("api", target, round(value, 2), ok=ok)


def _source(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]  # as needs.api.v1 has it, behind the program's mark


def _heard(here: Site, token: str) -> tuple[list[statements.Heard], list[str], list[tuple[str, ...]]]:
    """Return what PostgreSQL hears of some matters sent, under which keys, and of each page read."""
    dice, buildings = random.Random(11), here.buildings()
    sent: list[statements.Heard] = []
    keys: list[str] = []
    read: list[tuple[str, ...]] = []
    with statements.listening(here), here.serving() as web:
        line = Program(web.port, token)
        for index in range(2 * HEARD):
            key, given = str(uuid.uuid4()), body(dice, buildings)
            begin = here.cluster.log.stat().st_size
            status, answer = line.send(key, given)
            assert status == 201, answer
            if index >= HEARD:
                sent.append(statements.Heard(_since(here, begin), _source(key), answer["code"]))
                keys.append(key)
        for path in _paths(here) * 2:  # the first time warms
            begin = here.cluster.log.stat().st_size
            assert line.read(path) == 200
            read.append(_since(here, begin))
    return sent, keys, read[len(read) // 2 :]


def _since(here: Site, begin: int) -> tuple[str, ...]:
    time.sleep(0.02)  # the connection goes back to the pool after the answer
    with here.cluster.log.open("rb") as log:
        log.seek(begin)
        return statements.parsed(log.read().decode())


def _scripts(here: Site, sent: Sequence[statements.Heard], keys: Sequence[str]) -> list[str]:
    asked = (
        "SELECT n.id::text, c.phone_index, c.phone_tail FROM needs_need n JOIN needs_contact c ON c.need_id = n.id "
        "WHERE code = %s"
    )
    made = []
    with here.connect() as connection:
        for one, key in zip(sent, keys, strict=True):
            row = connection.execute(asked, [one.code]).fetchone()
            assert row is not None
            need_id, index, tail = (str(part) for part in row)
            more = {key: "(:c)::text || 'key' || (:b)::text", tail: "md5((:c)::text)"}
            made.append(statements.script(one, need_id=need_id, phone_index=index, more=more))
    return made


def _paths(here: Site) -> list[str]:
    with here.connect() as connection:
        keys = connection.execute("SELECT id::text FROM needs_need ORDER BY received_at DESC LIMIT 7").fetchall()
    return ["/api/v1/matters?limit=50", *(f"/api/v1/matters/{key}" for (key,) in keys)]


def _rate(sent: Sequence[Sent], *, status: int) -> float:
    """Return the answers of this status a second, what was sent again under its key left out."""
    done = [s for s in sent if s.status == status]
    new = len({s.key for s in done}) if done and done[0].key else len(done)
    return new / max(s.done_s for s in sent)


def _rounds(
    here: Site, errand: Errand, tally: Tally, *, rounds: int, scripts: Sequence[str], reading: Sequence[str]
) -> None:
    with here.serving() as web:
        sending = replace(errand, port=web.port, buildings=here.buildings(), again=AGAIN)
        looking = replace(errand, port=web.port, paths=_paths(here))
        tally.sent += go(replace(sending, seconds=1.0))  # warm
        go(replace(looking, seconds=1.0))
        for _ in range(rounds):
            sent = go(sending)
            tally.sent += sent
            tally.note("sent", _rate(sent, status=201))
            tally.note("send peer", statements.peer(here, scripts, connections=CONNECTIONS, seconds=errand.seconds))
            read = go(looking)
            tally.note("read", _rate(read, status=200))
            tally.note("other", sum(s.status != 200 for s in read))
            tally.note("read peer", statements.peer(here, reading, connections=CONNECTIONS, seconds=errand.seconds))


def _said(tally: Tally) -> Iterator[Result]:
    middle = {what: statistics.median(found) for what, found in tally.rates.items()}
    for what, target in (("sent", "matters sent a second"), ("read", "pages read a second, one in eight a list of 50")):
        ours, peer = middle[what], middle["send peer" if what == "sent" else "read peer"]
        yield Result("api", f"{target}, against pgbench", round(ours, 1), round(peer, 1), round(ours / peer, 3))
    took = statistics.quantiles([s.took_ms for s in tally.sent], n=100)
    yield _result("p50 of sending at full load, ms", took[49])
    yield _result("p99 of sending at full load, ms", took[98])
    yield _result("answers other than the page, reading", sum(tally.rates["other"]), ok=not sum(tally.rates["other"]))


def _books(here: Site, client_id: str, sent: Sequence[Sent]) -> Iterator[Result]:
    """Hold the database against what was acknowledged; a key that was sent again must have got the same answer."""
    taken = [s for s in sent if s.status == 201]
    codes: dict[str, set[str]] = {}
    for one in taken:
        codes.setdefault(one.key, set()).add(one.code)
    told = [books.Told(_source(key), code) for key, found in codes.items() for code in sorted(found)]
    with here.connect() as connection:
        verdict = books.judge(connection, told, way=f"api:{client_id}:")
        missed = books.unnoticed(connection, told, way=f"api:{client_id}:")
    yield _result(f"lost of {len(told)} acknowledged", len(verdict.lost), ok=not verdict.lost)
    yield _result("doubled", len(verdict.doubled), ok=not verdict.doubled)
    several = sum(len(found) > 1 for found in codes.values())
    again = len(taken) - len(codes)
    yield _result(f"keys sent again with another answer, of {again} sent again", several, ok=not several and again > 0)
    yield _result("breaks of the books that this check would not notice", len(missed), ok=not missed)
    other = sum(s.status != 201 for s in sent)
    yield _result("answers other than a receipt", other, ok=other == 0)


def run(*, quick: bool) -> Iterator[Result]:
    """Measure on a site of its own; half a minute when `quick`, else two."""
    rounds, seconds = (1, 3.0) if quick else (3, 7.0)
    tally = Tally()
    yield _result("load average of the machine before", os.getloadavg()[0])
    with site() as here:
        here.settle()
        client_id, token = program(here)
        sent, keys, read = _heard(here, token)
        work = statistics.median(len(h.work) for h in sent)
        yield _result("statements a matter sent, without transaction control", work)
        list_of, one = (len([s for s in said if s not in statements.CONTROL]) for said in (read[0], read[1]))
        yield _result("statements a list of 50, without transaction control", list_of)
        yield _result("statements one matter read, without transaction control", one)
        scripts = _scripts(here, sent, keys)
        reading = ["".join(f"{s};\n" for s in said if s and "UPDATE" not in s) for said in read]
        errand = Errand(0, token, CONNECTIONS, seconds)
        _rounds(here, errand, tally, rounds=rounds, scripts=scripts, reading=reading)
        yield from _said(tally)
        yield from _books(here, client_id, tally.sent)
