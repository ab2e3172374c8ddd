"""What programs of other offices read: matters page by page, and one matter whole. What was said in confidence is left out.

A program reads what its token covers, never a complaint about staff or a mediation, but always what it sent itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.needs.models import Need, Ticket
from huiyin.needs.queries.lists import Filter, found
from huiyin.needs.queries.matter import _answers, _moves, _ratings
from huiyin.needs.queries.rows import AnswerRow, MoveRow, NeedRow, RatingRow, TicketRow
from huiyin.needs.rules import sorting
from huiyin.org import queries as org
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

Place = tuple[datetime, UUID]  # where a page ended: the last matter's time of receiving and key


@dataclass(frozen=True, slots=True)
class Read:
    """A matter as a program reads it: its words and place as this token may see them."""

    row: NeedRow
    ticket: TicketRow | None


@dataclass(frozen=True, slots=True)
class ReadWhole:
    """A matter with what was told, what happened and what the resident said of it."""

    read: Read
    answers: Sequence[AnswerRow]
    moves: Sequence[MoveRow]
    ratings: Sequence[RatingRow]


def source_of(actor: Actor, key: str) -> str:
    """Return the source of a matter that a program sends under a key of its own; the same key is the same matter."""
    return f"{scope.sent_mark(actor)}{key}"[:80]


def _open_to(actor: Actor, rows: "QuerySet[Need]") -> "QuerySet[Need]":
    return rows.filter(
        Q(source__startswith=scope.sent_mark(actor)) | (Q(about_staff="") & ~Q(kind__in=sorting.CONFIDENTIAL_KINDS))
    )


def _verbatim(actor: Actor, need: Need) -> bool:
    return actor.can("need.verbatim") or scope.sent_by(actor, need.source)


def _hidden(text: str) -> str:
    from huiyin.engines.text.entities import redact  # plain Python, read when it is first asked for

    return redact(text)


def _read(actor: Actor, need: Need) -> Read:
    ticket: Ticket | None = getattr(need, "ticket", None)
    given = TicketRow(ticket.system, ticket.number, ticket.deadline_at) if ticket else None
    row = NeedRow.of(need)
    if not _verbatim(actor, need):
        row = replace(row, words=_hidden(row.words), place_text=_hidden(row.place_text))
    return Read(row, given)


def read_page(
    actor: Actor, *, which: Filter, closed: bool | None, after: Place | None, most: int
) -> tuple[list[Read], Place | None]:
    """Return matters of a list, newest first, from `after` on, and where the page ended; None when it was the last."""
    rows = _open_to(actor, found(actor, which)).select_related("ticket")
    if closed is not None:
        rows = rows.filter(closed_at__isnull=not closed)
    if after:
        at, key = after
        rows = rows.filter(received_at__lte=at).filter(Q(received_at__lt=at) | Q(pk__gt=key))
    read = list(rows[: most + 1])
    last = read[most - 1] if len(read) > most else None
    return [_read(actor, n) for n in read[:most]], (last.received_at, last.pk) if last else None


def read_one(actor: Actor, need_id: UUID) -> ReadWhole:
    """Return one matter with all that a program may know of it. Raises NotFound."""
    rows = _open_to(actor, scope.within(actor, "need.read", Need.objects.all()))
    need = rows.filter(pk=need_id).select_related("ticket").first()
    if need is None:
        raise NotFound()
    answers = _answers(actor, need_id)
    if not _verbatim(actor, need):
        answers = [replace(a, text=_hidden(a.text)) for a in answers]
    return ReadWhole(_read(actor, need), answers, _moves(actor, need_id), _ratings(actor, need_id))


def place_said(actor: Actor, *, text: str) -> tuple[UUID | None, UUID | None]:
    """Return the community and the building that an address names, as far as the address register knows them."""
    plain = "".join(text.split())
    office = actor.office
    if office is None:
        return None, None
    estates = sorted(org.estate_homes(actor, office[0]), key=lambda e: -len(e[0]))
    for name, community_id in estates:
        if name in plain:
            found = org.building_named(actor, community_id, typed=plain[plain.index(name) :])
            return community_id, found.building_id if found else None
    return next((u.id for u in org.communities(actor) if u.name in plain), None), None
