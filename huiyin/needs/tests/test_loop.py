"""The loop to its end: told, rated, opened again, closed; and whatever is tried, nothing is lost."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin.needs import actions, bearing, queries, rules
from huiyin.needs.actions import Done, Lead, NewOrder
from huiyin.needs.errors import RatedBefore
from huiyin.needs.models import Answer, Move, Need, Order, OrderMove, Rating
from huiyin.needs.rules import evaluation
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.rules.orders import LIFECYCLE as ORDERS
from huiyin.needs.rules.orders import LIVE_STATES, state_after
from huiyin.needs.rules.sorting import Sorting, category_named
from huiyin.needs.tests.test_orders import ordered, registered, state
from huiyin.notify import queries as notify
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound, NotNow, Refusal


def bearer(need: Need) -> Actor:
    """Return the resident with the private link."""
    return Actor(Kind.BEARER, opens=frozenset({need.id}))


def told(town: Town, **given: object) -> Need:
    """Return a matter whose result was told by telephone and waits for the rating."""
    need = registered(town, **given)
    actions.answer(town.actor("grid"), need.id, text="已修好", way="phone")
    actions.deliver(town.actor("grid"), need.id, note="已电话告知")
    return need


def test_satisfied_without_words_the_matter_closes_with_a_word_on_the_page(town: Town) -> None:
    need = told(town)
    row = actions.rate(bearer(need), need.id, given=Given(True, 5))
    assert row.state == "closed"
    word = Answer.objects.get(need=need, kind="closing")
    assert word.delivered_at is not None
    verbs = list(Move.objects.filter(need=need).order_by("id").values_list("verb", flat=True))
    assert verbs == ["register", "answer", "deliver", "rate", "deliver"]


def test_satisfied_with_words_somebody_writes_the_closing_word_and_it_closes_when_delivered(town: Town) -> None:
    need = told(town)
    assert actions.rate(bearer(need), need.id, given=Given(True, 4, "希望多巡查")).state == "feedback"
    with pytest.raises(NotNow):
        actions.deliver(town.actor("grid"), need.id)
    actions.conclude(town.actor("grid"), need.id, text="每周三晚上增加一次巡查", way="phone")
    assert actions.deliver(town.actor("grid"), need.id).state == "closed"


@pytest.mark.parametrize("given", [Given(False, 5), Given(True, 2), Given(False, 1, "还是黑的")])
def test_unhappy_it_goes_to_the_dispatcher_then_to_the_level_above(town: Town, given: Given) -> None:
    need = told(town)
    row = actions.rate(bearer(need), need.id, given=given)
    assert (row.state, row.unit_id, row.round) == ("analyse", town.units["lake"].id, 1)
    head = town.actor("head")
    actions.answer(head, need.id, text="又修了一次", way="phone")
    actions.deliver(head, need.id)
    row = actions.rate(bearer(need), need.id, given=given)
    assert (row.state, row.unit_id, row.round) == ("analyse", town.units["street"].id, 2)
    assert Rating.objects.filter(need=need).count() == 2
    assert Answer.objects.filter(need=need, kind="result", void_at__isnull=True).count() == 2


def test_what_was_done_before_it_was_opened_again_settles_nothing_now(town: Town) -> None:
    need, head, lake2 = registered(town), town.actor("head"), Lead(unit_id=town.units["lake2"].id)
    first = ordered(town, need)
    actions.complete(town.actor("grid2"), first.id, done=Done("第一次"))
    actions.rate(bearer(need), need.id, given=Given(False, 1))
    recalled = actions.make_order(head, [need.id], new=NewOrder("再办", lake2))
    actions.cancel(head, recalled.id, note="换人")
    assert state(need) == "analyse"
    again = actions.make_order(head, [need.id], new=NewOrder("再办", lake2))
    actions.complete(town.actor("grid2"), again.id, done=Done("第二次"))
    told_now = Answer.objects.get(need=need, kind="result", round=1)
    assert (state(need), told_now.text) == ("answer", "第二次")


def test_only_what_was_reopened_twice_ends_as_explained_and_counts_as_not_satisfied(town: Town) -> None:
    need, head, street = told(town), town.actor("head"), town.actor("dispatcher")
    actions.rate(bearer(need), need.id, given=Given(False, 1))
    with pytest.raises(NotNow):
        actions.explain(head, need.id, text="确实无法", way="phone")
    actions.answer(head, need.id, text="又修了一次", way="phone")
    actions.deliver(head, need.id)
    actions.rate(bearer(need), need.id, given=Given(False, 1))
    with pytest.raises(NotFound):
        actions.explain(head, need.id, text="确实无法", way="phone")
    actions.explain(street, need.id, text="已当面说明情况", way="visit")
    row = actions.deliver(street, need.id, note="书记上门说明")
    assert (row.state, row.outcome) == ("closed", "explained")


def test_no_reply_in_seven_days_is_no_opinion_and_never_satisfied(town: Town) -> None:
    need = told(town)
    with clock.at(clock.now() + timedelta(days=6, hours=23)):
        assert actions.close_unrated(SYSTEM) == 0
    with clock.at(clock.now() + timedelta(days=7, minutes=1)):
        assert actions.close_unrated(SYSTEM) == 1
        assert actions.close_unrated(SYSTEM) == 0
    rating = Rating.objects.get(need=need)
    assert (state(need), rating.stars, rating.way) == ("closed", None, "none")
    assert evaluation.verdict(rating.solved, rating.stars) == "no_opinion"
    with pytest.raises(NotFound):
        actions.close_unrated(town.actor("secretary"))


def test_a_result_not_delivered_yet_does_not_lapse(town: Town) -> None:
    need = registered(town)
    actions.answer(town.actor("grid"), need.id, text="已修好", way="phone")
    with clock.at(clock.now() + timedelta(days=30)):
        assert actions.close_unrated(SYSTEM) == 0
    assert state(need) == "answer"


def test_whoever_rates_an_answer_on_the_page_has_read_it(town: Town) -> None:
    need = registered(town)
    actions.answer(town.actor("grid"), need.id, text="已修好", way="page")
    assert actions.rate(bearer(need), need.id, given=Given(True, 5)).state == "closed"
    assert Answer.objects.get(need=need, kind="result").delivered_at is not None


def test_a_forwarded_rating_link_rates_nothing_twice_and_opens_nothing_else(town: Town) -> None:
    need = told(town)
    token = bearing.rating_token(need.id, 0)
    with pytest.raises(NotFound):
        queries.rater_of(PUBLIC, need.code, round_=1, token=token)
    actor, need_id = queries.rater_of(PUBLIC, need.code, round_=0, token=token)
    actions.rate(actor, need_id, given=Given(False, 1), round_=0)
    with pytest.raises(RatedBefore):
        actions.rate(actor, need_id, given=Given(True, 5), round_=0)
    actions.answer(town.actor("head"), need.id, text="又修了", way="phone")
    actions.deliver(town.actor("head"), need.id)
    with pytest.raises(RatedBefore):  # the old link does not rate the new result
        actions.rate(actor, need_id, given=Given(True, 5), round_=0)


def test_a_caller_records_the_rating_of_who_asked_to_be_called(town: Town) -> None:
    need = told(town)
    with pytest.raises(NotFound):
        actions.rate(town.actor("hillgrid"), need.id, given=Given(True, 5))
    actions.rate(town.actor("clerk"), need.id, given=Given(True, 3))
    rating = Rating.objects.get(need=need)
    assert (rating.way, rating.by, state(need)) == ("phone", town.people["clerk"], "closed")


def test_a_rating_names_its_faults_and_cannot_be_changed(town: Town) -> None:
    need = told(town)
    for faulty in (Given(True, 0), Given(True, 6), Given(True, 5, "长" * 1001)):
        with pytest.raises(Invalid):
            actions.rate(bearer(need), need.id, given=faulty)
    actions.rate(bearer(need), need.id, given=Given(True, 5, "好"))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE needs_rating SET stars = 1")


def test_cannot_be_solved_asks_for_a_reason_and_for_who_else_could(town: Town) -> None:
    need, grid = registered(town), town.actor("grid")
    for more in (
        {"reason": "", "who_else": "城管局"},
        {"reason": "law", "who_else": " "},
        {"reason": "x", "who_else": "甲"},
    ):
        with pytest.raises(Invalid):
            actions.answer(grid, need.id, text="办不了", way="phone", outcome="unsolved", **more)
    with pytest.raises(Invalid):
        actions.answer(grid, need.id, text="办不了", way="phone", outcome="perhaps")
    actions.answer(grid, need.id, text="办不了", way="phone", outcome="unsolved", reason="remit", who_else="县住建局")
    assert Need.objects.get(pk=need.id).outcome == "unsolved"
    with pytest.raises(DatabaseError), transaction.atomic():
        Answer.objects.filter(need=need).update(reason="")


def test_the_message_with_the_result_asks_for_the_rating(town: Town) -> None:
    need = registered(town, phone="10500001111")
    actions.answer(town.actor("grid"), need.id, text="已修好", way="page")
    actions.send_answer(SYSTEM, answer_id=Answer.objects.get(need=need).id)
    body = notify.outbox(SYSTEM)[0].body
    assert f"/r/{need.code}/0/" in body
    assert f"/m/{need.code}/" in body


def test_who_worked_on_it_rates_the_request_once(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    grid2 = town.actor("grid2")
    for _ in range(2):
        actions.rate_request(grid2, order.id, clear=True, genuine=True, reachable=False)
    assert need.request_ratings.get().reachable is False
    with pytest.raises(NotFound):
        actions.rate_request(town.actor("hillgrid"), order.id, clear=True, genuine=True, reachable=True)


def test_what_is_answered_on_the_spot_is_registered_and_told_in_one_step_or_not_at_all(town: Town) -> None:
    new = actions.NewNeed(
        words="医保怎么报销", channel="desk", source=f"desk:{uuid.uuid4()}", community_id=town.units["lake"].id
    )
    receipt = actions.register_settled(town.actor("clerk"), new=new, text="已告知材料清单。")
    assert state(Need.objects.get(pk=receipt.need_id)) == "evaluate"
    elsewhere = replace(new, source=f"desk:{uuid.uuid4()}", community_id=town.units["hill"].id)
    with pytest.raises(Invalid):
        actions.register_settled(town.actor("clerk"), new=elsewhere, text="已告知。")
    assert not Need.objects.filter(source=elsewhere.source).exists()


def test_an_analysis_is_checked_against_the_lists(town: Town) -> None:
    need, grid = registered(town), town.actor("grid")
    with pytest.raises(Invalid):
        actions.sort(grid, need.id, sorting_is=Sorting(dimension="x", category="没有/这一类"))
    path = category_named("城乡建设/城市建设和市政管理/城市公共设施") or ""
    row = actions.sort(grid, need.id, sorting_is=Sorting("life", "service", "complaint", "small", path))
    assert (row.state, row.dimension, row.category) == ("analyse", "life", path)


def test_an_analysis_does_not_make_a_complaint_about_staff_an_ordinary_one(town: Town) -> None:
    need = registered(town, about_staff="葛网格")
    actions.sort(town.actor("head"), need.id, sorting_is=Sorting(kind="suggestion"))
    assert Need.objects.get(pk=need.id).kind == "complaint_staff"
    with pytest.raises(NotFound):
        queries.need(town.actor("grid"), need.id)


def test_a_lesson_is_shown_beside_the_next_matter_of_its_category(town: Town) -> None:
    path = "城乡建设/城市建设和市政管理/城市公共设施"
    need, later, other, grid = registered(town), registered(town), registered(town), town.actor("grid")
    with pytest.raises(NotNow):
        actions.learn(grid, need.id, text="先查灯杆编号")
    for row in (need, later):
        actions.sort(grid, row.id, sorting_is=Sorting(category=path))
    with pytest.raises(NotNow):  # nothing was told yet
        actions.learn(grid, need.id, text="先查灯杆编号")
    actions.answer(grid, need.id, text="已修好", way="phone")
    with pytest.raises(Invalid):
        actions.learn(grid, need.id, text=" ")
    actions.learn(grid, need.id, text="先查灯杆编号，再报修。", case_candidate=True)
    assert [lesson.text for lesson in queries.whole(grid, later.id).lessons] == ["先查灯杆编号，再报修。"]
    assert queries.whole(grid, need.id).lessons == []
    assert queries.whole(grid, other.id).lessons == []
    assert all(m.verb != "learn" for m in queries.moves(bearer(need), need.id))


def test_the_heads_sheet_names_what_is_overdue_unhappy_and_repeated(town: Town) -> None:
    from huiyin.needs.queries.onepage import one_page

    late = registered(town)
    unhappy = told(town)
    actions.rate(bearer(unhappy), unhappy.id, given=Given(False, 1))
    happy = told(town)
    actions.rate(bearer(happy), happy.id, given=Given(True, 5))
    with clock.at(clock.now() + timedelta(days=20)):
        sheet = one_page(town.actor("head"))
        assert {r.id for r in sheet.overdue} == {late.id, unhappy.id}
        assert [r.id for r in sheet.unhappy] == [unhappy.id]
        assert (sheet.received, sheet.settled, sheet.satisfied, sheet.rated) == (3, 1, 1, 2)
        assert [(r.what, r.count) for r in sheet.repeated] == [("青禾苑3号楼", 3)]
        assert one_page(town.actor("hillhead")).received == 0


# Whatever is tried, by whom, in what order: the invariants of the loop.
WHO = ("grid", "grid2", "head", "dispatcher", "secretary", "clerk")
STEP = st.tuples(st.integers(0, 99), st.integers(0, 5), st.integers(0, 1), st.booleans())
WALK = st.lists(STEP, min_size=30, max_size=60)


class Street:
    """Two matters and everything anybody may try with them."""

    def __init__(self, town: Town) -> None:
        self.town, self.needs = town, [registered(town), registered(town)]
        lake2, market = town.units["lake2"].id, town.units["market"].id
        day = clock.today() + timedelta(days=2)
        on_need: dict[str, list[Callable[[Actor, Need], object]]] = {
            "accept": [lambda a, n: actions.accept(a, n.id)],
            "sort": [lambda a, n: actions.sort(a, n.id, sorting_is=Sorting("life", "service", "complaint", "small"))],
            "dispatch": [
                lambda a, n: self.order(a, [n], Lead(unit_id=lake2)),
                lambda a, n: self.order(a, self.needs, Lead(unit_id=market)),
                lambda a, n: self.order(a, [n], Lead(), open_to="offices"),
            ],
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
        on_order: dict[str, list[Callable[[Actor, Need], object]]] = {
            "claim": [lambda a, n: actions.claim(a, self.last(n))],
            "sign": [lambda a, n: actions.sign(a, self.last(n))],
            "return": [lambda a, n: actions.return_order(a, self.last(n), note="退")],
            "transfer": [lambda a, n: actions.transfer(a, self.last(n), lead=Lead(unit_id=lake2))],
            "suspend": [lambda a, n: actions.suspend(a, self.last(n), note="等", until=day)],
            "resume": [lambda a, n: actions.resume(a, self.last(n))],
            "complete": [lambda a, n: actions.complete(a, self.last(n), done=Done("好了"))],
            "cancel": [lambda a, n: actions.cancel(a, self.last(n), note="收回")],
        }
        self.on_need, self.on_order = on_need, on_order

    def order(self, actor: Actor, needs: list[Need], lead: Lead, open_to: str = "") -> object:
        """Make an order."""
        return actions.make_order(actor, [n.id for n in needs], new=NewOrder("办", lead, open_to=open_to))

    def last(self, need: Need) -> uuid.UUID:
        """Return the newest order of a matter, a running one first."""
        mine = Order.objects.filter(links__need=need)
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


def holds(need_id: uuid.UUID) -> None:
    """Assert what is true of every matter at every moment."""
    need = Need.objects.get(pk=need_id)
    moves = list(Move.objects.filter(need=need).order_by("id"))
    assert (need.state, need.unit_id) == (moves[-1].to_state, moves[-1].unit_id)
    assert all(a.to_state == b.from_state and a.unit_id == b.from_unit_id for a, b in pairwise(moves))
    assert need.round == sum(m.verb == "reopen" for m in moves)
    orders = list(Order.objects.filter(links__need=need, links__round=need.round).values_list("state", flat=True))
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
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_tried_nothing_is_lost_and_every_closed_matter_was_answered(
    town: Town, walk: list[tuple[int, int, int, bool]]
) -> None:
    street = Street(town)
    for choice, by, which, wild in walk:
        street.step(choice, by, street.needs[which], wild=wild and choice % 4 == 0)
        for need in street.needs:
            holds(need.id)
    for order in Order.objects.filter(links__need__in=street.needs).distinct():
        moves = list(OrderMove.objects.filter(order=order).order_by("id"))
        assert order.state == moves[-1].to_state
        assert all(a.to_state == b.from_state for a, b in pairwise(moves))
