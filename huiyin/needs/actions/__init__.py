"""Every write to matters."""

from huiyin.needs.actions.intake import NewNeed, Receipt, register
from huiyin.needs.actions.privacy import ContactDetails, erase, look_at_contact
from huiyin.needs.actions.steps import (
    accept,
    answer,
    deliver,
    email_accepted,
    hand_up,
    note,
    pass_on,
    seen_by_resident,
    send_answer,
    undo,
    withdraw,
)

__all__ = [
    "ContactDetails",
    "NewNeed",
    "Receipt",
    "accept",
    "answer",
    "deliver",
    "email_accepted",
    "erase",
    "hand_up",
    "look_at_contact",
    "note",
    "pass_on",
    "register",
    "seen_by_resident",
    "send_answer",
    "undo",
    "withdraw",
]
