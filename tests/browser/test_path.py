"""The real path: a resident says it, a grid worker answers, the resident reads the answer."""

from pathlib import Path

from playwright.sync_api import expect

from huiyin.needs import queries
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

ANSWER = "灯泡已经换好，今晚会亮。再坏请拨 0700-111 找葛网格。"


def _need_state(town: Town, code: str) -> str:
    return queries.stage_of_code(town.actor("secretary"), code)


def test_a_resident_reports_in_three_steps_and_keeps_the_receipt(arrive: Arrive, width: int, tmp_path: Path) -> None:
    resident = arrive(width)
    resident.open("/")
    resident.look("home")
    resident.find("a.tile", has_text="莲花社区").click()
    resident.look("community")
    resident.find("a.call").click()
    resident.look("step1")
    residents.tell(resident, photos=(residents.photo(tmp_path),))
    resident.look("step2")
    residents.place_by_lists(resident)
    resident.look("step3")
    residents.leave_phone(resident)
    resident.look("receipt")
    kept = residents.paper(resident)
    assert len(kept.code) == 13
    assert len(kept.pin) == 4
    assert "第01网格" in resident.text()
    assert "最晚" in resident.text()
    assert "月" in resident.find("main .card .strong").first.inner_text()
    resident.find("main .thumb a").click()
    resident.sees(residents.WORDS)
    expect(resident.find("[data-photos] img")).to_have_count(1)
    resident.look("progress")


def test_the_photo_that_is_kept_no_longer_says_where_it_was_taken(arrive: Arrive, tmp_path: Path) -> None:
    from PIL import Image

    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident, photos=(residents.photo(tmp_path),))
    residents.place_by_lists(resident)
    residents.leave_phone(resident)
    resident.open(residents.paper(resident).progress)
    shown = resident.page.request.get(resident.base + str(resident.find("[data-photo]").get_attribute("href")))
    (tmp_path / "shown.jpg").write_bytes(shown.body())
    with Image.open(tmp_path / "shown.jpg") as image:
        assert dict(image.getexif()) == {}


def test_a_place_can_be_tapped_on_the_map(arrive: Arrive, width: int) -> None:
    resident = arrive(width)
    resident.open("/c/lianhua/report/")
    residents.tell(resident)
    residents.tap_map(resident, 0.6, 0.5)
    expect(resident.find("[data-map-said]")).to_contain_text("第02网格")
    resident.look("tapped")
    residents.forward(resident)
    residents.leave_phone(resident)
    resident.sees("第02网格")


def _answered_by_page(worker: Visitor) -> None:
    staff.open_matter(worker, residents.WORDS)
    worker.look("matter")
    worker.act("a")
    worker.sees(zh("Being worked on"))
    worker.look("taken")
    worker.act("f")
    worker.named("text").fill(ANSWER)
    worker.find("[name=way][value=page]").check(force=True)
    worker.look("answering")
    staff.send(worker)
    worker.sees(f"{zh('Answer')}：")
    worker.look("answered")


def test_the_grid_worker_answers_and_the_resident_who_reads_it_closes_the_matter(
    arrive: Arrive, town: Town, width: int
) -> None:
    receipt = residents.registered(town, phone=residents.PHONE)
    worker = arrive(width)
    worker.open("/desk/")
    worker.look("login")
    staff.sign_in(worker, "grid")
    worker.look("list")
    _answered_by_page(worker)

    resident = arrive(width)
    resident.open(residents.link(receipt))
    resident.sees(ANSWER)
    resident.look("answer")
    expect(resident.find("form[data-send-once]")).to_be_hidden()
    assert _need_state(town, receipt.code) == "evaluate"
    residents.rate(resident, solved=True, stars=5)
    resident.sees(zh("Your rating is kept, and the matter is closed. If it comes back, tell us again."))
    resident.look("rated")
    assert _need_state(town, receipt.code) == "closed"

    worker.open("/desk/?which=closed")
    staff.open_matter(worker, residents.WORDS)
    worker.sees(zh("Closed"))
    worker.look("closed")


def test_the_button_tells_the_office_that_the_answer_was_read(arrive: Arrive, town: Town) -> None:
    from huiyin.needs import actions

    receipt = residents.registered(town)
    actions.answer(town.actor("grid"), receipt.need_id, text=ANSWER, way="page")
    resident = arrive(390, scripts=False)
    resident.open(residents.link(receipt))
    resident.find("form[data-send-once] button").click()
    resident.sees(zh("Rate the result"))
    assert _need_state(town, receipt.code) == "evaluate"


def test_the_resident_sees_which_office_looked_at_the_phone(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town, phone=residents.PHONE, name="王秀英")
    resident = arrive(width)
    resident.open(residents.link(receipt))
    resident.sees(zh("Nobody has looked at your contact details yet."))

    worker = staff.seat(arrive(width), town, "grid")
    worker.open(f"/desk/needs/{receipt.need_id}/")
    assert "王秀英" not in worker.text()
    worker.act("c")
    worker.sees("王秀英")
    worker.look("contact")

    resident.page.reload()
    looks = resident.find("section", has_text=zh("Who has looked at your contact details"))
    expect(looks.locator("li")).to_have_count(1)
    expect(looks.locator("li")).to_contain_text("第01网格")
    assert "葛网格" not in looks.inner_text()
    resident.look("looks")
