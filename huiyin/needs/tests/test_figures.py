"""Lists narrowed to where a matter fell and to a measure; counts of several lists at once. The figures of a whole month
are held to a hand-made table in huiyin/command/tests/test_figures.py."""

from datetime import timedelta

import pytest

from huiyin.needs import actions, queries
from huiyin.needs.actions import exporting
from huiyin.needs.models import Figure
from huiyin.needs.queries import Filter, figures
from huiyin.needs.rules.measures import MEASURE_LABELS
from huiyin.needs.tests.test_orders import registered
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock


def test_where_a_matter_fell_stays_when_it_is_handed_up(town: Town) -> None:
    need, secretary = registered(town), town.actor("secretary")
    beside = registered(town, building_id=None, community_id=town.units["hill"].id)
    actions.hand_up(town.actor("grid"), need.id, note="需要街道协调")
    actions.hand_up(town.actor("head"), need.id, note="需要街道协调")
    lake, grid, hill = (town.units[key].id for key in ("lake", "lake1", "hill"))
    lists = {
        "held": Filter("all", unit=lake), "lake": Filter("all", home=lake), "grid": Filter("all", home=grid),
        "hill": Filter("all", home=hill), "itself": Filter("all", home=lake, direct=True),
        "grid itself": Filter("all", home=grid, direct=True),
    }  # fmt: skip
    found = {key: {row.id for row in queries.held(secretary, which=which).rows} for key, which in lists.items()}
    one = {need.id}
    assert found == {
        "held": set(), "lake": one, "grid": one, "hill": {beside.id}, "itself": set(), "grid itself": one
    }  # fmt: skip
    assert figures.counted(secretary, lists=lists) == {key: len(rows) for key, rows in found.items()}


@pytest.mark.parametrize("who", ["secretary", "head", "hillhead", "grid", "inspector"])
def test_lists_counted_at_once_are_those_counted_one_by_one(town: Town, who: str) -> None:
    for _ in range(2):
        registered(town)
    actions.answer(town.actor("head"), registered(town).id, text="好了", way="phone")
    actor, today = town.actor(who), clock.today()
    lists = {key: Filter("all", measure=key, since=today, until=today) for key in MEASURE_LABELS}
    assert figures.counted(actor, lists=lists) == {
        key: len(queries.every_id(actor, which=which)) for key, which in lists.items()
    }
    assert figures.counted(actor, lists={}) == {}


def test_a_list_without_days_counts_up_to_now(town: Town) -> None:
    registered(town)
    head = town.actor("head")
    assert len(queries.every_id(head, which=Filter("all", measure="waiting"))) == 1
    with clock.at(clock.now() + timedelta(days=20)):
        assert len(queries.every_id(head, which=Filter("all", measure="overdue"))) == 1


def test_an_export_asked_for_before_these_filters_were_there_is_still_written() -> None:
    old = dict.fromkeys(("channel", "text", "category", "unit", "theme", "urgent", "since", "until"), "")
    assert exporting._filter({**old, "which": "all"}) == Filter("all")
    lately = Filter("all", home=None, direct=True, measure="kept")
    assert exporting._filter({**old, "which": "all", "direct": "True", "measure": "kept", "home": ""}) == lately


def test_counting_again_writes_only_what_changed_and_takes_away_what_is_gone(town: Town) -> None:
    registered(town)
    actions.count_lately(SYSTEM)
    before = {(f.measure, f.split, f.key): (f.pk, f.count) for f in Figure.objects.all()}
    actions.count_lately(SYSTEM)
    assert {(f.measure, f.split, f.key): (f.pk, f.count) for f in Figure.objects.all()} == before
    registered(town, category="城乡建设")
    actions.count_lately(SYSTEM)
    after = {(f.measure, f.split, f.key): (f.pk, f.count) for f in Figure.objects.all()}
    assert after["received", "", ""] == (before["received", "", ""][0], 2), "the same row, another figure"
    assert after["received", "category", "城乡建设"][1] == 1
    Figure.objects.filter(key="城乡建设").update(key="nowhere")
    actions.count_lately(SYSTEM)
    assert not Figure.objects.filter(key="nowhere").exists(), "a cell that no matter stands behind goes"
