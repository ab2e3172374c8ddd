"""Charts as shapes: drawn by a template with CSS classes on the page, with plain attributes on paper. No Django."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

LEVELS = 4  # classes of a map above «none»
WIDE, TALL = 640.0, 200.0
MAP_WIDE, MAP_TALL = 640.0, 440.0
PAPER_FONT = "huiyin-paper"  # stands for the font that the press finds
NEAREST = 1.2  # points closer than this on the drawing are one
PAPER = {  # what the classes are on paper; on the page they follow the theme
    "bar": "#a9cdd5", "bar-now": "#0b6b7d", "axis": "#7f8b95", "level-0": "#f3f5f6", "level-1": "#d3e8ec",
    "level-2": "#93c6d0", "level-3": "#3f94a4", "level-4": "#0b5564", "value": "#18222a", "label": "#44525d",
    "on-dark": "#ffffff",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A path or, with `text`, a word centred at (x, y). `looks` is its class."""

    looks: str
    d: str = ""
    x: float = 0.0
    y: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """What belongs together and leads to one list; `said` is its name for who does not see it."""

    shapes: Sequence[Shape]
    said: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart with what it says in one sentence."""

    wide: float
    tall: float
    said: str
    marks: Sequence[Mark]

    @property
    def box(self) -> str:
        """The viewBox."""
        return f"0 0 {self.wide:g} {self.tall:g}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: None has no data, which is not zero."""

    label: str
    value: int | None
    said: str
    url: str = ""


def _box(x: float, y: float, wide: float, tall: float) -> str:
    return f"M{x:.1f} {y:.1f}h{wide:.1f}v{tall:.1f}h-{wide:.1f}z"


def columns(drawn: Sequence[Column], *, said: str) -> Drawing:
    """Return columns with their values above and labels below; the last one stands out."""
    foot, head = 26.0, 24.0
    step, room = WIDE / max(1, len(drawn)), TALL - foot - head
    most = max((c.value or 0 for c in drawn), default=0) or 1
    marks = [Mark([Shape("axis", _box(0, TALL - foot, WIDE, 0.8))])]
    for i, column in enumerate(drawn):
        middle, tall = (i + 0.5) * step, room * (column.value or 0) / most
        looks = "bar-now" if i == len(drawn) - 1 else "bar"
        top = TALL - foot - tall
        shapes = [Shape(looks, _box(middle - step * 0.32, top, step * 0.64, tall))] if tall else []
        value = "–" if column.value is None else str(column.value)
        shapes += [
            Shape("label", x=middle, y=TALL - 7, text=column.label),
            Shape("value", x=middle, y=top - 6, text=value),
        ]
        marks.append(Mark(shapes, column.said, column.url))
    return Drawing(WIDE, TALL, said, marks)


# --- the map -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with its boundary (GeoJSON, WGS 84) and its figure."""

    boundary: Mapping[str, Any]
    value: int
    said: str
    url: str = ""


Ring = Sequence[tuple[float, float]]


def _rings(boundary: Mapping[str, Any]) -> list[Ring]:
    """Return the rings of a Polygon or MultiPolygon, holes too: they are drawn by the even-odd rule."""
    shapes = boundary.get("coordinates") or []
    polygons = (
        shapes if boundary.get("type") == "MultiPolygon" else [shapes] if boundary.get("type") == "Polygon" else []
    )
    return [[(float(p[0]), float(p[1])) for p in ring] for polygon in polygons for ring in polygon if len(ring) > 3]


def _area(ring: Ring) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs) / 2


def _middle(ring: Ring) -> tuple[float, float]:
    """Return the centroid of a ring, the mean of its points when it encloses nothing."""
    area = _area(ring)
    if abs(area) < 1e-9:
        return sum(x for x, _y in ring) / len(ring), sum(y for _x, y in ring) / len(ring)
    x = y = 0.0
    for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = ax * by - bx * ay
        x, y = x + (ax + bx) * cross, y + (ay + by) * cross
    return x / (6 * area), y / (6 * area)


