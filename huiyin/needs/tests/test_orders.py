"""Orders on a real database: made, claimed, signed for, returned, suspended, extended, completed."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from huiyin.needs import actions, bearing
from huiyin.needs.actions import Done, Lead, NewNeed, NewOrder
from huiyin.needs.errors import AlreadyAnswered, OrdersRunning
from huiyin.needs.models import Answer, Contact, Extension, Move, Need, Order, OrderMove, OutsideParty
from huiyin.needs.queries import orders as queries
from huiyin.needs.queries.orders import OrderRow
from huiyin.org import actions as org
from huiyin.org import atlas
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.org.queries import actor_for
from huiyin.org.tests.make import Town, person, unit
from huiyin.platform import audit, clock
from huiyin.platform.errors import Invalid, NotFound, NotNow


def registered(town: Town, **given: object) -> Need:
    """Register a matter of the lake community's first grid and return its row."""
    fields: dict[str, object] = {
        "words": "3号楼门口的路灯坏了", "channel": "web", "source": f"web:{uuid.uuid4()}", "building_id": town.building.id,
    }  # fmt: skip
    return Need.objects.get(pk=actions.register(PUBLIC, new=NewNeed(**{**fields, **given})).need_id)  # type: ignore[arg-type]  # named


def ordered(town: Town, *needs: Need, by: str = "head", **given: object) -> OrderRow:
    """Let the community's head make an order for the second grid, changed as given."""
    fields: dict[str, object] = {"what": "请修路灯", "lead": Lead(unit_id=town.units["lake2"].id)}
    new = NewOrder(**{**fields, **given})  # type: ignore[arg-type]  # named
    return actions.make_order(town.actor(by), [n.id for n in needs], new=new)


def state(need: Need) -> str:
    """Return where a matter stands now."""
    return Need.objects.get(pk=need.id).state


