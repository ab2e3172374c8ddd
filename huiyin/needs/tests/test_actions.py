"""The closed loop on a real database: rows, history, jobs."""

import contextlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.needs import actions, queries
from huiyin.needs.actions import NewNeed
from huiyin.needs.errors import AlreadyAnswered, NotPlaced, UndoOver
from huiyin.needs.models import Answer, Barred, Contact, Move, Need
from huiyin.needs.queries import Filter
from huiyin.org import actions as org
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.org.tests.make import Town
from huiyin.platform import audit
from huiyin.platform.errors import Invalid, NotFound, NotNow, Refusal


def new(town: Town, **given: object) -> NewNeed:
    """Return a plain new matter in the lake community, changed as given."""
    fields: dict[str, object] = {
        "words": "3号楼门口的路灯坏了，晚上老人不敢出门。",
        "channel": "web",
        "source": f"web:{uuid.uuid4()}",
        "community_id": town.units["lake"].id,
    }
    return NewNeed(**{**fields, **given})  # type: ignore[arg-type]  # named fields of the dataclass


def registered(town: Town, **given: object) -> Need:
    """Register as a resident does and return the row."""
    return Need.objects.get(pk=actions.register(PUBLIC, new=new(town, **given)).need_id)


def jobs() -> list[str]:
    """Return the names of the queued jobs."""
    return list(ProcrastinateJob.objects.order_by("id").values_list("task_name", flat=True))


def test_a_matter_falls_to_the_grid_of_its_building_with_history_and_job(town: Town) -> None:
    need = registered(town, building_id=town.building.id, phone="138 0000 0000")
    assert need.unit == town.units["lake1"]
    assert need.place_text == "青禾苑3号楼"
    assert [m.verb for m in Move.objects.filter(need=need)] == ["register"]
    assert jobs() == ["notify.deliver"]
    assert "00000000" not in Contact.objects.get(need=need).phone_cipher.replace(" ", "")


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((115.505, 28.005), "lake1"),
        ((115.503, 28.003), "market"),
        ((115.515, 28.005), "lake2"),
        ((115.53, 28.01), "hill1"),
    ],
)
def test_a_point_falls_to_the_grid_that_covers_it_and_the_exclusive_one_wins(
    town: Town, point: tuple[float, float], expected: str
) -> None:
    assert registered(town, point=point, community_id=None).unit == town.units[expected]


def test_a_point_on_no_grid_falls_to_the_community_of_the_page_else_the_nearest(town: Town) -> None:
    assert registered(town, point=(115.40, 28.0)).unit == town.units["lake"]
    assert registered(town, point=(115.60, 28.0), community_id=None).unit == town.units["hill"]


def test_without_any_place_the_resident_is_asked_for_one(town: Town) -> None:
    with pytest.raises(NotPlaced):
        registered(town, community_id=None)


def test_the_same_source_twice_is_one_matter_with_one_receipt(town: Town) -> None:
    once = new(town)
    first, second = actions.register(PUBLIC, new=once), actions.register(PUBLIC, new=once)
    assert first == second
    assert Need.objects.filter(source=once.source).count() == 1


def test_every_faulty_field_is_named_at_once(town: Town) -> None:
    with pytest.raises(Invalid) as caught:
        actions.register(PUBLIC, new=new(town, words="  ", phone="abc", email="no"))
    assert set(caught.value.fields) == {"words", "phone", "email"}


