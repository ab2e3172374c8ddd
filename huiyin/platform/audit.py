"""The record of who looked at or changed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog

from huiyin.platform import clock
from huiyin.platform.models import AuditEntry


class Who(Protocol):
    """What the audit needs to know of an actor (org.actors.Actor is one)."""

    @property
    def kind_name(self) -> str: ...
    @property
    def user_id(self) -> UUID | None: ...
    @property
    def name(self) -> str: ...
    @property
    def office(self) -> "tuple[UUID, str] | None": ...
    @property
    def stands_in_for(self) -> UUID | None: ...


@dataclass(frozen=True, slots=True)
class Look:
    """One entry as shown to a person: the office, never the clerk's name, to a resident."""

    at: datetime
    action: str
    unit_name: str
    user_name: str


def record(actor: Who, action: str, subject: str, **detail: Any) -> None:
    """Append one entry in the caller's transaction. `subject` is `kind:<id>`, as in `need:0197…`."""
    office = actor.office
    AuditEntry.objects.create(
        at=clock.now(),
        actor_kind=actor.kind_name,
        user_id=actor.user_id,
        user_name=actor.name,
        stand_in_for=actor.stands_in_for,
        unit_id=office[0] if office else None,
        unit_name=office[1] if office else "",
        action=action,
        subject=subject,
        detail=detail,
        reference=structlog.contextvars.get_contextvars().get("reference", ""),
    )


def looks(subject: str, actions: Sequence[str]) -> list[Look]:
    """Return the entries of these actions about `subject`, newest first, at most 200."""
    rows = AuditEntry.objects.filter(subject=subject, action__in=actions).order_by("-at")[:200]
    return [Look(r.at, r.action, r.unit_name, r.user_name) for r in rows]
