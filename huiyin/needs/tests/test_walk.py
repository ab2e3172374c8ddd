"""Whatever is tried, by whom, in what order: the invariants of the loop, of merging and of separating."""

import uuid
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from huiyin.needs import actions, queries, rules
from huiyin.needs.actions import Done, Lead, NewOrder
from huiyin.needs.models import Answer, Move, Need, Order, OrderMove, Rating, Theme
from huiyin.needs.queries import Filter
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.rules.orders import LIFECYCLE as ORDERS
from huiyin.needs.rules.orders import LIVE_STATES, state_after
from huiyin.needs.rules.sorting import Sorting
from huiyin.needs.tests.test_loop import bearer
from huiyin.needs.tests.test_orders import registered, state
from huiyin.org.actors import SYSTEM, Actor
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.errors import NotFound, Refusal

WHO = ("grid", "grid2", "head", "dispatcher", "secretary", "clerk")
STEP = st.tuples(st.integers(0, 99), st.integers(0, 5), st.integers(0, 2), st.booleans())
WALK = st.lists(STEP, min_size=30, max_size=60)


class Street:
    """Three matters and everything anybody may try with them."""

    def __init__(self, town: Town) -> None:
        self.town, self.needs = town, [registered(town) for _ in range(3)]
        lake2, market = town.units["lake2"].id, town.units["market"].id
        on_need: dict[str, list[Callable[[Actor, Need], object]]] = {
            "accept": [lambda a, n: actions.accept(a, n.id)],
            "sort": [lambda a, n: actions.sort(a, n.id, sorting_is=Sorting("life", "service", "complaint", "small"))],
            "dispatch": [
                lambda a, n: self.order(a, [n], Lead(unit_id=lake2)),
                lambda a, n: self.order(a, self.needs, Lead(unit_id=market)),
                lambda a, n: self.order(a, [n], Lead(), open_to="offices"),
            ],
            "merge": [
                lambda a, n: actions.merge(a, n.id, original_id=self.needs[0].id),
                lambda a, n: actions.merge(a, n.id, original_id=self.needs[1].id),
            ],
            "separate": [lambda a, n: actions.separate(a, n.id)],
            "group": [
                lambda a, n: actions.group(a, n.id, theme="路灯"),
                lambda a, n: actions.group(a, n.id, theme="照明"),
            ],
            "ungroup": [lambda a, n: actions.ungroup(a, n.id), lambda a, n: self.merge_themes(a)],
            "answer": [lambda a, n: actions.answer(a, n.id, text="答", way="phone")],
            "deliver": [lambda a, n: actions.deliver(a, n.id)],
            "rate": [
                lambda a, n: actions.rate(bearer(n), n.id, given=Given(False, 1)),
                lambda a, n: actions.rate(bearer(n), n.id, given=Given(True, 5)),
                lambda a, n: actions.rate(bearer(n), n.id, given=Given(True, 4, "话")),
            ],
            "conclude": [lambda a, n: actions.conclude(a, n.id, text="谢", way="phone")],
            "explain": [lambda a, n: actions.explain(a, n.id, text="释", way="phone")],
            "hand_up": [lambda a, n: actions.hand_up(a, n.id, note="上报")],
            "pass_on": [lambda a, n: actions.pass_on(a, n.id, unit_id=lake2)],
            "note": [lambda a, n: actions.undo(a, n.id)],
            "withdraw": [lambda a, n: actions.withdraw(bearer(n), n.id)],
            "lapse": [lambda a, n: self.week_later()],
        }
        self.on_need, self.on_order = on_need, self.steps_of_orders(lake2)

    def steps_of_orders(self, lake2: uuid.UUID) -> dict[str, list[Callable[[Actor, Need], object]]]:
        """Return what anybody may try with the newest order of a matter."""
        day = clock.today() + timedelta(days=2)
        return {
            "claim": [lambda a, n: actions.claim(a, self.last(n))],
            "sign": [lambda a, n: actions.sign(a, self.last(n))],
            "return": [lambda a, n: actions.return_order(a, self.last(n), note="退")],
            "transfer": [lambda a, n: actions.transfer(a, self.last(n), lead=Lead(unit_id=lake2))],
            "suspend": [lambda a, n: actions.suspend(a, self.last(n), note="等", until=day)],
            "resume": [lambda a, n: actions.resume(a, self.last(n))],
            "complete": [lambda a, n: actions.complete(a, self.last(n), done=Done("好了"))],
            "cancel": [lambda a, n: actions.cancel(a, self.last(n), note="收回")],
        }

    def order(self, actor: Actor, needs: list[Need], lead: Lead, open_to: str = "") -> object:
        """Make an order."""
        return actions.make_order(actor, [n.id for n in needs], new=NewOrder("办", lead, open_to=open_to))

    def merge_themes(self, actor: Actor) -> object:
        """Merge the first theme into the last."""
        themes = list(Theme.objects.order_by("made_at").values_list("pk", flat=True)) or [uuid.uuid4()]
        return actions.merge_themes(actor, themes[0], into_id=themes[-1])

    def last(self, need: Need) -> uuid.UUID:
        """Return the newest order of a matter, a running one first."""
        mine = Order.objects.filter(links__need=need, links__left_at=None)
        live = mine.filter(state__in=LIVE_STATES).order_by("-number").values_list("pk", flat=True).first()
        return live or mine.order_by("-number").values_list("pk", flat=True).first() or uuid.uuid4()

    def week_later(self) -> None:
        """Let the seven days pass."""
        with clock.at(clock.now() + timedelta(days=8)):
            actions.close_unrated(SYSTEM)

    def step(self, choice: int, by: int, need: Need, *, wild: bool) -> None:
        """Try one step by whoever may, beginning with `by`: one that the states offer, or a wild one."""
        verbs = [s.verb for s in rules.LIFECYCLE.offers(state(need)) if s.verb != "withdraw"]  # it ends too many walks
        offered = [c for verb in verbs for c in self.on_need.get(verb, [])]
        order = Order.objects.filter(pk=self.last(need)).first()
        steps = ORDERS.offers(order.state) if order else ()
        offered += [c for s in steps for c in self.on_order.get(s.verb, [])] * 2
        every = [c for found in (*self.on_need.values(), *self.on_order.values()) for c in found]
        pool = every if wild or not offered else offered
        for shift in range(len(WHO)):
            actor = self.town.actor(WHO[(by + shift) % len(WHO)])
            try:
                with transaction.atomic():
                    pool[choice % len(pool)](actor, need)
            except NotFound:
                continue
            except Refusal:
                return
            return


