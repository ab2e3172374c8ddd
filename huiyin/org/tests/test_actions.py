"""The tree, people and codes on a real database."""

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from huiyin.org import actions, atlas, queries
from huiyin.org.actions.people import NewPerson
from huiyin.org.actors import PUBLIC, Kind
from huiyin.org.errors import NameTaken, StillInUse, WrongCode
from huiyin.org.models import Portfolio, Post, Unit, User
from huiyin.org.tests.make import PASSWORD, Town, square
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound


def test_the_tests_run_as_the_app_which_is_no_superuser_and_owns_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("huiyin_app", False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        assert cursor.fetchone() == (0,)


def test_a_community_head_adds_a_grid_below_but_not_elsewhere(town: Town) -> None:
    head = town.actor("head")
    made = actions.add_unit(head, town.units["lake"].id, kind="grid", name="第03网格", grid_kind="comprehensive")
    assert made.path.startswith(town.units["lake"].path)
    assert atlas.current().units[made.id].name == "第03网格"
    with pytest.raises(NotFound):
        actions.add_unit(head, town.units["hill"].id, kind="grid", name="第03网格", grid_kind="comprehensive")
    with pytest.raises(NotFound):
        actions.add_unit(town.actor("grid"), town.units["lake1"].id, kind="group", name="一组")


def test_names_are_once_among_siblings_and_kinds_fit_their_place(town: Town) -> None:
    head, lake = town.actor("head"), town.units["lake"].id
    with pytest.raises(NameTaken):
        actions.add_unit(head, lake, kind="grid", name=" 第01网格 ", grid_kind="comprehensive")
    with pytest.raises(Invalid):
        actions.add_unit(head, lake, kind="community", name="又一社区")
    with pytest.raises(Invalid):
        actions.add_unit(head, lake, kind="grid", name="第09网格")
    with pytest.raises(Invalid):
        actions.add_unit(head, lake, kind="grid", name="", grid_kind="comprehensive")


def test_moving_a_unit_takes_everything_below_along(town: Town) -> None:
    secretary = town.actor("secretary")
    actions.move_unit(secretary, town.units["lake2"].id, to=town.units["hill"].id)
    moved = Unit.objects.get(pk=town.units["lake2"].id)
    assert moved.path.startswith(town.units["hill"].path)
    with pytest.raises(NotFound):
        queries.unit(town.actor("head"), moved.id)
    assert queries.unit(town.actor("hillhead"), moved.id).id == moved.id


def test_a_unit_cannot_be_put_under_itself(town: Town) -> None:
    with pytest.raises(Invalid):
        actions.move_unit(town.actor("secretary"), town.units["lake"].id, to=town.units["lake"].id)


def test_a_unit_in_use_does_not_end(town: Town) -> None:
    head = town.actor("head")
    with pytest.raises(StillInUse):
        actions.end_unit(head, town.units["lake1"].id)
    empty = actions.add_unit(head, town.units["lake"].id, kind="grid", name="空网格", grid_kind="exclusive")
    actions.end_unit(head, empty.id)
    assert empty.id not in atlas.current().children[town.units["lake"].id]


def test_a_boundary_changes_where_points_fall(town: Town) -> None:
    point = (115.5155, 28.0055)
    assert atlas.current().grid_at(point) == town.units["lake2"].id
    actions.set_boundary(
        town.actor("head"), town.units["market"].id, geojson=json.dumps(square(115.515, 28.005, 0.002))
    )
    assert atlas.current().grid_at(point) == town.units["market"].id
    with pytest.raises(Invalid):
        actions.set_boundary(town.actor("head"), town.units["market"].id, geojson="{")


def test_boundaries_are_imported_all_or_none(town: Town) -> None:
    def collection(*names: str) -> str:
        features = [
            {"type": "Feature", "properties": {"name": n}, "geometry": square(115.6, 28.0, 0.01)} for n in names
        ]
        return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)

    head, lake = town.actor("head"), town.units["lake"].id
    with pytest.raises(Invalid, match="无此网格"):
        actions.import_boundaries(head, lake, geojson=collection("第01网格", "无此网格"))
    assert atlas.current().grid_at((115.605, 28.005)) is None
    assert [u.name for u in actions.import_boundaries(head, lake, geojson=collection("第01网格"))] == ["第01网格"]
    assert atlas.current().grid_at((115.605, 28.005)) == town.units["lake1"].id


