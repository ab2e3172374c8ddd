"""Every read of matters."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huiyin.needs import bearing, rules
from huiyin.needs.errors import NoSuchCode
from huiyin.needs.models import Answer, Contact, Move, Need, Photo
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Kind
from huiyin.org.atlas import UnitRow
from huiyin.platform import audit, clock, crypto
from huiyin.platform.errors import NotFound

LIST_MOST = 50
COUNT_MOST = 1000


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A matter as its page and lists show it to whoever reaches it."""

    id: UUID
    code: str
    channel: str
    words: str
    kind: str
    unit_id: UUID
    unit_name: str
    place_text: str
    lon: float | None
    lat: float | None
    public: bool
    urgent: bool
    about_staff: str
    state: str
    received_at: datetime
    promised_on: date
    changed_at: datetime
    closed_at: datetime | None
    photos: int = 0

    @classmethod
    def of(cls, need: Need) -> "NeedRow":
        """Return the row of a matter."""
        return cls(
            need.id, need.code, need.channel, need.words, need.kind, need.unit_id, atlas.current().title(need.unit_id),
            need.place_text, need.lon, need.lat, need.public, need.urgent, need.about_staff, need.state,
            need.received_at, need.promised_on, need.changed_at, need.closed_at, getattr(need, "photo_count", 0),
        )  # fmt: skip

    @property
    def closed(self) -> bool:
        """Whether the matter waits for nobody any more: answered counts, for the due badge."""
        return self.state not in rules.UNANSWERED_STATES

    @property
    def spoken_code(self) -> str:
        """The tracking code in groups."""
        return rules.spoken_code(self.code)


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line of the timeline. `by` is empty for residents, who see offices, not clerks."""

    at: datetime
    verb: str
    unit_name: str
    by: str
    note: str
    stand_in: bool = False


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer and how it reached the resident."""

    id: UUID
    text: str
    way: str
    unit_name: str
    written_at: datetime
    delivered_at: datetime | None
    delivered_note: str
    void: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures above the list: each a link."""

    overdue: int
    today: int
    fresh: int
    open: int
    undelivered: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. Empty fields do not narrow."""

    which: str = "open"
    channel: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list."""

    rows: Sequence[NeedRow]
    number: int
    has_next: bool
    total_text: str

    @property
    def has_previous(self) -> bool:
        """Whether a page stands before this one."""
        return self.number > 1

    @property
    def previous_page_number(self) -> int:
        """The page before."""
        return self.number - 1

    @property
    def next_page_number(self) -> int:
        """The page after."""
        return self.number + 1


@dataclass(frozen=True, slots=True)
class Masked:
    """What the desk shows of a resident before anybody looks: that a contact exists, not what it is."""

    has_name: bool
    has_phone: bool
    has_email: bool


def _photo_counted(rows: "QuerySet[Need]") -> "QuerySet[Need]":
    return rows.annotate(photo_count=Count("photos"))


def _which(which: str) -> Q:
    today = clock.today()
    return {
        "open": Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES),
        "overdue": Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES, promised_on__lt=today),
        "today": Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES, promised_on=today),
        "fresh": Q(closed_at__isnull=True, state="collect"),
        "undelivered": Q(closed_at__isnull=True, state="answer"),
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }.get(which, Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES))


def _text(text: str) -> Q:
    if code := rules.plain_code(text):
        return Q(code=code)
    return Q(words__icontains=text) | Q(place_text__icontains=text)


def held(actor: Actor, *, which: Filter, page: int = 1) -> Page:
    """Return a page of the matters within reach: what is due first stands first, closed ones newest first."""
    rows = scope.within(actor, "need.read", Need.objects.all()).filter(_which(which.which))
    if which.channel in rules.CHANNELS:
        rows = rows.filter(channel=which.channel)
    if which.text.strip():
        rows = rows.filter(_text(which.text.strip()))
    order = ["-received_at", "id"] if which.which in {"closed", "all"} else ["promised_on", "received_at", "id"]
    start = (max(page, 1) - 1) * LIST_MOST
    found = list(_photo_counted(rows).order_by(*order)[start : start + LIST_MOST + 1])
    shown = [NeedRow.of(n) for n in found[:LIST_MOST]]
    more = len(found) > LIST_MOST
    return Page(shown, max(page, 1), more, f"{start + len(shown)}{'+' if more else ''}")


def counts(actor: Actor) -> Counts:
    """Return the figures above the list, in one statement over the open matters within reach."""
    rows = scope.within(actor, "need.read", Need.objects.filter(closed_at__isnull=True))
    today = clock.today()
    waiting = Q(state__in=rules.UNANSWERED_STATES)
    figures = rows.aggregate(
        overdue=Count("id", filter=waiting & Q(promised_on__lt=today)),
        today=Count("id", filter=waiting & Q(promised_on=today)),
        fresh=Count("id", filter=Q(state="collect")),
        open=Count("id", filter=waiting),
        undelivered=Count("id", filter=Q(state="answer")),
    )
    return Counts(**figures)


def need(actor: Actor, need_id: UUID) -> NeedRow:
    """Return one matter within reach. Raises NotFound."""
    return NeedRow.of(scope.find(actor, "need.read", _photo_counted(Need.objects.all()), need_id))


def next_after(actor: Actor, need_id: UUID) -> UUID | None:
    """Return the matter to open after this one: the next due that the actor may answer, None when all is done."""
    rows = scope.within(actor, "need.answer", Need.objects.filter(_which("open"))).exclude(pk=need_id)
    return rows.order_by("promised_on", "received_at", "id").values_list("pk", flat=True).first()


def _public(moves: Iterable[Move]) -> list[Move]:
    """Return the steps a resident sees: no notes, and no step that was taken back."""
    shown: list[Move] = []
    for move in moves:
        if move.verb == "undo" and shown:
            shown.pop()
        elif move.verb != "note":
            shown.append(move)
    return shown


def moves(actor: Actor, need_id: UUID) -> list[MoveRow]:
    """Return a matter's history. A resident sees offices and public steps; notes and names are for staff."""
    _reached(actor, need_id)
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


