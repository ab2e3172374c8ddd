"""Units: the tree, one unit, its boundary by text, by map and by file."""

import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from huiyin.org import actions as org
from huiyin.org.tests.make import Town, square
from tests.browser import staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh


def _path(town: Town, unit: str, more: str = "") -> str:
    return f"/desk/units/{town.units[unit].id}/{more}"


def _save(visitor: Visitor) -> None:
    visitor.find("main form button[type=submit].button-primary").click()


def _drawn(visitor: Visitor) -> Any:
    return json.loads(visitor.named("boundary").input_value())


def _rounded(shape: Any) -> list[list[list[float]]]:
    return [[[round(x, 6) for x in point] for point in ring] for ring in shape["coordinates"]]


def test_the_tree_opens_down_to_a_grid_and_its_unit_page(arrive: Arrive, town: Town, width: int) -> None:
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/units/")
    secretary.look("tree")
    secretary.find(".tree a", has_text="莲花社区").click()
    secretary.sees("0700-101")
    expect(secretary.find("[data-map-box] .leaflet-interactive").first).to_be_visible()
    secretary.look("community")
    secretary.find("a.chip", has_text="第01网格").click()
    secretary.sees("葛网格")
    secretary.look("grid")


def test_a_unit_is_edited_and_a_name_that_is_taken_is_refused(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open(_path(town, "lake1"))
    head.act("e")
    head.named("name").fill("第02网格")
    head.named("phone").fill("0700-199")
    head.look("form")
    _save(head)
    head.wrong_beside("name")
    expect(head.named("phone")).to_have_value("0700-199")
    head.look("taken")
    head.named("name").fill("东湖网格")
    _save(head)
    expect(head.find("h1")).to_contain_text("东湖网格")
    head.sees("0700-199")


def test_a_boundary_is_pasted_and_a_wrong_one_is_kept_for_mending(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open(_path(town, "lake2", "boundary/"))
    expect(head.find("[data-map-box] .leaflet-interactive").first).to_be_visible()
    head.look("map")
    head.named("boundary").fill('{"type": "Polygon", "coordinates": [[[115.5, 28.0], [115.6')
    _save(head)
    head.wrong_beside("boundary")
    expect(head.named("boundary")).to_have_value('{"type": "Polygon", "coordinates": [[[115.5, 28.0], [115.6')
    head.look("broken")
    shape = square(115.511, 28.001, 0.008)
    head.named("boundary").fill(json.dumps(shape))
    _save(head)
    head.sees(zh("drawn"))
    head.open(_path(town, "lake2", "boundary/"))
    assert _rounded(_drawn(head)) == _rounded(shape)


def test_a_hole_in_a_boundary_is_still_there_after_opening_and_saving(arrive: Arrive, town: Town) -> None:
    shape = square(115.511, 28.001, 0.008)
    shape["coordinates"].append(square(115.513, 28.003, 0.002)["coordinates"][0])
    org.set_boundary(town.actor("head"), town.units["lake2"].id, geojson=json.dumps(shape))
    head = staff.seat(arrive(1440), town, "head")
    for _time in range(2):
        head.open(_path(town, "lake2", "boundary/"))
        expect(head.find("[data-map-box] .area:not(.area-current)").first).to_be_visible()
        assert _rounded(_drawn(head)) == _rounded(shape)
        _save(head)
        head.sees(zh("drawn"))


def test_a_boundary_is_drawn_on_the_map(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open(_path(town, "lake2", "boundary/"))
    head.find("[data-boundary-clear]").click()
    head.find("[data-boundary-finish]").click()
    expect(head.find("[data-map-said]")).to_have_text(zh("A boundary needs at least three points."))
    box = head.find("[data-map-box]").bounding_box()
    assert box
    for across, down in ((0.3, 0.3), (0.6, 0.3), (0.6, 0.6), (0.3, 0.6)):
        head.find("[data-map-box]").click(position={"x": box["width"] * across, "y": box["height"] * down})
    head.find("[data-boundary-finish]").click()
    head.look("drawn")
    drawn = _drawn(head)
    assert len(drawn["coordinates"][0]) == 5
    _save(head)
    head.sees(zh("drawn"))
    head.open(_path(town, "lake2", "boundary/"))
    assert _drawn(head) == drawn


def test_who_draws_before_the_neighbours_have_come_is_not_undone_by_them(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(1440), town, "head")
    held: list[Route] = []
    head.page.route(re.compile(r"\?beside"), lambda route: held.append(route))
    head.open(_path(town, "lake2", "boundary/"))
    head.find("[data-boundary-clear]").click()
    head.find("[data-boundary-finish]").click()
    assert len(held) == 1
    held[0].continue_()
    expect(head.find("[data-map-box] .area:not(.area-current)").first).to_be_visible()
    expect(head.find("[data-map-said]")).to_have_text(zh("A boundary needs at least three points."))


def _file(folder: Path, names: list[str]) -> str:
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": square(115.50 + i / 100, 28.0, 0.01)}
        for i, name in enumerate(names)
    ]
    path = folder / "网格.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return str(path)


def test_boundaries_are_imported_from_a_file_all_or_none(arrive: Arrive, town: Town, tmp_path: Path) -> None:
    head = staff.seat(arrive(1440), town, "head")
    head.open(_path(town, "lake"))
    head.find("main details.menu summary").click()
    head.look("menu")
    head.find("main a.menu-item[href$='/import/']").click()
    head.find("input[type=file]").set_input_files(_file(tmp_path, ["第01网格", "第99网格"]))
    _save(head)
    head.wrong_beside("file", "第99网格")
    head.look("unknown-name")
    head.find("input[type=file]").set_input_files(_file(tmp_path, ["第01网格", "第02网格"]))
    _save(head)
    expect(head.find("h1")).to_have_text("莲花社区")
    head.open(_path(town, "lake1", "boundary/"))
    assert _rounded(_drawn(head)) == _rounded(square(115.50, 28.0, 0.01))


def test_a_grid_is_added_and_ended_when_nothing_hangs_on_it(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(390), town, "head")
    head.open(_path(town, "lake", "add/"))
    head.look("form")
    head.find("[name=kind][value=grid]").check(force=True)
    head.named("name").fill("第03网格")
    _save(head)
    expect(head.find("h1")).to_have_text("第03网格")
    head.look("empty")
    head.open(head.page.url + "end/")
    head.look("ending")
    _save(head)
    head.page.wait_for_url("**/desk/units/")
    head.open(_path(town, "lake1", "end/"))
    _save(head)
    expect(head.find(".refusal, main .flash")).to_be_visible()
    head.look("in-use")