def _fitted(rings: Sequence[Sequence[Ring]]) -> tuple[list[list[Ring]], float]:
    """Return the rings on the drawing, east to the right and north up, true to scale at their latitude; its height."""
    points = [p for own in rings for ring in own for p in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = min((MAP_WIDE - 8) / max((east - west) * narrow, 1e-9), (MAP_TALL - 8) / max(north - south, 1e-9))
    left = (MAP_WIDE - (east - west) * narrow * scale) / 2

    def at(point: tuple[float, float]) -> tuple[float, float]:
        return left + (point[0] - west) * narrow * scale, 4 + (north - point[1]) * scale

    return [[[at(p) for p in ring] for ring in own] for own in rings], (north - south) * scale + 8


def _path(rings: Sequence[Ring]) -> str:
    parts = []
    for ring in rings:
        kept = [ring[0], *_thinned(ring)]
        parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in kept) + "z")
    return "".join(parts)


def _thinned(ring: Ring) -> Iterator[tuple[float, float]]:
    """Yield the points that lie far enough from the one kept before."""
    last = ring[0]
    for point in ring[1:-1]:
        if math.dist(point, last) >= NEAREST:
            last = point
            yield point


def level(value: int, most: int) -> int:
    """Return the class of a value: 0 for none, else one of four equal steps up to the greatest."""
    return 0 if value <= 0 else min(LEVELS, 1 + (value - 1) * LEVELS // max(most, LEVELS))


def steps(most: int) -> list[tuple[int, int, int]]:
    """Return the classes that occur up to `most`, as (class, from, to), for the legend."""
    found: dict[int, list[int]] = {0: [0, 0]}
    for value in range(1, most + 1):
        found.setdefault(level(value, most), [value, value])[1] = value
    return [(key, first, last) for key, (first, last) in found.items()]


def choropleth(places: Sequence[Place], *, said: str) -> Drawing | None:
    """Return a map of the places that have a boundary, darker where more; None when none has one."""
    drawn = [(place, rings) for place in places if (rings := _rings(place.boundary))]
    if not drawn:
        return None
    most = max(place.value for place, _rings in drawn)
    fitted, tall = _fitted([rings for _place, rings in drawn])
    pairs = list(zip((place for place, _rings in drawn), fitted, strict=True))
    pairs.sort(key=lambda pair: -max(abs(_area(ring)) for ring in pair[1]))  # what lies inside another is seen
    return Drawing(MAP_WIDE, tall, said, [_drawn(place, rings, most) for place, rings in pairs])


def _drawn(place: Place, rings: Sequence[Ring], most: int) -> Mark:
    biggest = max(rings, key=lambda ring: abs(_area(ring)))
    x, y = _middle(biggest)
    step = level(place.value, most)
    shapes = [Shape(f"level-{step}", _path(rings))]
    if abs(_area(biggest)) > 260:  # room for a number
        shapes.append(Shape("on-dark" if step > 2 else "value", x=x, y=y + 5, text=str(place.value)))
    return Mark(shapes, place.said, place.url)


# --- on paper ----------------------------------------------------------------------------------------------------


def on_paper(drawing: Drawing) -> str:
    """Return a drawing as an SVG of its own, with colours for white paper; the press puts its font in."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{drawing.box}" font-family="{PAPER_FONT}">']
    for shape in (shape for mark in drawing.marks for shape in mark.shapes):
        fill = PAPER[shape.looks]
        if shape.text:
            parts.append(
                f'<text x="{shape.x:.1f}" y="{shape.y:.1f}" font-size="15" text-anchor="middle" fill="{fill}">{escape(shape.text)}</text>'
            )
        else:
            line = ' stroke="#5b6871" stroke-width="1"' if shape.looks.startswith("level") else ""
            parts.append(f'<path d="{shape.d}" fill="{fill}" fill-rule="evenodd"{line}/>')
    return "".join([*parts, "</svg>"])
