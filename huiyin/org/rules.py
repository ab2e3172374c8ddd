"""Rules of the tree, the grids and the portfolios: plain functions, no database."""

import hashlib
import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

Point: TypeAlias = tuple[float, float]  # longitude, latitude in degrees, WGS84
Ring: TypeAlias = Sequence[Sequence[float]]
Polygons: TypeAlias = Sequence[Sequence[Ring]]  # polygons of rings: the first is the outside, the others are holes

MOST_VERTICES = 1000
PORTFOLIO_HOUSEHOLDS = range(30, 51)  # docs/systems.md, row 1: 30 to 50 for each grid worker

OFFICE_KINDS: Mapping[str, tuple[str, ...]] = {  # kind: the kinds it may stand under
    "county": (),
    "inspection": ("", "county"),  # never under the street whose people it looks at
    "street": ("", "county"),
    "department": ("county", "street"),
    "village": ("street",),
    "community": ("street",),
    "grid": ("village", "community"),
    "group": ("grid", "village"),
    "core": ("group",),
}


def may_stand_under(kind: str, parent_kind: str) -> bool:
    """Return whether an office of this kind may stand under one of that kind ("" for the top)."""
    allowed = OFFICE_KINDS.get(kind)
    return allowed is not None and (parent_kind in allowed or (not allowed and parent_kind == ""))


def _in_ring(point: Point, ring: Ring) -> bool:
    """Even-odd rule, half-open in latitude: of two areas that share an edge exactly one holds a point on it."""
    x, y = point
    inside = False
    xj, yj = ring[-1][0], ring[-1][1]
    for vertex in ring:
        xi, yi = vertex[0], vertex[1]
        if (yi > y) != (yj > y) and x < (xj - xi) * (y - yi) / (yj - yi) + xi:
            inside = not inside
        xj, yj = xi, yi
    return inside


def contains(polygons: Polygons, point: Point) -> bool:
    """Return whether the point lies in one of the polygons and in none of its holes."""
    return any(_in_ring(point, rings[0]) and not any(_in_ring(point, hole) for hole in rings[1:]) for rings in polygons)


def polygons_of(geometry: Mapping[str, Any]) -> Polygons:
    """Return the rings of a GeoJSON Polygon or MultiPolygon."""
    coordinates = geometry["coordinates"]
    found: Polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return found


def _metres(a: Sequence[float], b: Sequence[float]) -> tuple[float, float]:
    """Return the vector from `a` to `b` in metres on a local plane: good to 0.1 % within a county."""
    east = (b[0] - a[0]) * 111_320 * math.cos(math.radians(a[1]))
    return east, (b[1] - a[1]) * 110_574


def _segment_m(point: Point, a: Sequence[float], b: Sequence[float]) -> float:
    ax, ay = _metres(point, a)
    bx, by = _metres(point, b)
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, -(ax * dx + ay * dy) / length))
    return math.hypot(ax + t * dx, ay + t * dy)


def distance_m(polygons: Polygons, point: Point) -> float:
    """Return the metres from a point to the nearest outer edge; 0 inside."""
    if contains(polygons, point):
        return 0.0
    return min(
        _segment_m(point, ring[i - 1], ring[i]) for rings in polygons for ring in rings[:1] for i in range(len(ring))
    )


def area_m2(polygons: Polygons) -> float:
    """Return the area in square metres (shoelace formula on a local plane), holes taken off."""
    total = 0.0
    for rings in polygons:
        for index, ring in enumerate(rings):
            flat = [_metres(ring[0], v) for v in ring]
            twice = sum(flat[i - 1][0] * flat[i][1] - flat[i][0] * flat[i - 1][1] for i in range(len(flat)))
            total += abs(twice) / 2 * (1 if index == 0 else -1)
    return total


@dataclass(frozen=True, slots=True)
class Area:
    """A grid on the map, with its box so that most areas are dismissed by four comparisons."""

    unit_id: UUID
    exclusive: bool
    polygons: Polygons
    box: tuple[float, float, float, float]
    size_m2: float

    @classmethod
    def of(cls, unit_id: UUID, geometry: Mapping[str, Any], *, exclusive: bool = False) -> "Area":
        """Return the area of a unit's GeoJSON boundary."""
        polygons = polygons_of(geometry)
        xs = [v[0] for rings in polygons for v in rings[0]]
        ys = [v[1] for rings in polygons for v in rings[0]]
        return cls(unit_id, exclusive, polygons, (min(xs), min(ys), max(xs), max(ys)), area_m2(polygons))

    def holds(self, point: Point) -> bool:
        """Return whether the point lies in this area."""
        west, south, east, north = self.box
        return west <= point[0] <= east and south <= point[1] <= north and contains(self.polygons, point)


