"""Every write to people, units, addresses and posts."""

from huiyin.org.actions.addresses import add_building, add_doors, add_estate, assign_portfolio
from huiyin.org.actions.clients import (
    Opened,
    answered_once,
    client_used,
    end_client,
    forget_replies,
    open_client,
)
from huiyin.org.actions.codes import issue_code, prove_phone
from huiyin.org.actions.people import (
    appoint,
    end_post,
    give_password,
    hand_over,
    invite,
    leave,
    password_changed,
    prefer_language,
    resident_of_phone,
    set_stand_in,
)
from huiyin.org.actions.units import add_unit, edit_unit, end_unit, import_boundaries, move_unit, set_boundary
from huiyin.org.actions.workdays import forget_workday, set_workday

__all__ = [
    "Opened",
    "add_building",
    "add_doors",
    "add_estate",
    "add_unit",
    "answered_once",
    "appoint",
    "assign_portfolio",
    "client_used",
    "edit_unit",
    "end_client",
    "end_post",
    "end_unit",
    "forget_replies",
    "forget_workday",
    "give_password",
    "hand_over",
    "import_boundaries",
    "invite",
    "issue_code",
    "leave",
    "move_unit",
    "open_client",
    "password_changed",
    "prefer_language",
    "prove_phone",
    "resident_of_phone",
    "set_boundary",
    "set_stand_in",
    "set_workday",
]
