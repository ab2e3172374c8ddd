"""Orders are claimed, signed for, worked on and completed by whoever leads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.needs import rules
from huiyin.needs.errors import OrderTaken
from huiyin.needs.following import follow
from huiyin.needs.models import Contact, Extension, Need, Order, OrderPhoto, RequestRating
from huiyin.needs.moving import checked, locked_order, move, move_order, needs_of
from huiyin.needs.queries.orders import OrderRow
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.telling import check_outcome
from huiyin.org import atlas, scope
from huiyin.org.actors import SYSTEM, Actor, Kind
from huiyin.platform import audit, clock, crypto
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: `result` is what the resident reads, `note` stays inside."""

    result: str
    note: str = ""
    outcome: str = "solved"
    reason: str = ""
    who_else: str = ""
    cost_fen: int | None = None
    photos: tuple[str, ...] = ()


def _unit_of(actor: Actor, order: Order) -> UUID:
    """Return the unit in which this person does the work: their own below or beside the maker, else the maker's."""
    if actor.kind is not Kind.STAFF:
        return order.made_unit_id
    here = atlas.current()
    made = here.units[order.made_unit_id]
    mine = [here.units[p.unit_id] for p in here.posts_of(actor.user_id)] if actor.user_id else []
    below = [u for u in mine if u.path.startswith(made.path) or u.tree == "service"]
    return max(below or mine or [made], key=lambda u: u.depth).id


@transaction.atomic
def claim(actor: Actor, order_id: UUID) -> OrderRow:
    """Take an open order. Of any number at once one gets it. Raises NotFound, OrderTaken."""
    open_to_me = scope.within(actor, "order.claim", Order.objects.all())
    state = open_to_me.filter(pk=order_id).values_list("state", flat=True).first()
    if state is None:
        raise NotFound()
    if state != "open":  # most of a crowd turns round here, without waiting for a lock
        raise OrderTaken()
    needs = needs_of([order_id])
    order = Order.objects.select_for_update().get(pk=order_id)
    if order.state != "open":
        raise OrderTaken()
    order.worker_id, order.unit_id = actor.user_id, _unit_of(actor, order)
    move_order(order, "claim", by=actor)
    follow(needs, by=actor)
    return OrderRow.of(order)


def _work(actor: Actor, verb: str, order_id: UUID, *, facts: Mapping[str, Any], seen_at: str = "") -> OrderRow:
    order, needs = locked_order(actor, verb, order_id, seen_at=seen_at)
    checked(order_rules.LIFECYCLE, verb, order.state, facts)
    if verb == "suspend":
        order.resume_on = facts["until"]
    move_order(order, verb, by=actor, note=str(facts.get("note", "")))
    follow(needs, by=actor)
    return OrderRow.of(order)


@transaction.atomic
def sign(actor: Actor, order_id: UUID, *, seen_at: str = "") -> OrderRow:
    """Sign for an order. Raises NotFound, NotNow, AlreadyAnswered."""
    return _work(actor, "sign", order_id, facts={}, seen_at=seen_at)


