"""Codes, promises, emergencies, the machine: no database."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.needs import rules
from huiyin.needs.rules import Rung
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.errors import NotNow

NUMBERS = st.integers(0, 10**10 - 1)


@given(NUMBERS)
def test_a_code_reads_back_however_it_is_grouped(number: int) -> None:
    code = rules.tracking_code(number)
    assert len(code) == 11
    assert rules.plain_code(rules.spoken_code(code)) == code
    assert rules.plain_code(f" {code[:3]} {code[3:]} ") == code
    assert rules.plain_code(code.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})) == code


@given(NUMBERS, st.integers(0, 10), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(number: int, place: int, by: int) -> None:
    code = rules.tracking_code(number)
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert rules.plain_code(wrong) is None


@pytest.mark.parametrize("typed", ["", "123", "abcdefghijk", "12345678901234", "٠" * 11, "4821-7730-615x"])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert rules.plain_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "rest"),
    [("青禾苑3号楼", ""), ("青禾苑 3号楼 2单元", "2单元"), ("青禾苑3号楼2单元501", "2单元501"), ("青禾苑", "青禾苑")],
)
def test_what_follows_the_building_stays_words(typed: str, rest: str) -> None:
    assert rules.rest_of_place(typed, "青禾苑3号楼") == rest


def test_the_promise_is_five_working_days_after_the_day_it_came_in() -> None:
    calendar = WorkCalendar.of()
    assert rules.promised_on(date(2026, 11, 20), calendar) == date(2026, 11, 27)  # a Friday: Monday is the first day
    assert rules.promised_on(date(2026, 11, 22), calendar) == date(2026, 11, 27)  # a Sunday


@pytest.mark.parametrize(
    "words",
    ["楼下着 火了", "有人要跳楼", "邻居煤气泄漏，味道很大", "老人昏倒在楼道", "厨房烧起来了", "孩子走丢了", "燃氣洩漏"],
)
def test_words_of_emergency_are_heard(words: str) -> None:
    assert rules.is_emergency(words)


def test_ordinary_words_raise_no_alarm() -> None:
    assert not rules.is_emergency("路灯坏了，晚上老人不敢出门")


@given(st.lists(st.sampled_from(rules.LIFECYCLE.verbs), max_size=30))
def test_no_step_is_taken_from_a_wrong_state(verbs: list[str]) -> None:
    state, history = rules.LIFECYCLE.start, [rules.LIFECYCLE.start]
    for verb in verbs:
        allowed = {s.verb for s in rules.LIFECYCLE.offers(state)}
        if verb not in allowed:
            with pytest.raises(NotNow):
                rules.LIFECYCLE.step(verb, state)
            continue
        state = rules.LIFECYCLE.step(verb, state).after(state)
        history.append(state)
    assert history[-1] == state
    assert set(history) <= set(rules.LIFECYCLE.states)


def test_every_state_has_a_canonical_stage_and_a_label() -> None:
    assert set(rules.STAGE_OF) == set(rules.STATE_LABELS) == set(rules.LIFECYCLE.states)


def test_a_complaint_climbs_past_rungs_where_only_the_accused_read() -> None:
    accused, other = uuid4(), uuid4()
    first, second, third = uuid4(), uuid4(), uuid4()
    ladder = [Rung(first, frozenset()), Rung(second, frozenset({accused})), Rung(third, frozenset({accused, other}))]
    assert rules.rung_above(frozenset({accused}), ladder) == third
    assert rules.rung_above(frozenset({accused, other}), ladder) is None
    assert isinstance(third, UUID)
