"""Duplicates are settled with their original, themes group matters; no original is lost."""

import pytest

from huiyin.needs import actions, queries
from huiyin.needs.actions import Done
from huiyin.needs.errors import OrdersRunning, SettledTogether
from huiyin.needs.models import Answer, Move, Need, Order
from huiyin.needs.queries import Filter, themes
from huiyin.needs.queries import orders as order_queries
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.tests.test_loop import bearer, told
from huiyin.needs.tests.test_orders import ordered, registered, state
from huiyin.org.tests.make import Town
from huiyin.platform.errors import Invalid, NotFound, NotNow


def merged(town: Town, **given: object) -> tuple[Need, Need]:
    """Return an original and a duplicate merged into it."""
    original, copy = registered(town), registered(town, words="路灯又不亮了", **given)
    actions.merge(town.actor("head"), copy.id, original_id=original.id)
    return original, copy


def reread(need: Need) -> Need:
    """Return the row as it is now."""
    return Need.objects.get(pk=need.id)


def test_a_duplicate_keeps_its_words_code_and_thread_and_is_answered_with_its_original(town: Town) -> None:
    original, copy = merged(town)
    actions.answer(town.actor("head"), original.id, text="已报修，周五前换新。", way="phone")
    assert (state(original), state(copy)) == ("answer", "answer")
    assert Answer.objects.get(need=copy).text == "已报修，周五前换新。"
    assert (reread(copy).words, reread(copy).code) == (copy.words, copy.code)
    actions.deliver(town.actor("head"), copy.id, note="已电话告知")
    assert (state(original), state(copy)) == ("answer", "evaluate"), "each is told in their own thread"


def test_a_duplicate_is_not_settled_by_itself(town: Town) -> None:
    _original, copy = merged(town)
    head = town.actor("head")
    with pytest.raises(SettledTogether):
        actions.answer(head, copy.id, text="答", way="phone")
    with pytest.raises(SettledTogether):
        actions.accept(head, copy.id)
    with pytest.raises(SettledTogether):
        actions.hand_up(head, copy.id, note="上报")
    with pytest.raises(SettledTogether):
        ordered(town, copy)


def test_merged_while_an_order_is_out_it_follows_that_order(town: Town) -> None:
    original, copy = registered(town), registered(town, words="路灯又不亮了")
    order = ordered(town, original)
    actions.merge(town.actor("head"), copy.id, original_id=original.id)
    assert state(copy) == "match"
    actions.complete(town.actor("grid2"), order.id, done=Done("已修好。"))
    assert {state(original), state(copy)} == {"answer"}
    assert Answer.objects.get(need=copy).text == "已修好。"


def test_an_order_made_for_the_original_serves_its_duplicates(town: Town) -> None:
    original, copy = merged(town)
    order = ordered(town, original)
    assert state(copy) == "match"
    words = {w.need_id for w in order_queries.matters_of(town.actor("head"), order)}
    assert words == {original.id, copy.id}


def test_separated_it_leaves_the_order_and_is_told_nothing_of_it(town: Town) -> None:
    original, copy = merged(town, phone="10500002222")
    order = ordered(town, original)
    actions.separate(town.actor("head"), copy.id)
    assert (state(copy), reread(copy).duplicate_of) == ("analyse", None)
    assert len(actions.look_at_contacts(town.actor("grid2"), order.id)) == 0, "who works on it calls them no more"
    actions.complete(town.actor("grid2"), order.id, done=Done("已修好。"))
    assert state(copy) == "analyse"
    assert not Answer.objects.filter(need=copy).exists()
    actions.answer(town.actor("head"), copy.id, text="您说的是另一盏灯，明天换。", way="phone")
    assert state(copy) == "answer"


def test_what_was_merged_into_a_duplicate_goes_along_and_there_are_no_chains(town: Town) -> None:
    first, second, third = (registered(town) for _ in range(3))
    head = town.actor("head")
    actions.merge(head, third.id, original_id=second.id)
    actions.merge(head, second.id, original_id=first.id)
    assert reread(third).duplicate_of_id == reread(second).duplicate_of_id == first.id
    fourth = registered(town)
    actions.merge(head, fourth.id, original_id=third.id)
    assert reread(fourth).duplicate_of_id == first.id, "merged into a duplicate it joins the original"
    for own in (first, third):
        with pytest.raises(Invalid):
            actions.merge(head, first.id, original_id=own.id)


def test_what_cannot_be_merged_is_refused_and_stays_as_it_was(town: Town) -> None:
    head, original = town.actor("head"), registered(town)
    answered, busy, hill = registered(town), registered(town), registered(
        town, building_id=None, community_id=town.units["hill"].id
    )  # fmt: skip
    actions.answer(head, answered.id, text="已修好", way="phone")
    ordered(town, busy)
    for need, into, refusal in (
        (registered(town), answered, NotNow),
        (busy, original, NotNow),
        (registered(town), hill, NotFound),
        (hill, original, NotFound),
    ):
        before = state(need)
        with pytest.raises(refusal):
            actions.merge(head, need.id, original_id=into.id)
        assert (state(need), reread(need).duplicate_of) == (before, None)
    with pytest.raises(Invalid):
        actions.merge(head, original.id, original_id=None)
    complaint = registered(town, about_staff="葛网格", building_id=None, community_id=town.units["lake"].id)
    with pytest.raises(NotNow):
        actions.merge(town.actor("secretary"), complaint.id, original_id=original.id)
    with pytest.raises(OrdersRunning):
        actions.merge(head, busy.id, original_id=original.id)


