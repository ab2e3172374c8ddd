"""Common needs on small invented requests."""

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.engines.text import grouping
from huiyin.engines.text.entities import Gazetteer
from huiyin.engines.text.pinning import Hand
from huiyin.engines.text.shared_needs import SharedNeed, Voice, Ways, grow, heat, shared_needs, wilson

START = datetime(2026, 3, 1)  # noqa: DTZ001 (the engine only subtracts)
DRAIN = "东门菜市场旁边的排水沟堵了三个星期，污水流到人行道上，老人走路很容易滑倒，请派人清理。"
GATE = "西门幼儿园门口早晚接送时没有人指挥交通，车辆乱停，孩子过马路十分危险，希望增设护栏。"
THINGS = (
    ("路灯不亮", "晚上路灯全部不亮，行人看不清路面，已有老人摔倒，请安排维修照明。"),
    ("垃圾没人清运", "垃圾桶满了一周没人清运，天气热气味难闻，苍蝇很多，希望增加清运次数。"),
    ("公交班次太少", "早高峰等公交超过四十分钟，上班总是迟到，建议增加班次和发车密度。"),
)


def drains() -> list[Voice]:
    said = [(f"东门排水沟堵塞{'，' * n}", f"{DRAIN}{n}天了") for n in range(5)]
    said += [(f"西门幼儿园门口危险{'！' * n}", f"{GATE}第{n}次") for n in range(3)]
    said += [("图书馆几点开门", "想问图书馆周末几点开门")]
    return [Voice(i, f"p{i}", a, b, START + timedelta(days=i), likes=i) for i, (a, b) in enumerate(said)]


def street(name: str = "云溪路") -> list[Voice]:
    """Three matters of one street, each told by three people in their own words."""
    told = ("{0}{1}，请尽快处理", "反映{0}{1}的情况", "{0}这边{1}，居民很有意见")
    found = []
    for t, (short, long) in enumerate(THINGS):
        for w, way in enumerate(told):
            text = f"{name}居民反映：{long}" if w else f"我住在{name}，{long}"
            found.append(Voice(f"{t}-{w}", f"p{t}{w}", way.format(name, short), text, START + timedelta(days=w)))
    return found


def keys(needs: list[SharedNeed]) -> list[set[Hashable]]:
    return sorted((set(need.keys) for need in needs), key=lambda k: sorted(map(str, k)))


@settings(max_examples=20, deadline=None)
@given(st.permutations(drains()))
def test_shared_needs_do_not_depend_on_the_order(voices: list[Voice]) -> None:
    assert shared_needs(voices) == shared_needs(drains())


@settings(max_examples=5, deadline=None)
@given(st.randoms(use_true_random=False))
def test_many_shared_needs_do_not_depend_on_the_order(random: object) -> None:
    voices = street() + drains()
    random.shuffle(voices)  # type: ignore[attr-defined]  # Hypothesis gives a random.Random
    assert shared_needs(voices) == shared_needs(street() + drains())


def test_three_things_in_one_street_are_three_matters() -> None:
    assert keys(shared_needs(street())) == [{f"{t}-{w}" for w in range(3)} for t in range(len(THINGS))]


def test_a_name_is_made_of_their_words_and_says_where() -> None:
    named = {str(need.keys[0])[0]: need for need in shared_needs(street() + drains()) if str(need.keys[0])[1:]}
    assert sorted(named) == ["0", "1", "2"]
    for n, word in enumerate(("路灯", "垃圾", "公交")):
        need = named[str(n)]
        assert "云溪路" in need.name
        assert word in need.name
        assert need.places[0] == "云溪路"


def test_a_gazetteer_says_where_when_it_is_given() -> None:
    ways = Ways(gazetteer=Gazetteer.of([("东门菜市场", "k1"), ("别处花园", "k2")]))
    found = shared_needs(drains(), ways)
    assert {need.places for need in found if len(need.keys) == 5} == {("东门菜市场",)}


def test_shared_needs_keep_their_ids_the_next_day() -> None:
    found = shared_needs(drains())
    assert sorted(len(n.keys) for n in found) == [3, 5]
    tomorrow = [*drains(), Voice(99, "p99", "东门排水沟又堵了", DRAIN, START - timedelta(days=20))]
    grown = grow(found, tomorrow)
    assert {n.id for n in grown} == {n.id for n in found}
    assert {n.id for n in shared_needs(tomorrow)} != {n.id for n in found}, "the first member names a new group"