def test_who_is_invited_can_act_at_once_and_who_leaves_cannot(town: Town) -> None:
    person = NewPerson("Xiao.Lin", "林晓", PASSWORD)
    post = actions.invite(town.actor("head"), town.units["lake2"].id, person=person, role="grid_worker")
    user = User.objects.get(username="xiao.lin")
    assert queries.actor_for(user).can("need.answer")
    actions.end_post(town.actor("head"), post.id)
    assert not queries.actor_for(user).can("need.answer")


@pytest.mark.parametrize(
    "fields", [{"username": "a"}, {"username": "grid"}, {"name": ""}, {"password": "short"}, {"phone": "abc"}]
)
def test_a_faulty_new_person_is_refused_by_field(town: Town, fields: dict[str, str]) -> None:
    person = NewPerson(**{"username": "newone", "name": "新人", "password": PASSWORD, **fields})
    with pytest.raises(Invalid) as caught:
        actions.invite(town.actor("head"), town.units["lake2"].id, person=person, role="grid_worker")
    assert set(caught.value.fields) == set(fields)


def test_a_role_is_held_only_in_a_unit_of_its_kind(town: Town) -> None:
    with pytest.raises(Invalid):
        actions.appoint(town.actor("head"), town.units["lake1"].id, user_id=town.people["clerk"].id, role="street_head")


def test_nobody_gives_more_than_they_hold_nor_appoints_themselves(town: Town) -> None:
    street, someone = town.units["street"].id, town.people["nobody"].id
    with pytest.raises(Invalid):
        actions.appoint(town.actor("secretary"), street, user_id=someone, role="county_admin")
    with pytest.raises(Invalid):
        actions.appoint(town.actor("admin"), street, user_id=town.people["admin"].id, role="street_head")
    with pytest.raises(NotFound):
        actions.appoint(town.actor("secretary"), town.units["inspection"].id, user_id=someone, role="inspector")
    assert actions.appoint(town.actor("admin"), town.units["inspection"].id, user_id=someone, role="inspector")
    assert actions.appoint(town.actor("head"), town.units["lake1"].id, user_id=someone, role="grid_head")


def test_handing_over_moves_post_and_portfolio_to_the_successor(town: Town) -> None:
    post = Post.objects.get(user=town.people["grid"])
    actions.hand_over(town.actor("head"), post.id, to_user_id=town.people["grid2"].id)
    assert not town.actor("grid").grants
    assert town.units["lake1"].id in {g.unit_id for g in town.actor("grid2").grants}
    assert Portfolio.objects.get(grid=town.units["lake1"]).worker_id == town.people["grid2"].id


def test_who_leaves_has_no_post_and_no_account_and_nobody_ends_their_own(town: Town) -> None:
    assert actions.leave(town.actor("head"), town.people["grid"].id) == 1
    gone = User.objects.get(pk=town.people["grid"].id)
    assert not queries.actor_for(gone).grants
    assert gone.ended_on == clock.today()
    assert not gone.is_active
    with pytest.raises(NotFound):
        actions.leave(town.actor("head"), town.people["hillgrid"].id)
    with pytest.raises(Invalid):
        actions.leave(town.actor("secretary"), town.people["secretary"].id)


def test_a_stand_in_may_what_the_holder_may_between_the_two_days(town: Town) -> None:
    post = Post.objects.get(user=town.people["grid"])
    actions.set_stand_in(town.actor("head"), post.id, user_id=town.people["grid2"].id)
    held = {g.unit_id: g.stand_in_for for g in town.actor("grid2").grants}
    assert held[town.units["lake1"].id] == town.people["grid"].id
    with clock.at(clock.now() + timedelta(days=9)):
        assert town.units["lake1"].id not in {g.unit_id for g in town.actor("grid2").grants}


def test_a_day_the_office_enters_wins_and_is_given_back(town: Town) -> None:
    day = date(2026, 11, 25)  # a Wednesday
    actions.set_workday(town.actor("secretary"), day=day, works=False, note="停电检修")
    assert not atlas.current().calendar.is_workday(day)
    with pytest.raises(NotFound):
        actions.set_workday(town.actor("head"), day=day, works=True)
    actions.forget_workday(town.actor("secretary"), day=day)
    assert atlas.current().calendar.is_workday(day)


