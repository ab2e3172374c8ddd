"""Roles and what each may do: the only place that says so.

A grant is a role in a unit; it reaches that unit and everything below it. `org.scope` combines the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_READ_MATTERS = {"need.read", "need.contact"}
_WORK = _READ_MATTERS | {
    "need.register",
    "need.accept",
    "need.answer",
    "need.deliver",
    "need.hand_up",
    "need.note",
    "need.sort",
    "need.learn",
    "theme.read",
    "template.read",
    "need.rate",  # by telephone, for who asks for it; the caller is recorded
    "order.read",
    "order.work",
    "order.note",
    "order.claim",
    "order.transfer",
}
_MAKE_ORDERS = {"order.make", "outside.edit", "theme.edit", "template.edit", "need.import", "need.export"}
_DECIDE = {"order.approve", "need.explain", "brief.read"}
_TEACH = {"filing.edit"}  # what the category model may do alone
_LOOK_AROUND = {"unit.read", "address.read", "post.read"}
_ARRANGE = {"unit.edit", "boundary.edit", "address.edit", "post.appoint", "portfolio.edit"}


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of post. `unit_kinds` are the kinds of unit it is held in; `label` is an English message id."""

    name: str
    label: str
    unit_kinds: frozenset[str]
    may: frozenset[str]


_GRIDS = {"grid", "group", "core"}
_COMMUNITIES = {"village", "community"}


def _role(name: str, label: str, kinds: set[str], may: set[str]) -> Role:
    return Role(name, label, frozenset(kinds), frozenset(may))


ROLES: Mapping[str, Role] = {
    role.name: role
    for role in (
        # The administrator arranges the house and never reads a resident's matter.
        _role(
            "county_admin",
            "Administrator",
            {"county", "street"},
            _LOOK_AROUND | _ARRANGE | {"audit.read", "calendar.edit", "client.edit", "status.read"},
        ),
        _role(
            "street_head",
            "Street secretary",
            {"street"},
            _WORK
            | _MAKE_ORDERS
            | _DECIDE
            | _TEACH
            | _LOOK_AROUND
            | _ARRANGE
            | {"need.pass_on", "need.erase", "audit.read", "calendar.edit", "client.edit"},
        ),
        _role(
            "dispatcher",
            "Dispatcher",
            {"street", "department"},
            _WORK | _MAKE_ORDERS | _DECIDE | _TEACH | _LOOK_AROUND | {"need.pass_on"},
        ),
        _role(
            "community_head",
            "Head of the community",
            _COMMUNITIES,
            _WORK | _MAKE_ORDERS | _DECIDE | _LOOK_AROUND | _ARRANGE | {"need.pass_on"},
        ),
        _role(
            "clerk",
            "Generalist clerk",
            _COMMUNITIES | {"street"},
            _WORK | _MAKE_ORDERS | _LOOK_AROUND | {"need.pass_on"},
        ),
        _role("grid_head", "Grid head", {"grid"}, _WORK | _LOOK_AROUND),
        _role("grid_worker", "Grid worker", _GRIDS, _WORK | _LOOK_AROUND),
        _role("contact_member", "Contact member", _GRIDS, {"need.register", "unit.read", "address.read"}),
        _role(
            "team_lead",
            "Team leader",
            {"brigade", "team"},
            {"order.read", "order.work", "order.note", "order.claim", "order.transfer", "unit.read"},
        ),
        _role("inspector", "Inspector", {"inspection"}, _WORK | {"unit.read", "need.pass_on", "need.explain"}),
    )
}


def role_label(role: str) -> str:
    """Return the English message id of a role, its own name for one that is no more."""
    return ROLES[role].label if role in ROLES else role


@dataclass(frozen=True, slots=True)
class Scope:
    """What a program's token carries. `label` is an English message id."""

    label: str
    may: frozenset[str]


SCOPES: Mapping[str, Scope] = {
    "matters.read": Scope(label="Read matters, personal data in the words hidden", may=frozenset({"need.read"})),
    "matters.verbatim": Scope(label="Read the words as they were said", may=frozenset({"need.verbatim"})),
    "matters.write": Scope(label="Send matters", may=frozenset({"need.register"})),
    "units.read": Scope(label="Read units and addresses", may=frozenset({"unit.read", "address.read"})),
}

# What a resident may do with what is theirs, and a bearer with what the link or code opens.
RESIDENT_MAY = frozenset(
    {"need.read", "need.withdraw", "need.rate", "order.read", "order.work", "order.note", "order.claim"}
)
BEARER_MAY = frozenset({"need.read", "need.withdraw", "need.rate", "order.read", "order.work", "order.note"})

PUBLIC_MAY = frozenset({"need.browse"})  # what residents let everybody see

_GIVEN = [*(role.may for role in ROLES.values()), *(scope.may for scope in SCOPES.values())]
CAPABILITIES = frozenset().union(*_GIVEN) | RESIDENT_MAY | BEARER_MAY | PUBLIC_MAY


# Whoever appoints gives no more than they have themselves; the administrator, who reads nothing, gives any role.
MAY_GIVE_ANY = frozenset({"county_admin"})


def may_give(own: frozenset[str], role: str) -> bool:
    """Return whether somebody who holds the roles `own` over a unit may give `role` there."""
    if own & MAY_GIVE_ANY:
        return True
    have = frozenset().union(*(ROLES[r].may for r in own if r in ROLES))
    return role in ROLES and role not in MAY_GIVE_ANY and ROLES[role].may <= have


def may(role: str, capability: str) -> bool:
    """Return whether a role, or a scope of a program, carries a capability. An unknown one carries none."""
    known = ROLES.get(role) or SCOPES.get(role)
    return known is not None and capability in known.may