def test_the_original_withdrawn_the_oldest_duplicate_takes_its_place_and_the_order_goes_on(town: Town) -> None:
    original, copy = merged(town)
    third = registered(town)
    actions.merge(town.actor("head"), third.id, original_id=original.id)
    order = ordered(town, original)
    actions.withdraw(bearer(original), original.id)
    assert Order.objects.get(pk=order.id).state == "assigned"
    assert (reread(copy).duplicate_of_id, reread(third).duplicate_of_id) == (None, copy.id)
    actions.complete(town.actor("grid2"), order.id, done=Done("已修好。"))
    assert (state(original), state(copy), state(third)) == ("withdrawn", "answer", "answer")


def test_undoing_the_answer_takes_it_back_for_the_duplicates_too(town: Town) -> None:
    original, copy = merged(town)
    head = town.actor("head")
    actions.answer(head, original.id, text="答错了", way="phone")
    actions.undo(head, original.id)
    assert (state(original), state(copy)) == ("collect", "collect")
    assert not Answer.objects.filter(void_at__isnull=True).exists()


def test_an_unhappy_duplicate_goes_its_own_way(town: Town) -> None:
    original, copy = merged(town)
    head = town.actor("head")
    actions.answer(head, original.id, text="已修好", way="phone")
    for need in (original, copy):
        actions.deliver(head, need.id)
    actions.rate(bearer(original), original.id, given=Given(True, 5))
    actions.rate(bearer(copy), copy.id, given=Given(False, 1))
    assert (state(original), state(copy), reread(copy).duplicate_of) == ("closed", "analyse", None)
    actions.answer(head, copy.id, text="再修一次", way="phone")
    assert state(copy) == "answer"


def test_duplicates_are_counted_on_their_original_and_stand_in_no_list_of_work(town: Town) -> None:
    original, copy = merged(town)
    rows = queries.held(town.actor("head"), which=Filter()).rows
    assert [(r.id, r.copies) for r in rows] == [(original.id, 1)]
    assert queries.counts(town.actor("head")).fresh == 1
    actions.answer(town.actor("head"), original.id, text="答", way="phone")
    told = queries.held(town.actor("head"), which=Filter("undelivered")).rows
    assert {r.id for r in told} == {original.id, copy.id}


def test_a_theme_is_begun_by_its_name_and_joined_by_the_same_name(town: Town) -> None:
    first, second = registered(town), registered(town)
    head = town.actor("head")
    actions.group(head, first.id, theme=" 路灯  不亮 ")
    actions.group(town.actor("clerk"), second.id, theme="路灯 不亮")
    (row,) = themes.themes(head)
    assert (row.title, row.matters, row.waiting, row.unit_id) == ("路灯 不亮", 2, 2, town.units["lake"].id)
    assert {r.id for r in themes.matters_in(head, row.id)} == {first.id, second.id}
    with pytest.raises(Invalid):
        actions.group(head, first.id, theme="路灯 不亮")
    actions.ungroup(head, first.id)
    assert [r.id for r in themes.matters_in(head, row.id)] == [second.id]
    with pytest.raises(NotNow):
        actions.ungroup(head, first.id)


def test_who_gives_no_orders_joins_a_theme_of_their_office_but_begins_none(town: Town) -> None:
    need = registered(town)
    with pytest.raises(Invalid):
        actions.group(town.actor("grid"), need.id, theme="新主题")
    other = registered(town)
    actions.group(town.actor("head"), other.id, theme="路灯")
    actions.group(town.actor("grid"), need.id, theme="路灯")
    assert [t.title for t in themes.themes(town.actor("grid"))] == ["路灯"]
    assert themes.themes(town.actor("hillgrid")) == []


def test_a_theme_is_never_merged_into_itself_and_into_another_it_loses_no_matter(town: Town) -> None:
    first, second = registered(town), registered(town)
    head = town.actor("head")
    actions.group(head, first.id, theme="路灯")
    actions.group(head, second.id, theme="照明")
    lamp, light = (next(t for t in themes.themes(head) if t.title == name) for name in ("路灯", "照明"))
    with pytest.raises(Invalid, match="itself"):
        actions.merge_themes(head, lamp.id, into_id=lamp.id)
    actions.merge_themes(head, lamp.id, into_id=light.id)
    assert {r.id for r in themes.matters_in(head, light.id)} == {first.id, second.id}
    assert (themes.theme(head, lamp.id).merged_into, themes.theme(head, lamp.id).ended) == (light.id, True)
    with pytest.raises(NotNow):
        actions.merge_themes(head, lamp.id, into_id=light.id)
    with pytest.raises(NotNow):
        actions.rename_theme(head, lamp.id, title="新名")
    with pytest.raises(NotNow):
        actions.end_theme(head, lamp.id)
    with pytest.raises(NotFound):
        actions.merge_themes(town.actor("grid"), light.id, into_id=lamp.id)
    assert Move.objects.filter(need=first, verb="group").count() == 2
    assert actions.rename_theme(head, light.id, title="路灯照明").title == "路灯照明"
    assert actions.end_theme(head, light.id).ended
    third = registered(town)
    actions.group(head, third.id, theme="路灯照明")
    assert reread(third).theme_id != light.id, "an ended theme takes no more"


def test_a_duplicate_opened_again_twice_is_not_ended_as_explained_by_itself(town: Town) -> None:
    need, secretary = told(town), town.actor("secretary")
    actions.rate(bearer(need), need.id, given=Given(False, 1))
    actions.answer(town.actor("head"), need.id, text="再修一次", way="phone")
    actions.deliver(town.actor("head"), need.id)
    actions.rate(bearer(need), need.id, given=Given(False, 1))
    actions.merge(secretary, need.id, original_id=registered(town).id)
    with pytest.raises(SettledTogether):
        actions.explain(secretary, need.id, text="已解释", way="phone")
