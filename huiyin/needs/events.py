"""What happened to a matter."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NeedRegistered:
    """A matter was taken in."""

    need_id: UUID


@dataclass(frozen=True, slots=True)
class NeedAnswered:
    """An answer was written; it is sent once the time to undo has passed."""

    need_id: UUID
    answer_id: UUID
