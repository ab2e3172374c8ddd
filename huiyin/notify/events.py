"""What happened to messages."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MessageSent:
    """The carrier took the message: for e-mail, the mail server accepted it."""

    effect_key: str
    about: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class MessageFailed:
    """We gave up after several tries."""

    effect_key: str
    about: str
    error: str