@transaction.atomic
def return_order(actor: Actor, order_id: UUID, *, note: str, seen_at: str = "") -> OrderRow:
    """Send an order back to the office that made it, saying why. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    return _work(actor, "return", order_id, facts={"note": note}, seen_at=seen_at)


@transaction.atomic
def resume(actor: Actor, order_id: UUID, *, seen_at: str = "") -> OrderRow:
    """Go on with a suspended order. Raises NotFound, NotNow, AlreadyAnswered."""
    return _work(actor, "resume", order_id, facts={}, seen_at=seen_at)


@transaction.atomic
def note_on_order(actor: Actor, order_id: UUID, *, note: str) -> OrderRow:
    """Add a note for colleagues. Raises NotFound, NotNow, Invalid."""
    return _work(actor, "note", order_id, facts={"note": note})


def _day(until: date | None, *, after: date, most_days: int) -> date | None:
    if until is None:
        return None
    if until <= after:
        raise Invalid.of(until=Message("Please choose a day after %(day)s.", {"day": after.isoformat()}))
    if until > clock.today() + timedelta(days=most_days):
        raise Invalid.of(until=Message("At most %(most)s days from today.", {"most": most_days}))
    return until


@transaction.atomic
def suspend(actor: Actor, order_id: UUID, *, note: str, until: date | None, seen_at: str = "") -> OrderRow:
    """Let an order rest until a day, saying why; the promise to the resident stays.

    Raises NotFound, NotNow, Invalid, AlreadyAnswered.
    """
    day = _day(until, after=clock.today(), most_days=order_rules.SUSPEND_MOST_DAYS)
    return _work(actor, "suspend", order_id, facts={"note": note, "until": day}, seen_at=seen_at)


def _approver(order: Order) -> UUID:
    """Return who decides over more time: the office that made the order, or the level above when it leads itself."""
    if order.unit_id != order.made_unit_id or order.outside_id:
        return order.made_unit_id
    here = atlas.current()
    above = [u for u in reversed(here.above(order.unit_id)[:-1]) if here.holders(u.id, "order.approve")]
    return above[0].id if above else order.made_unit_id


@transaction.atomic
def ask_extension(actor: Actor, order_id: UUID, *, note: str, until: date | None, seen_at: str = "") -> OrderRow:
    """Ask the level above for more time. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    order, _matters = locked_order(actor, "extend", order_id, seen_at=seen_at)
    after = max(order.due_on, clock.today())
    day = _day(until, after=after, most_days=order_rules.EXTEND_MOST_DAYS)
    checked(order_rules.LIFECYCLE, "extend", order.state, {"note": note, "until": day})
    if day is None:  # for the type checker: the machine asks for it
        raise Invalid.of(until="Please choose the day.")
    if Extension.objects.filter(order=order, granted__isnull=True).exists():
        raise NotNow("More time has been asked for already.", hint="Wait for the decision, or call the office.")
    Extension.objects.create(
        order=order, until_on=day, reason=note.strip(), asked_at=clock.now(), asked_by_id=actor.user_id,
        unit_id=_approver(order),
    )  # fmt: skip
    move_order(order, "extend", by=actor, note=note)
    return OrderRow.of(order)


@transaction.atomic
def decide_extension(actor: Actor, order_id: UUID, *, granted: bool, note: str = "") -> OrderRow:
    """Grant or refuse more time; when the promise to the resident cannot be kept, it moves and says so.

    Raises NotFound, NotNow, Invalid.
    """
    needs = needs_of([order_id])
    waiting = Extension.objects.filter(order_id=order_id, granted__isnull=True)
    asked = scope.within(actor, "order.approve", waiting).select_for_update(of=("self",)).first()
    if asked is None:
        raise NotFound()
    if asked.asked_by_id == actor.user_id:
        raise NotNow("Nobody grants themselves more time.", hint="A colleague or the level above decides.")
    order = Order.objects.select_for_update().get(pk=order_id)
    verb = "grant" if granted else "refuse"
    checked(order_rules.LIFECYCLE, verb, order.state, {"note": note})
    asked.granted, asked.decided_at, asked.decided_by_id = granted, clock.now(), actor.user_id
    asked.save(update_fields=["granted", "decided_at", "decided_by"])
    if granted:
        order.due_on = asked.until_on
    move_order(order, verb, by=actor, note=note)
    if granted:
        _promise(needs, order.due_on, by=actor)
    return OrderRow.of(order)


def _promise(needs: list[Need], day: date, *, by: Actor) -> None:
    for need in needs:
        if need.state in rules.UNANSWERED_STATES and need.promised_on < day:
            need.promised_on = day
            move(need, "extend", by=by, to=need.state, note=day.isoformat())


def _checked_done(done: Done) -> None:
    check_outcome(done.outcome, done.reason, done.who_else)
    if len(done.result) > rules.WORDS_MOST:
        raise Invalid.of(result=Message("At most %(most)s characters fit here.", {"most": rules.WORDS_MOST}))
    if done.cost_fen is not None and not 0 <= done.cost_fen <= order_rules.COST_MOST_FEN:
        raise Invalid.of(cost="Please check the amount.")


