"""What a second reading found: each test is one thing that could go wrong at the desk."""

from huiyin.needs import actions, queries
from huiyin.needs.models import Need
from huiyin.needs.tests.test_orders import registered
from huiyin.org.tests.make import Town


def far(town: Town, **given: object) -> Need:
    """Return a matter of the other village."""
    return registered(town, building_id=None, community_id=town.units["hill"].id, **given)


def test_who_reads_the_copy_but_not_the_original_reads_no_words_of_it(town: Town) -> None:
    original, copy = registered(town, words="王五家的暖气不热"), far(town)
    actions.merge(town.actor("dispatcher"), copy.id, original_id=original.id)
    hill, lake = town.actor("hillhead"), town.actor("head")
    assert not queries.reaches(hill, original.id)
    assert queries.whole(hill, copy.id).original is None
    assert queries.whole(lake, original.id).copies[0].id == copy.id


def test_who_reads_the_original_but_not_the_copy_reads_no_words_of_it(town: Town) -> None:
    original, copy = registered(town), far(town, words="赵六家的事")
    actions.hand_up(town.actor("head"), original.id, note="请街道处理")
    while queries.need(town.actor("dispatcher"), original.id).unit_id != town.units["street"].id:
        actions.hand_up(town.actor("dispatcher"), original.id, note="再上报")
    actions.merge(town.actor("dispatcher"), copy.id, original_id=original.id)
    lake = town.actor("head")
    assert queries.reaches(lake, original.id)
    assert not queries.reaches(lake, copy.id)
    assert queries.whole(lake, original.id).copies == []
