"""Where a matter falls: the grid of the building or point, one level up when it is about a member of staff."""

from dataclasses import dataclass
from uuid import UUID

from huiyin.needs.errors import NotPlaced
from huiyin.needs.rules import Rung, names, rung_above
from huiyin.org.atlas import Atlas, UnitRow

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Route:
    """The unit that holds the matter, who must not see it, and the unit of the place itself."""

    unit: UnitRow
    fell_to: UnitRow
    barred: frozenset[UUID] = frozenset()


def _place(atlas: Atlas, grid_id: UUID | None, point: Point | None, community_id: UUID | None) -> UnitRow:
    """A building's grid, else the grid at the point, else the community of the page, else the nearest one."""
    chosen = atlas.get(community_id)
    if chosen and (chosen.kind not in {"village", "community"} or chosen.ended_on is not None):
        raise NotPlaced(field="community")
    found = grid_id or (atlas.grid_at(point) if point else None) or community_id
    if found is None and point is not None:
        found = atlas.nearest_community(point)
    unit = atlas.get(found)
    if unit is None or unit.ended_on is not None:
        raise NotPlaced(field="community")
    return unit


def _answered(atlas: Atlas, unit: UnitRow) -> UnitRow:
    """A grid where nobody may answer today passes its matters to the unit above, so that somebody sees them."""
    for candidate in reversed(atlas.above(unit.id)):
        if atlas.holders(candidate.id, "need.answer"):
            return candidate
    return unit


def accused_in(atlas: Atlas, text: str, near: UnitRow) -> frozenset[UUID]:
    """Return the people a complaint may be about: of those around the place, else of all who hold or held a post.

    Several may fit, as with «何主任»: all of them are kept out, rather than the wrong one let in.
    """
    top = atlas.community_of(near.id) or near
    around = {u.id for u in atlas.above(top.id)} | {u.id for u in atlas.units.values() if u.path.startswith(top.path)}
    fitting = [s for s in atlas.staff if names(text, s.name)]
    return frozenset(s.user_id for s in fitting if s.units & around) or frozenset(s.user_id for s in fitting)


def inspection(atlas: Atlas) -> UnitRow | None:
    """Return the inspection post's unit."""
    return next((u for u in atlas.units.values() if u.kind == "inspection" and u.ended_on is None), None)


def next_above(atlas: Atlas, unit_id: UUID, barred: frozenset[UUID], *, complaint: bool) -> UnitRow | None:
    """Return the first unit above where somebody not barred may answer; for a complaint, inspection above the top."""
    ladder = [Rung(u.id, atlas.holders(u.id, "need.answer")) for u in reversed(atlas.above(unit_id)[:-1])]
    found = atlas.get(rung_above(barred, ladder))
    last = inspection(atlas) if complaint else None
    return found or (last if last and last.id != unit_id else None)


def _about_staff(atlas: Atlas, accused: frozenset[UUID], near: UnitRow) -> Route:
    held = [atlas.units[u] for s in atlas.staff if s.user_id in accused for u in s.units if u in atlas.units]
    highest = min(held, key=lambda u: (u.depth, u.path), default=None)
    post = inspection(atlas)
    if highest is None:  # nobody fits the name: never to where the one meant may read it
        return Route(post or atlas.above(near.id)[0], near, accused)
    above = next_above(atlas, highest.id, accused, complaint=True)
    if above is None or not atlas.holders(above.id, "need.answer") - accused:
        offices = [
            u for u in atlas.units.values() if u.tree == "office" and atlas.holders(u.id, "need.answer") - accused
        ]
        above = min(offices, key=lambda u: (u.depth, u.path), default=above or post or atlas.above(near.id)[0])
    return Route(above, near, accused)


def route(
    atlas: Atlas, *, grid_id: UUID | None, point: Point | None, community_id: UUID | None, about_staff: str = ""
) -> Route:
    """Return where a matter falls. Raises NotPlaced when nothing says where it belongs."""
    unit = _place(atlas, grid_id, point, community_id)
    if about_staff.strip():
        return _about_staff(atlas, accused_in(atlas, about_staff, unit), unit)
    return Route(_answered(atlas, unit), unit)


def dispatcher_of(atlas: Atlas, unit_id: UUID, barred: frozenset[UUID]) -> UnitRow | None:
    """Return the unit at or above this one where somebody not barred may make orders today."""
    chain = reversed(atlas.above(unit_id))
    return next((u for u in chain if atlas.holders(u.id, "order.make") - barred), None)


def dispatcher_above(atlas: Atlas, unit_id: UUID, barred: frozenset[UUID]) -> UnitRow | None:
    """Return the next such unit above this one."""
    parent = atlas.units[unit_id].parent_id
    return dispatcher_of(atlas, parent, barred) if parent else None
