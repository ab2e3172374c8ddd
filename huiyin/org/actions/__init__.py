"""Every write to people, units, addresses and posts."""

from huiyin.org.actions.addresses import add_building, add_doors, add_estate, assign_portfolio
from huiyin.org.actions.codes import issue_code, prove_phone
from huiyin.org.actions.factors import (
    add_app,
    add_passkey,
    check_code,
    new_codes,
    passkey_used,
    remove_factor,
    rename_passkey,
)
from huiyin.org.actions.people import (
    appoint,
    end_post,
    give_password,
    hand_over,
    invite,
    leave,
    password_changed,
    prefer_language,
    reset_factors,
    resident_of_phone,
    set_stand_in,
)
from huiyin.org.actions.sessions import (
    Whence,
    end_other_sessions,
    end_session,
    forget_sessions,
    reset_told,
    session_began,
    session_over,
    session_seen,
)
from huiyin.org.actions.trail import read_trail, take_trail
from huiyin.org.actions.units import add_unit, edit_unit, end_unit, import_boundaries, move_unit, set_boundary
from huiyin.org.actions.workdays import forget_workday, set_workday

__all__ = [
    "Whence",
    "add_app",
    "add_building",
    "add_doors",
    "add_estate",
    "add_passkey",
    "add_unit",
    "appoint",
    "assign_portfolio",
    "check_code",
    "edit_unit",
    "end_other_sessions",
    "end_post",
    "end_session",
    "end_unit",
    "forget_sessions",
    "forget_workday",
    "give_password",
    "hand_over",
    "import_boundaries",
    "invite",
    "issue_code",
    "leave",
    "move_unit",
    "new_codes",
    "passkey_used",
    "password_changed",
    "prefer_language",
    "prove_phone",
    "read_trail",
    "remove_factor",
    "rename_passkey",
    "reset_factors",
    "reset_told",
    "resident_of_phone",
    "session_began",
    "session_over",
    "session_seen",
    "set_boundary",
    "set_stand_in",
    "set_workday",
    "take_trail",
]
