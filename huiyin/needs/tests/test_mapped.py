"""The map of open matters: what is reached, counted where there are many, coloured by the deadline."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from huiyin.needs import actions
from huiyin.needs.models import Need
from huiyin.needs.queries import mapped
from huiyin.needs.tests.test_orders import registered
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock

LAKE = mapped.Seen(115.49, 27.99, 115.53, 28.03)


def test_few_are_points_and_many_are_counts_and_none_is_lost(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    made = [registered(town, building_id=None, point=(115.501 + n * 0.0009, 28.001 + n * 0.0009)) for n in range(9)]
    actor = town.actor("head")
    points = mapped.spots(actor, seen=LAKE)
    assert {p.need_id for p in points} == {n.id for n in made}
    monkeypatch.setattr(mapped, "POINTS_MOST", 5)
    squares = mapped.spots(actor, seen=LAKE)
    assert all(s.need_id is None for s in squares)
    assert sum(s.count for s in squares) == 9
    assert len(squares) < 9


def test_only_what_is_open_seen_and_within_reach_stands_there(town: Town) -> None:
    near, gone = registered(town), registered(town)
    actions.withdraw(SYSTEM, gone.id)
    registered(town, building_id=None, community_id=town.units["hill"].id)  # without a point
    assert [s.need_id for s in mapped.spots(town.actor("head"), seen=LAKE)] == [near.id]
    assert mapped.spots(town.actor("hillhead"), seen=LAKE) == []
    far = mapped.Seen(100, 20, 101, 21)
    assert mapped.spots(town.actor("head"), seen=far) == []


def test_the_colour_is_that_of_the_deadline_and_narrows(town: Town) -> None:
    late, soon, later = (registered(town) for _ in range(3))
    for need, days in ((late, -1), (soon, 1), (later, 9)):
        Need.objects.filter(pk=need.pk).update(promised_on=clock.today() + timedelta(days=days))
    actor = town.actor("head")
    assert {s.need_id: s.due for s in mapped.spots(actor, seen=LAKE)} == {
        late.id: "over",
        soon.id: "soon",
        later.id: "later",
    }
    for due, need in (("over", late), ("soon", soon)):
        seen = mapped.Seen(LAKE.west, LAKE.south, LAKE.east, LAKE.north, due=due)
        assert [s.need_id for s in mapped.spots(actor, seen=seen)] == [need.id]


def test_what_has_no_place_is_said_and_listed(town: Town, client: Client) -> None:
    registered(town)
    client.force_login(town.people["head"])
    assert "unplaced=1" not in client.get("/desk/map/").content.decode()
    nowhere = registered(town, building_id=None, community_id=town.units["lake"].id)
    assert "1件在办诉求未标注位置" in client.get("/desk/map/").content.decode()
    page = client.get("/desk/", {"which": "all", "unplaced": "1"}).content.decode()
    assert page.count('class="matter"') == 1
    assert f"/desk/needs/{nowhere.id}/" in page


def test_the_answer_holds_places_and_no_words(town: Town, client: Client) -> None:
    registered(town, words="我叫宋青溪，电话13912345678，路灯坏了", place_text="找13700002222")
    client.force_login(town.people["head"])
    sides: dict[str, Any] = {"west": 115.49, "south": 27.99, "east": 115.53, "north": 28.03}
    answer = client.get("/desk/map/matters.json", sides)
    assert answer.json()["features"][0]["properties"]["place"].startswith("青禾苑3号楼")
    assert "宋青溪" not in answer.content.decode()
    assert "13700002222" not in answer.content.decode(), "as the list's cards hide it"
    for wrong in ({"west": "x"}, {"west": "nan"}, {"west": "1e300"}):
        assert client.get("/desk/map/matters.json", {**sides, **wrong}).status_code == 422


def test_each_grid_within_reach_says_who_answers_for_it(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    shapes = {f["properties"]["id"]: f["properties"] for f in client.get("/desk/map/areas.json").json()["features"]}
    assert shapes[str(town.units["lake1"].id)]["who"] == "葛网格"
    assert str(town.units["hill1"].id) not in shapes


def test_tiles_of_another_house_are_let_through_by_the_policy_alone_when_they_are_named() -> None:
    ask = "from huiyin.config import settings as s; print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"

    def said(**env: Any) -> str:
        run = subprocess.run(
            [sys.executable, "-c", ask], capture_output=True, text=True, check=True, env={**os.environ, **env}
        )
        return run.stdout

    assert "https://tiles.example" in said(HUIYIN_TILES="https://tiles.example/{z}/{x}/{y}.png")
    assert "http" not in said(HUIYIN_TILES="")
