"""From straight convex cells to natural borders that neighbours share point for point.

The cells tile the plane, but a corner of one may lie in the middle of a neighbour's side. The mesh gives
every corner a number and threads it into each side it touches; so the two sides of a border are the same
chain of numbers, and whatever bends them afterwards bends both alike.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Mapping
from random import Random

from huiyin.demo.world.plane import Point, Ring

# Corners of neighbours are computed from different sides of one cut; rounding parts them by nanometres.
_SAME_M = 0.005

_Side = tuple[int, int]


class Mesh:
    """Cells by key, each as the loop of numbered corners around it."""

    def __init__(self, cells: Mapping[str, Ring]) -> None:
        self.corners: list[Point] = []
        self._buckets: dict[tuple[int, int], list[int]] = {}
        rough = {key: [self._number(point) for point in ring] for key, ring in cells.items()}
        self._by_x = sorted((x, n) for n, (x, _) in enumerate(self.corners))
        self._loops = {key: self._threaded(loop) for key, loop in rough.items()}

    def outline(self, keys: Iterable[str]) -> list[int]:
        """Return the loop around the union of cells, which must hang together and have no hole."""
        sides: set[_Side] = set()
        for key in keys:
            loop = self._loops[key]
            sides.update(zip(loop, loop[1:] + loop[:1], strict=True))
        after = {a: b for a, b in sides if (b, a) not in sides}
        start = min(after)
        loop = [start]
        while after[loop[-1]] != start:
            loop.append(after[loop[-1]])
        return loop

    def _number(self, point: Point) -> int:
        """Return the number of the corner at this point, a new one if there is none yet."""
        column, row = math.floor(point[0]), math.floor(point[1])
        for near in ((column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for n in self._buckets.get(near, ()):
                if math.dist(point, self.corners[n]) < _SAME_M:
                    return n
        self.corners.append(point)
        self._buckets.setdefault((column, row), []).append(len(self.corners) - 1)
        return len(self.corners) - 1

    def _threaded(self, loop: list[int]) -> list[int]:
        """Return the loop with every corner that lies on one of its sides put in its place."""
        threaded: list[int] = []
        for a, b in zip(loop, loop[1:] + loop[:1], strict=True):
            threaded += [a, *self._between(a, b)]
        return threaded

    def _between(self, a: int, b: int) -> list[int]:
        (ax, ay), (bx, by) = self.corners[a], self.corners[b]
        length = math.hypot(bx - ax, by - ay)
        ux, uy = (bx - ax) / length, (by - ay) / length
        found: list[tuple[float, int]] = []
        first = bisect.bisect_left(self._by_x, (min(ax, bx) - _SAME_M, -1))
        last = bisect.bisect_right(self._by_x, (max(ax, bx) + _SAME_M, len(self.corners)))
        for x, n in self._by_x[first:last]:
            dx, dy = x - ax, self.corners[n][1] - ay
            along = dx * ux + dy * uy
            if abs(dx * uy - dy * ux) < _SAME_M and 0 < along < length and n not in (a, b):
                found.append((along, n))
        return [n for _, n in sorted(found)]


class Bend:
    """A smooth displacement of the plane that makes straight cuts look like streams, lanes and ridges.

    A sum of waves whose slopes add up to less than one folds nothing over: distinct points stay distinct,
    so cells bent by it still tile.
    """

    # wavelength and amplitude in metres, long bends first
    _WAVES = ((6200.0, 330.0), (2300.0, 110.0), (900.0, 26.0), (330.0, 6.0))

    def __init__(self, rng: Random) -> None:
        self._terms = [
            (
                axis,
                math.tau / wavelength * math.cos(turn),
                math.tau / wavelength * math.sin(turn),
                phase,
                amplitude,
            )
            for wavelength, amplitude in self._WAVES
            for axis in (0, 1)
            for turn, phase in [(rng.uniform(0, math.tau), rng.uniform(0, math.tau))]
        ]

    def __call__(self, point: Point) -> Point:
        """Return where the point comes to lie."""
        moved = [point[0], point[1]]
        for axis, kx, ky, phase, amplitude in self._terms:
            moved[axis] += amplitude * math.sin(kx * point[0] + ky * point[1] + phase)
        return moved[0], moved[1]
