"""Hands on the keyboard: what is typed as text is not counted, every other press is."""

import json
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser import looking

LEDGER = looking.SHOTS / "keystrokes.json"


@dataclass
class Keys:
    """A keyboard that counts."""

    page: Page
    presses: int = 0

    def press(self, *keys: str) -> None:
        """Press keys one after another; a chord as Control+Enter is one press."""
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def text(self, words: str) -> None:
        """Type text, through an input method as Chinese is."""
        self.page.keyboard.insert_text(words)


def write_down(what: str, presses: int) -> None:
    """Keep the number of presses a task took."""
    LEDGER.parent.mkdir(exist_ok=True)
    kept: dict[str, int] = json.loads(LEDGER.read_text()) if LEDGER.exists() else {}
    kept[what] = presses
    LEDGER.write_text(json.dumps(kept, ensure_ascii=False, indent=2, sort_keys=True) + "\n")
