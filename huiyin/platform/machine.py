"""Lifecycles as data: one table that actions, buttons, API, pictures in the docs and tests all read.

    LIFECYCLE = Machine(
        "need",
        Step("accept", frm={"received"}, to="accepted", needs="need.accept", key="a", label="Accept"),
        Step("note", frm={"received", "accepted"}, to=None, needs="need.note", asks=("text",)),
        Step("answer", frm={"accepted"}, to="answered", needs="need.answer", asks=("text",)),
        start="received",
    )

A machine holds no row and no clock. A room's private `_move()` locks the row, asks `step(verb, state)`,
checks `missing(step, facts)`, saves `step.after(state)` and appends the history row. No Django here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sized
from collections.abc import Set as AbstractSet
from dataclasses import KW_ONLY, dataclass

from huiyin.platform.errors import NotNow


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that may be done to a row.

    `frm` are the states it may be done from and `to` the state after it (None: the state stays); `needs` is
    the capability, `asks` the facts that must be given, `key` the key on the desk's keyboard and `label` the
    English message id on the button.
    """

    verb: str
    _: KW_ONLY
    frm: AbstractSet[str]
    to: str | None
    needs: str
    asks: tuple[str, ...] = ()
    key: str = ""
    label: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "frm", frozenset(self.frm))

    def after(self, state: str) -> str:
        """Return the state that follows `state` when this step is taken."""
        return state if self.to is None else self.to


class Machine:
    """The steps of one kind of row, checked when it is built.

    Raises ValueError when a name is empty, a step starts nowhere, two steps of one state share a verb or a
    key, or a state cannot be reached from `start`.
    """

    def __init__(self, name: str, *steps: Step, start: str) -> None:
        self.name = name
        self.steps = steps
        self.start = start
        self._offers = _offers(steps)
        self._by_verb = {(step.verb, state): step for step in steps for state in step.frm}
        self.states = _reached(start, self._offers)
        self.verbs = tuple(dict.fromkeys(step.verb for step in steps))
        self._check()

    def __repr__(self) -> str:
        return f"<Machine {self.name}: {len(self.states)} states, {len(self.verbs)} verbs>"

    @property
    def ends(self) -> tuple[str, ...]:
        """The states that no step leaves."""
        return tuple(s for s in self.states if all(step.after(s) == s for step in self.offers(s)))

    def step(self, verb: str, state: str) -> Step:
        """Return the step for `verb` from `state`. Raises NotNow when there is none."""
        step = self._by_verb.get((verb, state))
        if step is None:
            raise NotNow("This step is not possible from here.", verb=verb, state=state)
        return step

    def offers(self, state: str) -> tuple[Step, ...]:
        """Return the steps that may be taken from `state`, in declared order."""
        return self._offers.get(state, ())

    def missing(self, step: Step, facts: Mapping[str, object]) -> tuple[str, ...]:
        """Return what the step asks for and `facts` leaves absent, None, blank or empty; 0 counts."""
        return tuple(name for name in step.asks if _blank(facts.get(name)))

    def dot(self) -> str:
        """Return the picture as Graphviz text."""
        arrows = [f'  "{a}" -> "{b}" [label="{verb}"];' for a, verb, b in self._arrows()]
        ends = [f'  "{state}" [peripheries=2];' for state in self.ends]
        return "\n".join([f'digraph "{self.name}" {{', "  rankdir=LR;", *ends, *arrows, "}"]) + "\n"

    def mermaid(self) -> str:
        """Return the picture as a Mermaid state diagram."""
        arrows = [f"  {a} --> {b}: {verb}" for a, verb, b in self._arrows()]
        ends = [f"  {state} --> [*]" for state in self.ends]
        return "\n".join(["stateDiagram-v2", f"  [*] --> {self.start}", *arrows, *ends]) + "\n"

    def _arrows(self) -> list[tuple[str, str, str]]:
        return [(s, step.verb, step.after(s)) for s in self.states for step in self.offers(s)]

    def _check(self) -> None:
        wrong = [*_nameless(self), *_twice(self._offers), *_unreached(self)]
        if wrong:
            raise ValueError(f"machine {self.name!r}: " + "; ".join(wrong))


def _offers(steps: Iterable[Step]) -> dict[str, tuple[Step, ...]]:
    offers: dict[str, tuple[Step, ...]] = {}
    for step in steps:
        for state in step.frm:
            offers[state] = (*offers.get(state, ()), step)
    return offers


def _reached(start: str, offers: Mapping[str, tuple[Step, ...]]) -> tuple[str, ...]:
    """Return the states reached from `start`, nearest first, in an order that keeps pictures still."""
    reached = [start]
    for state in reached:
        nexts = (step.after(state) for step in offers.get(state, ()))
        reached.extend(dict.fromkeys(s for s in nexts if s not in reached))
    return tuple(reached)


def _nameless(machine: Machine) -> list[str]:
    wrong = [] if machine.name and machine.start else ["the machine and its start need names"]
    for step in machine.steps:
        names = (step.verb, step.needs, *step.frm, *step.asks, *(() if step.to is None else (step.to,)))
        if not all(names):
            wrong.append(f"step {step.verb!r} has an empty name")
        if not step.frm:
            wrong.append(f"step {step.verb!r} starts from no state")
    return wrong


def _twice(offers: Mapping[str, tuple[Step, ...]]) -> list[str]:
    wrong: list[str] = []
    for state, steps in sorted(offers.items()):
        verbs = Counter(step.verb for step in steps)
        keys = Counter(step.key for step in steps if step.key)
        wrong += [f"verb {v!r} is declared twice from {state!r}" for v, n in verbs.items() if n > 1]
        wrong += [f"key {k!r} means two things in {state!r}" for k, n in keys.items() if n > 1]
    return wrong


def _unreached(machine: Machine) -> list[str]:
    named = {state for step in machine.steps for state in step.frm}
    named |= {step.to for step in machine.steps if step.to is not None}
    return [f"state {s!r} is never reached from {machine.start!r}" for s in sorted(named - {*machine.states})]


def _blank(value: object) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Sized) and len(value) == 0)
