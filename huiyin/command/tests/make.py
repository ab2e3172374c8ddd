"""A month one can count by hand: what came to the town in October 2025, before it and after it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from huiyin.needs import actions, queries
from huiyin.needs.actions import NewNeed
from huiyin.needs.queries import NeedRow
from huiyin.needs.rules.evaluation import Given
from huiyin.org.actors import PUBLIC, SYSTEM, Actor, Kind
from huiyin.org.tests.make import Town
from huiyin.platform import clock

NOISE, LAMP, HELP = "环境保护/环境污染/噪音污染", "城乡建设/城市建设和市政管理/城市公共设施", "民政/社会服务/其他"


def bearer(need: NeedRow) -> Actor:
    """Return the resident with the private link."""
    return Actor(Kind.BEARER, opens=frozenset({need.id}))


@contextmanager
def on(day: str, hour: int = 10) -> Iterator[None]:
    """Do what follows on a day, at ten in the office."""
    with clock.at(datetime.fromisoformat(day).replace(hour=hour, tzinfo=clock.OFFICE_ZONE)):
        yield


def came(
    town: Town, day: str, category: str = "", words: str = "广场舞的声音太大了，孩子没法写作业", **more: Any
) -> NeedRow:
    """Register a matter on a day; at building 3, in the lake's first grid, when nothing else is said."""
    fields: dict[str, Any] = {
        "words": words, "channel": "web", "source": f"web:{uuid.uuid4()}", "building_id": town.building.id, "category": category,
    }  # fmt: skip
    by = town.actor("secretary") if more.get("channel", "web") != "web" else PUBLIC
    with on(day):
        return queries.need(SYSTEM, actions.register(by, new=NewNeed(**{**fields, **more})).need_id)


def told(town: Town, need: NeedRow, day: str, **more: Any) -> None:
    """Answer a matter on a day by telephone, and record that it reached the resident."""
    with on(day):
        actions.answer(town.actor("secretary"), need.id, **{"text": "已经处理", "way": "phone", **more})
        actions.deliver(town.actor("secretary"), need.id)


def october(town: Town) -> dict[str, NeedRow]:
    """Make the month of the table in test_figures.py, and return its matters by name."""
    for category, day in ((NOISE, "2024-10-15"), (LAMP, "2025-09-10"), (LAMP, "2025-09-10"), (NOISE, "2025-09-10")):
        earlier = came(town, day, category)
        told(town, earlier, day)
        with on(day, 12):
            actions.rate(bearer(earlier), earlier.id, given=Given(True, 5))
    noise = [came(town, "2025-10-13", NOISE, f"广场舞的声音太大了，{n}栋的孩子没法写作业") for n in range(4)]
    lamp = came(town, "2025-10-14", LAMP, "北门的路灯坏了，晚上看不清路")
    far = {"building_id": None, "community_id": town.units["hill"].id}
    hill = came(town, "2025-10-31", "", "村口的水沟堵了，下雨就淹", channel="phone", source="phone:1", **far)
    gone = came(town, "2025-10-20", HELP, "想问问老年卡怎么办，材料要哪些")
    with on("2025-10-21"):
        actions.withdraw(bearer(gone), gone.id)
    told(town, noise[0], "2025-10-16")  # promised for the 20th
    told(town, noise[1], "2025-10-22")
    told(town, noise[2], "2025-10-20", outcome="unsolved", reason="money", who_else="明年再申请")
    with on("2025-10-17"):
        actions.rate(bearer(noise[0]), noise[0].id, given=Given(True, 4))
    with on("2025-10-25"):
        actions.rate(bearer(noise[1]), noise[1].id, given=Given(False, 1))
    with on("2025-10-28"):
        actions.close_unrated(SYSTEM)
    told(town, noise[3], "2025-11-03")
    return {**{f"noise{n}": need for n, need in enumerate(noise)}, "lamp": lamp, "hill": hill, "gone": gone}