def _reached(actor: Actor, need_id: UUID) -> None:
    if not reaches(actor, need_id):
        raise NotFound()


def answers(actor: Actor, need_id: UUID) -> list[AnswerRow]:
    """Return a matter's answers, oldest first; taken-back ones are for staff only."""
    _reached(actor, need_id)
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
            a.void_at is not None,
        )
        for a in rows
    ]


def photo_of(actor: Actor, need_id: UUID, *, position: int) -> str:
    """Return the hash of one photo of a matter within reach. Raises NotFound."""
    _reached(actor, need_id)
    found = Photo.objects.filter(need_id=need_id, position=position).values_list("file_id", flat=True).first()
    if found is None:
        raise NotFound()
    return str(found)


def masked_contact(actor: Actor, need_id: UUID) -> Masked:
    """Return which contact details exist, without reading them. Raises NotFound."""
    _reached(actor, need_id)
    contact = Contact.objects.filter(need_id=need_id).first()
    if contact is None:
        return Masked(False, False, False)
    return Masked(bool(contact.name_cipher), bool(contact.phone_cipher), bool(contact.email_cipher))


def looks(actor: Actor, need_id: UUID) -> list[audit.Look]:
    """Return who looked at the contact details, by office and time. Raises NotFound."""
    _reached(actor, need_id)
    return audit.looks(f"need:{need_id}", ["contact.read"])


def offices_below(actor: Actor) -> list[UnitRow]:
    """Return the units a matter may be passed to: those below the actor's grants, in the order of the tree."""
    here = atlas.current()
    paths = actor.paths("need.pass_on")
    return [
        u for u in here.units.values()
        if u.tree == "office" and u.ended_on is None and u.kind != "county" and any(u.path.startswith(p) for p in paths)
    ]  # fmt: skip


def stage_of_code(actor: Actor, code: str) -> str:
    """Return the state for a tracking code alone. Raises NoSuchCode; the caller limits the tries."""
    plain = rules.plain_code(code)
    state = Need.objects.filter(code=plain).values_list("state", flat=True).first() if plain else None
    if state is None:
        raise NoSuchCode()
    return str(state)


def open_with_pin(actor: Actor, code: str, *, pin: str) -> tuple[str, str]:
    """Return code and link token for a code and PIN. Raises NoSuchCode alike for each being wrong."""
    plain = rules.plain_code(code)
    found = Need.objects.filter(code=plain).only("id").first() if plain else None
    digits = pin.translate({0xFF10 + i: str(i) for i in range(10)}).strip()
    right = bearing.pin_of(found.id) if found else "0000x"
    if not crypto.same(digits, right) or found is None or plain is None:
        raise NoSuchCode()
    return plain, bearing.token_of(found.id)


def bearer_of(actor: Actor, code: str, token: str) -> tuple[Actor, UUID]:
    """Return the actor a private link makes, and its matter. Raises NotFound."""
    found = Need.objects.filter(code=code).only("id").first() if rules.plain_code(code) == code else None
    if found is None or not crypto.same(token, bearing.token_of(found.id)):
        raise NotFound()
    return Actor(Kind.BEARER, opens=frozenset({found.id})), found.id


def mine(actor: Actor, *, most: int = 100) -> list[NeedRow]:
    """Return the matters of a proven phone or a signed-in resident, newest first."""
    rows = scope.within(actor, "need.read", Need.objects.all())
    return [NeedRow.of(n) for n in _photo_counted(rows).order_by("-received_at")[:most]]


def link_path(actor: Actor, row: NeedRow) -> str:
    """Return the address of a matter's own page, for whoever already reaches the matter."""
    return f"/m/{row.code}/{bearing.token_of(row.id)}/"


def unanswered_on(actor: Actor, *, day: date) -> Mapping[UUID, int]:
    """Return per holding unit how many matters promised before or on `day` wait; for reminders."""
    rows = scope.within(actor, "need.read", Need.objects.filter(_which("open"), promised_on__lte=day))
    grouped: Any = rows.values("unit_id").annotate(n=Count("id"))
    return {r["unit_id"]: r["n"] for r in grouped}


def open_in(actor: Actor, unit_id: UUID) -> int:
    """Return how many open matters this very unit holds: it cannot end before they are with somebody else."""
    return scope.within(actor, "need.read", Need.objects.filter(unit_id=unit_id, closed_at__isnull=True)).count()


def reaches(actor: Actor, need_id: UUID) -> bool:
    """Return whether the actor reads this matter."""
    return scope.within(actor, "need.read", Need.objects.filter(pk=need_id)).exists()
