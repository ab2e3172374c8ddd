"""What an audit entry is about, said by the room that keeps it: this room knows only people and units itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from huiyin.org.actors import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """A thing by its name; `url` is where its page is, "" for none within reach."""

    name: str
    url: str = ""


Named = Callable[[Actor, Sequence[UUID]], Mapping[UUID, Subject]]


class Found(Protocol):
    """What finds a thing by what is typed."""

    def __call__(self, actor: Actor, /, *, typed: str) -> UUID | None: ...


_known: dict[str, tuple[Named, Found]] = {}


def connect(kind: str, *, named: Named, found: Found) -> None:
    """Let a room name its things of a kind and find one by what is typed; for config.wiring."""
    _known[kind] = (named, found)


def names(actor: Actor, kind: str, keys: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Return the names of things of a kind; those that nobody names are left out."""
    return _known[kind][0](actor, keys) if keys and kind in _known else {}


def find(actor: Actor, typed: str) -> str | None:
    """Return the subject of what was typed, as the audit writes it; None when no room knows it."""
    for kind, (_named, found) in _known.items():
        if key := found(actor, typed=typed):
            return f"{kind}:{key}"
    return None