def test_a_matter_goes_out_with_its_order_and_is_answered_when_the_order_is_done(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    assert (state(need), order.state) == ("match", "assigned")
    assert Need.objects.get(pk=need.id).unit == town.units["lake"], "it is with the office that ordered"
    grid2 = town.actor("grid2")
    actions.sign(grid2, order.id)
    assert state(need) == "carry_out"
    done = actions.complete(grid2, order.id, done=Done("路灯已换新，请您晚上看看。", cost_fen=12_50))
    assert done.state == "done"
    assert state(need) == "answer"
    assert Answer.objects.get(need=need).text == "路灯已换新，请您晚上看看。"
    verbs = list(Move.objects.filter(need=need).order_by("id").values_list("verb", flat=True))
    assert verbs == ["register", "dispatch", "start", "finish"]
    assert [m.verb for m in OrderMove.objects.filter(order_id=order.id).order_by("id")] == ["make", "sign", "complete"]


def test_with_two_orders_the_resident_is_told_once_when_the_last_is_done(town: Town) -> None:
    need = registered(town)
    first, second = (
        ordered(town, need),
        ordered(town, need, lead=Lead(unit_id=town.units["market"].id), what="清运杂物"),
    )
    actions.complete(town.actor("grid2"), first.id, done=Done("灯修好了。"))
    assert state(need) == "match"
    actions.complete(town.actor("marketgrid"), second.id, done=Done("杂物清走了。"))
    assert state(need) == "answer"
    assert Answer.objects.get(need=need).text == "灯修好了。\n\n杂物清走了。"


def test_one_order_for_five_matters_answers_each_resident_in_their_own_thread(town: Town) -> None:
    needs = [registered(town) for _ in range(5)]
    order = ordered(town, *needs)
    actions.complete(town.actor("grid2"), order.id, done=Done("已修好。"))
    assert {state(n) for n in needs} == {"answer"}
    assert Answer.objects.count() == 5


def test_an_open_order_is_claimed_by_who_stands_below_its_maker_and_by_nobody_else(town: Town) -> None:
    order = ordered(town, registered(town), open_to="offices", lead=Lead())
    for outsider in ("hillgrid", "hillhead", "contact", "admin"):
        with pytest.raises(NotFound):
            actions.claim(town.actor(outsider), order.id)
    assert [o.id for o in queries.claimable(town.actor("grid2"))] == [order.id]
    assert queries.claimable(town.actor("hillgrid")) == []
    row = actions.claim(town.actor("grid2"), order.id)
    assert (row.unit_id, row.worker_id) == (town.units["lake2"].id, town.people["grid2"].id)


def resident(town: Town) -> Actor:
    """Return a resident signed in by telephone."""
    return Actor(Kind.RESIDENT, org.resident_of_phone(PUBLIC, phone_index=uuid.uuid4().hex).id)


def test_a_resident_claims_what_is_open_to_everybody_and_completes_it_without_seeing_a_contact(town: Town) -> None:
    need = registered(town, phone="10500001111")
    inside = ordered(town, registered(town), open_to="offices", lead=Lead())
    order = ordered(town, need, open_to="everyone", lead=Lead())
    me = resident(town)
    with pytest.raises(NotFound):
        actions.claim(me, inside.id)
    row = actions.claim(me, order.id)
    assert (row.unit_id, row.worker_id) == (town.units["lake"].id, me.user_id)
    with pytest.raises(NotFound):
        actions.look_at_contacts(me, order.id)
    with pytest.raises(NotFound):
        actions.complete(resident(town), order.id, done=Done("我来说"))
    actions.complete(me, order.id, done=Done("灯泡换好了"))
    assert state(need) == "answer"


def test_returned_it_is_the_makers_again_who_alone_gives_it_to_another(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    actions.return_order(town.actor("grid2"), order.id, note="不在我的网格")
    assert state(need) == "analyse"
    with pytest.raises(NotFound):
        actions.transfer(town.actor("grid2"), order.id, lead=Lead(unit_id=town.units["market"].id))
    row = actions.transfer(town.actor("head"), order.id, lead=Lead(unit_id=town.units["market"].id))
    assert (row.state, row.unit_id) == ("assigned", town.units["market"].id)
    assert state(need) == "match"


def test_recalled_the_matter_is_back_and_can_be_answered_which_it_could_not_before(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    head = town.actor("head")
    actions.sign(town.actor("grid2"), order.id)
    steps: list[Callable[[], object]] = [
        lambda: actions.answer(head, need.id, text="好了", way="phone"),
        lambda: actions.hand_up(head, need.id, note="上报"),
        lambda: actions.pass_on(head, need.id, unit_id=town.units["lake1"].id),
    ]
    for step in steps:
        with pytest.raises(OrdersRunning):
            step()
    actions.cancel(head, order.id, note="居民自己修好了")
    assert state(need) == "analyse"
    actions.answer(head, need.id, text="好了", way="phone")


def test_when_the_last_running_order_is_recalled_what_is_done_is_told(town: Town) -> None:
    need = registered(town)
    done, other = ordered(town, need), ordered(town, need, lead=Lead(unit_id=town.units["market"].id))
    actions.complete(town.actor("grid2"), done.id, done=Done("灯修好了。"))
    actions.cancel(town.actor("head"), other.id, note="不需要了")
    assert state(need) == "answer"


def test_a_withdrawn_matter_ends_its_own_orders_but_not_those_that_serve_others(town: Town) -> None:
    need, neighbour = registered(town), registered(town)
    own, shared = ordered(town, need), ordered(town, need, neighbour)
    actions.withdraw(Actor(Kind.BEARER, opens=frozenset({need.id})), need.id)
    assert Order.objects.get(pk=own.id).state == "cancelled"
    assert Order.objects.get(pk=shared.id).state == "assigned"
    actions.complete(town.actor("grid2"), shared.id, done=Done("好了"))
    assert (state(need), state(neighbour)) == ("withdrawn", "answer")


def test_suspended_it_rests_with_reason_and_day_and_goes_on_by_itself(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    grid2 = town.actor("grid2")
    actions.sign(grid2, order.id)
    with pytest.raises(Invalid):
        actions.suspend(grid2, order.id, note="", until=clock.today() + timedelta(days=3))
    with pytest.raises(Invalid):
        actions.suspend(grid2, order.id, note="等配件", until=clock.today())
    actions.suspend(grid2, order.id, note="等配件", until=clock.today() + timedelta(days=3))
    assert actions.resume_due(SYSTEM) == 0
    with clock.at(clock.now() + timedelta(days=3)):
        assert actions.resume_due(SYSTEM) == 1
    assert Order.objects.get(pk=order.id).state == "working"


def test_more_time_is_granted_by_the_level_above_and_moves_the_promise(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need)
    grid2, until = town.actor("grid2"), need.promised_on + timedelta(days=20)
    actions.ask_extension(grid2, order.id, note="要等厂家", until=until)
    with pytest.raises(NotNow):
        actions.ask_extension(grid2, order.id, note="再问一次", until=until)
    with pytest.raises(NotFound):
        actions.decide_extension(grid2, order.id, granted=True)
    assert [o.id for o in queries.to_decide(town.actor("head"))] == [order.id]
    actions.decide_extension(town.actor("head"), order.id, granted=True)
    assert Order.objects.get(pk=order.id).due_on == until
    assert Need.objects.get(pk=need.id).promised_on == until
    assert Move.objects.filter(need=need, verb="extend", note=until.isoformat()).exists()


def test_an_office_that_leads_its_own_order_asks_the_level_above(town: Town) -> None:
    order = ordered(town, registered(town), lead=Lead(unit_id=town.units["lake"].id))
    actions.ask_extension(town.actor("clerk"), order.id, note="人手不够", until=clock.today() + timedelta(days=30))
    assert Extension.objects.get().unit == town.units["street"]
    with pytest.raises(NotFound):
        actions.decide_extension(town.actor("head"), order.id, granted=True)
    actions.decide_extension(town.actor("dispatcher"), order.id, granted=False, note="请尽快")
    assert Extension.objects.get().granted is False


def party(town: Town) -> uuid.UUID:
    """Register a property manager with the lake community."""
    return actions.add_outside_party(
        town.actor("head"), town.units["lake"].id, kind="property", name="青禾物业", phone="10533334444"
    )


def test_an_outside_party_works_by_its_link_and_sees_no_contact(town: Town) -> None:
    need = registered(town, phone="10500001111", name="王奶奶")
    order = ordered(town, need, lead=Lead(outside_id=party(town)))
    assert (order.unit_id, order.outside_name) == (town.units["lake"].id, "青禾物业")
    token = bearing.order_token(order.id, order.outside_id or uuid.UUID(int=0))
    with pytest.raises(NotFound):
        queries.outside_actor(PUBLIC, number=order.number, token="x" * len(token))
    actor, order_id = queries.outside_actor(PUBLIC, number=order.number, token=token)
    assert [w.code for w in queries.matters_of(actor, queries.order(actor, order_id))] == [""]
    with pytest.raises(NotFound):
        actions.look_at_contacts(actor, order_id)
    with pytest.raises(NotFound):
        actions.cancel(actor, order_id, note="x")
    with pytest.raises(NotFound):
        actions.accept(actor, need.id)
    actions.sign(actor, order_id)
    actions.complete(actor, order_id, done=Done("路灯换好了"))
    assert state(need) == "answer"
    with pytest.raises(NotNow):
        actions.complete(actor, order_id, done=Done("再来一次"))


def test_an_order_given_to_another_party_ends_the_first_ones_link(town: Town) -> None:
    order = ordered(town, registered(town), lead=Lead(outside_id=party(town)))
    token = bearing.order_token(order.id, order.outside_id or uuid.UUID(int=0))
    other = actions.add_outside_party(town.actor("head"), town.units["lake"].id, kind="utility", name="县供电公司")
    moved = actions.transfer(town.actor("head"), order.id, lead=Lead(outside_id=other))
    with pytest.raises(NotFound):
        queries.outside_actor(PUBLIC, number=order.number, token=token)
    fresh = bearing.order_token(order.id, moved.outside_id or uuid.UUID(int=0))
    assert queries.outside_actor(PUBLIC, number=order.number, token=fresh)[1] == order.id


def test_who_might_claim_an_order_reads_what_is_to_be_done_and_not_what_residents_said(town: Town) -> None:
    order = ordered(town, registered(town), open_to="everyone", lead=Lead())
    assert queries.matters_of(town.actor("hillgrid"), queries.order(town.actor("hillgrid"), order.id)) == []
    assert len(queries.matters_of(town.actor("head"), order)) == 1


def test_an_outside_party_of_another_community_cannot_be_chosen(town: Town) -> None:
    with pytest.raises(Invalid):
        ordered(
            town, registered(town, building_id=None, community_id=town.units["hill"].id), by="hillhead",
            lead=Lead(outside_id=party(town)),
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.add_outside_party(town.actor("hillhead"), town.units["lake"].id, kind="property", name="甲")
    with pytest.raises(Invalid):
        party(town)
    assert OutsideParty.objects.count() == 1


def test_a_team_of_the_other_tree_leads_an_order_and_reads_its_words_only(town: Town) -> None:
    team = unit("11", town.units["teams"], "team", "水电维修队", tree="service")
    leader = person("leader", "段队长", team, "team_lead")
    atlas.forget()
    order = ordered(town, registered(town), lead=Lead(unit_id=team.id))
    actor = actor_for(leader)
    assert [w.words for w in queries.matters_of(actor, order)] == ["3号楼门口的路灯坏了"]
    assert not queries.matters_of(actor, order)[0].readable
    actions.complete(actor, order.id, done=Done("修好了"))


def test_co_handlers_read_and_note_but_do_not_complete(town: Town) -> None:
    order = ordered(town, registered(town), hands=(town.units["market"].id, town.units["lake1"].id))
    assert len(queries.hands_of(town.actor("head"), order.id)) == 2
    helper = town.actor("marketgrid")
    assert queries.order(helper, order.id).id == order.id
    actions.note_on_order(helper, order.id, note="梯子在我这里")
    with pytest.raises(NotFound):
        actions.complete(helper, order.id, done=Done("好了"))
    with pytest.raises(NotFound):
        queries.order(town.actor("hillgrid"), order.id)


def test_an_order_whose_person_has_left_stays_with_the_unit_and_returns_when_nobody_is_there(town: Town) -> None:
    need = registered(town)
    order = ordered(town, need, lead=Lead(unit_id=town.units["lake2"].id, worker_id=town.people["grid2"].id))
    assert actions.return_orphans(SYSTEM) == 0
    org.end_post(town.actor("head"), town.people["grid2"].posts.get().id)
    atlas.forget()
    assert queries.order(town.actor("head"), order.id).worker_name == "葛二网"
    assert actions.return_orphans(SYSTEM) == 1
    assert (Order.objects.get(pk=order.id).state, state(need)) == ("returned", "analyse")


def test_nobody_is_given_an_order_who_cannot_work_on_it(town: Town) -> None:
    need = registered(town)
    for lead in (
        Lead(),
        Lead(unit_id=uuid.uuid4()),
        Lead(unit_id=town.units["hill1"].id),  # of another community
        Lead(unit_id=town.units["teams"].id),  # nobody works there
        Lead(unit_id=town.units["lake2"].id, worker_id=town.people["grid"].id),  # no post there
    ):
        with pytest.raises(Invalid):
            ordered(town, need, lead=lead)
    with pytest.raises(Invalid):
        ordered(town, need, due_on=clock.today() - timedelta(days=1))
    with pytest.raises(Invalid):
        ordered(town, need, what="  ")
    with pytest.raises(NotFound):
        ordered(town, need, by="grid")
    with pytest.raises(NotFound):
        ordered(town, need, by="hillhead")
    assert Order.objects.count() == 0


def test_a_complaint_about_staff_is_never_given_to_others(town: Town) -> None:
    complaint = registered(town, about_staff="葛网格")
    with pytest.raises(NotNow):
        ordered(town, complaint, by="head")


def test_whoever_is_slower_on_an_order_is_told(town: Town) -> None:
    order = ordered(town, registered(town))
    seen = Order.objects.get(pk=order.id).changed_at.isoformat()
    actions.sign(town.actor("grid2"), order.id, seen_at=seen)
    with pytest.raises(AlreadyAnswered):
        actions.return_order(town.actor("grid2"), order.id, note="退", seen_at=seen)


def test_two_people_escalating_at_once_climb_one_level(town: Town) -> None:
    need = registered(town)
    seen = need.changed_at.isoformat()
    actions.hand_up(town.actor("grid"), need.id, note="解决不了", seen_at=seen)
    with pytest.raises(AlreadyAnswered):
        actions.hand_up(town.actor("head"), need.id, note="解决不了", seen_at=seen)
    assert Need.objects.get(pk=need.id).unit == town.units["lake"]


def test_a_look_at_the_contact_through_an_order_is_recorded_for_the_resident(town: Town) -> None:
    need = registered(town, name="王奶奶", phone="10500001111")
    order = ordered(town, need)
    assert actions.look_at_contacts(town.actor("grid2"), order.id) == [("王奶奶", "10500001111")]
    assert len(audit.looks(f"need:{need.id}", ["contact.read"])) == 1
    actions.complete(town.actor("grid2"), order.id, done=Done("好了"))
    with pytest.raises(NotFound):
        actions.look_at_contacts(town.actor("grid2"), order.id)


def test_the_history_of_an_order_cannot_be_changed_and_erasure_reaches_its_words(town: Town) -> None:
    need = registered(town, phone="10500001111")
    order = ordered(town, need, what="去王奶奶家修灯")
    for statement in ("UPDATE needs_ordermove SET note='x'", "DELETE FROM needs_order", "DELETE FROM needs_orderneed"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    actions.erase(town.actor("secretary"), need.id, reason="request")
    row = Order.objects.get(pk=order.id)
    assert (row.what, row.state) == ("〔内容已依法删除〕", "cancelled")
    assert not Contact.objects.filter(need=need).exists()


def test_who_was_slower_is_told_that_the_order_is_taken_and_not_that_there_is_none(town: Town, client: Client) -> None:
    order = ordered(town, registered(town), open_to="offices", lead=Lead())
    actions.claim(town.actor("grid2"), order.id)
    client.force_login(town.people["marketgrid"])
    answer = client.post(f"/desk/orders/{order.id}/claim/")
    assert answer.status_code == 409
    assert "刚被别人领走" in answer.content.decode()


def test_who_completes_an_order_says_of_the_request_whether_it_was_clear_true_and_reachable(
    town: Town, client: Client
) -> None:
    need = registered(town)
    order = ordered(town, need)
    client.force_login(town.people["grid2"])
    sent = {"result": "修好了", "outcome": "solved", "clear": "on", "genuine": "on"}
    assert client.post(f"/desk/orders/{order.id}/complete/", sent).status_code == 302
    said = need.request_ratings.get()
    assert (said.clear, said.genuine, said.reachable) == (True, True, False)
