"""A complaint about a member of staff: the person named finds nothing anywhere, the level above has it."""

import re

from playwright.sync_api import expect

from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

WORDS = "葛网格上门时态度很差，答应的事一直没办。"


def _complained(resident: Visitor) -> residents.Paper:
    resident.open("/c/lianhua/report/")
    residents.tell(resident, WORDS)
    residents.place_by_lists(resident)
    resident.find("fieldset:visible details summary").click()
    resident.named("about_staff").fill("葛网格")
    resident.look("naming")
    residents.leave_phone(resident, "")
    resident.look("receipt")
    return residents.paper(resident)


def _finds_nothing(accused: Visitor, path: str, code: str) -> None:
    accused.open("/desk/")
    assert WORDS[:8] not in accused.text()
    for text in ("态度", code):
        accused.open(f"/desk/?q={text}")
        expect(accused.find("[data-row]")).to_have_count(0)
    answer = accused.page.goto(accused.base + path)
    assert answer
    assert answer.status == 404
    assert answer.headers["x-reference"] in accused.text()
    assert WORDS[:8] not in accused.text()
    accused.look("nothing")


def test_the_person_named_in_a_complaint_finds_nothing_and_the_level_above_has_it(
    arrive: Arrive, town: Town, width: int
) -> None:
    kept = _complained(arrive(width))
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/")
    staff.open_matter(head, WORDS)
    head.sees("葛网格")
    head.look("above")
    assert re.search(r"/desk/needs/[0-9a-f-]+/", head.page.url)
    accused = staff.seat(arrive(width), town, "grid")
    _finds_nothing(accused, head.page.url.removeprefix(head.base), kept.code)
