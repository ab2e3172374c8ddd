"""What was tried against this room and succeeded once; each stays a test."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from huiyin.needs import actions, queries
from huiyin.needs.actions import NewNeed
from huiyin.needs.errors import NotPlaced
from huiyin.needs.models import Barred, Need
from huiyin.needs.queries import Filter
from huiyin.notify import queries as notify
from huiyin.org import actions as org
from huiyin.org.actors import PUBLIC, SYSTEM
from huiyin.org.errors import StillInUse
from huiyin.org.tests.make import Town
from huiyin.platform import clock, limits
from huiyin.platform.errors import Invalid, NotFound, NotNow, TooMany


def registered(town: Town, **given: object) -> Need:
    """Register a complaint or matter as a resident and return its row."""
    fields: dict[str, object] = {"words": "推诿扯皮", "channel": "web", "source": f"web:{uuid.uuid4()}"}
    fields |= {"building_id": town.building.id, **given}
    return Need.objects.get(pk=actions.register(PUBLIC, new=NewNeed(**fields)).need_id)  # type: ignore[arg-type]  # named


def test_a_temporary_table_does_not_stand_in_for_a_catalogue(town: Town) -> None:
    registered(town)
    attack = """
        CREATE TEMP TABLE pg_tables (schemaname text, tablename text, tableowner text);
        CREATE TEMP TABLE pg_class (oid oid, relowner oid);
        INSERT INTO pg_tables VALUES ('public', 'platform_auditentry', current_user);
        SET LOCAL huiyin.lawful_erasure = 'on';
        UPDATE needs_need SET words = 'forged';
    """
    with pytest.raises(DatabaseError, match="verbatim"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


@pytest.mark.parametrize("by", ["grid", "dispatcher", "admin", "hillhead"])
def test_the_database_itself_lets_only_the_head_of_the_street_erase(town: Town, by: str) -> None:
    need = registered(town)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT huiyin_erase_need(%s, %s, %s)", [need.id, town.people[by].id, "request"])


def test_erasure_takes_the_messages_along_and_closes_the_matter(town: Town) -> None:
    need = registered(town, phone="13800000000")
    assert notify.outbox(SYSTEM)
    actions.erase(town.actor("secretary"), need.id, reason="request")
    assert not notify.outbox(SYSTEM)
    need.refresh_from_db()
    assert need.state == "withdrawn"
    with pytest.raises(NotNow):
        actions.note(town.actor("grid"), need.id, note="x")


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(2019, 1, 1, tzinfo=UTC)])
def test_a_matter_of_another_century_is_refused(town: Town, moment: datetime) -> None:
    with pytest.raises(Invalid) as caught:
        registered(town, received_at=moment)
    assert set(caught.value.fields) == {"received_at"}


@pytest.mark.parametrize("text", ["何主任", "何 主任", "何\u200b主任", "何主任、别人", "社区何主任推诿", "何主"])
def test_whatever_way_a_name_is_written_the_person_is_kept_out(town: Town, text: str) -> None:
    need = registered(town, about_staff=text)
    assert town.people["head"].id in set(Barred.objects.filter(need=need).values_list("user_id", flat=True))
    assert queries.held(town.actor("head"), which=Filter("all")).rows == []


def test_a_surname_with_a_title_keeps_out_everybody_of_that_surname_around(town: Town) -> None:
    need = registered(town, about_staff="葛网格员")
    barred = set(Barred.objects.filter(need=need).values_list("user_id", flat=True))
    assert barred == {town.people["grid"].id, town.people["grid2"].id}


def test_who_stands_in_or_begins_tomorrow_or_has_left_is_kept_out_too(town: Town) -> None:
    secretary = org.appoint(SYSTEM, town.units["street"].id, user_id=town.people["head"].id, role="dispatcher")
    org.set_stand_in(SYSTEM, secretary.id, user_id=town.people["nobody"].id)
    need = registered(town, about_staff="吴岗位")
    with pytest.raises(NotFound):
        queries.need(town.actor("nobody"), need.id)
    later = clock.today() + timedelta(days=1)
    org.appoint(SYSTEM, town.units["street"].id, user_id=town.people["grid2"].id, role="dispatcher", from_on=later)
    second = registered(town, about_staff="葛二网")
    with clock.at(clock.now() + timedelta(days=2)), pytest.raises(NotFound):
        queries.need(town.actor("grid2"), second.id)


def test_a_complaint_handed_up_at_the_top_reaches_inspection(town: Town) -> None:
    need = registered(town, about_staff="何主任")
    assert need.unit_id == town.units["street"].id
    row = actions.hand_up(town.actor("dispatcher"), need.id, note="请纪检核实")
    assert row.unit_id == town.units["inspection"].id


def test_a_complaint_about_the_only_inspector_is_still_held_by_somebody_who_reads_it(town: Town) -> None:
    need = registered(town, about_staff="季检察")
    readers = [p for p in ("secretary", "dispatcher") if queries.reaches(town.actor(p), need.id)]
    assert readers == ["secretary", "dispatcher"]


def test_nobody_takes_in_a_complaint_about_themselves(town: Town) -> None:
    new = NewNeed(words="x", channel="desk", source="desk:1", building_id=town.building.id, about_staff="柯文员")
    with pytest.raises(NotNow):
        actions.register(town.actor("clerk"), new=new)


def test_a_source_already_used_by_somebody_else_opens_nothing_of_theirs(town: Town) -> None:
    new = NewNeed(words="甲的事", channel="phone", source="desk:same", community_id=town.units["lake"].id)
    actions.register(town.actor("clerk"), new=new)
    other = NewNeed(words="乙的事", channel="phone", source="desk:same", community_id=town.units["hill"].id)
    with pytest.raises(NotFound):
        actions.register(town.actor("hillgrid"), new=other)
    with pytest.raises(Invalid):
        actions.register(
            town.actor("clerk"),
            new=NewNeed(words="x", channel="phone", source="desk:", community_id=town.units["lake"].id),
        )


@pytest.mark.parametrize("place", ["county", "street", "inspection", "teams", "lake1"])
def test_only_a_community_places_a_matter_by_itself(town: Town, place: str) -> None:
    with pytest.raises(NotPlaced):
        registered(town, building_id=None, community_id=town.units[place].id)


def test_a_grid_with_nobody_who_may_answer_passes_its_matters_up(town: Town) -> None:
    org.end_post(SYSTEM, town.people["grid"].posts.get().id)  # the contact member stays, and may not answer
    assert registered(town).unit_id == town.units["lake"].id


@pytest.mark.parametrize("email", ["a@b,c@d", "x@[", "@@@", "a b@c.cn"])
def test_what_is_no_address_is_refused(town: Town, email: str) -> None:
    with pytest.raises(Invalid) as caught:
        registered(town, email=email)
    assert set(caught.value.fields) == {"email"}


def test_nobodys_telephone_is_flooded_through_our_form(town: Town) -> None:
    for _ in range(8):
        registered(town, phone="13800000000")
    assert len(notify.outbox(SYSTEM)) == 5


def test_a_unit_that_holds_an_open_matter_does_not_end_before_somebody_else_has_it(town: Town) -> None:
    spare = org.add_unit(
        town.actor("head"), town.units["lake"].id, kind="grid", name="第09网格", grid_kind="comprehensive"
    )
    need = registered(town)
    actions.pass_on(town.actor("head"), need.id, unit_id=spare.id)
    with pytest.raises(StillInUse):
        org.end_unit(town.actor("head"), spare.id)
    actions.pass_on(town.actor("head"), need.id, unit_id=town.units["lake2"].id)
    org.end_unit(town.actor("head"), spare.id)


def test_the_addresses_of_one_ipv6_line_are_counted_together(town: Town, settings: Any) -> None:
    settings.RATE_LIMITS_ON = True
    limits.hit("x", "2001:db8:1:2::5", most=1, per_s=60)
    with pytest.raises(TooMany):
        limits.hit("x", "2001:db8:1:2:ffff::9", most=1, per_s=60)
    limits.hit("x", "2001:db8:1:3::5", most=1, per_s=60)
