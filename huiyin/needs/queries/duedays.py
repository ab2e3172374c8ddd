"""What is due on which day, for a person's own calendar: counts and numbers, nothing that was said."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.models import CalendarLink, Need, Order
from huiyin.needs.rules import orders as order_rules
from huiyin.org import queries as org
from huiyin.org import scope
from huiyin.org.actors import SYSTEM, Actor
from huiyin.platform import clock, crypto
from huiyin.platform.errors import NotFound

BEFORE_DAYS, AHEAD_DAYS, MOST = 31, 120, 2000


@dataclass(frozen=True, slots=True)
class DueDay:
    """How much is due on a day; `lines` are the numbers with their category or what is to be done is left out."""

    day: date
    matters: int
    orders: int
    lines: tuple[str, ...]


def calendar_path(actor: Actor) -> str:
    """Return the private address of one's own calendar, "" before one was made."""
    link = CalendarLink.objects.filter(user_id=actor.person_id).first()
    return f"/calendar/{link.user_id}/{_token(link)}.ics" if link else ""


def _token(link: CalendarLink) -> str:
    return crypto.derive_token("calendar", f"{link.user_id}:{link.number}")


def calendar_owner(actor: Actor, user_id: UUID, *, token: str) -> Actor:
    """Return the person whose calendar an address opens, with today's posts. Raises NotFound alike for each wrong part."""
    link = CalendarLink.objects.filter(user_id=user_id, user__ended_on=None).first()
    if link is None or not crypto.same(token, _token(link)):
        raise NotFound()
    return org.actor_of(SYSTEM, user_id)


def due_days(actor: Actor) -> list[DueDay]:
    """Return the days on which what the person works on is due, from a month ago to four months ahead."""
    today = clock.today()
    span = (today - timedelta(days=BEFORE_DAYS), today + timedelta(days=AHEAD_DAYS))
    found: Mapping[date, dict[str, list[str]]] = defaultdict(lambda: {"matters": [], "orders": []})
    waits = Q(closed_at__isnull=True, duplicate_of__isnull=True, state__in=rules.UNANSWERED_STATES)
    matters = scope.within(actor, "need.answer", Need.objects.filter(waits, promised_on__range=span))
    for day, code, category in matters.order_by("promised_on", "received_at").values_list(
        "promised_on", "code", "category"
    )[:MOST]:
        found[day]["matters"].append(" ".join(t for t in (rules.spoken_code(code), category.rpartition("/")[2]) if t))
    live = scope.within(
        actor, "order.work", Order.objects.filter(state__in=order_rules.LIVE_STATES, due_on__range=span)
    )
    for day, number in live.order_by("due_on", "number").values_list("due_on", "number")[:MOST]:
        found[day]["orders"].append(f"#{number}")
    return [
        DueDay(day, len(of["matters"]), len(of["orders"]), (*of["matters"], *of["orders"]))
        for day, of in sorted(found.items())
    ]
