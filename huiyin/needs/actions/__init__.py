"""Every write to matters and orders."""

from huiyin.needs.actions.evaluation import close_unrated, explain, rate
from huiyin.needs.actions.intake import NewNeed, Receipt, register
from huiyin.needs.actions.orders import Lead, NewOrder, add_outside_party, cancel, make_order, transfer
from huiyin.needs.actions.privacy import ContactDetails, erase, look_at_contact
from huiyin.needs.actions.settle import register_settled
from huiyin.needs.actions.steps import accept, hand_up, learn, note, pass_on, sort, undo, withdraw
from huiyin.needs.actions.telling import answer, conclude, deliver, email_accepted, seen_by_resident, send_answer
from huiyin.needs.actions.working import (
    Done,
    ask_extension,
    claim,
    complete,
    decide_extension,
    look_at_contacts,
    note_on_order,
    rate_request,
    resume,
    resume_due,
    return_order,
    return_orphans,
    sign,
    suspend,
)

__all__ = [
    "ContactDetails",
    "Done",
    "Lead",
    "NewNeed",
    "NewOrder",
    "Receipt",
    "accept",
    "add_outside_party",
    "answer",
    "ask_extension",
    "cancel",
    "claim",
    "close_unrated",
    "complete",
    "conclude",
    "decide_extension",
    "deliver",
    "email_accepted",
    "erase",
    "explain",
    "hand_up",
    "learn",
    "look_at_contact",
    "look_at_contacts",
    "make_order",
    "note",
    "note_on_order",
    "pass_on",
    "rate",
    "rate_request",
    "register",
    "register_settled",
    "resume",
    "resume_due",
    "return_order",
    "return_orphans",
    "seen_by_resident",
    "send_answer",
    "sign",
    "sort",
    "suspend",
    "transfer",
    "undo",
    "withdraw",
]
