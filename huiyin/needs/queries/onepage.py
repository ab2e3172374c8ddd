"""What the head of a unit reads on one sheet: overdue, unhappy, repeated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from huiyin.needs import rules
from huiyin.needs.models import Need
from huiyin.needs.queries.rows import NeedRow
from huiyin.needs.rules import evaluation
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform import clock

MOST = 12  # lines a list, so that the sheet stays one sheet
REPEATED_FROM = 3
DAYS = 30


@dataclass(frozen=True, slots=True)
class Repeated:
    """A place or subject that came up again and again."""

    what: str
    count: int


@dataclass(frozen=True, slots=True)
class OnePage:
    """The sheet: three lists, each with how many there are in all, and the figures of the period."""

    since: date
    received: int
    settled: int
    satisfied: int
    rated: int
    overdue: Sequence[NeedRow]
    overdue_count: int
    unhappy: Sequence[NeedRow]
    unhappy_count: int
    repeated: Sequence[Repeated]


def one_page(actor: Actor) -> OnePage:
    """Return the sheet of everything the actor may act on, over the last 30 days."""
    now = clock.now()
    since = now - timedelta(days=DAYS)
    mine = scope.within(actor, "need.answer", Need.objects.all())
    overdue = mine.filter(state__in=rules.UNANSWERED_STATES, promised_on__lt=clock.today())
    bad = Q(ratings__at__gte=since) & (Q(ratings__solved=False) | Q(ratings__stars__lte=evaluation.UNHAPPY_STARS))
    unhappy = mine.filter(bad | Q(outcome=evaluation.EXPLAINED, closed_at__gte=since)).distinct()
    lately = mine.filter(received_at__gte=since)
    happy = Q(ratings__solved=True, ratings__stars__gt=evaluation.UNHAPPY_STARS)
    rated = mine.filter(ratings__at__gte=since, ratings__stars__isnull=False)
    figures = rated.aggregate(rated=Count("ratings"), satisfied=Count("ratings", filter=happy))
    again = lately.exclude(place_text="").values("place_text").annotate(n=Count("pk")).filter(n__gte=REPEATED_FROM)
    return OnePage(
        since=since.astimezone(clock.OFFICE_ZONE).date(),
        received=lately.count(),
        settled=mine.filter(closed_at__gte=since).exclude(state="withdrawn").count(),
        satisfied=figures["satisfied"],
        rated=figures["rated"],
        overdue=[NeedRow.of(n) for n in overdue.order_by("promised_on")[:MOST]],
        overdue_count=overdue.count(),
        unhappy=[NeedRow.of(n) for n in unhappy.order_by("-changed_at")[:MOST]],
        unhappy_count=unhappy.count(),
        repeated=[Repeated(str(r["place_text"]), int(r["n"])) for r in again.order_by("-n")[:MOST]],
    )
