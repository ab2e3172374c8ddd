"""A machine lets a row do what its table says, and nothing else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.platform.errors import NotNow
from huiyin.platform.machine import Machine, Step

NEED = Machine(
    "need",
    Step("accept", frm={"received"}, to="accepted", needs="need.accept", key="a", label="Accept"),
    Step("note", frm={"received", "accepted"}, to=None, needs="need.note", asks=("text",), key="n"),
    Step("answer", frm={"accepted"}, to="answered", needs="need.answer", asks=("text", "visited"), key="r"),
    Step("reopen", frm={"answered"}, to="accepted", needs="need.reopen"),
    Step("close", frm={"answered"}, to="closed", needs="need.close"),
    start="received",
)
STATES = ("received", "accepted", "answered", "closed")
VERBS = ("accept", "note", "answer", "reopen", "close")


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    """Any machine of up to six states, each reachable, with some steps that stay and some that return."""
    states = [f"s{i}" for i in range(draw(st.integers(1, 6)))]
    steps = [
        Step(f"go{i}", frm={states[draw(st.integers(0, i - 1))]}, to=states[i], needs="go")
        for i in range(1, len(states))
    ]
    for i in range(draw(st.integers(0, 4))):
        frm = draw(st.sets(st.sampled_from(states), min_size=1))
        steps.append(Step(f"more{i}", frm=frm, to=draw(st.none() | st.sampled_from(states)), needs="more"))
    return Machine("any", *draw(st.permutations(steps)), start="s0")


def test_states_are_named_nearest_first_and_verbs_as_declared() -> None:
    assert NEED.states == STATES
    assert NEED.verbs == VERBS
    assert NEED.ends == ("closed",)


def test_a_step_leads_to_its_state_or_stays() -> None:
    assert NEED.step("accept", "received").after("received") == "accepted"
    assert NEED.step("note", "received").after("received") == "received"


@given(st.sampled_from(VERBS), st.sampled_from(STATES))
def test_no_step_from_a_wrong_state_succeeds(verb: str, state: str) -> None:
    allowed = verb in {step.verb for step in NEED.offers(state)}
    if allowed:
        assert state in NEED.step(verb, state).frm
    else:
        with pytest.raises(NotNow):
            NEED.step(verb, state)


@given(machines(), st.data())
def test_no_machine_lets_a_step_leave_a_wrong_state(machine: Machine, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from(machine.steps)) if machine.steps else None
    for state in machine.states:
        if step and state not in step.frm:
            with pytest.raises(NotNow):
                machine.step(step.verb, state)


@given(st.text(), st.text())
def test_an_unknown_verb_or_state_is_refused(verb: str, state: str) -> None:
    if verb not in VERBS or state not in STATES:
        with pytest.raises(NotNow) as refused:
            NEED.step(verb, state)
        assert refused.value.params == {"verb": verb, "state": state}


@given(machines(), st.lists(st.integers(0, 99), max_size=30))
def test_a_random_walks_history_equals_its_state(machine: Machine, picks: list[int]) -> None:
    state, history = machine.start, [machine.start]
    for pick in picks:
        offers = machine.offers(state)
        if not offers:
            break
        step = machine.step(offers[pick % len(offers)].verb, state)
        state = step.after(state)
        if step.to is not None:
            history.append(state)
        assert state in machine.states
        assert history[-1] == state


@given(machines())
def test_what_is_offered_is_exactly_what_may_be_done(machine: Machine) -> None:
    for state in machine.states:
        offered = [step.verb for step in machine.offers(state)]
        assert offered == [step.verb for step in machine.steps if state in step.frm]


def test_a_state_nobody_knows_offers_nothing() -> None:
    assert NEED.offers("lost") == ()


@pytest.mark.parametrize("blank", [None, "", "  \n", [], ()])
def test_a_blank_fact_is_missing(blank: object) -> None:
    answer = NEED.step("answer", "accepted")
    assert NEED.missing(answer, {"text": blank, "visited": True}) == ("text",)


def test_no_and_zero_are_facts() -> None:
    answer = NEED.step("answer", "accepted")
    assert NEED.missing(answer, {"text": 0, "visited": False}) == ()
    assert NEED.missing(answer, {}) == ("text", "visited")


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        (
            [Step("a", frm={"x"}, to="y", needs="n"), Step("a", frm={"x"}, to="z", needs="n")],
            "declared twice",
        ),
        ([Step("a", frm={"lost"}, to="x", needs="n")], "'lost' is never reached"),
        ([Step("a", frm={"p"}, to="q", needs="n"), Step("b", frm={"q"}, to="p", needs="n")], "never reached"),
        ([Step("a", frm=set(), to="y", needs="n")], "starts from no state"),
        ([Step("", frm={"x"}, to="y", needs="n")], "empty name"),
        ([Step("a", frm={"x"}, to="", needs="n")], "empty name"),
        ([Step("a", frm={"x"}, to="y", needs="")], "empty name"),
        ([Step(v, frm={"x"}, to="y", needs="n", key="k") for v in "ab"], "means two things"),
    ],
)
def test_a_table_with_a_mistake_is_no_machine(steps: list[Step], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Machine("wrong", *steps, start="x")


def test_a_machine_without_a_start_is_none() -> None:
    with pytest.raises(ValueError, match="need names"):
        Machine("wrong", start="")


def test_the_same_verb_may_leave_two_states_for_different_ones() -> None:
    steps = (Step("back", frm={"x"}, to="y", needs="n"), Step("back", frm={"y"}, to="x", needs="n"))
    machine = Machine("swing", *steps, start="x")
    assert machine.verbs == ("back",)
    assert machine.step("back", "y").to == "x"


def test_the_pictures_show_every_arrow() -> None:
    arrows = sum(len(step.frm) for step in NEED.steps)
    assert '"accepted" -> "answered" [label="answer"];' in NEED.dot()
    assert '"closed" [peripheries=2];' in NEED.dot()
    assert "  received --> received: note" in NEED.mermaid()
    assert "  closed --> [*]" in NEED.mermaid()
    assert len(re.findall(" -> ", NEED.dot())) == arrows
    assert len(re.findall(" --> .*: ", NEED.mermaid())) == arrows
