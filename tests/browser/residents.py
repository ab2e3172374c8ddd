"""What residents do at the door: say it with a photo, say where, leave a phone, keep the receipt."""

import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import expect

from huiyin.needs import actions
from huiyin.org.actors import PUBLIC
from huiyin.org.tests.make import Town
from tests.browser.visitor import Visitor, zh

WORDS = "3号楼门口的路灯坏了，晚上老人不敢出门。"
PHONE = "138 0013 8000"
_MAKE, _GPS = 0x010F, 0x8825  # EXIF tags


@dataclass(frozen=True)
class Paper:
    """What stands on a receipt."""

    code: str
    pin: str
    progress: str


def photo(folder: Path, name: str = "路灯.jpg", *, shade: int = 120) -> Path:
    """Make a picture as a phone takes it: with the place inside."""
    image = Image.new("RGB", (900, 600), (shade, 140, 90))
    exif = Image.Exif()
    exif[_MAKE] = "Phone"
    exif[_GPS] = {1: "N", 2: (28.0, 0.0, 18.0), 3: "E", 4: (115.0, 30.0, 18.0)}
    image.save(folder / name, "JPEG", exif=exif)
    return folder / name


def forward(visitor: Visitor) -> None:
    """Go on to the next step."""
    visitor.find(".thumb button:visible").last.click()


def tell(visitor: Visitor, words: str = WORDS, *, photos: tuple[Path, ...] = ()) -> None:
    """First step: in one's own words, with photos."""
    visitor.named("words").fill(words)
    if photos:
        visitor.find("input[type=file]").set_input_files([str(p) for p in photos])
        expect(visitor.find("[data-photo-list] img")).to_have_count(len(photos))
    forward(visitor)


def place_by_lists(visitor: Visitor) -> None:
    """Second step: estate and building from the lists."""
    visitor.named("estate").select_option(label="青禾苑")
    visitor.named("building").select_option(label="3号楼")
    visitor.named("place_text").fill("北门旁边")
    forward(visitor)


def tap_map(visitor: Visitor, across: float, down: float) -> None:
    """Tap the map at a part of its width and height."""
    box = visitor.find("[data-map-box] .leaflet-interactive").first
    expect(box).to_be_visible()
    area = visitor.find("[data-map-box]").bounding_box()
    assert area
    visitor.find("[data-map-box]").click(position={"x": area["width"] * across, "y": area["height"] * down})


def leave_phone(visitor: Visitor, phone: str = PHONE) -> None:
    """Third step, and send."""
    visitor.named("phone").fill(phone)
    forward(visitor)
    visitor.page.wait_for_url("**/receipt/")


def paper(visitor: Visitor) -> Paper:
    """Read the receipt on the screen."""
    code = visitor.find("#receipt-code").inner_text().strip()
    pin = visitor.find("#receipt-pin").inner_text().strip()
    progress = visitor.find("main .thumb a").get_attribute("href") or ""
    return Paper(code, pin, progress)


def registered(town: Town, words: str = WORDS, **given: Any) -> actions.Receipt:
    """Register a matter at building 3 without a browser, for tests of what comes after."""
    fields: dict[str, Any] = {
        "channel": "web",
        "source": f"web:{uuid.uuid4()}",
        "community_id": town.units["lake"].id,
        "building_id": town.building.id,
    }
    return actions.register(PUBLIC, new=actions.NewNeed(words=words, **{**fields, **given}))


def link(receipt: actions.Receipt) -> str:
    """Return the address of the progress page."""
    return f"/m/{receipt.code}/{receipt.token}/"


def code_sent_to(visitor: Visitor, phone: str) -> str:
    """Read the newest code sent to a phone, in a second window, as on the phone itself."""
    window = visitor.page.context.new_page()
    window.goto(f"{visitor.base}/outbox/")
    tail = re.sub(r"\D", "", phone)[-4:]
    article = window.locator("article", has_text=tail).filter(has_text=re.compile(r"\D\d{6}\D")).first
    found = re.search(r"(?<!\d)\d{6}(?!\d)", article.locator(".words").inner_text())
    window.close()
    assert found
    return found[0]


def rate(visitor: Visitor, *, solved: bool, stars: int, words: str = "") -> None:
    """Follow the link from the progress page and rate the result."""
    visitor.page.get_by_role("link", name=zh("Rate the result")).click()
    visitor.look("rating")
    give(visitor, solved=solved, stars=stars, words=words)


def give(visitor: Visitor, *, solved: bool, stars: int, words: str = "") -> None:
    """Fill the rating page and send it."""
    visitor.find(f"[name=solved][value='{int(solved)}']").check(force=True)
    visitor.find(f"[name=stars][value='{stars}']").check(force=True)
    if words:
        visitor.named("words").fill(words)
    visitor.find(".thumb button[type=submit]").click()
