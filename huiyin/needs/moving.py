"""How matters and orders move: lock, ask the machine, save, append to the history. Every step goes through here.

Mechanics of this room's actions, not actions themselves: nothing outside `huiyin.needs.actions` calls them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.errors import AlreadyAnswered, OrdersRunning, SettledTogether
from huiyin.needs.models import Move, Need, Order, OrderMove, OrderNeed
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.rules import sorting
from huiyin.notify.actions import hooks
from huiyin.notify.rules import event_of
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock
from huiyin.platform.errors import Invalid
from huiyin.platform.machine import Machine, Step

_ASKED = {
    "text": "Please write what the resident is to be told.",
    "way": "Please choose how the answer reaches the resident.",
    "note": "Please write a note.",
    "unit": "Please choose who is to take it on.",
    "what": "Please write what is to be done.",
    "lead": "Please choose who leads it.",
    "until": "Please choose the day.",
    "result": "Please write what was done: the resident reads it.",
    "original": "Please give the code of the matter that this one repeats.",
    "theme": "Please name the theme.",
}


def checked(machine: Machine, verb: str, state: str, facts: Mapping[str, Any]) -> Step:
    """Return the step for a verb from a state. Raises NotNow, Invalid for each fact it asks for in vain."""
    step = machine.step(verb, state)
    if missing := machine.missing(step, facts):
        raise Invalid.of(**{name: _ASKED[name] for name in missing})
    return step


def move(need: Need, verb: str, *, by: Actor, to: str = "", unit_id: UUID | None = None, note: str = "") -> Move:
    """Save a matter's new state and holder and append the history row: the one place where a matter moves."""
    now, office = clock.now(), by.office
    before, from_unit = need.state, need.unit_id
    need.state = to or rules.LIFECYCLE.step(verb, before).after(before)
    need.unit_id, need.changed_at = unit_id or need.unit_id, now
    need.closed_at = (need.closed_at or now) if need.state in {"closed", "withdrawn"} else None
    need.save(
        update_fields=[
            "state",
            "unit",
            "changed_at",
            "closed_at",
            "round",
            "outcome",
            "promised_on",
            "theme",
            "duplicate_of",
        ]
    )
    moved = Move.objects.create(
        need=need, at=now, verb=verb, from_state=before, to_state=need.state, from_unit_id=from_unit, unit_id=need.unit_id,
        by_id=by.user_id, by_kind=by.kind_name, by_name=by.name if by.is_staff else "",
        by_unit_name=office[1] if office else "", stand_in_for=by.stands_in_for, note=note.strip(),
    )  # fmt: skip
    tell(need, moved, by=by)
    return moved


_BETWEEN_US = {"note", "learn", "group", "ungroup", "join", "file"}  # no other office is told of these


def tell(need: Need, moved: Move, *, by: Actor) -> None:
    """Tell other offices' programs of a step: that it happened, never what was said. What is confidential is not told."""
    if moved.verb in _BETWEEN_US or need.about_staff or need.kind in sorting.CONFIDENTIAL_KINDS:
        return
    here = atlas.current()
    held, home = here.get(need.unit_id), here.get(need.home_id)
    if held is None or home is None:  # a unit younger than what this process remembers
        return
    data = {
        "id": str(need.id), "code": need.code, "verb": moved.verb, "state": need.state,
        "status": "closed" if need.closed_at else "open", "unit": {"id": str(held.id), "name": here.title(held.id)},
        "category": need.category, "promised_on": need.promised_on.isoformat(),
    }  # fmt: skip
    key = f"{need.id}:{moved.pk or 'register'}"
    hooks.publish(by, event=event_of(moved.verb, need.state), key=key, held=held.path, home=home.path, data=data)


def capability(machine: Machine, verb: str) -> str:
    """Return what a verb needs."""
    return next(s.needs for s in machine.steps if s.verb == verb)


def unchanged(row: Need | Order, seen_at: str) -> None:
    """Raise AlreadyAnswered when a row changed since it was shown; `seen_at` is its `changed_at`, ISO 8601, or ""."""
    if seen_at and seen_at != row.changed_at.isoformat():
        raise AlreadyAnswered()


