"""An invented county, made by chance from a seed: `make_world(seed=1, today=date(2026, 3, 4))`.

Pure: no Django, no database, no clock. Every person, telephone number, place and sentence is invented.
"""

from huiyin.demo.world.making import make_world
from huiyin.demo.world.presets import PRESETS
from huiyin.demo.world.records import (
    Account,
    Building,
    Door,
    Estate,
    Matter,
    Move,
    Person,
    Polygon,
    Portfolio,
    Post,
    Resident,
    Unit,
    World,
)

__all__ = [
    "PRESETS",
    "Account",
    "Building",
    "Door",
    "Estate",
    "Matter",
    "Move",
    "Person",
    "Polygon",
    "Portfolio",
    "Post",
    "Resident",
    "Unit",
    "World",
    "make_world",
]
