"""Puts a world together from its parts, each with its own dice, so that one may change without the others."""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from huiyin.demo.world import addresses, atlas, hours, offices, staff
from huiyin.demo.world.gazetteer import Gazetteer
from huiyin.demo.world.matters import happen
from huiyin.demo.world.names import Register
from huiyin.demo.world.presets import PRESETS
from huiyin.demo.world.records import World


def make_world(
    like: str = "zhangjiashan", seed: int = 1, matters: int = 300, *, today: date, now: datetime | None = None
) -> World:
    """Return an invented county; the same arguments give an equal world.

    `matters` lie in the year before `today` (a day in China), one in fifteen on the day itself as far as it has run.
    Nothing happens at or after `now`, an aware time, which is the first moment of `today` unless given.
    Raises KeyError when no preset is called `like`.
    """
    preset = PRESETS[like]

    def dice(part: str) -> Random:
        return Random(f"{like}:{seed}:{part}")

    chart = atlas.draw(preset, dice("map"))
    units, homes = offices.units(preset, chart), addresses.register(preset, chart, dice("addresses"))
    register = Register(dice("names"))
    team = staff.appoint(preset, units, homes.by_grid(), today=today, rng=dice("staff"), register=register)
    happened = happen(
        Gazetteer(preset, units, homes, staff=team),
        matters,
        today=today,
        until=now or hours.midnight(today),
        rng=dice("matters"),
        register=register,
    )
    return World(
        *(like, seed, today, preset.lon, preset.lat),
        main_community_key=f"community:{preset.main}",
        units=units,
        estates=tuple(homes.estates),
        buildings=tuple(homes.buildings),
        doors=tuple(homes.doors),
        people=tuple(team.people),
        posts=tuple(team.posts),
        portfolios=tuple(team.portfolios),
        matters=happened,
        accounts=tuple(team.accounts),
    )
