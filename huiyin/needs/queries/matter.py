"""Every read of one matter."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from huiyin.needs.models import Answer, Contact, Lesson, Move, Need, Photo, Rating
from huiyin.needs.queries.orders import OrderRow, orders_behind
from huiyin.needs.queries.rows import PHOTO_COUNT, AnswerRow, LessonRow, Masked, MoveRow, NeedRow, RatingRow
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Kind
from huiyin.platform import audit
from huiyin.platform.errors import NotFound


def reaches(actor: Actor, need_id: UUID) -> bool:
    """Return whether the actor reads this matter."""
    return scope.within(actor, "need.read", Need.objects.filter(pk=need_id)).exists()


def _reached(actor: Actor, need_id: UUID) -> None:
    if not reaches(actor, need_id):
        raise NotFound()


def need(actor: Actor, need_id: UUID) -> NeedRow:
    """Return one matter within reach. Raises NotFound."""
    return NeedRow.of(scope.find(actor, "need.read", Need.objects.all().annotate(photo_count=PHOTO_COUNT), need_id))


_INSIDE = {"note", "learn", "sort"}  # between colleagues


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
    rows = Move.objects.filter(need_id=need_id).order_by("id")
    title = atlas.current().title
    inside = actor.kind is Kind.STAFF
    shown = list(rows) if inside else _public(rows)
    return [
        MoveRow(
            m.at,
            m.verb,
            title(m.unit_id),
            m.by_name if inside else "",
            m.note if inside else "",
            bool(inside and m.stand_in_for),
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


def _masked_contact(actor: Actor, need_id: UUID) -> Masked:
    contact = Contact.objects.filter(need_id=need_id).first()
    if contact is None:
        return Masked(False, False, False)
    return Masked(bool(contact.name_cipher), bool(contact.phone_cipher), bool(contact.email_cipher))


def masked_contact(actor: Actor, need_id: UUID) -> Masked:
    """Return which contact details exist, without reading them. Raises NotFound."""
    _reached(actor, need_id)
    return _masked_contact(actor, need_id)


def photo_of(actor: Actor, need_id: UUID, *, position: int) -> str:
    """Return the hash of one photo of a matter within reach. Raises NotFound."""
    _reached(actor, need_id)
    found = Photo.objects.filter(need_id=need_id, position=position).values_list("file_id", flat=True).first()
    if found is None:
        raise NotFound()
    return str(found)


def looks(actor: Actor, need_id: UUID) -> list[audit.Look]:
    """Return who looked at the contact details, by office and time. Raises NotFound."""
    _reached(actor, need_id)
    return audit.looks(f"need:{need_id}", ["contact.read"])


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


def whole(actor: Actor, need_id: UUID) -> Whole:
    """Return one matter within reach with its history, answers, ratings and orders, asked for reach once.

    Raises NotFound.
    """
    row = need(actor, need_id)
    rated = row.round or row.state in {"feedback", "closed"}  # before that there is nothing to ask for
    return Whole(
        row, _answers(actor, need_id), _moves(actor, need_id), _ratings(actor, need_id) if rated else [],
        _masked_contact(actor, need_id), orders_behind(actor, row), _lessons(row),
    )  # fmt: skip


LESSONS_MOST = 3


def _lessons(row: NeedRow) -> list[LessonRow]:
    """Return the newest lessons of the same category, from other matters: they name nobody and are for all staff."""
    if not row.category:
        return []
    found = Lesson.objects.filter(category=row.category).exclude(need_id=row.id).order_by("-at")[:LESSONS_MOST]
    title = atlas.current().title
    return [LessonRow(lesson.text, title(lesson.unit_id), lesson.at) for lesson in found]
