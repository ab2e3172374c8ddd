"""What is found wrong with a page: by axe-core, in its console, beyond its right edge."""

from collections.abc import Iterator
from contextlib import contextmanager
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
_ENGLISH = """(known) => {
  const out = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const e = node.parentElement;
    if (e.closest("kbd, textarea, option, script, style, body [lang], #words, .words, .num") || !e.checkVisibility()) continue;
    const words = (node.textContent.match(/[A-Za-z]{3,}/g) || []).filter((w) => !known.includes(w));
    if (words.length) out.push(`not in Chinese: ${node.textContent.trim().slice(0, 80)}`);
  }
  return out;
}"""
KNOWN = [
    "GeoJSON",
    "JSON",
    "JPEG",
    "PNG",
    "WebP",
    "WGS",
    "Polygon",
    "MultiPolygon",
    "FeatureCollection",
    "name",
    "lianhua",
    "fengshu",
    "Enter",
    "Alt",
    "Excel",
    "PDF",
    "Word",
    "xlsx",
    *("Windows", "Linux", "Mac", "Edge", "Chrome", "Firefox", "Safari", "https"),  # as browsers call themselves
]
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


def english_faults(page: Page, names: list[str]) -> list[str]:
    """Return what a Chinese page says in Latin letters, other than what is called so (`names`: usernames)."""
    found: Any = page.evaluate(_ENGLISH, [*KNOWN, *names])
    return list(found)


@contextmanager
def unrolled(page: Page) -> Iterator[None]:
    """Let the window be as high as the page, so that what stays at its bottom hides nothing in the picture."""
    size = page.viewport_size
    high = int(page.evaluate("document.documentElement.scrollHeight"))
    if size is None or high <= size["height"]:
        yield
        return
    page.set_viewport_size({"width": size["width"], "height": high})
    page.evaluate("scrollTo(0, 0)")
    yield
    page.set_viewport_size(size)


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
