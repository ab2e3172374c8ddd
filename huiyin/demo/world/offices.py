"""The trees of units: the office from county to grid, the inspection unit, and the service teams."""

from __future__ import annotations

from huiyin.demo.world.atlas import Atlas, host_key
from huiyin.demo.world.presets import Preset
from huiyin.demo.world.records import Unit

# The teams of the brigade that are known for a trade; a matter may be passed on to them.
TRADES = (
    ("repair", "水电维修志愿服务队"),
    ("mediation", "邻里调解志愿服务队"),
    ("haircut", "便民理发志愿服务队"),
    ("law", "法律咨询志愿服务队"),
    ("elders", "助老陪护志愿服务队"),
    ("farming", "农技帮扶志愿服务队"),
    ("green", "环境整治志愿服务队"),
    ("tutoring", "课后陪伴志愿服务队"),
)


def units(preset: Preset, atlas: Atlas) -> tuple[Unit, ...]:
    """Return every unit, parents before children."""
    everything = atlas.boundary(list(atlas.cells))
    office = [
        Unit("county", None, "office", "county", preset.county),
        Unit("street", "county", "office", "street", preset.street, everything, "qingtang"),
    ]
    inspection = Unit("inspection", None, "inspection", "inspection", f"{preset.street}纪检监察工委")
    return (*office, *_places(preset, atlas), *_exclusives(preset, atlas), inspection, *_teams(preset))


def _places(preset: Preset, atlas: Atlas) -> list[Unit]:
    found: list[Unit] = []
    for place in preset.places:
        key = f"community:{place.slug}"
        keys = [f"grid:{place.slug}:{n:02d}" for n in range(1, place.grids + 1)]
        found.append(Unit(key, "street", "office", place.kind, place.name, atlas.boundary(keys), place.slug))
        found += [
            Unit(grid, key, "office", "grid", f"第{n:02d}网格", atlas.boundary([grid]), None, "comprehensive")
            for n, grid in enumerate(keys, start=1)
        ]
    return found


def _exclusives(preset: Preset, atlas: Atlas) -> list[Unit]:
    found = []
    for number, exclusive in enumerate(preset.exclusives):
        key, _ = host_key(preset, number)
        parent, name = f"community:{exclusive.community}", f"{exclusive.name}专属网格"
        found.append(Unit(key, parent, "office", "grid", name, atlas.inner_boundary(key), None, "exclusive"))
    return found


def _teams(preset: Preset) -> list[Unit]:
    brigade = Unit("service", None, "service", "brigade", f"{preset.street}志愿服务大队")
    trades = [Unit(f"team:{key}", "service", "service", "team", name) for key, name in TRADES]
    local = [
        Unit(f"team:{place.slug}", "service", "service", "team", f"{place.name}志愿服务队") for place in preset.places
    ]
    return [brigade, *trades, *local]
