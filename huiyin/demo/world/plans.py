"""How far a matter is to come and by which steps, before anybody or any hour is chosen.

A step is a verb, where it matters with its manner: `rate:content`, `rate:words`, `rate:unhappy`, `order:open`,
`answer:unsolved`.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

Outcome = Literal[
    "untouched", "sorted", "accepted", "handed_up", "passed_on", "order_open", "order_assigned", "order_working",
    "order_suspended", "order_returned", "order_extending", "answered", "told", "word_due", "word_written", "reopened",
    "reopened_twice", "explained", "withdrawn", "settled", "overdue",
]  # fmt: skip

# What a matter may be like by how many days ago it came in, in shares. «settled» runs its whole course, as far as
# time allows: of those that came in this week, most are still on their way.
_TODAY: dict[Outcome, int] = {
    "untouched": 40, "sorted": 8, "accepted": 14, "handed_up": 6, "passed_on": 2, "order_open": 6, "order_assigned": 7,
    "order_working": 8, "told": 4, "settled": 4, "withdrawn": 2,
}  # fmt: skip
_WEEK: dict[Outcome, int] = {
    "untouched": 3, "sorted": 3, "accepted": 8, "handed_up": 5, "passed_on": 2, "order_open": 6, "order_assigned": 7,
    "order_working": 8, "order_suspended": 5, "order_returned": 6, "order_extending": 3, "answered": 6, "told": 6,
    "word_due": 5, "word_written": 3, "reopened": 3, "withdrawn": 2, "settled": 24,
}  # fmt: skip
_FORTNIGHT: dict[Outcome, int] = {
    "order_working": 3, "order_suspended": 4, "order_returned": 3, "order_extending": 2, "answered": 2, "word_due": 5,
    "word_written": 5, "reopened": 4, "reopened_twice": 3, "overdue": 2, "withdrawn": 2, "settled": 67,
}  # fmt: skip
_MONTH: dict[Outcome, int] = {
    "order_suspended": 2, "reopened_twice": 3, "overdue": 5, "explained": 2, "withdrawn": 2, "settled": 86,
}  # fmt: skip
_YEAR: dict[Outcome, int] = {"explained": 1, "withdrawn": 2, "settled": 97}
_OVERDUE_AS: tuple[Outcome, ...] = ("untouched", "accepted", "accepted", "handed_up", "order_assigned", "order_working")

_ORDERED = frozenset(
    {"order_open", "order_assigned", "order_working", "order_suspended", "order_returned", "order_extending"}
)
_BEGINNINGS: dict[Outcome, str] = {
    "sorted": "sort", "accepted": "accept", "handed_up": "hand_up", "passed_on": "pass_on",
}  # fmt: skip
_ORDER_ENDS: dict[Outcome, str] = {
    "order_suspended": "suspend", "order_returned": "return", "order_extending": "extend",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the matter itself allows: `rungs` to go up at most, whether orders may be made of it, whether it may go down."""

    rungs: int
    orders: bool = True
    passes: bool = False


def outcome_of(age_days: int, rng: Random) -> Outcome:
    """Return how far a matter has come that came in so many days ago."""
    table = _YEAR
    for most, shares in ((0, _TODAY), (6, _WEEK), (15, _FORTNIGHT), (38, _MONTH)):
        if age_days <= most:
            table = shares
            break
    return rng.choices(list(table), weights=list(table.values()))[0]


def course(outcome: Outcome, bounds: Bounds, rng: Random, *, at_once: bool = False) -> list[str]:
    """Return the steps; with `at_once` nobody stops to file, hand up or give orders, as in an emergency."""
    if outcome == "overdue":
        outcome = rng.choice(_OVERDUE_AS)
    if at_once:
        return ["accept", "answer", "deliver", *_ending("settled", rng, reopens=False)]
    if outcome == "untouched":
        return []
    begun = _beginning(outcome, bounds, rng)
    if outcome in _BEGINNINGS:
        return begun
    if outcome == "withdrawn":
        return [*begun[: rng.randint(0, len(begun))], "withdraw"]
    ordered = bounds.orders and (outcome in _ORDERED or rng.random() < 0.32)
    steps = begun + (_by_order(outcome, rng) if ordered else [_answer(rng, bounds)])
    if outcome in _ORDERED or outcome == "answered":
        return steps
    steps += ["deliver", *_ending(outcome, rng, reopens=bounds.orders)]
    return ["sort", *steps] if "learn" in steps and "sort" not in steps else steps  # lessons are kept by category


