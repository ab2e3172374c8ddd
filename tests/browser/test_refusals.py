"""What goes wrong is said in Chinese beside the field; what was typed and chosen is still there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh


def _on_to_the_end(resident: Visitor) -> None:
    """Go from the first step through the others without filling in, and send."""
    for _step in range(3):
        residents.forward(resident)


def _photos_shown(resident: Visitor) -> int:
    residents.leave_phone(resident, "")
    resident.find("main .thumb a").click()
    resident.sees(zh("Your words"))
    return resident.find("[data-photos] img").count()


def test_without_words_the_first_step_says_so(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.forward(resident)
    resident.wrong_beside("words", zh("Please fill this in."))
    resident.look("empty")


def test_blanks_are_no_words_and_the_phone_typed_stays(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident, "   ")
    residents.forward(resident)
    resident.named("phone").fill(residents.PHONE)
    residents.forward(resident)
    resident.wrong_beside("words", zh("Please say what happened, in your own words."))
    resident.look("blanks")
    assert zh("The photos you chose before are kept.") not in resident.text()
    expect(resident.find("[name=phone]")).to_have_value(residents.PHONE)


def test_too_many_words_are_kept_and_the_limit_is_named(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    resident.named("words").fill("灯" * 6000)
    _on_to_the_end(resident)
    resident.wrong_beside("words", "5000")
    assert len(resident.named("words").input_value()) == 6000
    resident.look("long")


def test_a_text_called_a_photo_is_refused_beside_the_photos(arrive: Arrive, width: int, tmp_path: Path) -> None:
    (tmp_path / "照片.jpg").write_text("这不是照片", encoding="utf-8")
    resident = arrive(width)
    resident.open("/c/lianhua/report/")
    residents.tell(resident, photos=(residents.photo(tmp_path), tmp_path / "照片.jpg"))
    residents.forward(resident)
    resident.find(".thumb button:visible").last.click()
    resident.wrong_beside("photos")
    resident.look("no-photo")
    expect(resident.named("words")).to_have_value(residents.WORDS)


def test_photos_sent_with_a_form_that_was_refused_are_kept(arrive: Arrive, tmp_path: Path) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident, "  ", photos=(residents.photo(tmp_path),))
    residents.forward(resident)
    residents.forward(resident)
    resident.sees(zh("The photos you chose before are kept."))
    resident.look("kept")
    residents.tell(resident)
    residents.forward(resident)
    assert _photos_shown(resident) == 1


def test_photos_are_kept_without_scripts_too(arrive: Arrive, tmp_path: Path) -> None:
    resident = arrive(390, scripts=False)
    resident.open("/c/lianhua/report/")
    resident.find("input[type=file]").set_input_files(residents.photo(tmp_path))
    resident.named("words").fill(residents.WORDS)
    resident.named("name").evaluate("(e) => e.removeAttribute('maxlength')")
    resident.named("name").fill("王" * 61)
    resident.find("main button[type=submit]").click()
    resident.sees(zh("The photos you chose before are kept."))


def test_a_bad_photo_does_not_cost_the_good_ones(arrive: Arrive, tmp_path: Path) -> None:
    (tmp_path / "照片.jpg").write_text("这不是照片", encoding="utf-8")
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident, photos=(residents.photo(tmp_path), tmp_path / "照片.jpg"))
    residents.forward(resident)
    residents.forward(resident)
    resident.sees(zh("The photos you chose before are kept."))
    residents.forward(resident)
    residents.forward(resident)
    assert _photos_shown(resident) == 1


@pytest.mark.parametrize("path", ["/nothing-here/", "/c/nowhere/", "/m/12345678903/abc/", "/en/nothing-here/"])
def test_an_unknown_address_has_a_page_with_its_reference(arrive: Arrive, path: str) -> None:
    visitor = arrive(390, locale="en-GB" if path.startswith("/en") else "zh-CN")
    answer = visitor.page.goto(visitor.base + path)
    assert answer
    assert answer.status == 404
    assert answer.headers["x-reference"] == visitor.find(".refusal-reference b").inner_text()
    assert bool(re.search("[一-龥]", visitor.find("h1").inner_text())) == visitor.chinese
    visitor.look(path.strip("/").replace("/", "-"))


def test_a_form_open_for_too_long_is_refused_kindly_and_comes_back_filled(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident)
    residents.place_by_lists(resident)
    resident.named("phone").fill(residents.PHONE)
    resident.page.context.clear_cookies()
    residents.forward(resident)
    resident.sees(zh("This page was open for too long, so it could not be sent."))
    resident.look("expired")
    resident.open("/c/lianhua/report/")
    expect(resident.named("words")).to_have_value(residents.WORDS)
    residents.forward(resident)
    expect(resident.named("building").locator("option:checked")).to_have_text("3号楼")
    residents.forward(resident)
    residents.leave_phone(resident)


def test_a_desk_left_open_over_night_keeps_what_was_typed(arrive: Arrive, town: Town) -> None:
    clerk = staff.seat(arrive(1440), town, "clerk")
    clerk.open("/desk/register/")
    clerk.named("words").fill(residents.WORDS)
    clerk.page.context.clear_cookies()
    clerk.find("main form button[type=submit]").click()
    expect(clerk.find(".refusal, [name=login]").first).to_be_visible()
    clerk.look("signed-out")
    staff.seat(clerk, town, "clerk").open("/desk/register/")
    expect(clerk.named("words")).to_have_value(residents.WORDS)


def test_a_wrong_phone_or_mail_is_named_beside_its_field(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/c/lianhua/report/")
    residents.tell(resident)
    residents.forward(resident)
    resident.find("fieldset:visible details summary").click()
    resident.named("phone").fill("12345")
    resident.named("email").fill("张三@")
    residents.forward(resident)
    resident.wrong_beside("email")
    resident.named("email").fill("zhang@x y")
    resident.named("email").evaluate("(e) => { e.type = 'text'; }")
    residents.forward(resident)
    resident.wrong_beside("phone", zh("This is not a telephone number. Please check the digits."))
    resident.wrong_beside("email", zh("This is not an e-mail address. Please check it."))
    expect(resident.named("phone")).to_have_value("12345")
    resident.look("wrong")


def test_a_wrong_password_is_said_and_the_username_stays(arrive: Arrive) -> None:
    worker = arrive(390)
    worker.open("/desk/login/")
    worker.named("login").fill("grid")
    worker.named("password").fill("not-my-password")
    worker.find("main button[type=submit]").click()
    expect(worker.find("main .flash")).to_contain_text(re.compile("[一-龥]"))
    expect(worker.named("login")).to_have_value("grid")
    worker.look("refused")


def test_a_matter_that_a_colleague_answered_meanwhile_is_not_overwritten(arrive: Arrive, town: Town) -> None:
    from huiyin.needs import actions

    receipt = residents.registered(town)
    worker = staff.seat(arrive(1440), town, "grid")
    worker.open(f"/desk/needs/{receipt.need_id}/answer/")
    worker.named("text").fill("我来换灯泡。")
    actions.answer(town.actor("head"), receipt.need_id, text="已经换好。", way="page")
    staff.send(worker)
    worker.sees(zh("Somebody else has changed this matter meanwhile."))
    expect(worker.named("text")).to_have_value("我来换灯泡。")
    worker.look("meanwhile")
    staff.send(worker)
    worker.sees(f"{zh('Answer')}：")
