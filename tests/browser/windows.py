"""Browser windows, each with cookies and memory of its own; emptied and used again by the next test."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

from tests.browser import looking

HEIGHTS = {390: 844, 1440: 900}
WAIT_MS = 10_000


@dataclass(frozen=True)
class Glass:
    """What a window is like: how wide, with scripts or without, by day or night, in which language."""

    width: int
    scripts: bool = True
    dark: bool = False
    locale: str = "zh-CN"


@dataclass
class Window:
    """One window and what was found wrong in it since it was taken."""

    glass: Glass
    page: Page
    faults: list[str] = field(default_factory=list)


class Windows:
    """The windows that stand ready."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._free: list[Window] = []

    def take(self, glass: Glass) -> Window:
        """Return an empty window of that kind."""
        ready = next((window for window in self._free if window.glass == glass), None)
        if ready is None:
            return self._opened(glass)
        self._free.remove(ready)
        return ready

    def give_back(self, window: Window, origin: str) -> None:
        """Take back a window: it forgets where it was, its cookies, drafts and faults."""
        context = window.page.context
        for other in context.pages[1:]:
            other.close()
        window.page.goto(f"{origin}/static/web/icon.svg")  # a blank page would cost a new process
        context.clear_cookies()
        session = context.new_cdp_session(window.page)
        session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        session.send("Network.clearBrowserCache")
        session.detach()
        window.page.set_viewport_size({"width": window.glass.width, "height": HEIGHTS[window.glass.width]})
        window.faults.clear()
        self._free.append(window)

    def _opened(self, glass: Glass) -> Window:
        context = self._browser.new_context(
            viewport={"width": glass.width, "height": HEIGHTS[glass.width]},
            locale=glass.locale,
            timezone_id="Asia/Shanghai",
            java_script_enabled=glass.scripts,
            color_scheme="dark" if glass.dark else "light",
            reduced_motion="reduce",
            has_touch=glass.width < 1000,
        )
        context.set_default_timeout(WAIT_MS)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        if glass.scripts:
            context.add_init_script(path=looking.AXE)
        window = Window(glass, context.new_page())
        looking.listen(window.page, window.faults)
        return window
