"""The resident rates the result; an unhappy one opens the matter again; a word closes it."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.needs import rules
from huiyin.needs.errors import RatedBefore, SettledTogether
from huiyin.needs.following import hand_over
from huiyin.needs.models import Answer, Barred, Need, Rating
from huiyin.needs.moving import alone, checked, lock_all, locked, move
from huiyin.needs.queries import NeedRow
from huiyin.needs.routing import dispatcher_above, dispatcher_of
from huiyin.needs.rules import evaluation, sorting
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.telling import Told, delivered, waits_on_page, write
from huiyin.org import atlas, scope
from huiyin.org.actors import SYSTEM, Actor, Kind
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow

WORDS_MOST = 1000


def _checked(given: Given) -> None:
    if given.stars not in evaluation.STARS:
        raise Invalid.of(stars="Please choose one to five stars.")
    if len(given.words) > WORDS_MOST:
        raise Invalid.of(words=Message("At most %(most)s characters fit here.", {"most": WORDS_MOST}))


def _keep(need: Need, given: Given | None, *, by: Actor, way: str) -> None:
    try:
        with transaction.atomic():
            Rating.objects.create(
                need=need, round=need.round, solved=given.solved if given else None, stars=given.stars if given else None,
                words=given.words.strip() if given else "", way=way, at=clock.now(),
                by_id=by.user_id if by.is_staff else None,
            )  # fmt: skip
    except IntegrityError as error:
        raise RatedBefore() from error


@transaction.atomic
def rate(actor: Actor, need_id: UUID, *, given: Given, round_: int | None = None) -> NeedRow:
    """Rate the result of this round, once: by the resident's link, or by a caller for whoever asked for that.

    Whoever rates by link has the answer on screen, so it counts as delivered. Unhappy opens the matter again; satisfied
    without words closes it; words get a closing word written by a person. Raises NotFound, NotNow, Invalid, RatedBefore.
    """
    _checked(given)
    need = locked(actor, "rate", need_id)
    if (round_ is not None and round_ != need.round) or Rating.objects.filter(need=need, round=need.round).exists():
        raise RatedBefore()
    if need.state == "answer" and actor.kind is not Kind.STAFF and waits_on_page(need):
        delivered(need, by=actor)
    rules.LIFECYCLE.step("rate", need.state)
    _keep(need, given, by=actor, way="phone" if actor.kind is Kind.STAFF else "link")
    if given.unhappy:
        _reopen(need, by=actor, words=given.words)
        return NeedRow.of(need)
    move(need, "rate", by=actor)
    if not given.needs_a_reply:
        with override(need.language):
            word = _("Thank you for your rating. The matter is closed with it.")
        _close(need, word, by=actor)
    return NeedRow.of(need)


def _close(need: Need, word: str, *, by: Actor) -> None:
    """Write the usual closing word, seen as it is written, and close."""
    write(need, Told(word, "page"), by=SYSTEM, kind="closing")
    delivered(need, by=by)


def _reopen(need: Need, *, by: Actor, words: str) -> None:
    """Open a matter again: at the dispatcher, from the second time on at the level above."""
    barred = frozenset(Barred.objects.filter(need=need).values_list("user_id", flat=True))
    here = atlas.current()
    if need.kind == sorting.COMPLAINT_STAFF:
        unit = None if need.round == 0 else dispatcher_above(here, need.unit_id, barred)
    elif need.round == 0:
        unit = dispatcher_of(here, need.unit_id, barred)
    else:
        unit = dispatcher_above(here, need.unit_id, barred)
    need.round += 1
    need.outcome, need.duplicate_of = "", None  # from here on it goes its own way
    move(need, "reopen", by=by, unit_id=unit.id if unit else None, note=words)


@transaction.atomic
def explain(actor: Actor, need_id: UUID, *, text: str, way: str, seen_at: str = "") -> NeedRow:
    """End a matter that was reopened twice as explained, not satisfied; it counts as not satisfied.

    Raises NotFound, NotNow, Invalid, AlreadyAnswered, OrdersRunning, SettledTogether.
    """
    lock_all(Q(pk=need_id) | Q(duplicate_of_id=need_id))
    need = locked(actor, "explain", need_id, seen_at=seen_at)
    if need.duplicate_of_id:
        raise SettledTogether()
    checked(rules.LIFECYCLE, "explain", need.state, {"text": text, "way": way})
    if need.round < evaluation.EXPLAIN_AFTER_ROUNDS:
        raise NotNow(
            "This ends only what was reopened twice.", hint="Look into it again, and tell the resident the result."
        )
    alone(need)
    if way not in rules.WAYS:
        raise Invalid.of(way="Please choose how the answer reaches the resident.")
    hand_over(need, by=actor)
    need.outcome = evaluation.EXPLAINED
    write(need, Told(text, way), by=actor, kind="closing")
    move(need, "explain", by=actor)
    return NeedRow.of(need)


@transaction.atomic
def _lapse(actor: Actor, need_id: UUID) -> None:
    need = Need.objects.select_for_update().get(pk=need_id)
    if need.state != "evaluate" or Rating.objects.filter(need=need, round=need.round).exists():
        return
    _keep(need, None, by=actor, way="none")
    move(need, "lapse", by=actor)
    with override(need.language):
        word = _("No rating came within seven days; it counts as no opinion. You may call us about it at any time.")
    _close(need, word, by=actor)


def close_unrated(actor: Actor) -> int:
    """Close what was told seven days ago and not rated, as no opinion; returns how many. For the system's jobs."""
    if actor.kind is not Kind.SYSTEM:
        raise NotFound()
    before = clock.now() - timedelta(days=evaluation.RATE_WITHIN_DAYS)
    waiting = scope.within(actor, "need.read", Need.objects.filter(state="evaluate"))
    told = Answer.objects.filter(kind="result", void_at__isnull=True, delivered_at__lte=before)
    pairs = told.filter(need__in=waiting).values_list("need_id", "round", "need__round")
    due = {need_id for need_id, round_, now in pairs if round_ == now}
    for need_id in sorted(due):
        _lapse(actor, need_id)
    return len(due)