@transaction.atomic
def complete(actor: Actor, order_id: UUID, *, done: Done, seen_at: str = "") -> OrderRow:
    """Complete an order; after the last one the resident is told. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    order, needs = locked_order(actor, "complete", order_id, seen_at=seen_at)
    checked(order_rules.LIFECYCLE, "complete", order.state, {"result": done.result})
    _checked_done(done)
    order.result, order.outcome, order.cost_fen = done.result.strip(), done.outcome, done.cost_fen
    solved = done.outcome == "solved"
    order.reason, order.who_else = ("", "") if solved else (done.reason, done.who_else.strip()[:120])
    taken = order.photos.count()
    OrderPhoto.objects.bulk_create(
        OrderPhoto(order=order, file_id=sha, position=taken + i) for i, sha in enumerate(dict.fromkeys(done.photos))
    )
    Extension.objects.filter(order=order, granted__isnull=True).update(granted=False, decided_at=clock.now())
    move_order(order, "complete", by=actor, note=done.note)
    follow(needs, by=actor)
    return OrderRow.of(order)


@transaction.atomic
def rate_request(actor: Actor, order_id: UUID, *, clear: bool, genuine: bool, reachable: bool) -> None:
    """Say of the matters of one's own order whether they were clear, true, and their resident to be reached; once.

    Raises NotFound.
    """
    order = scope.find(actor, "order.work", Order.objects.all(), order_id)
    if actor.user_id is None:
        raise NotFound()
    now = clock.now()
    for link in order.links.filter(left_at__isnull=True):
        RequestRating.objects.get_or_create(
            need_id=link.need_id, by_id=actor.user_id,
            defaults={"at": now, "clear": clear, "genuine": genuine, "reachable": reachable},
        )  # fmt: skip


@transaction.atomic
def look_at_contacts(actor: Actor, order_id: UUID) -> list[tuple[str, str]]:
    """Return name and telephone of the residents behind an order one works on; each look is recorded for them to see.

    For staff and who claimed it, never for a link: an outside party calls the office. Raises NotFound.
    """
    order = scope.find(actor, "order.work", Order.objects.filter(state__in=order_rules.HELD_STATES), order_id)
    if actor.kind is not Kind.STAFF:
        raise NotFound()
    found: list[tuple[str, str]] = []
    behind = Contact.objects.filter(need__order_links__order=order, need__order_links__left_at=None)
    for contact in behind.select_related("need").order_by("need_id"):
        audit.record(actor, "contact.read", f"need:{contact.need_id}", about=contact.need.unit_id, order=order.number)
        found.append((crypto.decrypt(contact.name_cipher), crypto.decrypt(contact.phone_cipher)))
    return found


def resume_due(actor: Actor) -> int:
    """Resume suspended orders whose day has come; returns how many. For the system's jobs."""
    due = scope.within(actor, "order.work", Order.objects.filter(state="suspended", resume_on__lte=clock.today()))
    resumed = 0
    for order_id in due.values_list("pk", flat=True):
        try:
            resume(actor, order_id)
        except (NotNow, NotFound):  # somebody was quicker
            continue
        resumed += 1
    return resumed


def return_orphans(actor: Actor) -> int:
    """Return to their makers the orders of units where nobody holds a post any more; returns how many."""
    here, returned = atlas.current(), 0
    held = scope.within(actor, "order.work", Order.objects.filter(state__in=order_rules.HELD_STATES))
    for order_id, unit_id, worker in held.values_list("pk", "unit_id", "worker__kind"):
        if worker == "resident" or here.holders(unit_id, "order.work"):
            continue
        try:
            return_order(SYSTEM, order_id, note=_("Nobody works in the leading unit any more."))
        except (NotNow, NotFound):  # somebody was quicker
            continue
        returned += 1
    return returned
