"""One person at one browser: where they are, what they type, and a look at each page they see."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext, override
from playwright.sync_api import Locator, Page, expect

from tests.browser import looking
from tests.browser.windows import Window

_HAN = re.compile(r"[\u4e00-\u9fff]")


def zh(message_id: str, **params: object) -> str:
    """Return a sentence in Chinese. Fails when the catalogue has none, so that a test never waits for English."""
    with override("zh-hans"):
        said = gettext(message_id)
    assert _HAN.search(said), f"not in the Chinese catalogue: {message_id}"
    return said % params if params else said


@dataclass
class Visitor:
    """Somebody at a window. `names` are Latin names that a Chinese page may show, as usernames are."""

    window: Window
    base: str
    test: str
    names: list[str]

    @property
    def page(self) -> Page:
        """The page in the window."""
        return self.window.page

    @property
    def width(self) -> int:
        """How wide the window is."""
        return self.window.glass.width

    @property
    def chinese(self) -> bool:
        """Whether Chinese is read here."""
        return self.window.glass.locale == "zh-CN"

    def open(self, path: str) -> None:
        """Go to an address of the site."""
        self.page.goto(path if path.startswith("http") else self.base + path)

    def look(self, name: str) -> None:
        """Keep a picture of the whole page and let nothing pass that is wrong with it."""
        self.page.wait_for_load_state("load")
        picture = looking.SHOTS / f"{self.test}-{name}-{self.width}.png"
        with looking.unrolled(self.page):
            self.page.screenshot(path=picture, full_page=True)
            # Here too: what a bar at the bottom half covers at this very moment is scrolled out from under it.
            axe = looking.axe_faults(self.page) if self.window.glass.scripts else []
        wrong = [*self.window.faults, *looking.wide_faults(self.page), *axe]
        if self.chinese:
            wrong += looking.english_faults(self.page, self.names)
        self.window.faults.clear()
        assert not wrong, f"{picture.name} at {self.page.url}\n" + "\n".join(wrong)

    def find(self, selector: str, *, has_text: str | None = None) -> Locator:
        """Return what the selector finds on the page."""
        return self.page.locator(selector, has_text=has_text)

    def named(self, name: str) -> Locator:
        """Return the control of that name."""
        return self.page.locator(f"[name={name}]:not([type=hidden])")

    def text(self) -> str:
        """Return what the page says."""
        return self.page.locator("body").inner_text()

    def press(self, key: str) -> None:
        """Press the key that a button or link of the desk says it has."""
        expect(self.find(f"[data-key='{key}']").first).to_be_visible()
        self.page.keyboard.press(key)

    def click_key(self, key: str) -> None:
        """Click the button or link that has that key, as a finger does on a phone."""
        self.find(f"main [data-key='{key}'], .toasts [data-key='{key}']").first.click()

    def act(self, key: str) -> None:
        """Take a step as one does here: by key at a wide screen, by its button on a phone."""
        if self.width < 1000:
            self.click_key(key)
        else:
            self.press(key)

    def sees(self, text: str) -> None:
        """Wait until the page says so."""
        expect(self.page.locator("body")).to_contain_text(text)

    def wrong_beside(self, name: str, text: str = "") -> None:
        """Wait until a message in Chinese stands in the same field as the control of that name."""
        box = self.page.locator(".field", has=self.page.locator(f"[name={name}]"))
        expect(box.locator(".wrong:not([hidden])")).to_contain_text(text or _HAN)