def locked(actor: Actor, verb: str, need_id: UUID, *, seen_at: str = "") -> Need:
    """Return a matter within reach, locked, for a step. Raises NotFound, AlreadyAnswered."""
    need = scope.lock(actor, capability(rules.LIFECYCLE, verb), Need.objects.all(), need_id)
    unchanged(need, seen_at)
    return need


def lock_all(which: Q) -> list[Need]:
    """Return matters locked in the order of their keys: whoever locks several does it here or in `needs_of`.

    Raises AlreadyAnswered when one more became such a matter while we waited: it would be left behind.
    """
    rows = list(Need.objects.filter(which).select_for_update().order_by("pk"))
    if Need.objects.filter(which).exclude(pk__in=[n.pk for n in rows]).exists():
        raise AlreadyAnswered()
    return rows


def lock_beside(need_id: UUID) -> list[Need]:
    """Return a matter with its duplicates and all that its orders serve, locked: for a step that ends it."""
    orders = OrderNeed.objects.filter(need_id=need_id).values("order_id")
    beside = OrderNeed.objects.filter(order_id__in=orders).values("need_id")
    return lock_all(Q(pk=need_id) | Q(duplicate_of_id=need_id) | Q(pk__in=beside))


def locked_with_copies(actor: Actor, verb: str, need_id: UUID, *, seen_at: str = "") -> tuple[Need, list[Need]]:
    """Return a matter for a step, and the duplicates that wait to be settled with it, all locked.

    Raises NotFound, AlreadyAnswered, SettledTogether when it is a duplicate itself.
    """
    rows = lock_all(Q(pk=need_id) | Q(duplicate_of_id=need_id, state__in=rules.UNANSWERED_STATES))
    need = locked(actor, verb, need_id, seen_at=seen_at)
    if need.duplicate_of_id:
        raise SettledTogether()
    return need, [copy for copy in rows if copy.duplicate_of_id == need_id]


def running(need: Need) -> bool:
    """Return whether orders of a matter are not at their end."""
    links = OrderNeed.objects.filter(need=need, left_at__isnull=True, order__state__in=order_rules.LIVE_STATES)
    return links.exists()


def alone(need: Need) -> None:
    """Raise OrdersRunning while somebody works on orders of this matter."""
    if running(need):
        raise OrdersRunning()


def needs_of(order_ids: Iterable[UUID]) -> list[Need]:
    """Return the matters that orders serve, locked, in the order of their keys.

    Matters are always locked before orders, so that two steps never wait for each other.
    """
    links = OrderNeed.objects.filter(order_id__in=list(order_ids), left_at__isnull=True)
    return lock_all(Q(pk__in=links.values("need_id")))


def locked_order(actor: Actor, verb: str, order_id: UUID, *, seen_at: str = "") -> tuple[Order, list[Need]]:
    """Return an order within reach and its matters, all locked. Raises NotFound, AlreadyAnswered."""
    needs_first = needs_of([order_id])
    order = scope.lock(actor, capability(order_rules.LIFECYCLE, verb), Order.objects.all(), order_id)
    unchanged(order, seen_at)
    return order, needs_first


def move_order(order: Order, verb: str, *, by: Actor, note: str = "") -> OrderMove:
    """Save an order's new state and append its history row: the one place where an order moves."""
    now, office, before = clock.now(), by.office, order.state
    order.state = order_rules.LIFECYCLE.step(verb, before).after(before)
    order.changed_at = now
    order.done_at = now if order.state == "done" else None
    if order.state != "suspended":
        order.resume_on = None
    order.save()
    return OrderMove.objects.create(
        order=order, at=now, verb=verb, from_state=before, to_state=order.state, unit_id=order.unit_id,
        by_id=by.user_id, by_kind=by.kind_name, by_name=by.name if by.is_staff else "",
        by_unit_name=office[1] if office else "", note=note.strip(),
    )  # fmt: skip
