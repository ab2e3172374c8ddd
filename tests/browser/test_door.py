"""The door by itself: words of danger, drafts, no scripts, large text, the dark, matters of one's own."""

import re

from playwright.sync_api import expect

from huiyin.org.tests.make import Town
from tests.browser import residents
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh


def test_words_of_danger_bring_the_emergency_numbers_at_once(arrive: Arrive, width: int) -> None:
    resident = arrive(width)
    resident.open("/c/lianhua/report/")
    panel = resident.find("[data-emergency]")
    expect(panel).to_be_hidden()
    resident.named("words").press_sequentially("楼下着火")
    expect(panel).to_be_visible()
    assert [a.get_attribute("href") for a in panel.locator("a").all()] == ["tel:110", "tel:119", "tel:120"]
    resident.look("panel")
    residents.forward(resident)
    residents.forward(resident)
    residents.leave_phone(resident, "")
    expect(resident.find("[data-emergency]")).to_be_visible()
    resident.look("receipt")


def test_a_draft_survives_a_reload_and_is_gone_after_sending(arrive: Arrive, width: int) -> None:
    resident = arrive(width)
    resident.open("/c/lianhua/report/")
    residents.tell(resident)
    residents.place_by_lists(resident)
    resident.named("name").fill("王秀英")
    resident.page.reload()
    resident.sees(zh("What you had not finished last time is back."))
    expect(resident.named("words")).to_have_value(residents.WORDS)
    resident.look("back")
    residents.forward(resident)
    expect(resident.named("building").locator("option:checked")).to_have_text("3号楼")
    residents.forward(resident)
    expect(resident.named("name")).to_have_value("王秀英")
    residents.leave_phone(resident)
    resident.open("/c/lianhua/report/")
    expect(resident.named("words")).to_have_value("")
    expect(resident.find(".draft")).to_have_count(0)


def test_without_scripts_the_door_takes_a_matter_and_shows_its_progress(arrive: Arrive, width: int) -> None:
    resident = arrive(width, scripts=False)
    resident.open("/c/lianhua/report/")
    resident.look("form")
    resident.named("words").fill(residents.WORDS)
    resident.named("estate").select_option(label="青禾苑")
    resident.named("place_text").fill("3号楼北门")
    resident.named("phone").fill(residents.PHONE)
    resident.find("main button[type=submit]").click()
    resident.look("receipt")
    kept = residents.paper(resident)
    resident.open("/track/")
    resident.named("code").fill(kept.code)
    resident.named("pin").fill(kept.pin)
    resident.find("main button[type=submit]").click()
    resident.sees(residents.WORDS)
    resident.sees("莲花社区")
    resident.look("progress")


def test_from_the_front_page_the_community_is_chosen_in_the_form(arrive: Arrive) -> None:
    resident = arrive(390)
    resident.open("/report/")
    residents.tell(resident)
    residents.forward(resident)
    resident.wrong_beside("community")
    resident.look("unchosen")
    resident.named("community").select_option(label="枫树村")
    residents.forward(resident)
    residents.leave_phone(resident, "")
    resident.sees("枫树村")


def test_the_code_alone_shows_the_stage_and_the_pin_everything(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town)
    resident = arrive(width)
    resident.open("/track/")
    resident.look("asking")
    resident.named("code").fill(f"{receipt.code[:4]} {receipt.code[4:8]}-{receipt.code[8:]}")
    resident.find("main button[type=submit]").click()
    resident.sees(zh("Received"))
    resident.look("stage")
    assert "路灯" not in resident.text()
    assert "第01网格" not in resident.text()
    resident.named("pin").fill("0000" if receipt.pin != "0000" else "1111")
    resident.find("main button[type=submit]").click()
    expect(resident.find("main .flash")).to_contain_text(re.compile("[一-龥]"))
    assert receipt.code in re.sub(r"\D", "", resident.named("code").input_value())
    resident.look("refused")
    resident.named("pin").fill(receipt.pin)
    resident.find("main button[type=submit]").click()
    resident.sees(residents.WORDS)


