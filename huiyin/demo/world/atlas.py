"""The map of the invented street: an outline cut into communities, and those into grids, without a gap."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from huiyin.demo.world import plane
from huiyin.demo.world.mesh import Bend, Mesh
from huiyin.demo.world.plane import Point, Ring
from huiyin.demo.world.presets import Place, Preset
from huiyin.demo.world.records import Polygon

_METRES_PER_DEGREE = 111_195.0
# A point every so many metres of border: fine enough to look natural, coarse enough for 386 grids in 400 kB.
_STEP_M = 45.0
# An exclusive grid fills this part of the width of the comprehensive grid around it.
_EXCLUSIVE_WIDTH = 0.45


@dataclass(slots=True)
class Atlas:
    """Cells by grid key, straight and in metres, and the way from there to degrees on the round earth."""

    preset: Preset
    bend: Bend
    cells: dict[str, Ring]
    inner: dict[str, Ring]
    mesh: Mesh = field(init=False)

    def __post_init__(self) -> None:
        self.mesh = Mesh(self.cells)

    def degrees(self, point: Point) -> Point:
        """Return longitude and latitude of a point of the straight plan, to 6 decimals (0.1 m)."""
        x, y = self.bend(point)
        squeeze = math.cos(math.radians(self.preset.lat))
        lon = self.preset.lon + x / (_METRES_PER_DEGREE * squeeze)
        return round(lon, 6), round(self.preset.lat + y / _METRES_PER_DEGREE, 6)

    def boundary(self, grid_keys: list[str]) -> Polygon:
        """Return the border around comprehensive grids that lie together."""
        loop = self.mesh.outline(grid_keys)
        points: list[Point] = []
        for a, b in zip(loop, loop[1:] + loop[:1], strict=True):
            # Both neighbours walk a side from its lower corner, so they get the same points to the last bit.
            low, high = sorted((a, b))
            chain = [self.degrees(p) for p in _steps(self.mesh.corners[low], self.mesh.corners[high])]
            points += chain[:-1] if a == low else chain[:0:-1]
        return _polygon(points)

    def inner_boundary(self, grid_key: str) -> Polygon:
        """Return the border of an exclusive grid."""
        points: list[Point] = []
        for p, q in plane.edges(self.inner[grid_key]):
            points += [self.degrees(step) for step in _steps(p, q)[:-1]]
        return _polygon(points)


def draw(preset: Preset, rng: Random) -> Atlas:
    """Return the map: every place of the preset as a cell of the street, divided into its grids."""
    cells: dict[str, Ring] = {}
    for place, ring in zip(preset.places, _place_cells(preset, rng), strict=True):
        for number, cell in enumerate(_divide(ring, place.grids, rng), start=1):
            cells[f"grid:{place.slug}:{number:02d}"] = cell
    return Atlas(preset, Bend(rng), cells, _inner_cells(preset, cells))


def host_key(preset: Preset, number: int) -> tuple[str, str]:
    """Return the keys of exclusive grid `number` and of the comprehensive grid in which it lies."""
    slug = preset.exclusives[number].community
    place = next(place for place in preset.places if place.slug == slug)
    earlier = sum(other.community == slug for other in preset.exclusives[:number])
    return f"grid:{slug}:{place.grids + earlier + 1:02d}", f"grid:{slug}:{4 + 3 * earlier:02d}"


def _inner_cells(preset: Preset, cells: dict[str, Ring]) -> dict[str, Ring]:
    pairs = [host_key(preset, number) for number in range(len(preset.exclusives))]
    return {own: plane.scaled(cells[host], _EXCLUSIVE_WIDTH) for own, host in pairs}


def _outline(preset: Preset, rng: Random) -> Ring:
    """Return a convex outline: points on a rounded rectangle, unevenly spaced."""
    turns = [math.tau * (i + rng.uniform(-0.3, 0.3)) / 17 for i in range(17)]
    power = 2 / 2.5
    return tuple(
        (
            preset.half_width_m * math.copysign(abs(math.cos(t)) ** power, math.cos(t)),
            preset.half_height_m * math.copysign(abs(math.sin(t)) ** power, math.sin(t)),
        )
        for t in turns
    )


def _place_cells(preset: Preset, rng: Random) -> list[Ring]:
    """Return one cell for each place: what lies nearer to its seat than to any other (Voronoi cells)."""
    outline, seats = _outline(preset, rng), _seats(preset, rng)
    cells = [_nearest(outline, seats, n) for n in range(len(seats))]
    # One step of Lloyd's relaxation rounds the slivers and still leaves the town dense.
    seats = [_towards(seat, plane.centroid(cell), 0.6) for seat, cell in zip(seats, cells, strict=True)]
    return [_nearest(outline, seats, n) for n in range(len(seats))]


def _towards(start: Point, goal: Point, share: float) -> Point:
    return start[0] + share * (goal[0] - start[0]), start[1] + share * (goal[1] - start[1])


def _seats(preset: Preset, rng: Random) -> list[Point]:
    """Place communities close together around the middle and villages in two wide rings around them."""
    towns = [place for place in preset.places if place.kind == "community"]
    inner = len(preset.places) - len(towns)
    spots = {
        "community": _rings([(0.0, 1), (0.135, 4), (0.26, len(towns) - 5)], rng),
        "village": _rings([(0.52, inner * 2 // 5), (0.84, inner - inner * 2 // 5)], rng),
    }
    for listed in spots.values():
        listed.sort(key=lambda spot: math.hypot(*spot))
    return [_on_ground(preset, place, spots[place.kind].pop(0)) for place in preset.places]


def _rings(rings: list[tuple[float, int]], rng: Random) -> list[Point]:
    spots = []
    for radius, count in rings:
        start = rng.uniform(0, math.tau)
        for i in range(count):
            turn = start + math.tau * (i + rng.uniform(-0.2, 0.2)) / count
            reach = radius * rng.uniform(0.88, 1.12)
            spots.append((reach * math.cos(turn), reach * math.sin(turn)))
    return spots


def _on_ground(preset: Preset, place: Place, spot: Point) -> Point:
    x, y = spot
    if place.kind == "community":  # the town is rounder than the street and lies off its centre
        return x * preset.half_width_m - 420.0, y * preset.half_width_m + 180.0
    return x * preset.half_width_m, y * preset.half_height_m


def _nearest(outline: Ring, seats: list[Point], n: int) -> Ring:
    x0, y0 = seats[n]
    cell = outline
    for m, (x1, y1) in enumerate(seats):
        if m != n:
            limit = (x1 * x1 + y1 * y1 - x0 * x0 - y0 * y0) / 2
            cell = plane.clip(cell, (x1 - x0, y1 - y0), limit)
    return cell


def _divide(ring: Ring, count: int, rng: Random) -> list[Ring]:
    """Cut a ring into `count` pieces of like size; consecutive pieces are neighbours."""
    if count == 1:
        return [ring]
    first = count // 2 if count < 4 else count // 2 + rng.choice((-1, 0, 0, 1))
    # Never quite at a right angle and never quite in half: nothing in a real map is.
    angle = plane.long_axis(ring) + rng.uniform(-0.22, 0.22)
    one, other = plane.split(ring, angle, first / count * rng.uniform(0.9, 1.1))
    return _divide(one, first, rng) + _divide(other, count - first, rng)


def _steps(start: Point, end: Point) -> list[Point]:
    """Return points from start to end, both included, about _STEP_M apart."""
    count = max(1, round(math.dist(start, end) / _STEP_M))
    return [_towards(start, end, i / count) for i in range(count)] + [end]


def _polygon(points: list[Point]) -> Polygon:
    """Close the ring; two corners nearer than 0.1 m fall together in 6 decimals and count once."""
    ring = [list(p) for p, q in zip(points, points[-1:] + points[:-1], strict=True) if p != q]
    return {"type": "Polygon", "coordinates": [[*ring, list(ring[0])]]}
