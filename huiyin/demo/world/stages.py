"""Where a story has brought its matter: the state the office's own rules would have it in, told without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from huiyin.demo.world.records import Move, OrderStage, Stage

_AFTER: dict[str, Stage] = {
    "accept": "carry_out",
    "hand_up": "collect",
    "pass_on": "collect",
    "answer": "answer",
    "withdraw": "withdrawn",
    "lapse": "closed",
    "explain": "feedback",
    "order": "match",
    "claim": "carry_out",
    "sign": "carry_out",
    "return": "analyse",
    "transfer": "match",
    "complete": "answer",
}
_ORDER_AFTER: dict[str, OrderStage] = {
    "claim": "working",
    "sign": "working",
    "suspend": "suspended",
    "resume": "working",
    "return": "returned",
    "transfer": "assigned",
    "complete": "done",
}


@dataclass(slots=True)
class Standing:
    """Where a matter and its last order stand, followed move by move."""

    stage: Stage = "collect"
    order: OrderStage = ""
    round: int = 0
    orders_made: int = 0

    def follow(self, move: Move) -> None:
        """Take one step."""
        if move.verb == "order":
            self.order = "open" if move.open_to else "assigned"
            self.orders_made += 1
        elif move.verb in _ORDER_AFTER and self.order not in ("", "done"):
            self.order = _ORDER_AFTER[move.verb]
        if move.verb == "sort":
            self.stage = "analyse" if self.stage == "collect" else self.stage
        elif move.verb == "deliver":
            self.stage = "closed" if self.stage == "feedback" else "evaluate"
        elif move.verb == "rate":
            self._rated(move)
        else:
            self.stage = _AFTER.get(move.verb, self.stage)

    def _rated(self, move: Move) -> None:
        if move.stars <= 2:
            self.stage, self.round = "analyse", self.round + 1
        else:
            self.stage = "feedback" if move.text else "closed"


def after(story: Iterable[Move]) -> Standing:
    """Return where a story ends."""
    standing = Standing()
    for move in story:
        standing.follow(move)
    return standing
