"""The story of the monthly brief: read it, follow a number to its matters, take it along as PDF and as Word document."""

import io
import re
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from huiyin.command import rules
from huiyin.command.tests.make import LAMP, NOISE, came, told
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from tests.browser import staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

LONG = "村口的水沟堵了，下雨就淹到家门口，" * 4


def _last_month(town: Town) -> rules.Month:
    """Let seven matters have come in last month: four of noise, one of them told; a lamp, one of the hill, one long ago."""
    month = rules.last_complete(clock.today())
    third = month.first.replace(day=3).isoformat()
    noise = [came(town, third, NOISE, f"广场舞的声音太大了，{n}栋的孩子没法写作业") for n in range(4)]
    told(town, noise[0], third)
    came(town, third, LAMP, "北门的路灯坏了，晚上看不清路")
    far = {"building_id": None, "community_id": town.units["hill"].id}
    came(town, third, "", LONG, **far)
    came(town, month.back(2).first.isoformat(), LAMP)
    return month


def _said(month: rules.Month) -> str:
    return f"{month.first.year}年{month.first.month}月"


def _taken(visitor: Visitor, key: str) -> tuple[str, bytes]:
    """Take a document by its key or button; return its name and what it holds."""
    with visitor.page.expect_download() as download:
        visitor.act(key)
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_the_month_is_read_followed_to_its_matters_and_taken_along(arrive: Arrive, town: Town, width: int) -> None:
    month = _last_month(town)
    head = staff.seat(arrive(width), town, "secretary")
    head.open("/desk/brief/")
    head.look("last-month")
    head.named("month").select_option(month.back(1).key)
    head.named("unit").select_option(label="莲花社区")
    head.page.get_by_role("button", name=zh("Show")).click()
    head.sees(f"莲花社区 {_said(month.back(1))} 民情简报")
    head.look("a-month-with-nothing")
    head.open("/desk/brief/")
    head.sees(zh("In residents' words"))
    head.find("details.brief-fold summary").click()
    head.look("table-of-months")
    for key, kind in (("p", "pdf"), ("w", "docx")):
        name, content = _taken(head, key)
        assert name == f"民情简报 青溪街道 {_said(month)}.{kind}"
        assert content[:4] == (b"%PDF" if kind == "pdf" else b"PK\x03\x04")
        if kind == "docx":
            assert "环境保护" in zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    row = head.find("tr", has_text="环境保护").first
    row.locator("a").first.click()
    expect(head.find("[data-row]")).to_have_count(4)
    head.sees(zh("fell to %(unit)s", unit="青溪街道"))
    head.look("the-four")


def test_a_measure_leads_to_its_matters_and_a_quote_to_its_own(arrive: Arrive, town: Town, width: int) -> None:
    _last_month(town)
    head = staff.seat(arrive(width), town, "secretary")
    head.open("/desk/brief/")
    head.find("tr", has_text=zh("of them overdue")).locator("a").first.click()
    expect(head.find("[data-row]")).to_have_count(6)
    head.sees(zh("overdue at the end of the last day"))
    head.look("overdue")
    head.open("/desk/brief/")
    quote = head.find("blockquote").first
    words = quote.inner_text()
    head.page.get_by_role("link", name=zh("Open the matter")).first.click()
    expect(head.find("#detail .words").first).to_have_text(words)
    assert words.startswith("广场舞"), "the biggest category speaks first"


def test_the_map_leads_to_the_matters_of_a_place(arrive: Arrive, town: Town) -> None:
    _last_month(town)
    head = staff.seat(arrive(1440), town, "secretary")
    head.open("/desk/brief/")
    place = head.find("svg a", has_text="莲花社区")
    expect(place).to_have_text(re.compile("5"))
    place.click()
    expect(head.find("[data-row]")).to_have_count(5)


def test_in_the_dark_and_in_english_it_reads_too(arrive: Arrive, town: Town) -> None:
    _last_month(town)
    dark = staff.seat(arrive(1440, dark=True), town, "secretary")
    dark.open("/desk/brief/")
    dark.look("dark")
    english = staff.seat(arrive(390, locale="en"), town, "head")
    english.open("/en/desk/brief/")
    english.sees("What stays unsolved")
    english.look("english")
