"""Every read of matters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huiyin.needs import bearing, rules
from huiyin.needs.models import Answer, Need, OrderNeed
from huiyin.needs.queries.matter import (
    Whole,
    answers,
    looks,
    masked_contact,
    moves,
    need,
    photo_of,
    ratings,
    reaches,
    whole,
)
from huiyin.needs.queries.opening import bearer_of, offices_below, open_with_pin, rater_of, stage_of_code
from huiyin.needs.queries.rows import PHOTO_COUNT, AnswerRow, Masked, MoveRow, NeedRow, Page, RatingRow
from huiyin.needs.rules.orders import LIVE_STATES
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform import clock

__all__ = [  # beside what is defined here
    "AnswerRow",
    "Masked",
    "MoveRow",
    "NeedRow",
    "Page",
    "RatingRow",
    "Whole",
    "answers",
    "bearer_of",
    "looks",
    "masked_contact",
    "moves",
    "need",
    "offices_below",
    "open_with_pin",
    "photo_of",
    "rater_of",
    "ratings",
    "reaches",
    "stage_of_code",
    "whole",
]

LIST_MOST = 50
COUNT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures above the list: each a link."""

    overdue: int
    today: int
    fresh: int
    open: int
    out: int
    undelivered: int
    rating: int
    word: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. Empty fields do not narrow."""

    which: str = "open"
    channel: str = ""
    text: str = ""


def _running() -> Exists:
    """Somebody works on an order of the outer matter, or is asked to."""
    live = OrderNeed.objects.filter(need_id=OuterRef("pk"), order__state__in=LIVE_STATES).exclude(
        order__state="returned"
    )
    return Exists(live)


def _worded() -> Exists:
    """The closing word of the outer matter's round is written."""
    return Exists(
        Answer.objects.filter(need_id=OuterRef("pk"), kind="closing", round=OuterRef("round"), void_at__isnull=True)
    )


def _conditions() -> dict[str, Q]:
    """Return what each list holds; the figures above the lists are counted by the same conditions."""
    today = clock.today()
    waits = Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES)
    own = Q(closed_at__isnull=True, state__in=("collect", "analyse"))
    carried = Q(closed_at__isnull=True, state="carry_out")
    word = Q(closed_at__isnull=True, state="feedback")
    return {
        "open": own | (carried & ~Q(_running())),
        "overdue": waits & Q(promised_on__lt=today),
        "today": waits & Q(promised_on=today),
        "fresh": Q(closed_at__isnull=True, state="collect"),
        "out": Q(closed_at__isnull=True, state="match") | (carried & Q(_running())),
        "undelivered": Q(closed_at__isnull=True, state="answer") | (word & Q(_worded())),
        "rating": Q(closed_at__isnull=True, state="evaluate"),
        "word": word & ~Q(_worded()),
    }


def _which(which: str) -> Q:
    if which in {"closed", "all"}:
        return Q(closed_at__isnull=False) if which == "closed" else Q()
    conditions = _conditions()
    return conditions.get(which, conditions["open"])


def _mine(actor: Actor, which: str) -> "QuerySet[Need]":
    """Return the rows of a list: of what waits for somebody, only what the actor may act on; the rest is followed."""
    read = scope.within(actor, "need.read", Need.objects.all())
    if which in {"closed", "all"}:
        return read.filter(_which(which))
    act = scope.within(actor, "need.answer", Need.objects.all())
    if which == "followed":
        return read.filter(closed_at__isnull=True).exclude(pk__in=act.filter(closed_at__isnull=True).values("pk"))
    return act.filter(_which(which))


def _text(text: str) -> Q:
    if code := rules.plain_code(text):
        return Q(code=code)
    return Q(words__icontains=text) | Q(place_text__icontains=text)


def held(actor: Actor, *, which: Filter, page: int = 1) -> Page[NeedRow]:
    """Return a page of the matters within reach: what is due first stands first, closed ones newest first."""
    rows = _mine(actor, which.which)
    if which.channel in rules.CHANNELS:
        rows = rows.filter(channel=which.channel)
    if which.text.strip():
        rows = rows.filter(_text(which.text.strip()))
    order = ["-received_at", "id"] if which.which in {"closed", "all"} else ["promised_on", "received_at", "id"]
    start = (max(page, 1) - 1) * LIST_MOST
    found = list(rows.annotate(photo_count=PHOTO_COUNT).order_by(*order)[start : start + LIST_MOST + 1])
    shown = [NeedRow.of(n) for n in found[:LIST_MOST]]
    more = len(found) > LIST_MOST
    return Page(shown, max(page, 1), more, f"{start + len(shown)}{'+' if more else ''}")


def counts(actor: Actor) -> Counts:
    """Return the figures above the list, in one statement over the open matters within reach."""
    rows = scope.within(actor, "need.answer", Need.objects.filter(closed_at__isnull=True))
    figures = rows.aggregate(**{key: Count("id", filter=condition) for key, condition in _conditions().items()})
    return Counts(**figures)


def next_after(actor: Actor, need_id: UUID) -> UUID | None:
    """Return the matter to open after this one: the next due that the actor may answer, None when all is done."""
    rows = scope.within(actor, "need.answer", Need.objects.filter(_which("open"))).exclude(pk=need_id)
    return rows.order_by("promised_on", "received_at", "id").values_list("pk", flat=True).first()


def mine(actor: Actor, *, most: int = 100) -> list[NeedRow]:
    """Return the matters of a proven phone or a signed-in resident, newest first."""
    rows = scope.within(actor, "need.read", Need.objects.all())
    return [NeedRow.of(n) for n in rows.annotate(photo_count=PHOTO_COUNT).order_by("-received_at")[:most]]


def link_path(actor: Actor, row: NeedRow) -> str:
    """Return the address of a matter's own page, for whoever already reaches the matter."""
    return f"/m/{row.code}/{bearing.token_of(row.id)}/"


def unanswered_on(actor: Actor, *, day: date) -> Mapping[UUID, int]:
    """Return per holding unit how many matters promised before or on `day` wait; for reminders."""
    rows = scope.within(
        actor,
        "need.read",
        Need.objects.filter(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES, promised_on__lte=day),
    )
    grouped: Any = rows.values("unit_id").annotate(n=Count("id"))
    return {r["unit_id"]: r["n"] for r in grouped}


def open_in(actor: Actor, unit_id: UUID) -> int:
    """Return how many open matters this very unit holds: it cannot end before they are with somebody else."""
    return scope.within(actor, "need.read", Need.objects.filter(unit_id=unit_id, closed_at__isnull=True)).count()
