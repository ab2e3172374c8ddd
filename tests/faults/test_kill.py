"""kill -9 of everything at random moments of 2,000 registrations: what a resident was told of is there, once."""

import os
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import psycopg
import pytest

from bench.street import books
from bench.street.site import Site, eventually, site
from tests.faults.killing import VICTIMS, Crowd, Killer, find

COUNT = 2000
SEED = int(os.environ.get("KILL_SEED", "20261122"))
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


@dataclass
class Storm:
    """What happened: who was told what, who was killed, and the site as it stands afterwards."""

    site: Site
    crowd: Crowd
    killer: Killer
    demo: int


@pytest.fixture(autouse=True)
def _forget_snapshots() -> None:
    """Instead of the root's: these tests have a site of their own."""


@pytest.fixture(scope="module")
def storm() -> Iterator[Storm]:
    """`huiyin demo` on a database that loses nothing, 2,000 matters sent, and a killer among its processes."""
    with site() as here, here.everything() as whole:
        crowd = Crowd(whole.port, here.buildings(), COUNT)
        killer = Killer.drawn(
            SEED, count=COUNT, find=lambda who: find(here, whole.pid, who), progress=lambda: len(crowd.told)
        )
        ended = threading.Event()
        killing = threading.Thread(target=killer.run, args=(ended,))
        killing.start()
        crowd.run(connections=8)
        ended.set()
        killing.join()
        eventually(lambda: _reachable(here), within_s=60, what="the database after the storm")
        yield Storm(here, crowd, killer, whole.pid)


def _reachable(here: Site) -> bool:
    try:
        here.connect().close()
    except psycopg.OperationalError:
        return False
    return True


def _statuses(here: Site) -> Counter[str]:
    ask = "SELECT status::text FROM procrastinate_jobs WHERE scheduled_at IS NULL OR scheduled_at <= now()"
    try:
        with here.connect() as connection:
            return Counter(str(row[0]) for row in connection.execute(ask))
    except psycopg.OperationalError:
        return Counter(unreachable=1)


def test_every_victim_was_killed_while_matters_came_in(storm: Storm) -> None:
    assert Counter(who for who, _ in storm.killer.killed) == Counter(VICTIMS)
    assert len({pid for _, pid in storm.killer.killed}) == len(VICTIMS), "somebody was killed twice: not replaced"
    assert storm.crowd.tries > COUNT, "no resident noticed anything: the kills hit nobody at work"


def test_every_matter_is_acknowledged_in_the_end_under_a_code_of_its_own(storm: Storm) -> None:
    assert storm.crowd.refused == []
    assert len(storm.crowd.told) == COUNT
    assert len({t.code for t in storm.crowd.told}) == COUNT


def test_what_was_acknowledged_is_there_once_with_history_contact_message_and_job(storm: Storm) -> None:
    with storm.site.connect() as connection:
        verdict = books.judge(connection, storm.crowd.told)
    assert verdict == books.Verdict(lost={}, doubled={}, untold=0)


def test_the_check_notices_a_missing_row_of_each_kind_and_a_doubled_one(storm: Storm) -> None:
    with storm.site.connect() as connection:
        assert books.unnoticed(connection, storm.crowd.told) == []


def _left(here: Site) -> int:
    """Return how many jobs are not done; more than there are while the database cannot be asked."""
    statuses = _statuses(here)
    return 10 * COUNT if statuses["unreachable"] else statuses["todo"] + statuses["doing"]


def _fewer_left(here: Site, than: int) -> bool:
    return _left(here) < than


def test_the_worker_finishes_every_job_also_those_a_killed_one_left_behind(storm: Storm) -> None:
    while left := _left(storm.site):  # on a busy machine it takes its time, but it moves
        try:
            eventually(partial(_fewer_left, storm.site, left), within_s=120)  # orphans are looked for each minute
        except TimeoutError:
            pytest.fail(f"jobs left over: {dict(_statuses(storm.site))}")
    assert _statuses(storm.site)["failed"] == 0


def test_every_message_is_sent_and_told_of_once(storm: Storm) -> None:
    with storm.site.connect() as connection:
        states = Counter(
            str(row[0])
            for row in connection.execute("SELECT state FROM notify_message WHERE effect_key LIKE 'need.received:%'")
        )
        heard = connection.execute(
            "SELECT count(*), count(DISTINCT args ->> 'effect_key') FROM procrastinate_jobs "
            "WHERE task_name = 'needs.on_message_sent'"
        ).fetchone()
    assert states == {"sent": COUNT}
    assert heard == (COUNT, COUNT)
