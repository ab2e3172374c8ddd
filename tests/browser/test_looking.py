"""The eyes themselves: each of them can see."""

from playwright.sync_api import Browser

from tests.browser import looking

_BAD = """<!doctype html><html lang="zh-Hans"><title>x</title><body><main><h1>标题</h1><img src="data:,">
<p style="width: 3000px">Nothing here is translated</p></main></body></html>"""


def test_what_is_wrong_with_a_page_is_found(chromium: Browser) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844})
    page.add_init_script(path=looking.AXE)
    faults: list[str] = []
    looking.listen(page, faults)
    page.route("**/*", lambda route: route.fulfill(body=_BAD, content_type="text/html; charset=utf-8"))
    page.goto("http://town.test/")
    page.evaluate("console.error('Refused to load: it violates the Content Security Policy')")
    assert any("image-alt" in fault for fault in looking.axe_faults(page))
    assert any("wider" in fault for fault in looking.wide_faults(page))
    assert looking.english_faults(page, []) == ["not in Chinese: Nothing here is translated"]
    assert any("Content Security Policy" in fault for fault in faults)
    page.close()
