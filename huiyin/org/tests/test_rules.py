"""Rules of tree, grids and phones: no database."""

import math
import random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon, shape

from huiyin.org import rules


def _star(seed: int, corners: int) -> list[list[float]]:
    """Return a closed ring around the origin whose corners go once round: simple, rarely convex."""
    chance = random.Random(seed)
    angles = sorted(chance.uniform(0, 2 * math.pi) for _ in range(corners))
    ring = [[115 + math.cos(a) * (r := chance.uniform(0.2, 1.0)), 28 + math.sin(a) * r] for a in angles]
    return [*ring, ring[0]]


@given(st.integers(0, 10_000), st.integers(3, 40), st.floats(113.9, 116.1), st.floats(26.9, 29.1))
def test_point_in_polygon_agrees_with_shapely(seed: int, corners: int, lon: float, lat: float) -> None:
    ring = _star(seed, corners)
    polygon, point = Polygon(ring), ShapelyPoint(lon, lat)
    if polygon.boundary.distance(point) < 1e-9:
        return  # on the edge the two may differ; the next test says what we promise there
    assert rules.contains([[ring]], (lon, lat)) == polygon.contains(point)


@given(st.integers(0, 10_000), st.floats(113.9, 116.1), st.floats(26.9, 29.1))
def test_a_hole_is_outside(seed: int, lon: float, lat: float) -> None:
    outer = _star(seed, 24)
    hole = [[115 + (x - 115) * 0.3, 28 + (y - 28) * 0.3] for x, y in outer]
    polygon, point = Polygon(outer, [hole]), ShapelyPoint(lon, lat)
    if polygon.boundary.distance(point) < 1e-9:
        return
    assert rules.contains([[outer, hole]], (lon, lat)) == polygon.contains(point)


@given(st.floats(0.0, 0.99), st.sampled_from([0.0, 1.0, 2.0]))
def test_a_point_on_a_shared_edge_lies_in_exactly_one_of_two_neighbours(lat: float, lon: float) -> None:
    def cell(west: float) -> list[list[list[list[float]]]]:
        return [[[[west, 0], [west + 1, 0], [west + 1, 1], [west, 1], [west, 0]]]]

    assert sum(rules.contains(cell(w), (lon, lat)) for w in (-1.0, 0.0, 1.0, 2.0)) == 1


def _square(west: float, south: float, side: float) -> dict[str, Any]:
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_the_exclusive_grid_wins_where_both_cover_a_point() -> None:
    whole, market = (
        rules.Area.of(uuid4(), _square(0, 0, 1)),
        rules.Area.of(uuid4(), _square(0.4, 0.4, 0.1), exclusive=True),
    )
    assert rules.locate((0.45, 0.45), [whole, market]) == market.unit_id
    assert rules.locate((0.1, 0.1), [whole, market]) == whole.unit_id
    assert rules.locate((2, 2), [whole, market]) is None


def test_the_nearest_area_is_found_in_metres_not_degrees() -> None:
    # At 60° north a degree of longitude is half as long as one of latitude.
    east = rules.Area.of(uuid4(), _square(1.5, 60.0, 0.1))
    north = rules.Area.of(uuid4(), _square(0.0, 61.0, 0.1))
    assert rules.nearest((0.05, 60.05), [north, east]) == east.unit_id


def test_areas_have_the_size_of_the_ground() -> None:
    square = rules.Area.of(uuid4(), _square(115, 28, 0.01))
    assert square.size_m2 == pytest.approx(
        shape(_square(115, 28, 0.01)).area * 111_320 * math.cos(math.radians(28)) * 110_574, rel=0.01
    )


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        "x",
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [500, 0], [1, 1], [0, 0]]]},
        {"type": "Polygon", "coordinates": [[["a", 0], [1, 0], [1, 1], ["a", 0]]]},
        {"type": "Polygon", "coordinates": [[[i / 2000, 0] for i in range(1500)]]},
        {"type": [], "coordinates": []},
        {"type": "Polygon", "coordinates": 5},
        {"type": "Polygon", "coordinates": [[[True, False], [1, 0], [1, 1], [True, False]], 5]},
    ],
)
def test_a_faulty_boundary_is_named(geometry: Any) -> None:
    assert rules.boundary_fault(geometry)


def test_a_good_boundary_has_no_fault() -> None:
    assert rules.boundary_fault(_square(115, 28, 0.01)) is None
    assert rules.boundary_fault({"type": "MultiPolygon", "coordinates": [_square(1, 1, 1)["coordinates"]]}) is None


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("138 0000 0000", "13800000000"),
        ("+86 138-0000-0000", "13800000000"),
        ("１３８００００００００", "13800000000"),
        ("0700-1234567", "07001234567"),
    ],
)
def test_phones_are_folded_to_digits(typed: str, plain: str) -> None:
    assert rules.plain_phone(typed) == plain


@pytest.mark.parametrize("typed", ["", "abc", "123", "1" * 20, "138000O0000"])
def test_what_is_no_phone_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="not a phone"):
        rules.plain_phone(typed)


def test_units_stand_only_where_they_belong() -> None:
    assert rules.may_stand_under("grid", "community")
    assert not rules.may_stand_under("grid", "street")
    assert not rules.may_stand_under("community", "grid")
    assert rules.may_stand_under("county", "")
    assert not rules.may_stand_under("nonsense", "street")