def _prove(resident: Visitor, phone: str) -> None:
    resident.named("phone").fill(phone)
    resident.find("main button[type=submit]").click()
    expect(resident.named("code")).to_be_visible()
    resident.named("code").fill(residents.code_sent_to(resident, phone))
    resident.find("main button[type=submit]").click()
    expect(resident.find("main h1, h1").first).to_have_text(zh("My matters"))


def test_ones_matters_are_found_by_phone_and_a_parents_phone_is_added(arrive: Arrive, town: Town, width: int) -> None:
    residents.registered(town, phone=residents.PHONE)
    residents.registered(town, "妈妈家楼道的扶手松了。", phone="13900139000")
    resident = arrive(width)
    resident.open("/mine/")
    resident.look("phone")
    resident.named("phone").fill(residents.PHONE)
    resident.find("main button[type=submit]").click()
    resident.look("code")
    resident.named("code").fill("000000")
    resident.find("main button[type=submit]").click()
    resident.wrong_beside("code")
    resident.open("/mine/phone/")
    _prove(resident, residents.PHONE)
    expect(resident.find("main li.card")).to_have_count(1)
    resident.find("main a[href*='/mine/phone/']").click()
    _prove(resident, "139 0013 9000")
    expect(resident.find("main li.card")).to_have_count(2)
    resident.look("both")
    resident.find("main li a", has_text="扶手").click()
    resident.sees("妈妈家楼道的扶手松了。")


def test_a_matter_can_be_withdrawn_while_nobody_has_answered(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    resident = arrive(390)
    resident.open(residents.link(receipt))
    resident.find("details:has(form[action$='/withdraw/']) summary").click()
    resident.look("asked")
    resident.find("details button").click()
    resident.sees(zh("Withdrawn"))
    resident.look("withdrawn")


def test_the_code_goes_to_the_clipboard_with_its_pin(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    resident = arrive(390)
    resident.open(f"{residents.link(receipt)}receipt/")
    resident.find("[data-copy]").click()
    resident.sees(zh("Copied"))
    copied = str(resident.page.evaluate("navigator.clipboard.readText()"))
    assert receipt.pin in copied
    assert receipt.code in re.sub(r"-", "", copied)


def _door_pages(town: Town) -> dict[str, str]:
    receipt = residents.registered(town, phone=residents.PHONE)
    return {
        "home": "/",
        "community": "/c/lianhua/",
        "report": "/c/lianhua/report/",
        "receipt": f"{residents.link(receipt)}receipt/",
        "progress": residents.link(receipt),
        "track": "/track/",
        "phone": "/mine/phone/",
        "outbox": "/outbox/",
        "login": "/desk/login/",
        "missing": "/nothing-here/",
    }


def _walk(visitor: Visitor, pages: dict[str, str]) -> None:
    for name, path in pages.items():
        visitor.open(path)
        visitor.look(name)


def test_the_door_is_for_old_eyes_too(arrive: Arrive, town: Town) -> None:
    elder = arrive(390, elder=True)
    _walk(elder, _door_pages(town))
    elder.open("/c/lianhua/report/")
    size = elder.named("words").evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)")
    assert size >= 24
    low = elder.find(".thumb button:visible").last.bounding_box()
    assert low
    assert low["height"] >= 60


def test_the_door_is_dark_at_night(arrive: Arrive, town: Town) -> None:
    _walk(arrive(390, dark=True), _door_pages(town))


def test_large_text_is_switched_on_and_off_by_a_link(arrive: Arrive) -> None:
    resident = arrive(390, scripts=False)
    resident.open("/c/lianhua/")
    resident.find("a.door-switch", has_text=zh("Large text")).click()
    expect(resident.find("html")).to_have_attribute("data-elder", "1")
    assert resident.page.url.endswith("/c/lianhua/")
    resident.find("a.door-switch", has_text=zh("Normal text")).click()
    expect(resident.find("html[data-elder]")).to_have_count(0)
