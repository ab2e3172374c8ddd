"""Steps at the desk: hand up, pass on, undo, answer by phone, deliver; what a list shows and when it is empty."""

import re

import pytest
from playwright.sync_api import expect

from huiyin.needs import actions
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

WHY = "要换整根灯杆，网格里没有这笔钱。"


def _handed_up(worker: Visitor) -> None:
    worker.open("/desk/")
    staff.open_matter(worker, residents.WORDS)
    worker.act("u")
    worker.named("note").fill(" ")
    staff.send(worker)
    worker.wrong_beside("note")
    worker.look("why-asked")
    worker.named("note").fill(WHY)
    staff.send(worker)
    worker.sees(f"{zh('Escalate')}：")
    worker.look("handed-up")


def _passed_on_and_undone(head: Visitor) -> None:
    head.open("/desk/")
    staff.open_matter(head, residents.WORDS)
    head.sees(WHY)
    head.act("p")
    other = head.named("unit").locator("option", has_text="第02网格").inner_text()
    head.named("unit").select_option(label=other)
    head.look("passing")
    staff.send(head)
    expect(head.find(".toast")).to_be_visible()
    head.look("passed")
    head.act("z")
    head.sees(zh("Last step taken back"))
    expect(head.find(".toast")).to_have_count(0)
    head.look("undone")


def _answered_by_phone(head: Visitor) -> None:
    head.act("f")
    head.named("text").fill("已联系路灯所，周三前换好。")
    head.find("[name=way][value=phone]").check(force=True)
    staff.send(head)
    head.sees(zh("To be told by telephone"))
    head.act("v")
    head.named("note").fill("下午三点电话告知本人。")
    head.look("delivering")
    staff.send(head)
    expect(head.find("[data-row]")).to_have_count(0)
    head.look("nothing-left")
    head.open("/desk/?which=rating")
    staff.open_matter(head, residents.WORDS)
    head.sees("下午三点电话告知本人。")
    head.look("told")


def test_what_a_grid_cannot_settle_goes_up_and_is_answered_there(arrive: Arrive, town: Town, width: int) -> None:
    residents.registered(town, phone=residents.PHONE)
    _handed_up(staff.seat(arrive(width), town, "grid"))
    head = staff.seat(arrive(width), town, "head")
    _passed_on_and_undone(head)
    _answered_by_phone(head)


def test_a_matter_passed_on_is_found_by_the_other_grid(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    actions.pass_on(town.actor("head"), receipt.need_id, unit_id=town.units["lake2"].id, note="属第02网格")
    worker = staff.seat(arrive(390), town, "grid2")
    worker.open("/desk/")
    staff.open_matter(worker, residents.WORDS)
    worker.sees("第02网格")
    worker.sees("属第02网格")


def test_the_next_matter_opens_after_an_answer(arrive: Arrive, town: Town) -> None:
    residents.registered(town)
    residents.registered(town, "楼道里堆满了纸箱，怕着火。")
    worker = staff.seat(arrive(1440), town, "grid")
    worker.open("/desk/")
    expect(worker.find("[data-row]")).to_have_count(2)
    staff.open_matter(worker, residents.WORDS)
    worker.press("f")
    worker.named("text").fill("灯泡已经换好。")
    staff.send(worker)
    expect(worker.find("#detail .words").first).to_have_text("楼道里堆满了纸箱，怕着火。")
    worker.look("next")


def test_an_internal_note_is_for_colleagues_only(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    worker = staff.seat(arrive(1440), town, "grid")
    worker.open(f"/desk/needs/{receipt.need_id}/")
    worker.press("n")
    worker.named("note").fill("老人耳背，说话要大声。")
    staff.send(worker)
    worker.sees("老人耳背，说话要大声。")
    resident = arrive(390)
    resident.open(residents.link(receipt))
    resident.sees(residents.WORDS)
    assert "耳背" not in resident.text()


@pytest.mark.parametrize(
    "which", ["open", "overdue", "today", "fresh", "out", "undelivered", "rating", "word", "followed", "closed"]
)
def test_an_empty_list_says_so_in_chinese(arrive: Arrive, town: Town, which: str) -> None:
    worker = staff.seat(arrive(390), town, "grid2")
    worker.open(f"/desk/?which={which}")
    expect(worker.find(".empty-title").first).to_be_visible()
    worker.look(which)


def test_the_search_finds_by_word_and_by_code(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town)
    residents.registered(town, "垃圾三天没有收。")
    worker = staff.seat(arrive(width), town, "grid")
    worker.open("/desk/")
    worker.find(".desk-search [name=q]").fill(f"{receipt.code[:4]}-{receipt.code[4:8]}-{receipt.code[8:]}")
    worker.page.keyboard.press("Enter")
    expect(worker.page).to_have_url(re.compile(f"/desk/needs/{receipt.need_id}/$"))
    worker.find(".desk-search [name=q]").fill("路灯")
    worker.page.keyboard.press("Enter")
    expect(worker.find("[data-row]")).to_have_count(1)
    expect(worker.find("[data-row]")).to_contain_text("路灯")
    worker.look("found")
    worker.find(".desk-search [name=q]").fill("没有这句话")
    worker.page.keyboard.press("Enter")
    expect(worker.find("[data-row]")).to_have_count(0)
    worker.look("not-found")


def test_the_desk_is_dark_at_night(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town, phone=residents.PHONE)
    worker = staff.seat(arrive(width, dark=True), town, "head")
    worker.open("/desk/")
    worker.look("list")
    worker.open(f"/desk/needs/{receipt.need_id}/")
    worker.look("matter")


def test_the_desk_takes_large_text_too(arrive: Arrive, town: Town, width: int) -> None:
    residents.registered(town)
    worker = staff.seat(arrive(width, elder=True), town, "head")
    worker.open("/desk/")
    worker.look("list")
