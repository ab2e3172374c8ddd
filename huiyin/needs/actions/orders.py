"""Orders are made from matters, changed and recalled by the office that made them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from huiyin.needs import bearing, rules
from huiyin.needs.errors import AlreadyAnswered, SettledTogether
from huiyin.needs.following import first_move, follow, follow_made, tell_recalled
from huiyin.needs.models import Hand, Need, Order, OrderNeed, OutsideParty
from huiyin.needs.moving import checked, locked, locked_order, move_order, unchanged
from huiyin.needs.queries.orders import OrderRow
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.rules import sorting
from huiyin.notify import actions as notify
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads an order: a unit, a person in it, or an outside party under the eyes of the office that orders."""

    unit_id: UUID | None = None
    worker_id: UUID | None = None
    outside_id: UUID | None = None

    def __bool__(self) -> bool:
        return bool(self.unit_id or self.outside_id)


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is asked of a new order. With `open_to` it has no lead: whoever claims it leads it."""

    what: str
    lead: Lead = Lead()  # frozen
    hands: tuple[UUID, ...] = ()
    due_on: date | None = None
    open_to: str = ""
    place_text: str = ""


def _home_of(actor: Actor, needs: Sequence[Need]) -> UnitRow:
    """Return the office that makes the order: the nearest of the actor's above all its matters."""
    here = atlas.current()
    held = [here.units[n.unit_id].path for n in needs]
    covering = [p for p in actor.paths("order.make") if all(path.startswith(p) for path in held)]
    offices = [u for u in here.units.values() if u.path in covering]
    if not offices:
        raise NotFound()
    return max(offices, key=lambda u: u.depth)


def _lead_unit(made: UnitRow, lead: Lead) -> tuple[UnitRow, UUID | None, UUID | None]:
    """Return the unit that answers for the order, the person and the outside party. Raises Invalid."""
    here = atlas.current()
    if lead.outside_id:
        party = OutsideParty.objects.filter(pk=lead.outside_id, ended_on__isnull=True).first()
        above = {u.id for u in here.above(made.id)}
        if party is None or party.unit_id not in above:
            raise Invalid.of(lead="Please choose an outside party of the list.")
        return made, None, party.id
    unit = here.get(lead.unit_id)
    below = unit is not None and (unit.path.startswith(made.path) or unit.tree == "service" or _is_beside(made, unit))
    if unit is None or unit.ended_on is not None or not below:
        raise Invalid.of(lead="Please choose who leads it.")
    workers = here.holders(unit.id, "order.work")
    if lead.worker_id and lead.worker_id not in workers:
        raise Invalid.of(lead="This person holds no post there today. Please choose another.")
    if not workers:
        raise Invalid.of(lead="Nobody works in this unit today. Please choose another.")
    return unit, lead.worker_id, None


def _is_beside(made: UnitRow, unit: UnitRow) -> bool:
    """Return whether a department stands at or above the office that orders: the street's serve its communities."""
    parents = {u.id for u in atlas.current().above(made.id)}
    return unit.kind == "department" and unit.parent_id in parents


def _due(needs: Sequence[Need], due_on: date | None) -> date:
    today = clock.today()
    if due_on is None:
        promised = min(n.promised_on for n in needs)
        return promised if promised >= today else rules.promised_on(today, atlas.current().calendar)
    if due_on < today:
        raise Invalid.of(due_on="This day is over. Please choose another.")
    if due_on > today + timedelta(days=order_rules.DUE_MOST_DAYS):
        raise Invalid.of(due_on="This day is more than a year away. Please choose another.")
    return due_on


def _checked_new(needs: Sequence[Need], new: NewOrder) -> None:
    if not new.what.strip():
        raise Invalid.of(what="Please write what is to be done.")
    if len(new.what) > rules.WORDS_MOST:
        raise Invalid.of(what=Message("At most %(most)s characters fit here.", {"most": rules.WORDS_MOST}))
    if new.open_to not in order_rules.OPEN_TO:
        raise Invalid.of(open_to="Please choose one of the list.")
    if any(n.kind == sorting.COMPLAINT_STAFF for n in needs):
        raise NotNow("A complaint about a member of staff is not given to others.", hint="Answer it, or hand it up.")


def _hands(order: Order, made: UnitRow, unit_ids: Iterable[UUID]) -> None:
    wanted = dict.fromkeys(u for u in unit_ids if u != order.unit_id)
    for unit_id in wanted:
        unit, _worker, _outside = _lead_unit(made, Lead(unit_id=unit_id))
        Hand.objects.create(order=order, unit_id=unit.id)


