"""Convex polygons in metres: cutting, scaling, and points inside. Rings are counter-clockwise, open."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

Point = tuple[float, float]
Ring = tuple[Point, ...]


def edges(ring: Ring) -> Iterator[tuple[Point, Point]]:
    """Yield each side of the ring, the closing side last."""
    return zip(ring, ring[1:] + ring[:1], strict=True)


def area(ring: Ring) -> float:
    """Return the area in square metres, positive when counter-clockwise (shoelace formula)."""
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in edges(ring)) / 2


def centroid(ring: Ring) -> Point:
    """Return the centre of gravity of the polygon."""
    whole = 6 * area(ring)
    x = sum((x0 + x1) * (x0 * y1 - x1 * y0) for (x0, y0), (x1, y1) in edges(ring))
    y = sum((y0 + y1) * (x0 * y1 - x1 * y0) for (x0, y0), (x1, y1) in edges(ring))
    return x / whole, y / whole


def clip(ring: Ring, normal: Point, limit: float) -> Ring:
    """Return the part where `normal · p <= limit` (Sutherland and Hodgman, for a convex ring)."""
    kept: list[Point] = []
    for p, q in edges(ring):
        dp = normal[0] * p[0] + normal[1] * p[1]
        dq = normal[0] * q[0] + normal[1] * q[1]
        if dp <= limit:
            kept.append(p)
        if (dp < limit < dq) or (dq < limit < dp):
            t = (limit - dp) / (dq - dp)
            kept.append((p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])))
    return tuple(kept)


def split(ring: Ring, angle: float, share: float) -> tuple[Ring, Ring]:
    """Cut the ring by a line across the direction `angle` so that the first part has `share` of its area."""
    normal = (math.cos(angle), math.sin(angle))
    heights = [normal[0] * x + normal[1] * y for x, y in ring]
    low, high, wanted = min(heights), max(heights), share * area(ring)
    for _ in range(40):
        middle = (low + high) / 2
        part = clip(ring, normal, middle)
        if len(part) < 3 or area(part) < wanted:
            low = middle
        else:
            high = middle
    return clip(ring, normal, high), clip(ring, (-normal[0], -normal[1]), -high)


def long_axis(ring: Ring) -> float:
    """Return the angle of the direction in which the ring stretches most."""
    cx, cy = centroid(ring)
    xx = xy = yy = 0.0
    for (x0, y0), (x1, y1) in edges(ring):
        weight = math.hypot(x1 - x0, y1 - y0)
        x, y = (x0 + x1) / 2 - cx, (y0 + y1) / 2 - cy
        xx, xy, yy = xx + weight * x * x, xy + weight * x * y, yy + weight * y * y
    return math.atan2(2 * xy, xx - yy) / 2


def scaled(ring: Ring, factor: float) -> Ring:
    """Return the ring shrunk or grown about its centre of gravity."""
    cx, cy = centroid(ring)
    return tuple((cx + (x - cx) * factor, cy + (y - cy) * factor) for x, y in ring)


def contains(ring: Ring, point: Point) -> bool:
    """Tell whether the point lies in the convex ring, its sides included."""
    x, y = point
    return all((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0 for (x0, y0), (x1, y1) in edges(ring))


def random_point(ring: Ring, rng: Random) -> Point:
    """Return a point drawn evenly from the convex ring."""
    fans = [(ring[0], ring[i], ring[i + 1]) for i in range(1, len(ring) - 1)]
    a, b, c = rng.choices(fans, weights=[area(fan) for fan in fans])[0]
    u, v = rng.random(), rng.random()
    if u + v > 1:
        u, v = 1 - u, 1 - v
    return a[0] + u * (b[0] - a[0]) + v * (c[0] - a[0]), a[1] + u * (b[1] - a[1]) + v * (c[1] - a[1])
