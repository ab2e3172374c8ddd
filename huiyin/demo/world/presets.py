"""The figures a world is made after, as data; names and places are invented by the project.

Only sizes are taken from the press report behind each preset (docs/systems.md). To add another
(zhangjiagang: grids of 300 to 500 doors in several portfolios) add an entry to PRESETS.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community and the number of comprehensive grids it is divided into."""

    name: str
    slug: str
    kind: Literal["village", "community"]
    grids: int


@dataclass(frozen=True, slots=True)
class Exclusive:
    """An exclusive grid (专属网格): a market, a business district or an office building."""

    community: str
    name: str
    trade: Literal["market", "business", "office"]


@dataclass(frozen=True, slots=True)
class Preset:
    """Sizes, names and the ground of one world. Ranges are inclusive; lengths are metres."""

    county: str
    street: str
    places: tuple[Place, ...]
    exclusives: tuple[Exclusive, ...]
    main: str
    doors_per_grid: tuple[int, int]
    doors_per_portfolio: tuple[int, int]
    lon: float
    lat: float
    half_width_m: float
    half_height_m: float


def _towns() -> tuple[Place, ...]:
    listed = (
        ("莲花", "lianhua", 18),
        ("梧桐里", "wutongli", 17),
        ("书院巷", "shuyuanxiang", 16),
        ("望棠", "wangtang", 18),
        ("老码头", "laomatou", 15),
        ("锦云", "jinyun", 17),
        ("和畅", "hechang", 16),
        ("北塔", "beita", 18),
        ("新桥头", "xinqiaotou", 17),
        ("棉纺", "mianfang", 16),
        ("文笔", "wenbi", 15),
        ("钟鼓楼", "zhonggulou", 17),
    )
    return tuple(Place(f"{name}社区", slug, "community", grids) for name, slug, grids in listed)


def _villages() -> tuple[Place, ...]:
    listed = (
        ("竹陂", "zhubei", 12),
        ("石蓼", "shiliao", 11),
        ("上洲畈", "shangzhoufan", 12),
        ("桐坑", "tongkeng", 13),
        ("荷埠", "hebu", 11),
        ("茶垣", "chayuan", 12),
        ("杏坪", "xingping", 12),
        ("乌桕", "wujiu", 11),
        ("枣源", "zaoyuan", 13),
        ("梅岭脚", "meilingjiao", 12),
        ("湖下", "huxia", 11),
        ("柘陂", "zhebei", 12),
        ("禾岗", "hegang", 12),
        ("水竹", "shuizhu", 11),
        ("双井", "shuangjing", 11),
    )
    return tuple(Place(f"{name}村", slug, "village", grids) for name, slug, grids in listed)


PRESETS: dict[str, Preset] = {
    "zhangjiashan": Preset(
        county="蓼川县",
        street="青棠街道",
        places=_towns() + _villages(),
        exclusives=(
            Exclusive("lianhua", "莲花农贸市场", "market"),
            Exclusive("lianhua", "青棠大厦", "office"),
            Exclusive("wutongli", "梧桐里商业街", "business"),
            Exclusive("shuyuanxiang", "书院巷菜市场", "market"),
            Exclusive("laomatou", "老码头农副产品市场", "market"),
            Exclusive("jinyun", "锦云广场", "business"),
            Exclusive("beita", "北塔创业楼", "office"),
            Exclusive("xinqiaotou", "新桥头农贸市场", "market"),
            Exclusive("zhonggulou", "钟鼓楼步行街", "business"),
            Exclusive("hechang", "和畅商务楼", "office"),
        ),
        main="lianhua",
        doors_per_grid=(30, 50),
        doors_per_portfolio=(30, 50),
        lon=115.4868,
        lat=28.0127,
        half_width_m=4000.0,
        half_height_m=3000.0,
    ),
}
