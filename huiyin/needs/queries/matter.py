"""Every read of one matter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from huiyin.needs import rules
from huiyin.needs.models import Answer, Contact, Lesson, Move, Need, NotePhoto, Photo, Rating, RequestRating
from huiyin.needs.queries.orders import OrderRow, orders_behind
from huiyin.needs.queries.rows import (
    COPY_COUNT,
    PHOTO_COUNT,
    AnswerRow,
    CopyRow,
    LessonRow,
    Masked,
    MoveRow,
    NeedRow,
    RatingRow,
    RequestRatingRow,
    TicketRow,
)
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Kind
from huiyin.platform.errors import NotFound


def reaches(actor: Actor, need_id: UUID) -> bool:
    """Return whether the actor reads this matter."""
    return scope.within(actor, "need.read", Need.objects.filter(pk=need_id)).exists()


def _reached(actor: Actor, need_id: UUID) -> None:
    if not reaches(actor, need_id):
        raise NotFound()


def _rows() -> "QuerySet[Need]":
    return Need.objects.select_related("theme").annotate(photo_count=PHOTO_COUNT, copy_count=COPY_COUNT)


def need(actor: Actor, need_id: UUID) -> NeedRow:
    """Return one matter within reach. Raises NotFound."""
    return NeedRow.of(scope.find(actor, "need.read", _rows(), need_id))


def by_code(actor: Actor, code: str) -> UUID | None:
    """Return the key of the matter within reach that has this tracking code, None when there is none."""
    plain = rules.plain_code(code)
    rows = scope.within(actor, "need.read", Need.objects.filter(code=plain)) if plain else Need.objects.none()
    return rows.values_list("pk", flat=True).first()


_INSIDE = {"note", "learn", "sort", "file", "merge", "join", "separate", "group", "ungroup"}  # between colleagues


def _public(moves: Iterable[Move]) -> list[Move]:
    """Return the steps a resident sees: no notes, and no step that was taken back."""
    shown: list[Move] = []
    for move in moves:
        if move.verb == "undo" and shown:
            shown.pop()
        elif move.verb not in _INSIDE:
            shown.append(move)
    return shown


def _moves(actor: Actor, need_id: UUID) -> list[MoveRow]:
    inside = actor.kind is Kind.STAFF
    pictures = NotePhoto.objects.filter(move_id=OuterRef("pk")).order_by().values("move_id")
    counted = Coalesce(Subquery(pictures.annotate(n=Count("pk")).values("n")), 0)
    rows = Move.objects.filter(need_id=need_id).order_by("id")
    if inside:
        rows = rows.annotate(photo_count=counted)
    title = atlas.current().title
    shown = list(rows) if inside else _public(rows)
    return [
        MoveRow(
            m.at,
            m.verb,
            title(m.unit_id),
            m.by_name if inside else "",
            m.note if inside else "",
            bool(inside and m.stand_in_for),
            m.id,
            m.by_id if inside else None,
            getattr(m, "photo_count", 0),
        )
        for m in shown
    ]


def moves(actor: Actor, need_id: UUID) -> list[MoveRow]:
    """Return a matter's history. A resident sees offices and public steps; notes and names are for staff."""
    _reached(actor, need_id)
    return _moves(actor, need_id)


def _answers(actor: Actor, need_id: UUID) -> list[AnswerRow]:
    rows = Answer.objects.filter(need_id=need_id).order_by("written_at")
    if actor.kind is not Kind.STAFF:
        rows = rows.filter(void_at__isnull=True)
    title = atlas.current().title
    return [
        AnswerRow(
            a.id,
            a.text,
            a.way,
            title(a.unit_id),
            a.written_at,
            a.delivered_at,
            a.delivered_note,
            a.kind,
            a.round,
            a.outcome,
            a.reason,
            a.who_else,
            a.void_at is not None,
        )
        for a in rows
    ]


def answers(actor: Actor, need_id: UUID) -> list[AnswerRow]:
    """Return a matter's answers, oldest first; taken-back ones are for staff only."""
    _reached(actor, need_id)
    return _answers(actor, need_id)


def _ratings(actor: Actor, need_id: UUID) -> list[RatingRow]:
    rows = Rating.objects.filter(need_id=need_id).order_by("round")
    return [RatingRow(r.round, r.solved, r.stars, r.words, r.way, r.at) for r in rows]


def ratings(actor: Actor, need_id: UUID) -> list[RatingRow]:
    """Return what the resident said of each result, oldest first. Raises NotFound."""
    _reached(actor, need_id)
    return _ratings(actor, need_id)


def _masked(contact: Contact | None) -> Masked:
    if contact is None:
        return Masked(False, False, False)
    return Masked(bool(contact.name_cipher), bool(contact.phone_cipher), bool(contact.email_cipher))


