"""What staff do at the desk, and how they come in when signing in is not what the test is about."""

from django.test import Client
from playwright.sync_api import expect

from huiyin.org.tests.make import PASSWORD, Town
from tests.browser.visitor import Visitor


def seat(visitor: Visitor, town: Town, username: str) -> Visitor:
    """Put somebody at their desk, signed in."""
    client = Client()
    client.force_login(town.people[username], backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": visitor.base}
    visitor.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of these keys
    return visitor


def sign_in(visitor: Visitor, username: str) -> None:
    """Sign in by name and password."""
    visitor.open("/desk/")
    visitor.named("login").fill(username)
    visitor.named("password").fill(PASSWORD)
    visitor.find("main button[type=submit]").click()
    expect(visitor.find(".desk")).to_be_visible()


def open_matter(visitor: Visitor, words: str) -> None:
    """Open a matter from the list beside it."""
    visitor.page.locator("[data-row]", has_text=words[:12]).click()
    expect(visitor.find("#detail .words").first).to_have_text(words)


def send(visitor: Visitor) -> None:
    """Send the form of a step."""
    visitor.find("#detail form button[type=submit]").first.click()