def test_no_two_groups_have_one_id_though_yesterdays_was_split() -> None:
    found = shared_needs(drains())
    whole = next(n for n in found if len(n.keys) == 5)
    hand = Hand(((frozenset({0}), frozenset({1, 2, 3, 4})),))
    parts = grow(found, drains(), Ways(least_people=1, hand=hand))
    assert len({n.id for n in parts}) == len(parts)
    assert next(n for n in parts if 1 in n.keys).id == whole.id


def test_what_a_person_put_together_stays_together_and_what_they_parted_stays_apart() -> None:
    joined = shared_needs(drains(), Ways(hand=Hand((frozenset({0, 5}),))))
    assert [set(n.keys) for n in joined] == [set(range(8))]
    parted = shared_needs(drains(), Ways(hand=Hand(((frozenset({0, 1}), frozenset({3, 4})),))))
    home = {key: n.id for n in parted for key in n.keys}
    assert home[0] == home[1] != home[3] == home[4]


def test_of_two_corrections_the_later_stands() -> None:
    apart, together = (frozenset({0}), frozenset({1, 2, 3, 4})), frozenset({0, 1})
    joined = shared_needs(drains(), Ways(hand=Hand((apart, together))))
    assert any({0, 1, 2, 3, 4} <= set(n.keys) for n in joined)
    parted = shared_needs(drains(), Ways(least_people=1, hand=Hand((together, apart))))
    assert not any({0, 1} <= set(n.keys) for n in parted)


def test_a_correction_about_requests_that_are_gone_is_of_no_consequence() -> None:
    hand = Hand((frozenset({"gone", 0}), (frozenset({"gone"}), frozenset({1}))))
    assert shared_needs(drains(), Ways(hand=hand)) == shared_needs(drains())


def test_common_are_three_people_or_two_with_many_likes() -> None:
    two = [replace(v, likes=0) for v in drains()[:2]]
    assert [n.common for n in shared_needs(two)] == [False]
    assert [n.common for n in shared_needs([replace(two[0], likes=10), two[1]])] == [True]
    assert [n.common for n in shared_needs([replace(two[0], likes=10, against=11), two[1]])] == [False]
    assert all(n.common for n in shared_needs(drains()))


def test_one_person_writing_often_is_one_person() -> None:
    same = [Voice(i, "p", "东门排水沟堵塞", DRAIN, START) for i in range(10)]
    assert shared_needs(same) == []
    assert heat(same, now=START) == heat(same[:1], now=START)


def test_a_group_cools_by_half_in_thirty_days() -> None:
    hot = heat(drains(), now=START + timedelta(days=40))
    assert heat(drains(), now=START + timedelta(days=70)) == pytest.approx(hot / 2)


def test_the_same_text_a_thousand_times_is_one_need_and_empty_ones_are_none() -> None:
    same = [Voice(i, f"p{i}", "东门排水沟堵塞", DRAIN, START) for i in range(1000)]
    empty = [Voice(f"e{i}", f"q{i}", "", "", START) for i in range(3)]
    assert [len(n.keys) for n in shared_needs(same + empty)] == [1000]
    assert shared_needs([]) == []


def test_two_requests_of_one_key_are_refused() -> None:
    with pytest.raises(ValueError):
        shared_needs([drains()[0], drains()[0]])


def test_wilson_by_the_published_figure() -> None:
    assert wilson(0, 0) == 0
    assert wilson(8, 2) == pytest.approx(0.490, abs=0.001)


def test_more_requests_than_fit_into_memory_are_parted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = keys(shared_needs(drains()))
    monkeypatch.setattr(grouping, "MOST_TOGETHER", 6)
    assert keys(shared_needs(drains())) == whole


def test_a_stranger_among_near_copies_is_dropped() -> None:
    near = np.array([[1, 1, 0.3], [1, 1, 0.3], [0.3, 0.3, 1]], dtype=np.float32)
    assert grouping._trimmed(near, np.arange(3)).tolist() == [0, 1]
    near[2, :2] = near[:2, 2] = 0.5
    assert grouping._trimmed(near, np.arange(3)).tolist() == [0, 1, 2]


def test_what_was_together_yesterday_is_nearer_today() -> None:
    near = np.zeros((4, 4), dtype=np.float32)
    grouping._stay(near, np.array([0, 2, 5, 7]), [np.array([2, 3, 7])])
    assert near[1, 3] == near[3, 1] == pytest.approx(grouping.STAY)
    assert near[0].sum() == near[2].sum() == 0