def masked_contact(actor: Actor, need_id: UUID) -> Masked:
    """Return which contact details exist, without reading them. Raises NotFound."""
    _reached(actor, need_id)
    return _masked(Contact.objects.filter(need_id=need_id).first())


def colleagues(actor: Actor, row: NeedRow) -> list[str]:
    """Return the names of the colleagues who read a matter that the actor has read; two of one name are left out."""
    here = atlas.current()
    readers = here.holders_over(row.unit_id, "need.read") - {actor.user_id}
    names = [s.name for s in here.staff if s.user_id in readers]
    return sorted(n for n in names if names.count(n) == 1)


def photo_of(actor: Actor, need_id: UUID, *, position: int) -> str:
    """Return the hash of one photo of a matter within reach. Raises NotFound."""
    _reached(actor, need_id)
    found = Photo.objects.filter(need_id=need_id, position=position).values_list("file_id", flat=True).first()
    if found is None:
        raise NotFound()
    return str(found)


def note_photo(actor: Actor, need_id: UUID, *, move_id: int, position: int) -> str:
    """Return the hash of one picture of an internal note, for staff who reach the matter. Raises NotFound."""
    _reached(actor, need_id)
    found = NotePhoto.objects.filter(move_id=move_id, move__need_id=need_id, position=position)
    sha256 = found.values_list("file_id", flat=True).first() if actor.kind is Kind.STAFF else None
    if sha256 is None:
        raise NotFound()
    return str(sha256)


@dataclass(frozen=True, slots=True)
class Whole:
    """A matter with all that stands on its page."""

    row: NeedRow
    answers: Sequence[AnswerRow]
    moves: Sequence[MoveRow]
    ratings: Sequence[RatingRow]
    masked: Masked
    orders: Sequence[OrderRow]
    lessons: Sequence[LessonRow]
    copies: Sequence[CopyRow] = ()
    original: CopyRow | None = None
    request_ratings: Sequence[RequestRatingRow] = ()
    ticket: TicketRow | None = None


def whole(actor: Actor, need_id: UUID) -> Whole:
    """Return one matter within reach with its history, answers, ratings and orders, asked for reach once.

    Raises NotFound.
    """
    found = scope.find(actor, "need.read", _with_rest(actor), need_id)
    row = NeedRow.of(found)
    rated = row.round or row.state in {"feedback", "closed"}  # before that there is nothing to ask for
    return Whole(
        row, _answers(actor, need_id), _moves(actor, need_id), _ratings(actor, need_id) if rated else [],
        _masked(getattr(found, "contact", None)), orders_behind(actor, row), _lessons(row), **_rest(found),
    )  # fmt: skip


def _with_rest(actor: Actor) -> "QuerySet[Need]":
    """Return matters with what few of them have, read in the same statement; of other matters only what is in reach."""
    read = scope.within(actor, "need.read", Need.objects.all())
    copies = read.filter(duplicate_of_id=OuterRef("pk")).order_by("received_at")
    original = read.filter(pk=OuterRef("duplicate_of_id"))
    shown = JSONObject(id="id", code="code", words="words", state="state")
    said = RequestRating.objects.filter(need_id=OuterRef("pk")).order_by("at")
    return (
        _rows()
        .select_related("contact", "ticket")
        .annotate(
            copy_rows=ArraySubquery(copies.values(json=shown)),
            original_rows=ArraySubquery(original.values(json=shown)),
            said_rows=ArraySubquery(
                said.values(json=JSONObject(clear="clear", genuine="genuine", reachable="reachable"))
            ),
        )
    )


def _copies(rows: Iterable[Any]) -> list[CopyRow]:
    return [CopyRow(UUID(c["id"]), c["code"], c["words"], c["state"]) for c in rows]


def _rest(found: Any) -> dict[str, Any]:
    ticket = getattr(found, "ticket", None)
    return {
        "copies": _copies(found.copy_rows),
        "original": next(iter(_copies(found.original_rows)), None),
        "request_ratings": [RequestRatingRow(**said) for said in found.said_rows],
        "ticket": TicketRow(ticket.system, ticket.number, ticket.deadline_at) if ticket else None,
    }


LESSONS_MOST = 3


def _lessons(row: NeedRow) -> list[LessonRow]:
    """Return the newest lessons of the same category, from other matters: they name nobody and are for all staff."""
    if not row.category:
        return []
    found = Lesson.objects.filter(category=row.category).exclude(need_id=row.id).order_by("-at")[:LESSONS_MOST]
    title = atlas.current().title
    return [LessonRow(lesson.text, title(lesson.unit_id), lesson.at) for lesson in found]
