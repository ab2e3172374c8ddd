"""How matters follow their orders, and orders their matters.

Mechanics of this room's actions, not actions themselves: nothing outside `huiyin.needs.actions` calls them.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from huiyin.needs import rules
from huiyin.needs.models import Need, Order, OrderMove, OrderNeed
from huiyin.needs.moving import move, move_order
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.telling import Told, usual_way, write
from huiyin.org.actors import Actor


def first_move(order: Order, actor: Actor) -> OrderMove:
    """Append the first line of an order's history."""
    office = actor.office
    return OrderMove.objects.create(
        order=order, at=order.made_at, verb="make", from_state="", to_state=order.state, unit_id=order.unit_id,
        by_id=actor.user_id, by_kind=actor.kind_name, by_name=actor.name, by_unit_name=office[1] if office else "",
    )  # fmt: skip


def _orders(need: Need) -> "QuerySet[Order]":
    """Return the orders of this round: what was done before the matter was opened again settles nothing now."""
    return Order.objects.filter(links__need=need, links__round=need.round)


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


def end_orders(need: Need, *, by: Actor) -> None:
    """Recall the running orders that serve no other matter which still waits."""
    still = OrderNeed.objects.filter(need__state__in=rules.UNANSWERED_STATES).exclude(need=need).values("order_id")
    mine = Order.objects.filter(links__need=need, state__in=order_rules.LIVE_STATES).exclude(pk__in=still)
    for order in mine.select_for_update(of=("self",)).order_by("pk"):
        move_order(order, "cancel", by=by)
