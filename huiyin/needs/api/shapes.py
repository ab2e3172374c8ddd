"""What goes in and out of the API: strict bodies, documented answers."""

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictStr

from huiyin.needs import rules
from huiyin.needs.actions import Receipt
from huiyin.needs.queries import programs
from huiyin.needs.rules import sorting
from huiyin.org.api import Strict
from huiyin.platform.errors import Invalid

STATUSES = ("open", "closed")
CURSOR_MOST = 120


def _written(pattern: str, example: str) -> Callable[[Any], Any]:
    """Return a check that a day or time is written so: pydantic would take a number for seconds since 1970."""

    def check(value: Any) -> Any:
        if isinstance(value, str) and not re.match(pattern, value):
            raise ValueError(f"this is written as in {example}")
        if isinstance(value, int | float):
            raise ValueError(f"this is written as in {example}")  # noqa: TRY004  # pydantic's way
        return value

    return check


def _with_offset(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs its offset, as in 2026-11-23T09:00:00+08:00")
    return value


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("a character that cannot be stored")
    return value


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
Moment = Annotated[
    datetime, BeforeValidator(_written(f"{_DAY}[Tt ]", "2026-11-23T09:00:00+08:00")), AfterValidator(_with_offset)
]
Day = Annotated[date, BeforeValidator(_written(f"{_DAY}$", "2026-11-23"))]


_Text = Annotated[StrictStr, AfterValidator(_storable)]
Name = Annotated[_Text, Field(max_length=60)]
Named = Annotated[_Text, Field(min_length=1, max_length=60)]
Line = Annotated[_Text, Field(max_length=120)]
Path = Annotated[_Text, Field(max_length=sorting.CATEGORY_MOST)]
Words = Annotated[_Text, Field(min_length=1, max_length=rules.WORDS_MOST)]


class TicketIn(Strict):
    """The number and deadline that a superior system gave; the deadline is kept as the promise."""

    system: Annotated[_Text, Field(min_length=1, max_length=40)]
    number: Named
    deadline_at: Moment


class MatterIn(Strict):
    """A new matter. One of `building_id`, `lon` with `lat`, or `community_id` says where it is."""

    words: Words = Field(description="What the resident said, word for word")
    channel: Literal["web", "phone", "desk", "visit", "chat_group", "meeting", "superior"] = "superior"
    building_id: UUID | None = None
    community_id: UUID | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = Field(
        None, description="Degrees, WGS84"
    )
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = Field(None, description="Degrees, WGS84")
    place_text: Line = ""
    category: Path = Field("", description="A path of /categories")
    public: StrictBool = Field(False, description="Whether the resident agreed to its being shown in public")
    name: Name = ""
    phone: Annotated[_Text, Field(max_length=30)] = ""
    email: Annotated[_Text, Field(max_length=200)] = ""
    received_at: Moment | None = Field(None, description="When the resident said it; now, when left out")
    ticket: TicketIn | None = Field(
        None, description="The number and deadline that a superior system gave; the deadline is kept as the promise."
    )
    confirm: StrictBool = Field(True, description="Whether we confirm the receipt to the telephone")


class ReceiptOut(Schema):
    """What the resident is given: with code and PIN, or the link, anybody sees how the matter stands."""

    id: UUID
    code: str
    pin: str
    url: str
    promised_on: date
    unit: str
    urgent: bool

    @classmethod
    def of(cls, receipt: Receipt, *, base: str) -> "ReceiptOut":
        """Return the receipt of a matter, with its address."""
        return cls(
            id=receipt.need_id, code=receipt.code, pin=receipt.pin, url=f"{base}/m/{receipt.code}/{receipt.token}/",
            promised_on=date.fromisoformat(receipt.promised_on), unit=receipt.unit_name, urgent=receipt.urgent,
        )  # fmt: skip


class UnitRef(Schema):
    """The unit that holds a matter now."""

    id: UUID
    name: str


class TicketOut(Schema):
    """The number and deadline that a superior system gave."""

    system: str
    number: str
    deadline_at: datetime


class MatterOut(Schema):
    """A matter."""

    id: UUID
    code: str
    status: Literal["open", "closed"]
    state: Literal[
        "collect", "analyse", "match", "carry_out", "answer", "evaluate", "feedback", "closed", "withdrawn"
    ] = Field(description="Where it stands in the loop")
    channel: str
    words: str = Field(description="Personal data hidden, unless the token carries matters.verbatim or sent it itself")
    place_text: str = Field(description="As with the words")
    lon: float | None
    lat: float | None
    unit: UnitRef
    category: str
    urgent: bool
    public: bool
    received_at: datetime
    promised_on: date
    changed_at: datetime
    closed_at: datetime | None
    reopened: int = Field(description="How often the resident was not satisfied and it was opened again")
    duplicate_of: UUID | None
    ticket: TicketOut | None

    @classmethod
    def fields_of(cls, read: programs.Read) -> dict[str, Any]:
        """Return what is shown of a matter."""
        row, ticket = read.row, read.ticket
        return {
            **{name: getattr(row, name) for name in _AS_THEY_ARE},
            "status": "closed" if row.closed_at else "open", "reopened": row.round,
            "unit": UnitRef(id=row.unit_id, name=row.unit_name),
            "ticket": TicketOut(system=ticket.system, number=ticket.number, deadline_at=ticket.deadline_at) if ticket else None,
        }  # fmt: skip

    @classmethod
    def of(cls, read: programs.Read) -> "MatterOut":
        """Return a matter as lists show it."""
        return cls(**cls.fields_of(read))


_AS_THEY_ARE = (
    "id", "code", "state", "channel", "words", "place_text", "lon", "lat", "category", "urgent", "public", "received_at",
    "promised_on", "changed_at", "closed_at", "duplicate_of",
)  # fmt: skip


class AnswerOut(Schema):
    """What the resident was told: the result, or the closing word after the rating."""

    kind: Literal["result", "closing"]
    text: str = Field(description="As with the words")
    unit: str
    outcome: str
    written_at: datetime
    delivered_at: datetime | None


class StepOut(Schema):
    """One step of the matter, as the resident sees it: offices, no names."""

    verb: str
    unit: str
    at: datetime


class RatingOut(Schema):
    """What the resident said of a result; `stars` and `solved` are empty when no reply came."""

    round: int
    solved: bool | None
    stars: int | None
    at: datetime


class MatterWhole(MatterOut):
    """A matter with what was told, what happened, and what the resident said of it."""

    answers: list[AnswerOut]
    steps: list[StepOut]
    ratings: list[RatingOut]

    @classmethod
    def whole(cls, found: programs.ReadWhole) -> "MatterWhole":
        """Return one matter."""
        return cls(
            **cls.fields_of(found.read),
            answers=[
                AnswerOut(
                    kind="closing" if a.kind == "closing" else "result", text=a.text, unit=a.unit_name,
                    outcome=a.outcome, written_at=a.written_at, delivered_at=a.delivered_at,
                ) for a in found.answers
            ],
            steps=[StepOut(verb=m.verb, unit=m.unit_name, at=m.at) for m in found.moves],
            ratings=[RatingOut(round=r.round, solved=r.solved, stars=r.stars, at=r.at) for r in found.ratings],
        )  # fmt: skip


class MattersPage(Schema):
    """A page of matters, newest first."""

    items: list[MatterOut]
    next_cursor: str | None = Field(description="Ask again with it for the next page; null on the last")


class MattersAsked(Strict):
    """What narrows a list."""

    status: Literal["open", "closed"] | None = None
    since: Day | None = Field(None, description="Received on this day or later")
    until: Day | None = Field(None, description="Received on this day or earlier")
    category: Path = Field("", description="A path of /categories, and everything below it")
    unit: UUID | None = Field(None, description="Held by this unit or below")
    cursor: Annotated[_Text, Field(max_length=CURSOR_MOST)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def cursor_of(place: programs.Place | None) -> str | None:
    """Return where a page ended as programs hand it back."""
    if place is None:
        return None
    return base64.urlsafe_b64encode(f"{place[0].isoformat()}|{place[1]}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> programs.Place | None:
    """Return where a page begins, None for the first. Raises Invalid."""
    if not cursor:
        return None
    try:
        at, _, key = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        return _with_offset(datetime.fromisoformat(at)), UUID(key)
    except (ValueError, binascii.Error) as error:
        raise Invalid.of(cursor="This is no cursor of ours. Begin again without one.") from error
