"""A county told through the actions stands as the world says, and one that was interrupted goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from huiyin.demo import register, seed, seeding, telling
from huiyin.demo.tellers import TellerError
from huiyin.demo.world import World
from huiyin.org import atlas
from huiyin.platform import clock
from huiyin.platform.launcher.cluster import Cluster

MATTERS = 70


def silent(label: str, done: int, total: int) -> None:
    """Say nothing."""


def rows(sql: str) -> list[tuple[object, ...]]:
    """Return what the database answers."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def standing() -> dict[str, tuple[object, ...]]:
    """Return state, round, number of moves and last move of every matter by its source."""
    found = rows(
        "SELECT n.source, n.state, n.round, count(m.id), max(m.at), min(u.name) FROM needs_need n "
        "JOIN needs_move m ON m.need_id = n.id JOIN org_unit u ON u.id = n.unit_id GROUP BY n.id"
    )
    return {str(row[0]): row[1:] for row in found}


@pytest.mark.django_db
def test_a_told_county_stands_where_the_world_says() -> None:
    said: list[tuple[str, int, int]] = []
    world = seed.seed(like="zhangjiashan", matters=MATTERS, say=lambda *step: said.append(step))
    names = {unit.key: unit.name for unit in world.units}
    found = standing()
    for matter in world.matters:
        holder = matter.story[-1].to_key if matter.story else matter.starts_at_key
        state, round_, _, _, unit = found[f"demo:{matter.key}"]
        assert (state, round_, unit) == (matter.stage, matter.round, names[holder]), matter
    orders = rows("SELECT o.state, count(*) FROM needs_order o GROUP BY 1")
    assert {"open", "assigned", "working", "suspended", "returned", "done"} <= {state for state, _ in orders}
    assert said[: register.STEPS] == [("register", n, register.STEPS) for n in range(1, register.STEPS + 1)]
    assert said[register.STEPS :] == [("matters", n, MATTERS) for n in range(1, MATTERS + 1)]
    assert seeding.is_seeded()
    assert seeding.begun() is None


def interrupted_after(matters: int, *, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin a county and stop in the middle of a matter, as a killed process would leave it."""
    tell, told = telling.Narrator.tell, [0]

    def stop(self: telling.Narrator, matter: object) -> object:
        told[0] += 1
        done = tell(self, matter)  # type: ignore[arg-type]  # passed on as it came
        if told[0] > matters:
            raise KeyboardInterrupt
        return done

    with monkeypatch.context() as patch:
        patch.setattr(telling.Narrator, "tell", stop)
        with pytest.raises(KeyboardInterrupt):
            seed.seed(like="zhangjiashan", matters=24, say=silent)


@pytest.mark.django_db
def test_a_county_interrupted_is_not_taken_for_a_whole_one_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    began = clock.now()
    with clock.at(began):
        interrupted_after(9, monkeypatch=monkeypatch)
    assert not seeding.is_seeded()
    assert len(standing()) == 9
    said: list[tuple[str, int, int]] = []
    with clock.at(began + timedelta(minutes=7)):  # with other numbers asked for, too
        world: World = seed.seed(like="zhangjiashan", matters=500, say=lambda *step: said.append(step))
    assert said == [("matters", n, 24) for n in range(9, 25)]
    assert seeding.is_seeded()
    found = standing()
    assert len(found) == 25
    assert all(found[f"demo:{m.key}"][0] == m.stage for m in world.matters)


@pytest.mark.django_db
def test_the_register_is_written_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(seeding, "begin", stop)
    with pytest.raises(KeyboardInterrupt):
        seed.seed(like="zhangjiashan", matters=5, say=silent)
    atlas.forget()  # what this process remembers died with the one that was interrupted
    assert rows("SELECT count(*) FROM org_unit") == [(0,)]
    assert not seeding.is_seeded()


@pytest.mark.django_db
def test_a_county_without_matters_is_seeded_too() -> None:
    seed.seed(like="zhangjiashan", matters=0, say=silent)
    assert seeding.is_seeded()


def test_two_processes_tell_the_same_county_whichever_is_faster(
    committed: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster.url("huiyin_app", committed))
    world = seed.seed(like="zhangjiashan", matters=40, say=silent, processes=2)
    found = standing()
    assert len(found) == 41
    for matter in world.matters:
        state, round_, _, last_at, _ = found[f"demo:{matter.key}"]
        assert (state, round_) == (matter.stage, matter.round)
        assert matter.stage != "closed" or last_at == max(m.at for m in matter.story if m.verb != "complete")


def test_a_process_that_fails_ends_the_others_and_says_so(
    committed: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster.url("huiyin_app", "nowhere"))
    with pytest.raises(TellerError):
        seed.seed(like="zhangjiashan", matters=8, say=silent, processes=2)
    assert not seeding.is_seeded()
