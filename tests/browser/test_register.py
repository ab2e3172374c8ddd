"""The clerk registers calls, counter talks, visits, chats and meetings with no mouse at all."""

import pytest
from playwright.sync_api import expect

from huiyin.needs import rules
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.keys import Keys, write_down
from tests.browser.visitor import zh

MOST_PRESSES = 25


def _focused(keys: Keys) -> str:
    return str(keys.page.evaluate("document.activeElement.name || document.activeElement.tagName"))


def _choose_channel(keys: Keys, channel: str) -> None:
    """From the words back to the channel, along it, and on to the words again."""
    steps = rules.STAFF_CHANNELS.index(channel)
    if not steps:
        return
    keys.press("Shift+Tab", *["ArrowRight"] * steps)
    assert _focused(keys) == "channel"
    keys.press("Tab")


def _fill(keys: Keys, channel: str) -> None:
    assert _focused(keys) == "words"
    _choose_channel(keys, channel)
    assert _focused(keys) == "words"
    keys.text(residents.WORDS)
    keys.press("Tab")
    assert _focused(keys) == "community"
    keys.press("Tab")
    keys.text("青禾苑3号楼")
    keys.press("Tab")
    keys.text("王秀英")
    keys.press("Tab")
    assert _focused(keys) == "phone"
    keys.text(residents.PHONE)


@pytest.mark.parametrize("channel", rules.STAFF_CHANNELS)
def test_a_matter_is_registered_from_the_keyboard_alone(arrive: Arrive, town: Town, channel: str) -> None:
    clerk = staff.seat(arrive(1440), town, "clerk")
    clerk.open("/desk/")
    keys = Keys(clerk.page)
    keys.press("r")
    expect(clerk.named("words")).to_be_focused()
    _fill(keys, channel)
    keys.press("Control+Enter")
    expect(clerk.find("#receipt-code")).to_be_visible()
    write_down(f"register {channel}", keys.presses)
    assert keys.presses <= MOST_PRESSES
    keys.press("o")
    expect(clerk.find("#detail .words").first).to_have_text(residents.WORDS)
    clerk.sees("第01网格")
    clerk.sees("青禾苑3号楼")
    clerk.sees(zh(rules.CHANNELS[channel]))


def test_the_next_one_comes_by_the_same_channel(arrive: Arrive, town: Town) -> None:
    clerk = staff.seat(arrive(1440), town, "clerk")
    clerk.open("/desk/register/")
    keys = Keys(clerk.page)
    clerk.look("form")
    _fill(keys, "visit")
    keys.press("Control+Enter")
    expect(clerk.find("#receipt-code")).to_be_visible()
    clerk.look("receipt")
    keys.press("r")
    expect(clerk.find("[name=channel][value=visit]")).to_be_checked()
    expect(clerk.named("words")).to_have_value("")


def test_the_place_completes_itself_from_the_address_register(arrive: Arrive, town: Town) -> None:
    clerk = staff.seat(arrive(1440), town, "clerk")
    clerk.open("/desk/register/")
    clerk.named("place").press_sequentially("青禾苑3")
    expect(clerk.find("#place-names option")).to_have_attribute("value", "青禾苑3号楼")


def test_the_clerk_registers_at_a_doorstep_with_a_phone_in_hand(arrive: Arrive, town: Town) -> None:
    clerk = staff.seat(arrive(390), town, "clerk")
    clerk.open("/desk/register/?by=visit")
    clerk.look("form")
    clerk.named("words").fill(residents.WORDS)
    clerk.named("place").fill("青禾苑3号楼 1单元门口")
    clerk.find("main summary[data-key=m]").click()
    clerk.look("more")
    clerk.find("main .actions button[type=submit]").click()
    expect(clerk.find("#receipt-code")).to_be_visible()
    clerk.look("receipt")


def test_the_keys_of_a_page_are_listed_by_a_question_mark(arrive: Arrive, town: Town) -> None:
    residents.registered(town)
    clerk = staff.seat(arrive(1440), town, "clerk")
    clerk.open("/desk/")
    keys = Keys(clerk.page)
    keys.press("j", "Enter")
    expect(clerk.find("#detail .words").first).to_have_text(residents.WORDS)
    keys.press("?")
    expect(clerk.find("#keys-help")).to_be_visible()
    listed = clerk.find("[data-keys-list] kbd").all_inner_texts()
    assert {"a", "f", "u", "d", "n", "r", "/"} <= set(listed)
    clerk.look("keys")
