"""A browser for the whole folder; for each test a town in a database of its own, and visitors to it."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from huiyin.org.tests.make import Town, make_town
from tests.browser import looking
from tests.browser.server import Site, serving
from tests.browser.visitor import Visitor

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
HEIGHTS = {390: 844, 1440: 900}
WAIT_MS = 10_000

Arrive = Callable[..., Visitor]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder: it drives Chromium, and shares one on one worker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(params=HEIGHTS, ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """The width of the screen."""
    return int(request.param)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests here; gone before other tests run, with the event loop it keeps in this thread."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"Chromium is not installed ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Site]:
    """The site, served to every test here; each brings its own database."""
    with serving() as site:
        yield site


@pytest.fixture
def town(committed: str) -> Town:
    """The town in a database of this test's own, committed, so that the site's threads see it."""
    return make_town()


def _context(browser: Browser, width: int, *, scripts: bool, dark: bool, locale: str) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": width, "height": HEIGHTS[width]},
        locale=locale,
        timezone_id="Asia/Shanghai",
        java_script_enabled=scripts,
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
        has_touch=width < 1000,
    )
    context.set_default_timeout(WAIT_MS)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    if scripts:
        context.add_init_script(path=looking.AXE)
    return context


@pytest.fixture
def arrive(request: pytest.FixtureRequest, chromium: Browser, server: Site, town: Town) -> Iterator[Arrive]:
    """Let somebody come to the site with a browser of their own; what they met is judged when they leave."""
    name = re.sub(r"^test_|\[.*", "", request.node.name)[:60]
    came: list[tuple[Visitor, BrowserContext]] = []

    def come(width: int, *, scripts: bool = True, elder: bool = False, dark: bool = False, **more: Any) -> Visitor:
        context = _context(chromium, width, scripts=scripts, dark=dark, locale=more.get("locale", "zh-CN"))
        if elder:
            context.add_cookies([{"name": "elder", "value": "1", "url": server.base}])
        visitor = Visitor(context.new_page(), server.base, name, width, scripts)
        looking.listen(visitor.page, visitor.faults)
        came.append((visitor, context))
        return visitor

    yield come
    for _visitor, context in came:
        context.close()
    assert [fault for visitor, _context in came for fault in visitor.faults] == []
