"""Looking things up in a world that is being made: buildings by kind of place, staff by unit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random

from huiyin.demo.world.addresses import Addresses
from huiyin.demo.world.phrases.subject import Setting
from huiyin.demo.world.presets import Preset
from huiyin.demo.world.records import Building, Door, Estate, Person, Role, Unit
from huiyin.demo.world.staff import Staff

# A block of this many floors has a lift.
_TOWER_FLOORS = 9


class Gazetteer:
    """An index over units, addresses and staff."""

    def __init__(self, preset: Preset, units: Sequence[Unit], addresses: Addresses, *, staff: Staff) -> None:
        self.preset = preset
        self.units = {unit.key: unit for unit in units}
        self.estates: dict[str, Estate] = {estate.key: estate for estate in addresses.estates}
        self.people: dict[str, Person] = {person.key: person for person in staff.people}
        self._doors: dict[str, list[Door]] = {}
        for door in addresses.doors:
            self._doors.setdefault(door.building_key, []).append(door)
        self._buildings: dict[str, list[Building]] = {}
        for building in addresses.buildings:
            self._buildings.setdefault(building.grid_key, []).append(building)
        self._posts: dict[tuple[str, Role], list[str]] = {}
        for post in staff.posts:
            if post.ended_on is None:
                self._posts.setdefault((post.unit_key, post.role), []).append(post.person_key)
        self._known: dict[tuple[str, Setting], list[Building]] = {}
        self._grids: dict[str, list[str]] = {}
        for unit in units:
            if unit.kind == "grid" and unit.parent_key:
                self._grids.setdefault(unit.parent_key, []).append(unit.key)

    def staff_of(self, unit_key: str, role: Role) -> list[str]:
        """Return who holds the role in the unit now, in the order of appointment."""
        return self._posts.get((unit_key, role), [])

    def communities(self, setting: Setting) -> list[str]:
        """Return the keys of the communities or villages where such a place is found."""
        kind = {"town": "community", "tower": "community", "village": "village"}.get(setting)
        places = [unit for unit in self.units.values() if unit.kind in ("community", "village")]
        if setting in ("market", "tower"):
            return [unit.key for unit in places if self._places(unit.key, setting)]
        return [unit.key for unit in places if kind in (None, unit.kind)]

    def grids_of(self, community_key: str) -> list[str]:
        """Return the comprehensive grids of a community."""
        return [key for key in self._grids[community_key] if self.units[key].grid_kind == "comprehensive"]

    def building(self, community_key: str, setting: Setting, rng: Random) -> Building:
        """Return a building of the community fit for the setting."""
        return rng.choice(self._places(community_key, setting))

    def buildings(self, grid_key: str) -> list[Building]:
        """Return the buildings of a grid."""
        return self._buildings[grid_key]

    def stairwells(self, building: Building) -> list[str]:
        """Return the names of the building's stairwells, none if it has but one way in."""
        return sorted({door.stairwell for door in self._doors[building.key]} - {""})

    def is_tower(self, building: Building) -> bool:
        """Tell whether the building has a lift."""
        top = self._doors[building.key][-1].name.removesuffix("室")
        return top.isdigit() and int(top) // 100 >= _TOWER_FLOORS

    def _places(self, community_key: str, setting: Setting) -> list[Building]:
        if (community_key, setting) not in self._known:
            self._known[community_key, setting] = self._searched(community_key, setting)
        return self._known[community_key, setting]

    def _searched(self, community_key: str, setting: Setting) -> list[Building]:
        exclusive = setting == "market"
        found = [
            building
            for grid in self._grids[community_key]
            if (self.units[grid].grid_kind == "exclusive") == exclusive
            for building in self._buildings[grid]
        ]
        if setting == "tower":
            return [building for building in found if self.is_tower(building)]
        if exclusive:
            return [building for building in found if building.name.endswith("区")]
        return found


def on_day(day: date) -> str:
    """Return a day as an office writes it in an answer."""
    return f"{day.month}月{day.day}日"
