"""What other rooms still keep in a unit: asked before it ends, without this room knowing who answers."""

from collections.abc import Callable
from uuid import UUID

from huiyin.org.actors import SYSTEM, Actor
from huiyin.platform.errors import Message

Count = Callable[[Actor, UUID], int]
_asked: dict[str, tuple[Message, Count]] = {}


def connect(what: Message, count: Count) -> None:
    """Let `count(actor, unit_id)` say how many of `what` a unit holds; for config.wiring."""
    _asked[what.text] = (what, count)


def remaining(unit_id: UUID) -> Message | None:
    """Return what the unit still holds, None when nothing does."""
    return next((what for what, count in _asked.values() if count(SYSTEM, unit_id)), None)
