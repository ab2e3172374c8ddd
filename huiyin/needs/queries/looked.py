"""Who looked at a resident's contact details, as the resident sees it: office, moment and purpose, never a clerk's name."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.needs.models import Need
from huiyin.needs.queries.lists import mine
from huiyin.needs.queries.rows import NeedRow
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import audit

ACTIONS = ("contact.read", "contact.search")


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look. `purpose`: to carry out an order, a search for the telephone, or to reach the resident."""

    at: datetime
    office: str
    purpose: str  # order | search | reach


def _row(look: audit.Look) -> LookRow:
    known = atlas.current().get(look.unit_id)
    office = atlas.current().title(known.id) if known else look.unit_name
    purpose = "search" if look.action == "contact.search" else "order" if "order" in look.detail else "reach"
    return LookRow(look.at, office, purpose)


def looks(actor: Actor, need_id: UUID) -> list[LookRow]:
    """Return who looked at the contact details of a matter, newest first. Raises NotFound."""
    scope.find(actor, "need.read", Need.objects.all(), need_id)
    return [_row(look) for look in audit.looks(f"need:{need_id}", ACTIONS)]


def my_looks(actor: Actor) -> list[tuple[LookRow, NeedRow]]:
    """Return who looked at the contact details of any of one's own matters, newest first, each with its matter."""
    rows = {f"need:{row.id}": row for row in mine(actor)}
    found = audit.looks_at(list(rows), ACTIONS) if rows else []
    return [(_row(look), rows[look.subject]) for look in found]
