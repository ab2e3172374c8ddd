"""The record of who looked at or changed what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import structlog
from django.db import connection
from django.db.models import Q

from huiyin.platform import clock, ids
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
    subject: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)
    unit_id: UUID | None = None


def _unit_of(subject: str) -> UUID | None:
    kind, _, key = subject.partition(":")
    return ids.parsed(key) if kind == "unit" else None


def record(actor: Who, action: str, subject: str, *, about: UUID | None = None, **detail: Any) -> None:
    """Append one entry in the caller's transaction. `subject` is `kind:<id>`, as in `need:0197…`.

    `about` is the unit whose matter it is: its record shows the entry, whoever made it. A unit is its own.
    """
    office = actor.office
    AuditEntry.objects.create(
        at=clock.now(),
        actor_kind=actor.kind_name,
        user_id=actor.user_id,
        user_name=actor.name,
        stand_in_for=actor.stands_in_for,
        unit_id=office[0] if office else None,
        unit_name=office[1] if office else "",
        about_unit_id=about or _unit_of(subject),
        action=action,
        subject=subject,
        detail=detail,
        reference=structlog.contextvars.get_contextvars().get("reference", ""),
    )


def looks(subject: str, actions: Sequence[str]) -> list[Look]:
    """Return the entries of these actions about `subject`, newest first, at most 200."""
    return looks_at([subject], actions)


def looks_at(subjects: Sequence[str], actions: Sequence[str]) -> list[Look]:
    """Return the entries of these actions about any of `subjects`, newest first, at most 200."""
    rows = AuditEntry.objects.filter(subject__in=subjects, action__in=actions).order_by("-at")[:200]
    return [Look(r.at, r.action, r.unit_name, r.user_name, r.subject, r.detail, r.unit_id) for r in rows]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries: of or about these units, from a moment until before another; None and "" leave it open."""

    unit_ids: Sequence[UUID]
    since: datetime
    until: datetime
    user_ids: Sequence[UUID] | None = None
    action: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the office that may read the record sees it."""

    id: int
    at: datetime
    user_id: UUID | None
    user_name: str
    stand_in: bool
    unit_id: UUID | None
    unit_name: str
    action: str
    subject: str
    detail: Mapping[str, Any]
    reference: str


# For each unit the newest entries by index, then the newest of those: it takes as long among ten entries as among
# ten million (`huiyin bench audit`).
_NEWEST = """
SELECT DISTINCT ON (e.at, e.id) e.id FROM unnest(%(units)s::uuid[]) AS u(key) CROSS JOIN LATERAL (
  (SELECT a.at, a.id FROM platform_auditentry a WHERE a.unit_id = u.key AND
     a.at >= %(since)s AND (a.at, a.id) < (%(until)s, %(last)s) ORDER BY a.at DESC, a.id DESC LIMIT %(most)s)
  UNION ALL
  (SELECT a.at, a.id FROM platform_auditentry a WHERE a.about_unit_id = u.key AND
     a.at >= %(since)s AND (a.at, a.id) < (%(until)s, %(last)s) ORDER BY a.at DESC, a.id DESC LIMIT %(most)s)
) e ORDER BY e.at DESC, e.id DESC LIMIT %(most)s
"""


def _newest(wanted: Wanted, before: tuple[datetime, int], most: int) -> list[int]:
    given: Any = {"units": list(wanted.unit_ids), "since": wanted.since, "until": before[0], "last": before[1]}
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {**given, "most": most})
        return [key for (key,) in cursor.fetchall()]


def _narrowed(wanted: Wanted, before: tuple[datetime, int], most: int) -> list[int]:
    """Return the newest entries of some people, about one thing or of one action: their own indexes find those."""
    rows = AuditEntry.objects.filter(Q(unit_id__in=wanted.unit_ids) | Q(about_unit_id__in=wanted.unit_ids))
    rows = rows.filter(Q(at__lt=before[0]) | Q(at=before[0], id__lt=before[1]), at__gte=wanted.since)
    if wanted.subject:
        rows = rows.filter(subject=wanted.subject)
    if wanted.user_ids is not None:
        rows = rows.filter(user_id__in=wanted.user_ids)
    if wanted.action:
        rows = rows.filter(action=wanted.action)
    return list(rows.order_by("-at", "-id").values_list("id", flat=True)[:most])


def entries(wanted: Wanted, *, before: tuple[datetime, int] | None = None, most: int = 50) -> list[Entry]:
    """Return the wanted entries, newest first, from before the one of that moment and key."""
    start = min(before, (wanted.until, 0)) if before else (wanted.until, 0)
    narrow = wanted.subject or wanted.action or wanted.user_ids is not None
    keys = (_narrowed if narrow else _newest)(wanted, start, most)
    rows = AuditEntry.objects.filter(pk__in=keys).order_by("-at", "-id")
    return [
        Entry(
            r.pk,
            r.at,
            r.user_id,
            r.user_name,
            r.stand_in_for is not None,
            r.unit_id,
            r.unit_name,
            r.action,
            r.subject,
            r.detail,
            r.reference,
        )
        for r in rows
    ]