def _beginning(outcome: Outcome, bounds: Bounds, rng: Random) -> list[str]:
    """Return the steps until somebody works on it, or until the one that `outcome` stops at."""
    filed = ["sort"] if outcome == "sorted" or rng.random() < 0.55 else []
    taken = ["accept"] if outcome == "accepted" or rng.random() < 0.93 else []
    steps = [*filed, *taken]
    if outcome == "sorted":
        return filed
    if outcome == "accepted":
        return steps
    if outcome == "passed_on" or (bounds.passes and rng.random() < 0.15):
        steps += ["pass_on"] if bounds.passes else []
        return steps if outcome == "passed_on" else [*steps, "accept"]
    rungs = next((n for n in range(bounds.rungs) if rng.random() < 0.45), bounds.rungs)
    if outcome == "handed_up":
        rungs = max(1, bounds.rungs) if bounds.orders else 0
    for _ in range(rungs):
        steps += ["hand_up", "accept"]
    return steps[:-1] if outcome == "handed_up" else steps


def _answer(rng: Random, bounds: Bounds) -> str:
    return "answer:unsolved" if bounds.orders and rng.random() < 0.045 else "answer"


def _by_order(outcome: Outcome, rng: Random) -> list[str]:
    """Return the steps of an order: given to somebody or claimed, with what may come between."""
    if outcome == "order_open":
        return ["order:open"]
    if outcome == "order_assigned":
        return ["order"]
    steps = ["order:open", "claim"] if rng.random() < 0.28 else ["order", "sign"]
    if outcome in _ORDER_ENDS:
        return [*steps, _ORDER_ENDS[outcome]]
    if outcome == "order_working":
        return steps
    luck = rng.random()
    if luck < 0.07:
        steps += ["suspend", "resume"]
    elif luck < 0.13:
        steps += ["extend", "grant"]
    elif luck < 0.19:
        steps += ["return", "transfer", "sign"]
    return [*steps, "complete"]


_AGAIN = ["accept", "answer:again", "deliver"]


def _ending(outcome: Outcome, rng: Random, *, reopens: bool) -> list[str]:
    """Return what follows the telling: how it is rated, opened again, and closed."""
    fixed: dict[Outcome, list[str]] = {
        "told": [],
        "word_due": ["rate:words"],
        "word_written": ["rate:words", "conclude"],
    }
    if outcome in fixed:
        return fixed[outcome]
    if reopens and (again := _opened_again(outcome, rng)):
        return again
    luck = rng.random()
    if luck < 0.2:
        return ["lapse"]
    if luck < 0.34:
        return ["rate:words", "conclude", "deliver"]
    return ["rate:content", *(["learn"] if rng.random() < 0.05 else [])]


def _opened_again(outcome: Outcome, rng: Random) -> list[str]:
    once, luck = ["rate:unhappy"], rng.random()
    if outcome == "reopened":
        return [*once, "accept"] if luck < 0.6 else once
    if outcome == "reopened_twice":
        return [*once, *_AGAIN, *once, *(["accept"] if luck < 0.5 else [])]
    if outcome == "explained" or luck < 0.004:
        return [*once, *_AGAIN, *once, "accept", "explain", "deliver"]
    if luck < 0.012:
        return [*once, *_AGAIN, *once, *_AGAIN, "rate:content"]
    return [*once, *_AGAIN, "rate:content" if luck < 0.05 else "lapse"] if luck < 0.07 else []