def _inform(order: Order, actor: Actor) -> None:
    """Send an outside party the link to its order, when its number takes text messages."""
    party = order.outside
    if party is None or not party.phone:
        return
    body = _("Order %(number)s: please look here what is to be done by when: %(link)s") % {
        "number": order.number,
        "link": bearing.order_link(order.id, party.id, number=order.number),
    }
    key = f"order.outside:{order.id}:{party.id}"
    notify.send(actor, notify.Letter("sms", party.phone, "", body, f"order:{order.id}"), effect_key=key)


def _locked_all(actor: Actor, need_ids: Sequence[UUID]) -> list[Need]:
    """Return the matters of a new order with the duplicates that wait with them, locked in the order of their keys."""
    copies = Need.objects.filter(duplicate_of_id__in=need_ids, state__in=rules.UNANSWERED_STATES)
    wanted = {*need_ids, *copies.values_list("pk", flat=True)}
    needs = [locked(actor, "dispatch", pk) for pk in sorted(wanted)]
    if not needs:
        raise NotFound()
    if any(n.duplicate_of_id and n.duplicate_of_id not in wanted for n in needs):
        raise SettledTogether()
    if copies.exclude(pk__in=wanted).exists():  # merged while we waited for the lock
        raise AlreadyAnswered()
    return needs


@transaction.atomic
def make_order(actor: Actor, need_ids: Sequence[UUID], *, new: NewOrder, seen_at: str = "") -> OrderRow:
    """Make one order from one or more matters; they move to the office that makes it. `seen_at` is of the first.

    Raises NotFound, NotNow, Invalid, AlreadyAnswered.
    """
    needs = _locked_all(actor, need_ids)
    unchanged(next(n for n in needs if n.id == need_ids[0]), seen_at)
    for need in needs:
        rules.LIFECYCLE.step("dispatch", need.state)
    _checked_new(needs, new)
    made = _home_of(actor, needs)
    unit, worker_id, outside_id = (made, None, None) if new.open_to else _lead_unit(made, new.lead)
    now = clock.now()
    order = Order.objects.create(
        what=new.what.strip(), place_text=(new.place_text.strip() or needs[0].place_text)[:120], unit_id=unit.id,
        made_unit_id=made.id, made_by_id=actor.user_id, worker_id=worker_id, outside_id=outside_id, open_to=new.open_to,
        state=order_rules.LIFECYCLE.start if new.open_to else order_rules.ASSIGNED, due_on=_due(needs, new.due_on),
        made_at=now, changed_at=now,
    )  # fmt: skip
    order.refresh_from_db(fields=["number"])
    OrderNeed.objects.bulk_create(OrderNeed(order=order, need=need, round=need.round) for need in needs)
    first_move(order, actor)
    _hands(order, made, new.hands)
    _inform(order, actor)
    for need in needs:
        follow_made(need, by=actor, unit_id=made.id)
    return OrderRow.of(order)


@transaction.atomic
def transfer(actor: Actor, order_id: UUID, *, lead: Lead, note: str = "", seen_at: str = "") -> OrderRow:
    """Give an order to another lead. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    order, needs = locked_order(actor, "transfer", order_id, seen_at=seen_at)
    checked(order_rules.LIFECYCLE, "transfer", order.state, {"lead": lead or None})
    made = atlas.current().units[order.made_unit_id]
    unit, worker_id, outside_id = _lead_unit(made, lead)
    if (unit.id, worker_id, outside_id) == (order.unit_id, order.worker_id, order.outside_id):
        raise Invalid.of(lead="They lead it already.")
    if order.state == "returned" and not any(made.path.startswith(p) for p in actor.paths("order.make")):
        raise NotFound()  # who returned it does not give it away
    order.unit_id, order.worker_id, order.outside_id = unit.id, worker_id, outside_id
    order.open_to = ""
    move_order(order, "transfer", by=actor, note=note)
    order.refresh_from_db()
    _inform(order, actor)
    follow(needs, by=actor)
    return OrderRow.of(order)


@transaction.atomic
def cancel(actor: Actor, order_id: UUID, *, note: str, seen_at: str = "") -> OrderRow:
    """Recall an order that one's office made. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    order, needs = locked_order(actor, "cancel", order_id, seen_at=seen_at)
    checked(order_rules.LIFECYCLE, "cancel", order.state, {"note": note})
    move_order(order, "cancel", by=actor, note=note)
    tell_recalled(order, by=actor)
    follow(needs, by=actor)
    return OrderRow.of(order)
