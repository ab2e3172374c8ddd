"""A browser for the whole folder; for each test a town in a database of its own, and visitors to it."""

import itertools
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from conftest import copy_database, use_database
from huiyin.org import atlas
from huiyin.org.tests.make import Town, make_town
from huiyin.platform.launcher.cluster import Cluster
from tests.browser.server import Site, serving
from tests.browser.visitor import Visitor
from tests.browser.windows import HEIGHTS, Glass, Window, Windows

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# Playwright's own list and, before all, the address bar's popups: nobody sees them, and they redraw at each page.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,AimEnabled,DestroyProfileOnBrowserClose,HttpsUpgrades,LensOverlay,"
    "MediaRouter,NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,Translate"
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={WITHOUT}",
]
_TURNS = itertools.count()

Arrive = Callable[..., Visitor]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark what stands in this folder: it drives Chromium, and shares one on one worker."""
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


def _database(kind: str) -> str:
    return f"browser_{os.getpid()}_{kind}"  # two people may run these tests at once


def _drop(server: Cluster, kinds: tuple[str, ...]) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as owner:
        for kind in kinds:
            owner.execute(f'DROP DATABASE IF EXISTS "{_database(kind)}" WITH (FORCE)')


@contextmanager
def _using(server: Cluster, name: str) -> Iterator[None]:
    """Point Django at a database for a while: in this thread and, through the same settings, in the site's."""
    from django.db import connections

    before = dict(connections["default"].settings_dict)
    use_database(server, name)
    atlas.forget()
    yield
    connections.close_all()
    connections["default"].settings_dict.update(before)


@pytest.fixture(scope="package")
def built(cluster: Cluster, template_database: str, django_db_blocker: Any) -> Iterator[tuple[str, Town]]:
    """The town, built once: the name of its database and what stands in it."""
    name = _database("town")
    copy_database(cluster, template_database, name)
    with django_db_blocker.unblock(), _using(cluster, name):
        town = make_town()
    yield name, town
    _drop(cluster, ("town", "0", "1"))


@pytest.fixture
def town(cluster: Cluster, built: tuple[str, Town], django_db_blocker: Any) -> Iterator[Town]:
    """The town in a database of this test's own, committed, so that the site's threads see it.

    Two databases take turns: PostgreSQL may still be closing the last test's connections to the other one.
    """
    source, made = built
    name = _database(str(next(_TURNS) % 2))
    copy_database(cluster, source, name)
    with django_db_blocker.unblock(), _using(cluster, name):
        yield made


@pytest.fixture(scope="package")
def windows(chromium: Browser) -> Windows:
    """The browser windows of this folder, used again: opening one costs more than the rest of most tests."""
    return Windows(chromium)


@pytest.fixture
def arrive(request: pytest.FixtureRequest, windows: Windows, server: Site, town: Town) -> Iterator[Arrive]:
    """Let somebody come to the site with a browser of their own; what they met is judged when they leave."""
    test = re.sub(r"^test_|\[.*", "", request.node.name)[:60]
    used: list[Window] = []

    def come(width: int, *, elder: bool = False, **look: Any) -> Visitor:
        window = windows.take(Glass(width, **look))
        used.append(window)
        if elder:
            window.page.context.add_cookies([{"name": "elder", "value": "1", "url": server.base}])
        return Visitor(window, server.base, test, list(town.people))

    yield come
    faults = [fault for window in used for fault in window.faults]
    for window in used:
        windows.give_back(window, server.base)
    server.application.rest()
    assert faults == []