def test_the_words_cannot_be_changed_nor_the_matter_deleted(town: Town) -> None:
    need = registered(town)
    for statement in (
        "UPDATE needs_need SET words = 'changed'",
        "DELETE FROM needs_need",
        "UPDATE needs_move SET note = 'x'",
        "DELETE FROM needs_move",
        "TRUNCATE needs_move CASCADE",
        "SET huiyin.lawful_erasure = 'on'; UPDATE needs_need SET words = 'changed'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    need.refresh_from_db()
    assert need.words.startswith("3号楼")


def test_a_grid_worker_takes_it_on_and_answers_and_the_delivery_is_recorded(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    grid = town.actor("grid")
    actions.accept(grid, need.id)
    actions.answer(grid, need.id, text="路灯已于今天修好。", way="phone")
    row = actions.deliver(grid, need.id, note="已电话告知")
    assert row.state == "evaluate"  # told, not closed: the resident rates it first
    assert [m.verb for m in Move.objects.filter(need=need).order_by("id")] == [
        "register",
        "accept",
        "answer",
        "deliver",
    ]
    assert Answer.objects.get(need=need).delivered_by_id == grid.user_id
    assert "needs.on_answered" in jobs()


def test_a_matter_handed_up_is_held_by_the_community_and_still_seen_by_the_grid(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    grid = town.actor("grid")
    row = actions.hand_up(grid, need.id, note="要物业出钱")
    assert row.unit_id == town.units["lake"].id
    assert queries.need(grid, need.id).unit_id == town.units["lake"].id
    with pytest.raises(NotFound):
        actions.answer(grid, need.id, text="好", way="page")


def test_handing_up_needs_a_reason_and_an_office_above(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    with pytest.raises(Invalid):
        actions.hand_up(town.actor("grid"), need.id, note=" ")
    actions.hand_up(town.actor("grid"), need.id, note="一")
    actions.hand_up(town.actor("head"), need.id, note="二")
    with pytest.raises(NotNow):
        actions.hand_up(town.actor("secretary"), need.id, note="三")


def test_another_community_finds_nothing(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    for stranger in ("hillhead", "hillgrid", "grid2", "admin", "contact", "nobody", "inspector"):
        with pytest.raises(NotFound):
            queries.need(town.actor(stranger), need.id)
        assert queries.held(town.actor(stranger), which=Filter("all")).rows == []
        assert queries.counts(town.actor(stranger)).open == 0


@pytest.mark.parametrize(
    ("accused", "holder"),
    [
        ("葛网格", "lake"),
        ("柯文员", "street"),
        ("何主任", "street"),
        ("派小单", "inspection"),
        ("苏书记", "inspection"),
        ("查无此人", "inspection"),
    ],
)
def test_a_complaint_about_staff_goes_one_level_up(town: Town, accused: str, holder: str) -> None:
    assert registered(town, building_id=town.building.id, about_staff=accused).unit == town.units[holder]


def test_the_person_complained_about_never_sees_the_complaint(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    need = registered(town, building_id=town.building.id, about_staff="何主任", words="何主任推诿扯皮")
    assert Barred.objects.get(need=need).user_id == town.people["head"].id
    # Even with a grant over the street the accused finds nothing.
    org.appoint(SYSTEM, town.units["street"].id, user_id=town.people["head"].id, role="dispatcher")
    accused = town.actor("head")
    assert accused.can("need.pass_on")
    with pytest.raises(NotFound):
        queries.need(accused, need.id)
    assert queries.held(accused, which=Filter("all", text="何主任")).rows == []
    assert queries.counts(accused).open == 0
    # The control: without the bar the grant would show it.
    monkeypatch.setattr(Need, "reach", replace(Need.reach, barred=""))
    assert queries.need(accused, need.id).id == need.id


def test_a_complaint_is_never_passed_down(town: Town) -> None:
    need = registered(town, building_id=town.building.id, about_staff="葛网格")
    with pytest.raises(NotNow):
        actions.pass_on(town.actor("head"), need.id, unit_id=town.units["lake1"].id)


def test_passing_on_reaches_only_units_below_the_actor(town: Town) -> None:
    need = registered(town)
    with pytest.raises(Invalid):
        actions.pass_on(town.actor("head"), need.id, unit_id=town.units["hill1"].id)
    assert (
        actions.pass_on(town.actor("head"), need.id, unit_id=town.units["lake2"].id).unit_id == town.units["lake2"].id
    )


def test_two_answers_at_once_do_not_overwrite_one_another(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    seen = queries.need(town.actor("grid"), need.id).changed_at.isoformat()
    actions.answer(town.actor("grid"), need.id, text="第一个答复", way="page", seen_at=seen)
    with pytest.raises(AlreadyAnswered):
        actions.answer(town.actor("head"), need.id, text="第二个答复", way="page", seen_at=seen)
    assert Answer.objects.get(need=need).text == "第一个答复"


def test_a_step_is_taken_back_within_seconds_by_who_took_it(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    grid = town.actor("grid")
    actions.hand_up(grid, need.id, note="点错了")
    with pytest.raises(UndoOver):
        actions.undo(town.actor("head"), need.id)
    row = actions.undo(grid, need.id)
    assert (row.unit_id, row.state) == (town.units["lake1"].id, "collect")
    assert [m.verb for m in Move.objects.filter(need=need).order_by("id")] == ["register", "hand_up", "undo"]


def test_an_answer_taken_back_is_not_sent(town: Town) -> None:
    need = registered(town, building_id=town.building.id, phone="13800000000")
    grid = town.actor("grid")
    actions.answer(grid, need.id, text="错的", way="page")
    written = Answer.objects.get(need=need)
    actions.undo(grid, need.id)
    assert actions.send_answer(Actor(Kind.SYSTEM), answer_id=written.id) == ""
    assert actions.answer(grid, need.id, text="对的", way="page").state == "answer"


def test_the_resident_sees_who_looked_at_the_contact_by_office(town: Town) -> None:
    need = registered(town, building_id=town.building.id, phone="13800000000", name="王某")
    assert actions.look_at_contact(town.actor("grid"), need.id).phone == "13800000000"
    bearer = Actor(Kind.BEARER, opens=frozenset({need.id}))
    looks = queries.looks(bearer, need.id)
    assert [(k.office, k.purpose) for k in looks] == [("莲花社区 第01网格", "reach")]
    assert "葛网格" not in str(looks)  # the office, never the clerk


def test_a_resident_sees_neither_notes_nor_names_of_clerks(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    actions.note(town.actor("grid"), need.id, note="这户情况复杂")
    actions.hand_up(town.actor("grid"), need.id, note="内部原因")
    bearer = Actor(Kind.BEARER, opens=frozenset({need.id}))
    seen = queries.moves(bearer, need.id)
    assert [m.verb for m in seen] == ["register", "hand_up"]
    assert {m.note for m in seen} == {""}
    assert {m.by for m in seen} == {""}


def test_an_answer_on_the_page_is_delivered_when_the_resident_sees_it(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    bearer = Actor(Kind.BEARER, opens=frozenset({need.id}))
    assert not actions.seen_by_resident(bearer, need.id)
    actions.answer(town.actor("grid"), need.id, text="好了", way="page")
    assert actions.seen_by_resident(bearer, need.id)
    assert not actions.seen_by_resident(bearer, need.id)
    assert Need.objects.get(pk=need.id).state == "evaluate"


def test_lawful_erasure_leaves_a_tombstone_and_an_audit_entry(town: Town) -> None:
    need = registered(town, building_id=town.building.id, phone="13800000000")
    actions.note(town.actor("grid"), need.id, note="电话里说了很多")
    with pytest.raises(NotFound):
        actions.erase(town.actor("grid"), need.id, reason="request")
    actions.erase(town.actor("secretary"), need.id, reason="request")
    need.refresh_from_db()
    assert "路灯" not in need.words
    assert not Contact.objects.filter(need=need).exists()
    assert set(Move.objects.filter(need=need).values_list("note", flat=True)) == {""}
    assert [look.action for look in audit.looks(f"need:{need.id}", ["need.erase"])] == ["need.erase"]


def test_code_and_pin_open_the_matter_and_wrong_ones_are_one_answer(town: Town) -> None:
    from huiyin.needs.errors import NoSuchCode

    receipt = actions.register(PUBLIC, new=new(town))
    spoken = f"{receipt.code[:4]}-{receipt.code[4:8]}-{receipt.code[8:]}"
    assert queries.open_with_pin(PUBLIC, spoken, pin=receipt.pin) == (receipt.code, receipt.token)
    assert queries.stage_of_code(PUBLIC, receipt.code) == "collect"
    wrong = "0000" if receipt.pin != "0000" else "1111"
    for code, pin in ((receipt.code, wrong), ("00000000000", receipt.pin), ("x", "y")):
        with pytest.raises(NoSuchCode):
            queries.open_with_pin(PUBLIC, code, pin=pin)


def test_an_answer_by_email_is_delivered_when_the_mail_server_took_it(town: Town) -> None:
    from huiyin.needs import jobs as needs_jobs
    from huiyin.notify import actions as notify

    need = registered(town, building_id=town.building.id, email="wang@example.org")
    actions.answer(town.actor("grid"), need.id, text="已修好", way="email")
    written = Answer.objects.get(need=need)
    assert actions.send_answer(SYSTEM, answer_id=written.id) == "email"
    assert Need.objects.get(pk=need.id).state == "answer"
    notify.deliver(SYSTEM, effect_key=f"answer:{written.id}")
    assert jobs()[-1] == "needs.on_message_sent"
    needs_jobs.on_message_sent(effect_key=f"answer:{written.id}", about=f"need:{need.id}", sent_at="")
    needs_jobs.on_message_sent(effect_key=f"answer:{written.id}", about=f"need:{need.id}", sent_at="")
    written.refresh_from_db()
    assert written.delivered_at is not None
    assert Move.objects.filter(need=need, verb="deliver").count() == 1


def test_email_is_no_way_without_an_address(town: Town) -> None:
    need = registered(town, building_id=town.building.id)
    with pytest.raises(Invalid):
        actions.answer(town.actor("grid"), need.id, text="已修好", way="email")


WALK = st.lists(st.tuples(st.sampled_from(("grid", "head", "secretary")), st.integers(0, 6)), max_size=12)


@given(WALK)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_tried_history_equals_state_and_somebody_holds_it(town: Town, walk: list[tuple[str, int]]) -> None:
    need_id = actions.register(PUBLIC, new=new(town, building_id=town.building.id)).need_id
    tries: list[Callable[[Actor], object]] = [
        lambda a: actions.accept(a, need_id),
        lambda a: actions.answer(a, need_id, text="答", way="phone"),
        lambda a: actions.deliver(a, need_id),
        lambda a: actions.hand_up(a, need_id, note="上报"),
        lambda a: actions.pass_on(a, need_id, unit_id=town.units["lake2"].id),
        lambda a: actions.note(a, need_id, note="备注"),
        lambda a: actions.undo(a, need_id),
    ]
    for username, choice in walk:
        with contextlib.suppress(Refusal):
            tries[choice](town.actor(username))
    need = Need.objects.get(pk=need_id)
    moves = list(Move.objects.filter(need=need).order_by("id"))
    assert (need.state, need.unit_id) == (moves[-1].to_state, moves[-1].unit_id)
    assert all(a.to_state == b.from_state and a.unit_id == b.from_unit_id for a, b in pairwise(moves))
    assert (need.state == "evaluate") == Answer.objects.filter(need=need, delivered_at__isnull=False).exists()
    assert Answer.objects.filter(need=need, void_at__isnull=True).count() == (need.state in {"answer", "evaluate"})
