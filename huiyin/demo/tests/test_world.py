"""The invented county has the figures it is made after, tiles without a gap, and harms nobody."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from shapely import Point, union_all
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from huiyin.demo.world import PRESETS, Unit, World, addresses, atlas, make_world, offices, staff
from huiyin.demo.world.names import Register
from huiyin.demo.world.phrases import ABOUT_STAFF, EMERGENCY, HEADINGS, SUBJECTS
from huiyin.demo.world.phrases.subject import Subject
from huiyin.needs.rules.sorting import categories

TODAY = date(2026, 3, 4)
DEGREE_M = 111_195


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(today=TODAY)


@pytest.fixture(scope="module")
def ground(world: World) -> dict[str, BaseGeometry]:
    return {unit.key: shape(dict(unit.boundary)) for unit in world.units if unit.boundary}


def children(world: World, key: str) -> list[Unit]:
    return [unit for unit in world.units if unit.parent_key == key]


def comprehensive(world: World, key: str) -> list[Unit]:
    return [unit for unit in children(world, key) if unit.grid_kind == "comprehensive"]


def places(world: World) -> list[Unit]:
    return children(world, "street")


# figures


def test_there_are_as_many_units_as_the_source_reports(world: World) -> None:
    kinds = Counter(unit.kind for unit in world.units)
    assert (kinds["county"], kinds["street"], kinds["village"], kinds["community"]) == (1, 1, 15, 12)
    assert (kinds["grid"], kinds["inspection"], kinds["brigade"], kinds["team"]) == (386, 1, 1, 8 + 27)
    assert Counter(unit.grid_kind for unit in world.units)["exclusive"] == 10


def test_parents_come_before_children_and_share_their_tree(world: World) -> None:
    seen: dict[str, str] = {}
    for unit in world.units:
        assert unit.parent_key is None or seen[unit.parent_key] == unit.tree
        seen[unit.key] = unit.tree
    assert len(seen) == len(world.units)


def test_every_place_has_a_page_address_of_its_own(world: World) -> None:
    slugs = [unit.slug for unit in places(world)]
    assert len(set(slugs)) == 27
    assert all(slug and re.fullmatch(r"[a-z]+", slug) for slug in slugs)


def test_each_grid_worker_answers_for_thirty_to_fifty_doors(world: World) -> None:
    sizes = [len(portfolio.door_keys) for portfolio in world.portfolios]
    assert len(sizes) == 386
    assert min(sizes) >= 30
    assert max(sizes) <= 50
    assert 15_000 < sum(sizes) == len(world.doors) < 15_900
    assert len({key for p in world.portfolios for key in p.door_keys}) == len(world.doors)


def test_a_grid_of_four_hundred_doors_would_be_divided_among_several_workers() -> None:
    preset = PRESETS["zhangjiashan"]
    large = replace(preset, doors_per_grid=(300, 500), places=preset.places[:7], exclusives=preset.exclusives[:2])
    chart = atlas.draw(large, Random(1))
    homes = addresses.register(large, chart, Random(1))
    team = staff.appoint(
        large,
        offices.units(large, chart),
        homes.by_grid(),
        today=TODAY,
        rng=Random(1),
        register=Register(Random(1)),
    )
    per_grid = Counter(portfolio.grid_key for portfolio in team.portfolios)
    assert min(per_grid.values()) >= 6
    assert all(30 <= len(portfolio.door_keys) <= 50 for portfolio in team.portfolios)


# sameness


def test_the_same_seed_makes_the_same_world_and_another_seed_another(world: World) -> None:
    assert make_world(today=TODAY) == world
    assert make_world(seed=2, today=TODAY) != world


def test_more_matters_leave_the_map_and_the_staff_as_they_are(world: World) -> None:
    other = make_world(matters=40, today=TODAY)
    assert len(other.matters) == 40
    assert (other.units, other.doors, other.people, other.posts) == (
        world.units,
        world.doors,
        world.people,
        world.posts,
    )


def test_a_world_is_made_within_five_seconds() -> None:
    start = time.process_time()
    make_world(seed=3, today=TODAY)
    assert time.process_time() - start < 5


# ground


@pytest.mark.parametrize("seed", range(1, 5))
def test_grids_tile_their_community_and_communities_the_street(seed: int) -> None:
    world = make_world(seed=seed, matters=5, today=TODAY)
    ground = {unit.key: shape(dict(unit.boundary)) for unit in world.units if unit.boundary}
    assert all(polygon.is_valid and polygon.area > 0 for polygon in ground.values())
    families = [("street", places(world))]
    families += [(place.key, comprehensive(world, place.key)) for place in places(world)]
    for parent, members in families:
        polygons = [ground[unit.key] for unit in members]
        union = union_all(polygons)
        assert sum(polygon.area for polygon in polygons) == pytest.approx(union.area, rel=1e-6)
        assert ground[parent].area == pytest.approx(union.area, rel=1e-6)
        assert all(polygon.within(ground[parent]) for polygon in polygons)


def test_each_exclusive_grid_lies_inside_one_comprehensive_grid(world: World, ground: dict[str, BaseGeometry]) -> None:
    for unit in world.units:
        if unit.grid_kind == "exclusive" and unit.parent_key:
            hosts = [g for g in comprehensive(world, unit.parent_key) if ground[unit.key].within(ground[g.key])]
            assert len(hosts) == 1


def test_the_town_is_denser_than_the_villages(world: World, ground: dict[str, BaseGeometry]) -> None:
    sizes: dict[str, list[float]] = {"community": [], "village": []}
    for place in places(world):
        sizes[place.kind].append(ground[place.key].area)
    assert sum(sizes["village"]) / 15 > 1.8 * sum(sizes["community"]) / 12


def test_the_street_is_as_large_as_a_street(ground: dict[str, BaseGeometry]) -> None:
    west, south, east, north = ground["street"].bounds
    assert 6_500 < (east - west) * DEGREE_M * 0.883 < 9_500
    assert 4_800 < (north - south) * DEGREE_M < 7_500


def test_the_map_is_small_and_written_to_six_decimals(world: World) -> None:
    grids = [unit.boundary for unit in world.units if unit.kind == "grid"]
    assert len(json.dumps(grids)) < 400_000
    for boundary in grids:
        assert boundary is not None
        ring = boundary["coordinates"][0]
        assert ring[0] == ring[-1]
        assert all(round(number, 6) == number for point in ring for number in point)


def test_every_building_lies_in_its_grid_and_in_no_exclusive_grid_but_its_own(
    world: World, ground: dict[str, BaseGeometry]
) -> None:
    exclusive = [unit.key for unit in world.units if unit.grid_kind == "exclusive"]
    for building in world.buildings:
        point = Point(building.lon, building.lat)
        assert ground[building.grid_key].contains(point)
        assert [key for key in exclusive if ground[key].contains(point)] in ([], [building.grid_key])
    assert len({(b.lon, b.lat) for b in world.buildings}) == len(world.buildings)


def test_an_address_is_never_given_twice(world: World) -> None:
    assert len({(e.community_key, e.name) for e in world.estates}) == len(world.estates)
    assert len({(b.estate_key, b.name) for b in world.buildings}) == len(world.buildings)
    assert len({(d.building_key, d.stairwell, d.name) for d in world.doors}) == len(world.doors)


# staff


def test_every_unit_has_staff(world: World) -> None:
    staffed = {post.unit_key for post in world.posts if post.ended_on is None}
    assert staffed == {unit.key for unit in world.units}


def test_the_office_is_staffed_as_an_office_is(world: World) -> None:
    roles = Counter(post.role for post in world.posts if post.ended_on is None)
    assert roles["county_admin"] == roles["street_head"] == roles["inspector"] == 1
    assert (roles["dispatcher"], roles["clerk"], roles["community_head"]) == (3, 54, 27)
    assert roles["grid_worker"] == 386
    assert sum(post.ended_on is not None for post in world.posts) == 6


def test_stand_ins_are_other_people_for_a_stated_time(world: World) -> None:
    away = [post for post in world.posts if post.stand_in_key]
    assert len(away) == 6
    for post in away:
        assert post.stand_in_key != post.person_key
        assert post.stand_in_from is not None
        assert post.stand_in_until is not None
        assert post.stand_in_from < post.stand_in_until


def test_user_names_are_unique_and_the_demo_accounts_are_there(world: World) -> None:
    names = [person.username for person in world.people]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+\d*", name) for name in names)
    accounts = {account.username: (account.role, account.unit_key) for account in world.accounts}
    assert accounts == {
        "admin": ("county_admin", "county"),
        "secretary": ("street_head", "street"),
        "dispatcher": ("dispatcher", "street"),
        "clerk": ("clerk", "community:lianhua"),
        "head": ("community_head", "community:lianhua"),
        "grid": ("grid_worker", "grid:lianhua:12"),
        "inspector": ("inspector", "inspection"),
        "team": ("team_lead", "team:repair"),
    }


def test_no_telephone_can_be_dialled_and_no_mailbox_exists(world: World) -> None:
    residents = [matter.person for matter in world.matters if matter.person]
    phones = [person.phone for person in world.people] + [r.phone for r in residents if r.phone]
    assert all(re.fullmatch(r"10[234579]\d{8}", phone) for phone in phones)
    assert len(set(phones)) == len(phones)
    texts = [matter.words for matter in world.matters] + [m.text for x in world.matters for m in x.story]
    assert not [text for text in texts if re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", text)]
    boxes = [person.email for person in world.people] + [r.email for r in residents if r.email]
    assert all(box.endswith(".example") for box in boxes)


# phrases


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.key)
def test_every_wording_has_an_answer_that_fits(subject: Subject) -> None:
    assert len(subject.asks) >= 3
    assert subject.key in HEADINGS
    tagged = [re.match(r"\d+:", answer) for answer in subject.answers]
    assert all(tagged) or (not any(tagged) and len(subject.answers) == len(subject.asks))
    assert all(subject.answers_to(ask) for ask in range(len(subject.asks)))


def test_the_banks_cover_the_life_of_a_community() -> None:
    assert len(SUBJECTS) >= 40
    assert len({subject.key for subject in SUBJECTS}) == len(SUBJECTS)
    wordings = [ask for subject in SUBJECTS for ask in subject.asks]
    assert len(set(wordings)) == len(wordings)


def test_every_class_of_the_subject_tree_has_subjects() -> None:
    assert {heading.category for heading in HEADINGS.values()} <= set(categories())
    assert {subject.key for subject in (*SUBJECTS, *ABOUT_STAFF, *EMERGENCY)} == set(HEADINGS)
    assert {heading.category.split("/")[0] for heading in HEADINGS.values()} == {
        path for path in categories() if "/" not in path
    }
