"""Steps of a matter. Each locks the row, asks the machine, saves, and appends to the history, in one transaction."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.errors import SettledTogether, UndoOver
from huiyin.needs.following import end_orders, follow_original, hand_over
from huiyin.needs.models import Barred, Lesson, Move, Need
from huiyin.needs.moving import alone, checked, lock_all, lock_beside, locked, locked_with_copies, move
from huiyin.needs.queries import NeedRow
from huiyin.needs.routing import next_above
from huiyin.needs.rules import sorting
from huiyin.needs.telling import take_back
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow

LESSON_MOST = 1000


@transaction.atomic
def accept(actor: Actor, need_id: UUID, *, seen_at: str = "") -> NeedRow:
    """Take a matter on. Raises NotFound, NotNow, AlreadyAnswered, OrdersRunning: one that came back is live too."""
    need, copies = locked_with_copies(actor, "accept", need_id, seen_at=seen_at)
    rules.LIFECYCLE.step("accept", need.state)
    alone(need)
    move(need, "accept", by=actor)
    follow_original(copies, need, "accept", by=actor)
    return NeedRow.of(need)


@transaction.atomic
def sort(actor: Actor, need_id: UUID, *, sorting_is: sorting.Sorting, seen_at: str = "") -> NeedRow:
    """Say what a matter is about. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    copies = lock_all(Q(pk=need_id) | Q(duplicate_of_id=need_id, state__in=rules.UNANSWERED_STATES))
    need = locked(actor, "sort", need_id, seen_at=seen_at)
    step = rules.LIFECYCLE.step("sort", need.state)
    if wrong := sorting.faults(sorting_is):
        raise Invalid.of(**wrong)
    need.dimension, need.wants, need.size = sorting_is.dimension, sorting_is.wants, sorting_is.size
    need.category, need.urgent, need.filed_alone = sorting_is.category, sorting_is.urgent, False
    if need.kind != sorting.COMPLAINT_STAFF:
        need.kind = sorting_is.kind
    need.save(update_fields=["dimension", "wants", "size", "category", "urgent", "kind", "filed_alone"])
    move(need, "sort", by=actor, to=need.state if need.duplicate_of_id else step.after(need.state))
    follow_original([n for n in copies if n.duplicate_of_id == need_id], need, "sort", by=actor)
    return NeedRow.of(need)


@transaction.atomic
def withdraw(actor: Actor, need_id: UUID) -> NeedRow:
    """Let the resident take the matter back; it stays in the register, its own orders end. Raises NotFound, NotNow."""
    lock_beside(need_id)
    need = locked(actor, "withdraw", need_id)
    move(need, "withdraw", by=actor)
    hand_over(need, by=actor)
    end_orders(need, by=actor)
    return NeedRow.of(need)


@transaction.atomic
def learn(actor: Actor, need_id: UUID, *, text: str, case_candidate: bool = False) -> NeedRow:
    """Keep what was learned; the next matter of the same category shows it. Raises NotFound, NotNow, Invalid.

    A lesson is read by colleagues all over the office: it names nobody.
    """
    need = locked(actor, "learn", need_id)
    checked(rules.LIFECYCLE, "learn", need.state, {"text": text})
    if not need.category:
        raise NotNow("A lesson is kept by category, and this matter has none.", hint="Analyse it first.")
    if len(text) > LESSON_MOST:
        raise Invalid.of(text=Message("At most %(most)s characters fit here.", {"most": LESSON_MOST}))
    if actor.user_id is None:
        raise NotFound()
    Lesson.objects.create(
        need=need, category=need.category, text=text.strip(), case_candidate=case_candidate, unit_id=need.unit_id,
        by_id=actor.user_id, at=clock.now(),
    )  # fmt: skip
    move(need, "learn", by=actor)
    return NeedRow.of(need)


