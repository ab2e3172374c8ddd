"""A register of any size, written with COPY and kept: a million matters of three years take minutes once, then seconds.

What a matter says is taken from matters that the demo told through the real actions, so that words, places and
categories are as varied as there; states follow from age, as in an office that keeps its promises but for a few.
"""

import hashlib
import os
import random
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from bench.street.site import Site
from huiyin.needs import rules
from huiyin.needs.rules import searching
from huiyin.platform.launcher.initialise import SUPERUSER

POOL = 400  # matters told through the actions
YEARS = 3
OPEN_DAYS, RATED_DAYS = 6, 13  # younger than this: open; waiting for the rating
STALE = 0.005  # of the older ones are still open
PLACES_KEPT = Path("/var/lib/huiyin") if os.geteuid() == 0 else Path.home() / ".cache" / "huiyin"

NEED = [
    "id",
    "code",
    "source",
    "channel",
    "words",
    "kind",
    "unit_id",
    "home_id",
    "building_id",
    "place_text",
    "lon",
    "lat",
    "public",
    "urgent",
    "about_staff",
    "dimension",
    "wants",
    "size",
    "category",
    "filed_alone",
    "round",
    "outcome",
    "state",
    "language",
    "received_at",
    "promised_on",
    "registered_at",
    "changed_at",
    "closed_at",
]
MOVE = ["need_id", "at", "verb", "from_state", "to_state", "unit_id", "by_kind", "by_name", "by_unit_name", "note"]
ANSWER = [
    "id",
    "need_id",
    "text",
    "way",
    "written_at",
    "unit_id",
    "kind",
    "round",
    "outcome",
    "reason",
    "who_else",
    "delivered_at",
    "delivered_note",
]
RATING = ["need_id", "round", "solved", "stars", "words", "way", "at"]
INDEX = ["need_id", "grams"]