def locate(point: Point, areas: Iterable[Area]) -> UUID | None:
    """Return the unit whose grid covers the point: exclusive before comprehensive, then the smaller; None outside."""
    covering = [a for a in areas if a.holds(point)]
    best = min(covering, key=lambda a: (not a.exclusive, a.size_m2), default=None)
    return best.unit_id if best else None


def nearest(point: Point, areas: Iterable[Area]) -> UUID | None:
    """Return the unit whose area is nearest to the point; None when there is no area."""
    best = min(areas, key=lambda a: distance_m(a.polygons, point), default=None)
    return best.unit_id if best else None


def centre(polygons: Polygons) -> Point:
    """Return the centroid of the largest polygon's outer ring (shoelace formula), of a degenerate one its first corner."""
    ring = max((rings[0] for rings in polygons), key=lambda r: abs(_twice_area(r)))
    twice = _twice_area(ring)
    if not twice:
        return ring[0][0], ring[0][1]
    x0, y0 = ring[0][0], ring[0][1]  # near the ring the products keep their digits
    xs = ys = 0.0
    for a, b in itertools.pairwise(ring):
        cross = (a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0)
        xs += (a[0] + b[0] - 2 * x0) * cross
        ys += (a[1] + b[1] - 2 * y0) * cross
    return x0 + xs / (3 * twice), y0 + ys / (3 * twice)


def _twice_area(ring: Ring) -> float:
    x0, y0 = ring[0][0], ring[0][1]
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in itertools.pairwise(ring))


def _ring_faults(ring: Any) -> str | None:
    if not isinstance(ring, list) or len(ring) < 4:
        return "A boundary needs at least three corners."
    if any(not isinstance(v, list) or len(v) < 2 or not all(isinstance(c, int | float) for c in v[:2]) for v in ring):
        return "A corner of the boundary is not a pair of numbers."
    if any(not (-180 <= v[0] <= 180 and -90 <= v[1] <= 90) for v in ring):
        return "A corner lies off the globe: longitude comes first, then latitude."
    if ring[0][:2] != ring[-1][:2]:
        return "The boundary is not closed: its last corner must be its first."
    return "The boundary crosses itself." if _crosses_itself(ring) else None


def _side(a: Sequence[float], b: Sequence[float], c: Sequence[float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _crosses_itself(ring: Ring) -> bool:
    edges = list(itertools.pairwise(ring))
    for i, (a, b) in enumerate(edges):
        for c, d in edges[i + 2 : len(edges) - (i == 0)]:
            if _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0:
                return True
    return False


def boundary_fault(geometry: Any) -> str | None:
    """Return what is wrong with a GeoJSON geometry as an English message id, or None when it can serve."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return "This is not a GeoJSON Polygon or MultiPolygon."
    polygons = geometry.get("coordinates")
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    if not isinstance(polygons, list) or not polygons or not all(isinstance(p, list) and p for p in polygons):
        return "The boundary holds no coordinates."
    rings = [ring for polygon in polygons for ring in polygon]
    if sum(len(r) for r in rings if isinstance(r, list)) > MOST_VERTICES:
        return "The boundary has more than 1,000 corners. Please simplify it first."
    return next((fault for ring in rings if (fault := _ring_faults(ring))), None)


def plain_geometry(geometry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a checked geometry with nothing but its type and its corners: what is stored is served to everybody."""
    plain = [[[[float(v[0]), float(v[1])] for v in ring] for ring in rings] for rings in polygons_of(geometry)]
    return {"type": geometry["type"], "coordinates": plain[0] if geometry["type"] == "Polygon" else plain}


_PHONE = re.compile(r"\+?\d{7,15}", re.ASCII)


def plain_phone(text: str) -> str:
    """Return a phone number as digits alone (full-width digits folded, +86 taken off). Raises ValueError."""
    folded = text.translate({0xFF10 + i: str(i) for i in range(10)})
    digits = re.sub(r"[\s\-()()—.·]", "", folded)
    digits = re.sub(r"^(\+86|0086)", "", digits)
    mobile = re.match("1[3-9]", digits)  # a Chinese mobile number has eleven digits, no more and no fewer
    if not _PHONE.fullmatch(digits) or (mobile and len(digits) != 11):
        raise ValueError("not a phone number")
    return digits


def masked(phone: str) -> str:
    """Return a phone number with its middle hidden: `138****5678`."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 9 else "****" + phone[-2:]


TOKEN_MARK = "hy_"  # noqa: S105  # how a leaked token of a program is recognised


def token_hash(token: str) -> str:
    """Return what is kept of a program's token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
