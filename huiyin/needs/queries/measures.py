"""The condition of each measure: figures count by it and the desk's lists are narrowed by it, so they cannot disagree.

`since` and `before` bound the days that a measure counts: of receiving, promising, telling or rating; what waits is
looked at as it stood at `before`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.db.models.lookups import In

from huiyin.needs import rules
from huiyin.needs.models import Answer, Move, Rating
from huiyin.needs.rules import evaluation
from huiyin.platform import clock

Span = tuple[datetime | None, datetime]


def _during(column: str, span: Span) -> Q:
    since, before = span
    return Q(**{f"{column}__lt": before}) & (Q(**{f"{column}__gte": since}) if since else Q())


def _received(span: Span) -> Q:
    return _during("received_at", span)


def _unsorted(span: Span) -> Q:
    return _received(span) & Q(category="")


def _waiting(span: Span) -> Q:
    """Received before the end and unanswered then: by the history, since a matter does not remember its past states."""
    before = span[1]
    moves = Move.objects.filter(need_id=OuterRef("pk"), at__lt=before).order_by("-id")
    stood = Coalesce(Subquery(moves.values("to_state")[:1]), Value(rules.LIFECYCLE.start))
    there = _received(span) & (Q(closed_at__isnull=True) | Q(closed_at__gte=before))
    return there & Q(In(stood, rules.UNANSWERED_STATES))


def _overdue(span: Span) -> Q:
    return _waiting(span) & Q(promised_on__lt=span[1].astimezone(clock.OFFICE_ZONE).date())


def _again(span: Span) -> Q:
    opened = Move.objects.filter(need_id=OuterRef("pk"), verb="reopen", at__lt=span[1])
    return Q(round__gte=1) & _waiting(span) & Q(Exists(opened))


def _still(span: Span) -> Q:
    return _waiting(span) & Q(state__in=rules.UNANSWERED_STATES)


def _promised(span: Span) -> Q:
    since, before = span
    last = (before - timedelta(microseconds=1)).astimezone(clock.OFFICE_ZONE).date()
    days = Q(promised_on__lte=last)
    if since:
        days &= Q(promised_on__gte=since.astimezone(clock.OFFICE_ZONE).date())
    return days & ~Q(state="withdrawn")


def _kept(span: Span) -> Q:
    """A result written by the promised day counts also when a better one replaced it; one taken back does not."""
    replaced = Exists(Answer.objects.filter(replaces_id=OuterRef("pk")))
    results = Answer.objects.filter(Q(void_at__isnull=True) | replaced, need_id=OuterRef("pk"), kind="result")
    written = results.annotate(day=TruncDate("written_at", tzinfo=clock.OFFICE_ZONE))
    return _promised(span) & Q(Exists(written.filter(day__lte=OuterRef("promised_on"))))


def _last_results(span: Span) -> "QuerySet[Answer]":
    """Return the last result that each matter was told in these days."""
    standing = Answer.objects.filter(_during("written_at", span), kind="result", void_at__isnull=True)
    later = standing.filter(need_id=OuterRef("need_id"), round__gt=OuterRef("round"))
    return standing.filter(~Exists(later))


def _told(**which: str) -> Callable[[Span], Q]:
    return lambda span: Q(pk__in=_last_results(span).filter(**which).values("need_id"))


def _last_ratings(span: Span) -> "QuerySet[Rating]":
    """Return the last word that each matter's resident had in these days; no reply is a word too."""
    ratings = Rating.objects.filter(_during("at", span))
    later = ratings.filter(need_id=OuterRef("need_id"), round__gt=OuterRef("round"))
    return ratings.filter(~Exists(later))


_HAPPY = Q(solved=True, stars__gt=evaluation.UNHAPPY_STARS)
_SAID = Q(stars__isnull=False)


def _rated(which: Q) -> Callable[[Span], Q]:
    return lambda span: Q(pk__in=_last_ratings(span).filter(which).values("need_id"))


def _explained(span: Span) -> Q:
    return Q(outcome=evaluation.EXPLAINED) & _during("closed_at", span)


_CONDITIONS: dict[str, Callable[[Span], Q]] = {
    "unsorted": _unsorted,
    "waiting": _waiting,
    "overdue": _overdue,
    "again": _again,
    "still": _still,
    "promised": _promised,
    "kept": _kept,
    "told": _told(),
    "unsolved": _told(outcome="unsolved"),
    "rated": _rated(_SAID),
    "satisfied": _rated(_HAPPY),
    "unhappy": _rated(_SAID & ~_HAPPY),
    "no_opinion": _rated(~_SAID),
    "explained": _explained,
    **{f"no_{reason}": _told(outcome="unsolved", reason=reason) for reason in evaluation.REASONS},
}


@dataclass(frozen=True, slots=True)
class Days:
    """The days that a measure counts."""

    since: datetime | None
    before: datetime

    def counted(self, measure: str) -> Q:
        """Return what a measure of `rules.measures` counts in these days."""
        return _CONDITIONS[measure]((self.since, self.before))
