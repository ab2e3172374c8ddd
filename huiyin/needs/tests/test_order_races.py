"""Races on orders are settled by the database: threads with connections of their own, rows committed."""

import threading
from collections.abc import Callable
from functools import partial

from django.db import connection

from huiyin.needs import actions
from huiyin.needs.actions import Done, Lead
from huiyin.needs.errors import OrderTaken
from huiyin.needs.models import Answer, Order, OrderMove, Theme
from huiyin.needs.queries.orders import OrderRow
from huiyin.needs.tests.test_orders import ordered, registered, state
from huiyin.org.tests.make import Town


def together(*calls: Callable[[], object]) -> list[object]:
    """Run each call in a thread of its own with a connection of its own; return results or errors."""
    gate = threading.Barrier(len(calls))
    found: list[object] = [None] * len(calls)

    def run(index: int) -> None:
        gate.wait()
        try:
            found[index] = calls[index]()
        except Exception as error:  # the test looks at it
            found[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_orders_done_at_the_same_time_tell_the_resident_once(committed_town: Town) -> None:
    """Both completions read the other's order: without the lock on the matter neither, or both, would finish it."""
    for _ in range(5):
        need = registered(committed_town)
        pair = [
            ordered(committed_town, need),
            ordered(committed_town, need, lead=Lead(unit_id=committed_town.units["market"].id)),
        ]
        together(
            partial(actions.complete, committed_town.actor("grid2"), pair[0].id, done=Done("甲")),
            partial(actions.complete, committed_town.actor("marketgrid"), pair[1].id, done=Done("乙")),
        )
        assert state(need) == "answer"
        assert Answer.objects.filter(need=need, void_at__isnull=True).count() == 1


def test_one_title_begun_by_several_at_once_is_one_theme(committed_town: Town) -> None:
    needs = [registered(committed_town) for _ in range(6)]
    found = together(*[partial(actions.group, committed_town.actor("head"), n.id, theme="路灯") for n in needs])
    assert not [f for f in found if isinstance(f, Exception)]
    assert Theme.objects.get(title="路灯").needs.count() == 6


def test_of_many_claims_at_once_one_wins_and_the_others_are_told(committed_town: Town) -> None:
    order = ordered(committed_town, registered(committed_town), open_to="offices", lead=Lead())
    found = together(*[partial(actions.claim, committed_town.actor("grid2"), order.id)] * 12)
    assert sum(isinstance(f, OrderRow) for f in found) == 1
    assert sum(isinstance(f, OrderTaken) for f in found) == 11
    assert OrderMove.objects.filter(order_id=order.id, verb="claim").count() == 1


def test_return_transfer_and_complete_at_the_same_moment_leave_one_of_them(committed_town: Town) -> None:
    for _ in range(4):
        need = registered(committed_town)
        order = ordered(committed_town, need)
        actions.sign(committed_town.actor("grid2"), order.id)
        seen = Order.objects.get(pk=order.id).changed_at.isoformat()
        found = together(
            partial(actions.return_order, committed_town.actor("grid2"), order.id, note="不归我管", seen_at=seen),
            partial(
                actions.transfer,
                committed_town.actor("head"),
                order.id,
                lead=Lead(unit_id=committed_town.units["market"].id),
                seen_at=seen,
            ),
            partial(actions.complete, committed_town.actor("grid2"), order.id, done=Done("好了"), seen_at=seen),
        )
        assert sum(isinstance(f, OrderRow) for f in found) == 1, found
        assert OrderMove.objects.filter(order_id=order.id).count() == 3
        after = {"returned": "analyse", "assigned": "match", "done": "answer"}[Order.objects.get(pk=order.id).state]
        assert state(need) == after
