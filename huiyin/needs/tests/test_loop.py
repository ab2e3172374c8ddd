"""The loop to its end: told, rated, opened again, closed; and whatever is tried, nothing is lost."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin.needs import actions, bearing, queries
from huiyin.needs.actions import Done, Lead, NewOrder
from huiyin.needs.errors import RatedBefore
from huiyin.needs.models import Answer, Move, Need, Rating
from huiyin.needs.rules import evaluation
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.rules.sorting import Sorting, category_named
from huiyin.needs.tests.test_orders import ordered, registered, state
from huiyin.notify import queries as notify
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound, NotNow


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
