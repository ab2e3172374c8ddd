"""Where a matter falls: the grid of the building or point, one level up when it is about a member of staff."""

from dataclasses import dataclass
from uuid import UUID

from huiyin.needs.errors import NotPlaced
from huiyin.needs.rules import Rung, rung_above
from huiyin.org.atlas import Atlas, PostRow, UnitRow
from huiyin.org.roles import may
from huiyin.platform import clock

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """The unit that holds the matter, and who must not see it."""

    unit: UnitRow
    barred: frozenset[UUID] = frozenset()


def _place(atlas: Atlas, grid_id: UUID | None, point: Point | None, community_id: UUID | None) -> UnitRow:
    """A building's grid, else the grid at the point, else the community of the page, else the nearest one."""
    found = grid_id or (atlas.grid_at(point) if point else None) or community_id
    if found is None and point is not None:
        found = atlas.nearest_community(point)
    unit = atlas.get(found)
    if unit is None or unit.ended_on is not None:
        raise NotPlaced(field="community")
    return unit


def _staffed(atlas: Atlas, unit: UnitRow) -> UnitRow:
    """A grid whose post is vacant passes its matters to the unit above, so that somebody sees them."""
    for candidate in reversed(atlas.above(unit.id)):
        if atlas.is_staffed(candidate.id):
            return candidate
    return unit


def accused_in(atlas: Atlas, name: str, near: UnitRow) -> list[PostRow]:
    """Return today's posts of the people of that name, in the community and the offices above it, then anywhere.

    Several people may share the name: all of them are kept out, rather than the wrong one let in.
    """
    plain, today = name.strip(), clock.today()
    held = [p for posts in atlas.posts.values() for p in posts if p.user_name == plain and p.runs_on(today)]
    top = atlas.community_of(near.id) or near
    around = {u.id for u in atlas.above(top.id)} | {u.id for u in atlas.units.values() if u.path.startswith(top.path)}
    return [p for p in held if p.unit_id in around] or held


def _readers(atlas: Atlas, unit_id: UUID) -> frozenset[UUID]:
    today = clock.today()
    posts = atlas.posts.get(unit_id, ())
    return frozenset(p.user_id for p in posts if p.runs_on(today) and may(p.role, "need.answer"))


def _inspection(atlas: Atlas) -> UnitRow | None:
    return next((u for u in atlas.units.values() if u.kind == "inspection" and u.ended_on is None), None)


def _about_staff(atlas: Atlas, posts: list[PostRow], near: UnitRow) -> Route:
    accused = frozenset(p.user_id for p in posts)
    mine = [p for user_id in accused for p in atlas.posts_of(user_id)]
    highest = min((atlas.units[p.unit_id] for p in mine), key=lambda u: (u.depth, u.path), default=None)
    start = highest or atlas.community_of(near.id) or near
    ladder = [Rung(u.id, _readers(atlas, u.id)) for u in reversed(atlas.above(start.id)[:-1])]
    above = atlas.get(rung_above(accused, ladder)) or _inspection(atlas) or atlas.above(start.id)[0]
    return Route(above, accused)


def route(
    atlas: Atlas,
    *,
    grid_id: UUID | None,
    point: Point | None,
    community_id: UUID | None,
    about_staff: str = "",
) -> Route:
    """Return where a matter falls. Raises NotPlaced when nothing says where it belongs."""
    unit = _place(atlas, grid_id, point, community_id)
    if about_staff.strip():
        return _about_staff(atlas, accused_in(atlas, about_staff, unit), unit)
    return Route(_staffed(atlas, unit))
