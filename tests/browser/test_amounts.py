"""Real amounts of text: one character, two thousand, a unit name of twenty; and the same pages in English."""

import re

import pytest

from huiyin.needs import actions
from huiyin.org import actions as org
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

LONG_NAME = "云岭县青溪街道莲花社区东片区第一综合网格"
LONG = ("3号楼门口的路灯坏了，晚上老人不敢出门。" * 100)[:1900] + "https://example.org/" + "a" * 80
_HEADS = "h1, h2, h3, legend, label, th, dt, summary, button, .button, .tile, .side-link, .filter, .help, .door-switch"


@pytest.mark.parametrize("words", ["灯", LONG], ids=["one", "two-thousand"])
def test_a_matter_is_shown_in_full_however_long(arrive: Arrive, town: Town, width: int, words: str) -> None:
    receipt = residents.registered(town, words)
    name = f"{len(words)}"
    resident = arrive(width)
    resident.open(residents.link(receipt))
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", resident.text())
    resident.look(f"progress-{name}")
    worker = staff.seat(arrive(width), town, "grid")
    worker.open("/desk/")
    worker.look(f"list-{name}")
    worker.find("[data-row]").click()
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", worker.find("#detail .words").first.inner_text())
    worker.look(f"matter-{name}")


def test_a_unit_name_of_twenty_characters_fits_everywhere(arrive: Arrive, town: Town, width: int) -> None:
    assert len(LONG_NAME) == 20
    org.edit_unit(town.actor("head"), town.units["lake1"].id, name=LONG_NAME, phone="0700-111")
    receipt = residents.registered(town, phone=residents.PHONE)
    actions.look_at_contact(town.actor("grid"), receipt.need_id)
    actions.answer(town.actor("grid"), receipt.need_id, text="灯泡已经换好。", way="page")
    resident = arrive(width, scripts=False)
    for name, path in (("receipt", f"{residents.link(receipt)}receipt/"), ("progress", residents.link(receipt))):
        resident.open(path)
        resident.sees(LONG_NAME)
        resident.look(name)
    resident.open("/c/lianhua/")
    resident.find("main details summary").click()
    resident.look("community")
    worker = staff.seat(arrive(width), town, "grid")
    pages = {"matter": f"/desk/needs/{receipt.need_id}/", "unit": f"/desk/units/{town.units['lake1'].id}/"}
    for name, path in {**pages, "list": "/desk/?which=undelivered", "tree": "/desk/units/"}.items():
        worker.open(path)
        worker.look(name)


def _names(town: Town) -> list[str]:
    given = [u.name for u in town.units.values()] + [p.name for p in town.people.values()]
    return sorted([*given, "青禾苑", "3号楼", "中文"], key=len, reverse=True)


def _not_english(visitor: Visitor, names: list[str]) -> list[str]:
    left = []
    for said in visitor.find(_HEADS).all_inner_texts():
        for name in names:
            said = said.replace(name, "")
        if re.search("[一-龥]", said):
            left.append(said)
    return left


def _read_in_english(visitor: Visitor, town: Town, pages: dict[str, str]) -> None:
    for name, path in pages.items():
        visitor.open(path)
        assert _not_english(visitor, _names(town)) == []
        assert visitor.find("html").get_attribute("lang") == "en"
        visitor.look(name)


def test_the_door_is_there_in_english(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    actions.answer(town.actor("grid"), receipt.need_id, text="The lamp is repaired.", way="phone")
    pages = {
        "home": "/en/",
        "community": "/en/c/lianhua/",
        "report": "/en/c/lianhua/report/",
        "receipt": f"/en{residents.link(receipt)}receipt/",
        "progress": f"/en{residents.link(receipt)}",
        "track": "/en/track/",
        "phone": "/en/mine/phone/",
    }
    _read_in_english(arrive(390, locale="en-GB"), town, pages)


def test_the_desk_is_there_in_english(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town, phone=residents.PHONE)
    pages = {
        "list": "/en/desk/",
        "matter": f"/en/desk/needs/{receipt.need_id}/",
        "answering": f"/en/desk/needs/{receipt.need_id}/answer/",
        "passing": f"/en/desk/needs/{receipt.need_id}/pass_on/",
        "register": "/en/desk/register/",
        "units": "/en/desk/units/",
        "unit": f"/en/desk/units/{town.units['lake1'].id}/",
        "people": "/en/desk/people/",
        "password": "/en/desk/password/",
    }
    _read_in_english(staff.seat(arrive(390, locale="en-GB"), town, "head"), town, pages)
