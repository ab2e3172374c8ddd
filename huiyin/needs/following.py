"""How matters follow their orders, and orders their matters.

Mechanics of this room's actions, not actions themselves: nothing outside `huiyin.needs.actions` calls them.
"""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from huiyin.needs import rules
from huiyin.needs.models import Need, Order, OrderMove, OrderNeed
from huiyin.needs.moving import lock_all, move, move_order
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.telling import Told, usual_way, write
from huiyin.notify import actions as notify
from huiyin.org.actors import Actor
from huiyin.platform import clock


def first_move(order: Order, actor: Actor) -> OrderMove:
    """Append the first line of an order's history."""
    office = actor.office
    return OrderMove.objects.create(
        order=order, at=order.made_at, verb="make", from_state="", to_state=order.state, unit_id=order.unit_id,
        by_id=actor.user_id, by_kind=actor.kind_name, by_name=actor.name, by_unit_name=office[1] if office else "",
    )  # fmt: skip


def _orders(need: Need) -> "QuerySet[Order]":
    """Return the orders of this round: what was done before the matter was opened again settles nothing now."""
    return Order.objects.filter(links__need=need, links__round=need.round, links__left_at__isnull=True)


def follow_made(need: Need, *, by: Actor, unit_id: UUID) -> None:
    """Let a matter follow a new order: to the office that made it, and out to whoever works on it."""
    after = order_rules.state_after(_orders(need).values_list("state", flat=True))
    move(need, "dispatch", by=by, to=after, unit_id=unit_id)


def follow(needs: Iterable[Need], *, by: Actor) -> None:
    """Let matters follow their orders by the one rule; whose last order is done, the resident is told."""
    for need in needs:
        if need.state not in rules.UNANSWERED_STATES:
            continue
        after = order_rules.state_after(_orders(need).values_list("state", flat=True))
        if after == "answer":
            _finish(need, by=by)
        elif after != need.state:
            move(need, order_rules.FOLLOWS[after], by=by)


def _finish(need: Need, *, by: Actor) -> None:
    """Tell the resident what was done, in the words of who did it, order by order."""
    done = list(_orders(need).filter(state="done").order_by("done_at", "number"))
    failed = next((o for o in done if o.outcome == "unsolved"), None)
    text = "\n\n".join(dict.fromkeys(o.result for o in done))
    told = Told(text, usual_way(need))
    if failed:
        told = Told(text, told.way, "unsolved", failed.reason, failed.who_else)
    write(need, told, by=by)
    move(need, "finish", by=by)


def join_orders(copy: Need, original: Need) -> None:
    """Let a duplicate follow the orders of its original from here on."""
    OrderNeed.objects.bulk_create(
        (OrderNeed(order=order, need=copy, round=copy.round) for order in _orders(original)), ignore_conflicts=True
    )


def leave_orders(copy: Need) -> None:
    """Let a matter that was merged by mistake follow the orders of its original no more."""
    OrderNeed.objects.filter(need=copy, round=copy.round, left_at__isnull=True).update(left_at=clock.now())


def follow_answer(copies: Iterable[Need], original: Need, told: Told, *, by: Actor) -> None:
    """Tell the residents of the duplicates the same result, each in their own thread and way, with their own number."""
    number = rules.spoken_code(original.code)
    for copy in copies:
        text = told.text.replace(number, rules.spoken_code(copy.code))
        write(copy, replace(told, text=text, way=usual_way(copy)), by=by)
        move(copy, "answer", by=by, to="answer")


def follow_original(copies: Iterable[Need], original: Need, verb: str, *, by: Actor, note: str = "") -> None:
    """Let duplicates take the step their original has just taken."""
    for copy in copies:
        move(copy, verb, by=by, to=original.state, unit_id=original.unit_id, note=note)


def hand_over(need: Need, *, by: Actor) -> None:
    """Let the oldest duplicate take the place of a matter that ends without an answer; nobody waits for nothing."""
    copies = lock_all(Q(duplicate_of=need, state__in=rules.UNANSWERED_STATES))
    if not copies:
        return
    first = min(copies, key=lambda n: (n.received_at, n.pk))
    for copy in copies:
        copy.duplicate_of = None if copy is first else first
        move(copy, "join", by=by, to=copy.state)


def end_orders(need: Need, *, by: Actor) -> None:
    """Recall the running orders that serve no other matter which still waits."""
    links = OrderNeed.objects.filter(left_at__isnull=True)
    still = links.filter(need__state__in=rules.UNANSWERED_STATES).exclude(need=need).values("order_id")
    mine = Order.objects.filter(pk__in=links.filter(need=need).values("order_id")).exclude(pk__in=still)
    mine = mine.filter(state__in=order_rules.LIVE_STATES)
    for order in mine.select_for_update(of=("self",)).order_by("pk"):
        move_order(order, "cancel", by=by)
        tell_recalled(order, by=by)


def tell_recalled(order: Order, *, by: Actor) -> None:
    """Tell an outside party that nothing more is to be done, when its number takes text messages."""
    party = order.outside
    if party is None or not party.phone:
        return
    body = _("Order %(number)s was recalled: nothing more is to be done.") % {"number": order.number}
    notify.send(
        by, notify.Letter("sms", party.phone, "", body, f"order:{order.id}"), effect_key=f"order.recalled:{order.id}"
    )