def waits_as_its_original_does(need: Need) -> None:
    """Assert that a duplicate that waits is where its original is, and its original is an original."""
    original = need.duplicate_of
    if original is None:
        return
    assert original.duplicate_of is None
    if need.state in rules.UNANSWERED_STATES:
        assert (need.state, need.unit_id) == (original.state, original.unit_id)


def holds(need_id: uuid.UUID) -> None:
    """Assert what is true of every matter at every moment."""
    need = Need.objects.get(pk=need_id)
    moves = list(Move.objects.filter(need=need).order_by("id"))
    assert (need.state, need.unit_id) == (moves[-1].to_state, moves[-1].unit_id)
    assert all(a.to_state == b.from_state and a.unit_id == b.from_unit_id for a, b in pairwise(moves))
    assert need.round == sum(m.verb == "reopen" for m in moves)
    links = need.order_links.filter(round=need.round, left_at=None)
    orders = list(links.values_list("order__state", flat=True))
    waits_as_its_original_does(need)
    live = [s for s in orders if s in LIVE_STATES]
    if live and need.state in rules.UNANSWERED_STATES:
        assert need.state == state_after(orders)
    if need.state in {"match"}:
        assert live
    if need.state in {"answer", "evaluate", "feedback", "closed"}:
        assert not live
        assert Answer.objects.filter(need=need, kind="result", void_at__isnull=True).exists()
    if need.state == "closed":
        assert Answer.objects.filter(need=need, kind="closing", round=need.round, delivered_at__isnull=False).exists()
        assert Answer.objects.filter(need=need, kind="result", delivered_at__isnull=False).exists()
        assert need.outcome == "explained" or Rating.objects.filter(need=need, round=need.round).exists()


@given(WALK)
@settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
def test_whatever_is_tried_nothing_is_lost_and_every_closed_matter_was_answered(
    town: Town, walk: list[tuple[int, int, int, bool]]
) -> None:
    street = Street(town)
    for choice, by, which, wild in walk:
        street.step(choice, by, street.needs[which], wild=wild and choice % 4 == 0)
        for need in street.needs:
            holds(need.id)
    figures = asdict(queries.counts(town.actor("secretary")))
    lists = {key: len(queries.held(town.actor("secretary"), which=Filter(key)).rows) for key in figures}
    assert figures == lists, "each figure is what its list holds"
    for order in Order.objects.filter(links__need__in=street.needs).distinct():
        moves = list(OrderMove.objects.filter(order=order).order_by("id"))
        assert order.state == moves[-1].to_state
        assert all(a.to_state == b.from_state for a, b in pairwise(moves))