def test_a_code_proves_a_phone_once_and_five_wrong_tries_end_it(town: Town) -> None:
    code = actions.issue_code(PUBLIC, phone="138 0000 0000")
    index = actions.prove_phone(PUBLIC, phone="13800000000", code=code)
    assert len(index) == 32
    with pytest.raises(WrongCode):
        actions.prove_phone(PUBLIC, phone="13800000000", code=code)
    code = actions.issue_code(PUBLIC, phone="13800000000")
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        with pytest.raises(WrongCode):
            actions.prove_phone(PUBLIC, phone="13800000000", code=wrong)
    with pytest.raises(WrongCode):
        actions.prove_phone(PUBLIC, phone="13800000000", code=code)


def test_a_code_ends_after_ten_minutes(town: Town) -> None:
    code = actions.issue_code(PUBLIC, phone="13800000000")
    with clock.at(clock.now() + timedelta(minutes=11)), pytest.raises(WrongCode):
        actions.prove_phone(PUBLIC, phone="13800000000", code=code)


def test_an_actor_without_grants_reaches_nothing(town: Town) -> None:
    nobody = town.actor("nobody")
    assert nobody.kind is Kind.STAFF
    assert queries.tree(nobody) == []
    assert queries.people(nobody) == []
    with pytest.raises(NotFound):
        queries.unit(nobody, town.units["lake"].id)


def test_portfolios_outside_thirty_to_fifty_households_are_counted(town: Town) -> None:
    rows = queries.portfolios(town.actor("head"), town.units["lake1"].id)
    assert [(r.worker_name, r.doors, r.households) for r in rows] == [("葛网格", 1, 1)]


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"type":[]}', '{"type":"FeatureCollection","features":5}', '{"type":"FeatureCollection","features":{}}',
     '{"type":"Polygon","coordinates":[[[0,0,NaN],[1,0],[1,1],[0,0,NaN]]]}', '"\\ud800"', "null", "5"],
)  # fmt: skip
def test_odd_geojson_is_refused_with_a_message(town: Town, text: str) -> None:
    with pytest.raises(Invalid):
        actions.set_boundary(town.actor("head"), town.units["lake1"].id, geojson=text)
    with pytest.raises(Invalid):
        actions.import_boundaries(town.actor("head"), town.units["lake"].id, geojson=text)


def test_a_boundary_keeps_nothing_but_its_corners(town: Town) -> None:
    given = {**square(115.5, 28.0, 0.01), "secret": "x"}
    row = actions.set_boundary(town.actor("head"), town.units["lake1"].id, geojson=json.dumps(given))
    assert set(row.boundary or ()) == {"type", "coordinates"}


def test_nobody_makes_themselves_a_stand_in(town: Town) -> None:
    post = Post.objects.get(user=town.people["secretary"])
    with pytest.raises(Invalid):
        actions.set_stand_in(town.actor("admin"), post.id, user_id=town.people["admin"].id)
    with pytest.raises(Invalid):
        actions.set_stand_in(
            town.actor("admin"),
            post.id,
            user_id=town.people["clerk"].id,
            from_on=clock.today(),
            until_on=date(2099, 1, 1),
        )


def test_a_new_password_is_given_by_who_may_give_every_role_the_person_holds(town: Town) -> None:
    grid, head = town.people["grid"], town.actor("head")
    assert actions.give_password(head, grid.id, password="xin-mima-2026") == "grid"
    grid.refresh_from_db()
    assert grid.check_password("xin-mima-2026")
    assert grid.must_change_password
    for by, to in (
        ("head", "secretary"),
        ("head", "hillgrid"),
        ("head", "head"),
        ("grid", "clerk"),
        ("secretary", "admin"),
    ):
        with pytest.raises(NotFound):
            actions.give_password(town.actor(by), town.people[to].id, password="xin-mima-2026")
    with pytest.raises(Invalid):
        actions.give_password(head, grid.id, password="123")


def test_who_has_a_first_password_chooses_their_own_before_anything_else(town: Town, client: Client) -> None:
    actions.give_password(town.actor("head"), town.people["grid"].id, password="xin-mima-2026")
    client.force_login(User.objects.get(username="grid"))
    assert client.get("/desk/").headers["Location"] == "/desk/password/"
    own = {"oldpassword": "xin-mima-2026", "password1": "zi-ji-de-2026", "password2": "zi-ji-de-2026"}
    assert client.post("/desk/password/", own).status_code == 302
    assert client.get("/desk/").status_code == 200