def _above(need: Need) -> UUID:
    """Return the next unit above the holder where somebody may answer, whatever the gaps between."""
    barred = frozenset(Barred.objects.filter(need=need).values_list("user_id", flat=True))
    unit = next_above(atlas.current(), need.unit_id, barred, complaint=need.kind == sorting.COMPLAINT_STAFF)
    if unit is None:
        raise NotNow("There is no office above this one.", hint="Answer it, or pass it on to a unit below.")
    return unit.id


@transaction.atomic
def hand_up(actor: Actor, need_id: UUID, *, note: str, seen_at: str = "") -> NeedRow:
    """Hand a matter up one level, saying why. Raises NotFound, NotNow, Invalid, AlreadyAnswered, OrdersRunning."""
    need, copies = locked_with_copies(actor, "hand_up", need_id, seen_at=seen_at)
    checked(rules.LIFECYCLE, "hand_up", need.state, {"note": note})
    alone(need)
    move(need, "hand_up", by=actor, unit_id=_above(need), note=note)
    follow_original(copies, need, "hand_up", by=actor, note=note)
    return NeedRow.of(need)


@transaction.atomic
def pass_on(actor: Actor, need_id: UUID, *, unit_id: UUID | None, note: str = "", seen_at: str = "") -> NeedRow:
    """Pass a matter to a unit within the actor's reach.

    Raises NotFound, NotNow, Invalid, AlreadyAnswered, OrdersRunning.
    """
    need, copies = locked_with_copies(actor, "pass_on", need_id, seen_at=seen_at)
    checked(rules.LIFECYCLE, "pass_on", need.state, {"unit": unit_id})
    target = atlas.current().get(unit_id)
    reaches = target and any(target.path.startswith(p) for p in actor.paths("need.pass_on"))
    if target is None or not reaches or target.ended_on is not None:
        raise Invalid.of(unit="Please choose a unit within your reach.")
    if target.id == need.unit_id:
        raise Invalid.of(unit="This unit holds the matter already.")
    if need.kind == sorting.COMPLAINT_STAFF:
        raise NotNow("A complaint about a member of staff is not passed down.", hint="Answer it, or hand it up.")
    alone(need)
    move(need, "pass_on", by=actor, unit_id=target.id, note=note)
    follow_original(copies, need, "pass_on", by=actor, note=note)
    return NeedRow.of(need)


_UNDONE_KIND = {"answer": "result", "conclude": "closing"}


@transaction.atomic
def undo(actor: Actor, need_id: UUID) -> NeedRow:
    """Take back one's own last step within seconds; the history keeps both. Raises NotFound, UndoOver."""
    together = lock_all(Q(pk=need_id) | Q(duplicate_of_id=need_id))
    need = scope.lock(actor, "need.read", Need.objects.all(), need_id)
    last = Move.objects.filter(need=need).exclude(verb="file").order_by("-id").first()  # the model holds nobody up
    if last is None or last.by_id != actor.user_id or last.verb not in rules.UNDOABLE:
        raise UndoOver()
    if need.duplicate_of_id and last.verb != "conclude":
        raise SettledTogether()
    if clock.now() - last.at > timedelta(seconds=rules.UNDO_WITHIN_S):
        raise UndoOver()
    holder = atlas.current().get(last.from_unit_id)
    if holder is None or holder.ended_on is not None:
        raise UndoOver()
    _take_back(need, last, by=actor)
    for copy in (n for n in together if n.pk != need_id):
        # A note or a theme on the duplicate meanwhile changes nothing of it.
        mine = Move.objects.filter(need=copy, verb=last.verb, by_id=last.by_id, at__gte=last.at)
        same = mine.order_by("-id").first()
        if same and (same.to_state, same.unit_id) == (copy.state, copy.unit_id):
            _take_back(copy, same, by=actor)
    return NeedRow.of(need)


def _take_back(need: Need, last: Move, *, by: Actor) -> None:
    if kind := _UNDONE_KIND.get(last.verb):
        take_back(need, kind=kind)
    move(need, "undo", by=by, to=last.from_state, unit_id=last.from_unit_id)
