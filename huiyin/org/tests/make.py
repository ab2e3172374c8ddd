"""One small town that every room's tests share: people, units and posts with names one remembers."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.models import Building, Door, Estate, Portfolio, Post, Unit, User
from huiyin.org.queries import actor_for

STARTED = date(2024, 1, 1)
PASSWORD = "yun-shan-2026"


def square(west: float, south: float, side: float) -> dict[str, Any]:
    """Return a square as a GeoJSON polygon."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@dataclass(frozen=True)
class Town:
    """Units by name, people by username."""

    units: dict[str, Unit]
    people: dict[str, User]
    building: Building

    def actor(self, username: str) -> Actor:
        """Return a person as an actor with today's grants."""
        return actor_for(self.people[username])


def unit(key: str, parent: Unit | None, kind: str, name: str, **more: Any) -> Unit:
    """Add a unit with a readable path label."""
    path = f"{parent.path if parent else ''}{key}/"
    return Unit.objects.create(
        parent=parent, path=path, kind=kind, name=name, started_on=STARTED,
        grid_kind=more.pop("grid_kind", "comprehensive" if kind == "grid" else ""), **more,
    )  # fmt: skip


def person(username: str, name: str, place: Unit | None, role: str = "") -> User:
    """Add a member of staff with a post."""
    user = User.objects.create(username=username, name=name, password=make_password(PASSWORD))
    if place is not None:
        Post.objects.create(user=user, unit=place, role=role, started_on=STARTED)
    return user


def make_town() -> Town:
    """Return a county with one street, two communities, three grids, and an inspection unit of its own."""
    county = unit("1", None, "county", "云岭县")
    street = unit("2", county, "street", "青溪街道", phone="0700-100")
    lake = unit(
        "3",
        street,
        "community",
        "莲花社区",
        slug="lianhua",
        phone="0700-101",
        boundary=square(115.50, 28.00, 0.02),
    )
    hill = unit("4", street, "village", "枫树村", slug="fengshu", boundary=square(115.52, 28.00, 0.02))
    units = {
        "county": county, "street": street, "lake": lake, "hill": hill,
        "lake1": unit("5", lake, "grid", "第01网格", boundary=square(115.50, 28.00, 0.01), phone="0700-111"),
        "lake2": unit("6", lake, "grid", "第02网格", boundary=square(115.51, 28.00, 0.01)),
        "market": unit("7", lake, "grid", "农贸市场专属网格", grid_kind="exclusive", boundary=square(115.502, 28.002, 0.002)),
        "hill1": unit("8", hill, "grid", "第01网格", boundary=square(115.52, 28.00, 0.02)),
        "inspection": unit("9", county, "inspection", "青溪街道纪检监察工委"),
        "teams": unit("10", None, "brigade", "志愿服务大队", tree="service"),
    }  # fmt: skip
    held = [
        ("admin", "安管理", "county", "county_admin"), ("secretary", "苏书记", "street", "street_head"),
        ("dispatcher", "派小单", "street", "dispatcher"), ("head", "何主任", "lake", "community_head"),
        ("clerk", "柯文员", "lake", "clerk"), ("hillhead", "冯村长", "hill", "community_head"),
        ("grid", "葛网格", "lake1", "grid_worker"), ("grid2", "葛二网", "lake2", "grid_worker"),
        ("marketgrid", "施网格", "market", "grid_worker"), ("hillgrid", "山网格", "hill1", "grid_worker"),
        ("contact", "廖联户", "lake1", "contact_member"), ("inspector", "季检察", "inspection", "inspector"),
    ]  # fmt: skip
    people = {username: person(username, name, units[place], role) for username, name, place, role in held}
    people["nobody"] = person("nobody", "吴岗位", None)
    estate = Estate.objects.create(community=lake, name="青禾苑")
    building = Building.objects.create(estate=estate, grid=units["lake1"], name="3号楼", lon=115.505, lat=28.005)
    portfolio = Portfolio.objects.create(grid=units["lake1"], worker=people["grid"], name="第01包户")
    Door.objects.create(building=building, portfolio=portfolio, stairwell="1单元", name="101室")
    atlas.forget()
    return Town(units, people, building)