@dataclass(frozen=True, slots=True)
class Told:
    """What a matter of the pool says, with its pairs of characters."""

    words: str
    category: str
    channel: str
    dimension: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A building with its grid."""

    building_id: uuid.UUID
    grid_id: uuid.UUID
    text: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Made:
    """One matter with what follows it, as rows."""

    need: tuple[Any, ...]
    moves: list[tuple[Any, ...]]
    answers: list[tuple[Any, ...]]
    ratings: list[tuple[Any, ...]]
    index: tuple[Any, ...]


def _hash() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]


def _pool(connection: "psycopg.Connection[Any]") -> tuple[list[Told], list[Spot]]:
    told = connection.execute(
        "SELECT words, category, channel, dimension FROM needs_need WHERE about_staff = '' ORDER BY id"
    )
    spots = connection.execute(
        "SELECT b.id, b.grid_id, e.name || b.name, b.lon, b.lat FROM org_building b JOIN org_estate e ON e.id = b.estate_id ORDER BY b.id"
    )
    return [Told(*row) for row in told], [Spot(*row) for row in spots]


def _state(age: timedelta, dice: random.Random) -> str:
    days = age.total_seconds() / 86400
    if days < OPEN_DAYS or dice.random() < STALE:
        return dice.choice(("collect", "analyse", "carry_out", "carry_out"))
    return "evaluate" if days < RATED_DAYS else "closed"


_STEPS = (("register", "collect", 0.0), ("accept", "carry_out", 0.1), ("answer", "answer", 2.0), ("deliver", "evaluate", 2.1),
          ("rate", "feedback", 4.0), ("deliver", "closed", 4.1))  # fmt: skip
_REACHED = {"collect": 1, "analyse": 1, "carry_out": 2, "evaluate": 4, "closed": 6}


def _made(number: int, told: Told, spot: Spot, at: datetime, now: datetime, dice: random.Random) -> Made:
    key, state = uuid.UUID(int=dice.getrandbits(128), version=4), _state(now - at, dice)
    words = f"{told.words}{dice.choice(('', '', '请尽快处理。', '谢谢。'))}（第{number % 9973}次来电）"
    later = [(verb, to, at + timedelta(days=days)) for verb, to, days in _STEPS[: _REACHED[state]]]
    changed, closed = min(later[-1][2], now), later[-1][2] if state == "closed" else None
    answered = _REACHED[state] >= 4
    need = (
        key, rules.tracking_code(number), f"bench:{number}", told.channel, words, "", spot.grid_id, spot.grid_id, spot.building_id,
        spot.text, spot.lon, spot.lat, dice.random() < 0.1, False, "", told.dimension, "", "",
        told.category if dice.random() < 0.9 else "", False, 0, "solved" if answered else "", state, "zh-hans", at,
        (at + timedelta(days=7)).date(), at, changed, closed,
    )  # fmt: skip
    moves = [(key, when, verb, "", to, spot.grid_id, "staff", "", "", "") for verb, to, when in later]
    result = (
        key,
        "已处理，请您看看。",
        "page",
        at + timedelta(days=2),
        spot.grid_id,
        "result",
        0,
        "solved",
        "",
        "",
        at + timedelta(days=2.1),
        "",
    )
    answers = [(uuid.UUID(int=dice.getrandbits(128), version=4), *result)] if answered else []
    stars = dice.choice((5, 5, 5, 4, 4, 3, 2, 1))
    ratings = [(key, 0, stars > 2, stars, "", "link", at + timedelta(days=4))] if state == "closed" else []
    plain = searching.plain(f"{words}\ue000{spot.text}")
    return Made(
        need,
        moves,
        answers,
        ratings,
        (key, [*searching.pairs(plain), searching.mark(spot.grid_id), searching.quarter(at)]),
    )


def _matters(count: int, told: Sequence[Told], spots: Sequence[Spot]) -> Iterator[Made]:
    """Yield invented matters, oldest first, always the same ones but for the day on which they are made."""
    dice, now = random.Random(311), datetime.now(UTC)
    span = timedelta(days=365 * YEARS)
    for number in range(count):
        at = now - span + span * ((number + dice.random()) / (count + 1))
        yield _made(number, dice.choice(told), dice.choice(spots), at, now, dice)


_TABLES = (
    ("needs_need", NEED, lambda m: [m.need]), ("needs_move", MOVE, lambda m: m.moves),
    ("needs_answer", ANSWER, lambda m: m.answers), ("needs_rating", RATING, lambda m: m.ratings),
    ("needs_needindex", INDEX, lambda m: [m.index]),
)  # fmt: skip
_BATCH = 20_000
_COUNT = "from huiyin.needs import actions; from huiyin.org.actors import SYSTEM; actions.count_all(SYSTEM)"


def load(site: Site, *, matters: int) -> None:
    """Write matters with COPY, the triggers aside; the index of pairs is built once, at the end."""
    with psycopg.connect(site.cluster.url(SUPERUSER), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '512MB'")
        connection.execute("DROP INDEX need_grams")
        batch: list[Made] = []
        for made in _matters(matters, *_pool(connection)):
            batch.append(made)
            if len(batch) == _BATCH:
                _copy(connection, batch)
                batch.clear()
        _copy(connection, batch)
        connection.execute("CREATE INDEX need_grams ON needs_needindex USING gin (grams)")
        connection.execute("VACUUM ANALYZE")


def _copy(connection: "psycopg.Connection[Any]", batch: Sequence[Made]) -> None:
    for table, columns, rows_of in _TABLES:
        with connection.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for made in batch:
                for row in rows_of(made):
                    copy.write_row(row)


def _counted(site: Site) -> bool:
    with site.connect() as connection:
        found = connection.execute("SELECT max(as_of) > now() - interval '1 day' FROM needs_figuremonth").fetchone()
    return bool(found and found[0])


@contextmanager
def world(matters: int) -> Iterator[Site]:
    """Give a site with this many matters, made once and kept, brought to this version; its figures are counted."""
    place = PLACES_KEPT / f"hyw-{matters}-{_hash()}"
    site = Site(place)
    if not (place / "whole").exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        place.chmod(0o711)
        site.call("demo", "--matters", str(POOL), "--seed-only", **site.own_database())
        site.cluster.start()
        load(site, matters=matters)
        (place / "whole").touch()
    site.cluster.start()
    try:
        site.call("migrate")
        if not _counted(site):
            site.call("manage", "shell", "-c", _COUNT)
        yield site
    finally:
        site.clear_away()
