"""Every write to matters and orders."""

from huiyin.needs.actions.asked import ask_common_needs, find_common_needs
from huiyin.needs.actions.batches import Wish, run_batch, run_import, start_batch, stop_batch
from huiyin.needs.actions.desk import end_template, forget_view, looked, note, save_template, save_view
from huiyin.needs.actions.evaluation import close_unrated, explain, rate
from huiyin.needs.actions.exporting import export_now, run_export, start_export
from huiyin.needs.actions.grouping import end_theme, group, merge, merge_themes, rename_theme, separate, ungroup
from huiyin.needs.actions.importing import forget_tables, load_table, read_table
from huiyin.needs.actions.intake import NewNeed, NewTicket, Receipt, register
from huiyin.needs.actions.orders import Lead, NewOrder, cancel, make_order, transfer
from huiyin.needs.actions.outside import add_outside_party, change_outside_party, end_outside_party
from huiyin.needs.actions.privacy import ContactDetails, erase, look_at_contact
from huiyin.needs.actions.settle import OneRefused, register_all, register_settled
from huiyin.needs.actions.steps import accept, hand_up, learn, pass_on, sort, undo, withdraw
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
    "NewTicket",
    "OneRefused",
    "Receipt",
    "Wish",
    "accept",
    "add_outside_party",
    "answer",
    "ask_common_needs",
    "ask_extension",
    "cancel",
    "change_outside_party",
    "claim",
    "close_unrated",
    "complete",
    "conclude",
    "decide_extension",
    "deliver",
    "email_accepted",
    "end_outside_party",
    "end_template",
    "end_theme",
    "erase",
    "explain",
    "export_now",
    "find_common_needs",
    "forget_tables",
    "forget_view",
    "group",
    "hand_up",
    "learn",
    "load_table",
    "look_at_contact",
    "look_at_contacts",
    "looked",
    "make_order",
    "merge",
    "merge_themes",
    "note",
    "note_on_order",
    "pass_on",
    "rate",
    "rate_request",
    "read_table",
    "register",
    "register_all",
    "register_settled",
    "rename_theme",
    "resume",
    "resume_due",
    "return_order",
    "return_orphans",
    "run_batch",
    "run_export",
    "run_import",
    "save_template",
    "save_view",
    "seen_by_resident",
    "send_answer",
    "separate",
    "sign",
    "sort",
    "start_batch",
    "start_export",
    "stop_batch",
    "suspend",
    "transfer",
    "undo",
    "ungroup",
    "withdraw",
]
