"""Who works there: people, their posts, their stand-ins, and the doors each grid worker answers for."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random

from huiyin.demo.world.names import Register
from huiyin.demo.world.presets import Preset
from huiyin.demo.world.records import Account, Door, Person, Portfolio, Post, Role, Unit

# The grid whose worker signs in as `grid`: the twelfth of the main community.
DEMO_GRID = 12


@dataclass(slots=True)
class Staff:
    """People and posts; `accounts` are those with easy user names."""

    people: list[Person] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    portfolios: list[Portfolio] = field(default_factory=list)
    accounts: list[Account] = field(default_factory=list)


def appoint(
    preset: Preset,
    units: Sequence[Unit],
    doors: Mapping[str, list[Door]],
    *,
    today: date,
    rng: Random,
    register: Register,
) -> Staff:
    """Return the staff of all units on the day `today`."""
    office = _Personnel(preset, today, rng=rng, register=register)
    for unit in units:
        office.fill(unit, doors.get(unit.key, []))
    office.replace_some()
    office.stand_in_for_some()
    return office.staff


class _Personnel:
    """Appoints people to one unit after the other."""

    def __init__(self, preset: Preset, today: date, *, rng: Random, register: Register) -> None:
        self._preset, self._today, self._rng, self._register = preset, today, rng, register
        self.staff = Staff()
        main, grid = f"community:{preset.main}", f"grid:{preset.main}:{DEMO_GRID:02d}"
        self._easy: dict[tuple[str, Role], str] = {
            ("county", "county_admin"): "admin",
            ("street", "street_head"): "secretary",
            ("street", "dispatcher"): "dispatcher",
            (main, "clerk"): "clerk",
            (main, "community_head"): "head",
            (grid, "grid_worker"): "grid",
            ("inspection", "inspector"): "inspector",
            ("team:repair", "team_lead"): "team",
        }

    def fill(self, unit: Unit, doors: list[Door]) -> None:
        """Appoint everyone a unit of this kind has."""
        roles: dict[str, tuple[Role, ...]] = {
            "county": ("county_admin",),
            "street": ("street_head", "dispatcher", "dispatcher", "dispatcher"),
            "village": ("community_head", "clerk", "clerk"),
            "community": ("community_head", "clerk", "clerk"),
            "inspection": ("inspector",),
            "brigade": ("team_lead",),
            "team": ("team_lead",),
            "grid": (),
        }
        for role in roles[unit.kind]:
            self._appoint(unit.key, role)
        if unit.kind == "grid":
            self._divide(unit.key, doors)

    def replace_some(self) -> None:
        """Let a few grid workers have followed somebody who left."""
        workers = [n for n, post in enumerate(self.staff.posts) if post.role == "grid_worker"]
        for n in self._rng.sample(workers, 6):
            post = self.staff.posts[n]
            # Before the year that is told: whoever holds a post today held it when the story happens.
            left = self._today - timedelta(days=self._rng.randint(375, 700))
            began = left - timedelta(days=self._rng.randint(200, 900))
            self.staff.posts[n] = replace(post, started_on=left + timedelta(days=1))
            self._post(self._person(None), post.unit_key, post.role, days=(began, left))

    def stand_in_for_some(self) -> None:
        """Let somebody of the same community stand in for a few who are away at present, or will be."""
        for role, count in (("grid_worker", 4), ("clerk", 1), ("dispatcher", 1)):
            listed = [n for n, post in enumerate(self.staff.posts) if post.role == role and not post.ended_on]
            for n in self._rng.sample(listed[1:-1], count):
                near = self.staff.posts[listed[listed.index(n) + self._rng.choice((-1, 1))]]
                begins = self._today + timedelta(days=self._rng.randint(-4, 2))
                ends = begins + timedelta(days=self._rng.randint(4, 12))
                away = replace(self.staff.posts[n], stand_in_from=begins, stand_in_until=ends)
                self.staff.posts[n] = replace(away, stand_in_key=near.person_key)

    def _divide(self, grid: str, doors: list[Door]) -> None:
        """Give the doors of a grid to as many grid workers as it takes, each an unbroken run."""
        low, high = self._preset.doors_per_portfolio
        parts = max(1, round(2 * len(doors) / (low + high)))
        cuts = [round(n * len(doors) / parts) for n in range(parts + 1)]
        for start, end in itertools.pairwise(cuts):
            worker = self._appoint(grid, "grid_worker")
            keys = tuple(door.key for door in doors[start:end])
            self.staff.portfolios.append(Portfolio(grid, worker.key, keys))
        if self._rng.random() < 0.16:
            self._appoint(grid, "contact_member")

    def _appoint(self, unit_key: str, role: Role) -> Person:
        username = self._easy.pop((unit_key, role), None)
        person = self._person(username)
        if username:
            self.staff.accounts.append(Account(username, person.key, role, unit_key))
        began = self._today - timedelta(days=self._rng.randint(400, 1700))
        self._post(person, unit_key, role, days=(began, None))
        return person

    def _person(self, username: str | None) -> Person:
        name, spelling = self._register.person()
        username = username or spelling
        phone, email = self._register.phone(), f"{username}@huiyin.example"
        person = Person(f"person:{len(self.staff.people) + 1:04d}", username, name, phone, email)
        self.staff.people.append(person)
        return person

    def _post(self, person: Person, unit_key: str, role: Role, *, days: tuple[date, date | None]) -> None:
        key = f"post:{len(self.staff.posts) + 1:04d}"
        self.staff.posts.append(Post(key, person.key, unit_key, role, *days))
