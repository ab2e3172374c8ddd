"""The address register: estates and villagers' groups, their buildings, and every door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from huiyin.demo.world import plane
from huiyin.demo.world.atlas import Atlas, host_key
from huiyin.demo.world.names import estate_names, hamlet_names
from huiyin.demo.world.plane import Point, Ring
from huiyin.demo.world.presets import Place, Preset
from huiyin.demo.world.records import Building, Door, Estate

# Blocks by stairwells, floors and flats on a floor: walk-ups of the old estates, towers of the new ones.
_WALK_UPS = ((1, 5, 2), (2, 5, 2), (2, 6, 2), (3, 6, 2), (3, 5, 2), (1, 6, 3), (1, 7, 2), (4, 6, 2))
_TOWERS = ((1, 9, 2), (1, 11, 2), (1, 17, 2), (2, 11, 2), (1, 12, 3), (1, 11, 4))

_Block = tuple[int, int, int]


@dataclass(slots=True)
class Addresses:
    """Every address, and which doors lie in which grid."""

    estates: list[Estate] = field(default_factory=list)
    buildings: list[Building] = field(default_factory=list)
    doors: list[Door] = field(default_factory=list)

    def by_grid(self) -> dict[str, list[Door]]:
        """Return the doors of each grid in the order of their buildings."""
        grid_of = {building.key: building.grid_key for building in self.buildings}
        found: dict[str, list[Door]] = {}
        for door in self.doors:
            found.setdefault(grid_of[door.building_key], []).append(door)
        return found


def register(preset: Preset, atlas: Atlas, rng: Random) -> Addresses:
    """Return all addresses of the street."""
    surveyor = _Surveyor(preset, atlas, rng)
    towns, hamlets = estate_names(rng), hamlet_names(rng)
    for place in preset.places:
        for grids in _runs(place, rng):
            if place.kind == "community":
                surveyor.estate(place, next(towns), grids)
            else:
                surveyor.hamlet(place, next(hamlets), grids)
    for number in range(len(preset.exclusives)):
        surveyor.exclusive(number)
    return surveyor.found


def _runs(place: Place, rng: Random) -> Iterator[list[str]]:
    """Yield the neighbouring grids that make one estate: two to four in a town, one or two in a village."""
    keys = [f"grid:{place.slug}:{n:02d}" for n in range(1, place.grids + 1)]
    while keys:
        size = rng.choice((2, 3, 3, 4)) if place.kind == "community" else rng.choice((1, 1, 2))
        yield keys[:size]
        keys = keys[size:]


class _Surveyor:
    """Writes estates, buildings and doors down, one estate at a time."""

    def __init__(self, preset: Preset, atlas: Atlas, rng: Random) -> None:
        self._preset, self._atlas, self._rng = preset, atlas, rng
        hosts = [host_key(preset, number) for number in range(len(preset.exclusives))]
        # Where an exclusive grid lies inside a comprehensive one it wins, so homes keep clear of it.
        self._hollow = {host: plane.scaled(atlas.inner[own], 1.3) for own, host in hosts}
        self._spots: set[Point] = set()
        self.found = Addresses()

    def estate(self, place: Place, name: str, grids: list[str]) -> None:
        """Add a town estate whose blocks are numbered through its grids."""
        key, blocks = self._key(place.slug), _TOWERS if self._rng.random() < 0.35 else _WALK_UPS
        number, points = 1, []
        for grid in grids:
            for block in self._fitting(blocks):
                points.append(self._building(key, f"{number}号楼", grid, spot=self._spot(grid, 0.72)))
                self._flats(block)
                number += 1
        self._close(key, name, place.slug, points=points)

    def hamlet(self, place: Place, name: str, grids: list[str]) -> None:
        """Add a villagers' group: one house after the other, gathered around a hamlet."""
        key, number, points = self._key(place.slug), 1, []
        for grid in grids:
            middle = plane.random_point(plane.scaled(self._ground(grid), 0.45), self._rng)
            for _ in range(self._rng.randint(*self._preset.doors_per_grid)):
                points.append(self._building(key, f"{number}号", grid, spot=self._near(grid, middle)))
                self._door("", "正屋", self._rng.choice((1, 1, 1, 1, 1, 2, 0)))
                number += 1
        self._close(key, name, place.slug, points=points)

    def exclusive(self, number: int) -> None:
        """Add the shops, stalls or offices of an exclusive grid."""
        exclusive, (grid, _) = self._preset.exclusives[number], host_key(self._preset, number)
        key, count = self._key(exclusive.community), self._rng.randint(*self._preset.doors_per_grid)
        parts: list[tuple[str, list[str]]]
        if exclusive.trade == "office":
            parts = [("主楼", [f"{3 + n // 8}{1 + n % 8:02d}室" for n in range(count)])]
        elif exclusive.trade == "market":
            half = count // 2
            parts = [("A区", [f"A{n + 1:02d}号摊" for n in range(half)])]
            parts.append(("B区", [f"B{n + 1:02d}号摊" for n in range(count - half)]))
        else:
            parts = [(f"{2 * n + 1}号", ["一楼铺面"]) for n in range(count)]
        points = []
        for name, doors in parts:
            points.append(self._building(key, name, grid, spot=self._spot(grid, 0.8)))
            for door in doors:
                self._door("", door, 1)
        self._close(key, exclusive.name, exclusive.community, points=points)

    def _key(self, slug: str) -> str:
        return f"estate:{slug}:{len(self.found.estates) + 1:03d}"

    def _close(self, key: str, name: str, slug: str, *, points: list[Point]) -> None:
        lon = round(sum(p[0] for p in points) / len(points), 6)
        lat = round(sum(p[1] for p in points) / len(points), 6)
        self.found.estates.append(Estate(key, name, f"community:{slug}", lon, lat))

    def _building(self, estate_key: str, name: str, grid: str, *, spot: Point) -> Point:
        key = f"building:{len(self.found.buildings) + 1:05d}"
        self.found.buildings.append(Building(key, estate_key, name, grid, *spot))
        return spot

    def _door(self, stairwell: str, name: str, households: int) -> None:
        key = f"door:{len(self.found.doors) + 1:06d}"
        self.found.doors.append(Door(key, self.found.buildings[-1].key, stairwell, name, households))

    def _fitting(self, blocks: tuple[_Block, ...]) -> list[_Block]:
        """Return blocks that together have as many flats as one grid may have."""
        low, high = self._preset.doors_per_grid
        wanted, total = self._rng.randint(low, low + (high - low) // 8), 0
        chosen: list[_Block] = []
        while total < wanted:
            options = [b for b in blocks if total + b[0] * b[1] * b[2] <= high]
            if not options:
                break
            chosen.append(self._rng.choice(options))
            total += chosen[-1][0] * chosen[-1][1] * chosen[-1][2]
        return chosen if total >= low else self._fitting(blocks)

    def _flats(self, block: _Block) -> None:
        stairwells, floors, flats = block
        for stairwell in range(1, stairwells + 1):
            for floor in range(1, floors + 1):
                for flat in range(1, flats + 1):
                    label = f"{stairwell}单元" if stairwells > 1 else ""
                    self._door(label, f"{floor}{flat:02d}室", self._rng.choice((1,) * 12 + (0, 2)))

    def _spot(self, grid: str, width: float) -> Point:
        """Return a free point in the middle part of the grid, in degrees."""
        ring = plane.scaled(self._ground(grid), width)
        while True:
            if (spot := self._free(grid, plane.random_point(ring, self._rng))) is not None:
                return spot

    def _near(self, grid: str, middle: Point) -> Point:
        """Return a free point near a hamlet's middle, in any case inside the grid."""
        ring = plane.scaled(self._ground(grid), 0.86)
        reach = plane.area(ring) ** 0.5 * 0.17
        for _ in range(60):
            point = (self._rng.gauss(middle[0], reach), self._rng.gauss(middle[1], reach))
            if plane.contains(ring, point) and (spot := self._free(grid, point)) is not None:
                return spot
        return self._spot(grid, 0.86)

    def _ground(self, grid: str) -> Ring:
        return self._atlas.inner.get(grid) or self._atlas.cells[grid]

    def _free(self, grid: str, point: Point) -> Point | None:
        """Return the point in degrees, or None where another building or an exclusive grid is."""
        if grid in self._hollow and plane.contains(self._hollow[grid], point):
            return None
        spot = self._atlas.degrees(point)
        if spot in self._spots:
            return None
        self._spots.add(spot)
        return spot
