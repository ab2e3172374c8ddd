"""The statements of one registration as PostgreSQL hears them, and pgbench sending the same ones as the peer."""

import re
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random

from bench.street.residents import Answer, Line, matter
from bench.street.site import SLUG, Site
from huiyin.platform.launcher import binaries

CONTROL = {"", "BEGIN", "COMMIT", "ROLLBACK"}  # "" is the pool asking whether a connection is alive
_RECORD = re.compile(r"^\d{4}-\d\d-\d\d [^\n]*? LOG:  (statement|execute [^:]*): ", re.MULTILINE)
_NEXT = re.compile(r"^\d{4}-\d\d-\d\d ", re.MULTILINE)
_LITERAL = re.compile(r"E'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'")
_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[^']*'::timestamptz")
# Keys as Huiyin makes them: ordered by time. now() is one moment within a transaction.
_HEX = (
    "lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(:a), 3, '0')"
    " || '8' || lpad(to_hex(:b), 15, '0')"
)
_CHANCE = "\\set a random(0, 4095)\n\\set b random(0, 1152921504606846975)\n\\set c random(0, 99999999999)\n"
_TPS = re.compile(r"^tps = ([\d.]+) \(without initial", re.MULTILINE)


@dataclass(frozen=True)
class Heard:
    """One registration: what PostgreSQL heard, and what came of it."""

    statements: tuple[str, ...]
    source: str
    code: str

    @property
    def work(self) -> tuple[str, ...]:
        """The statements without transaction control and without the pool's question."""
        return tuple(s for s in self.statements if s not in CONTROL)


@contextmanager
def listening(site: Site) -> Iterator[None]:
    """Let PostgreSQL log every statement of the app's connections that begin meanwhile."""
    _as_superuser(site, "ALTER ROLE huiyin_app SET log_statement = 'all'")
    try:
        yield
    finally:
        _as_superuser(site, "ALTER ROLE huiyin_app RESET log_statement")


def _as_superuser(site: Site, statement: str) -> None:
    with site.connect() as connection:
        connection.execute(statement.encode())


def parsed(log: str) -> tuple[str, ...]:
    found = []
    for record in _RECORD.finditer(log):
        if record[1] != "statement":
            raise RuntimeError("a statement with bound values: the log does not show them, the peer cannot repeat it")
        after = _NEXT.search(log, record.end())
        text = log[record.end() : after.start() if after else len(log)]
        found.append(text.replace("\n\t", "\n").strip().removesuffix(";"))
    return tuple(found)


def heard(site: Site, *, times: int) -> list[Heard]:
    """Return what PostgreSQL hears for `times` registrations by HTTP, rate limits on, after as many to warm up."""
    dice, buildings, found = Random(7), site.buildings(), []
    with listening(site), site.serving(HUIYIN_RATE_LIMITS="1") as web, Line(web.port, SLUG) as line:
        for index in range(2 * times):
            given = matter(dice, buildings)
            begin = site.cluster.log.stat().st_size
            answer = _acknowledged(line, given)
            with site.cluster.log.open("rb") as log:
                log.seek(begin)
                said = log.read().decode()
            if index >= times:
                found.append(Heard(parsed(said), given["source"], answer.code))
            time.sleep(0.02)  # the connection goes back to the pool after the answer
    return found


def _acknowledged(line: Line, given: dict[str, str]) -> Answer:
    answer = line.report(given)
    if not answer.acknowledged:
        raise RuntimeError(f"a registration was answered {answer.status}")
    return answer


def script(one: Heard, *, need_id: str, phone_index: str, more: Mapping[str, str] | None = None) -> str:
    """Return a pgbench script that does one registration's work under fresh keys; `more`: literals and what renews them."""
    fresh = {
        **(more or {}),
        need_id.replace("-", ""): _HEX,
        need_id: f"(({_HEX})::uuid)::text",
        one.source: "gen_random_uuid()::text",
        one.code: "lpad((:c)::text, 11, '0')",
        phone_index: "md5((:b)::text)",
    }
    lines = [_MOMENT.sub("now()", _LITERAL.sub(lambda m: _renewed(m[0], fresh), s)) for s in one.statements if s]
    measured = [s for s in lines if "platform_hit" not in s]  # the load comes from one address: no limits there
    return _CHANCE + "".join(f"{s};\n" for s in measured if "platform_generation" not in s)


def _renewed(literal: str, fresh: dict[str, str]) -> str:
    """Return an SQL literal with the keys in it replaced by expressions."""
    parts = re.split("(" + "|".join(map(re.escape, fresh)) + ")", literal[literal.index("'") + 1 : -1])
    if len(parts) == 1:
        return literal
    quote = literal[: literal.index("'") + 1]
    pieces = [fresh.get(p, f"{quote}{p}'") for p in parts if p]
    return "(" + " || ".join(pieces) + ")"


def scripts(site: Site, several: Sequence[Heard]) -> list[str]:
    """Return one script for each registration heard: different buildings, so different rows to point at."""
    ask = "SELECT n.id::text, c.phone_index FROM needs_need n JOIN needs_contact c ON c.need_id = n.id WHERE code = %s"
    made = []
    with site.connect() as connection:
        for one in several:
            row = connection.execute(ask, [one.code]).fetchone()
            assert row is not None
            made.append(script(one, need_id=str(uuid.UUID(str(row[0]))), phone_index=str(row[1])))
    return made


def pgbench() -> str:
    """Return the path of pgbench. Raises FileNotFoundError."""
    places = [b.bin_dir for b in binaries.installed("")] + sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = next((p / "pgbench" for p in places if (p / "pgbench").exists()), None) or shutil.which("pgbench")
    if not found:
        raise FileNotFoundError("pgbench, in PostgreSQL's package (on some systems postgresql-contrib)")
    return str(found)


def peer(site: Site, given: Sequence[str], *, connections: int, seconds: float) -> float:
    """Return the registrations a second that pgbench makes with these scripts."""
    with tempfile.TemporaryDirectory() as place:
        command = [pgbench(), "--no-vacuum", "--protocol=simple", f"--client={connections}", "--jobs=2"]
        for index, text in enumerate(given):
            path = Path(place) / f"{index}.sql"
            path.write_text(text, encoding="utf-8")
            command.append(f"--file={path}")
        command += [f"--time={max(1, round(seconds))}", site.cluster.url("huiyin_app")]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = _TPS.search(said.stdout)
    if said.returncode or not rate:
        raise RuntimeError(f"pgbench failed:\n{said.stdout[-1000:]}\n{said.stderr[-2000:]}")
    return float(rate[1])
