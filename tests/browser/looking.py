"""What is found wrong with a page: by axe-core, in its console, beyond its right edge."""

from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Response

ROOT = Path(__file__).resolve().parents[2]
SHOTS = ROOT / "screenshots"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_AXE_RUN = """async (tags) => {
  const found = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  return found.violations.flatMap((v) => v.nodes.map((n) => `axe ${v.id}: ${n.target.join(" ")} ${n.failureSummary}`));
}"""
_WIDER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > wide + 1);
  return out.slice(0, 3).map((e) => `wider than the screen: ${e.outerHTML.slice(0, 120)}`);
}"""


def axe_faults(page: Page) -> list[str]:
    """Return what axe-core has against the page; the script was put there before the page's own."""
    found: Any = page.evaluate(_AXE_RUN, TAGS)
    return list(found)


def wide_faults(page: Page) -> list[str]:
    """Return what reaches beyond the right edge of the screen."""
    found: Any = page.evaluate(_WIDER)
    return list(found)


def _of_console(message: ConsoleMessage) -> str:
    refused_by_us = message.text.startswith("Failed to load resource: the server responded with a status of 4")
    return "" if message.type not in {"error", "warning"} or refused_by_us else f"console: {message.text}"


def _of_response(response: Response) -> str:
    asked_for = response.request.is_navigation_request() or "hx-request" in response.request.headers
    if response.status < 400 or (response.status < 500 and asked_for):
        return ""
    return f"answer {response.status}: {response.request.method} {response.url}"


def listen(page: Page, faults: list[str]) -> None:
    """Note every console error, breach of the content security policy and failed sub-request of the page."""

    def note(fault: str) -> None:
        if fault:
            faults.append(fault)

    page.on("console", lambda message: note(_of_console(message)))
    page.on("pageerror", lambda error: note(f"script: {error}"))
    page.on("response", lambda response: note(_of_response(response)))
