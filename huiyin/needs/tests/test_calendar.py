"""A person's due days as iCalendar: what is theirs, nothing that was said, and the address ends when it is renewed."""

from datetime import timedelta
from typing import Any

from django.test import Client
from icalendar import Calendar

from huiyin.needs.tests.test_orders import ordered, registered
from huiyin.org import actions as org
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town


def path_of(client: Client) -> str:
    """Make an address as the page does and return its path."""
    client.post("/desk/calendar/")
    page = client.get("/desk/calendar/").content.decode()
    return page[page.index("<code lang=") + 16 : page.index("</code>")].partition("8000")[2]


def test_the_calendar_holds_what_is_due_and_nothing_that_was_said(town: Town, client: Client) -> None:
    first, second = registered(town), registered(town, words="我叫宋青溪，电话13912345678，路灯坏了")
    order = ordered(town, first)
    client.force_login(town.people["head"])
    path = path_of(client)
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    text = answer.content.decode()
    assert "路灯" not in text
    assert "13912345678" not in text
    events: list[Any] = list(Calendar.from_ical(text).walk("VEVENT"))
    assert {e["dtstart"].dt for e in events} == {first.promised_on, order.due_on}
    assert any(second.code[:4] in str(e["description"]) for e in events)
    assert len({str(e["uid"]) for e in events}) == len(events)
    assert all(e["dtend"].dt - e["dtstart"].dt == timedelta(days=1) for e in events)


def test_another_grid_sees_none_of_it(town: Town, client: Client) -> None:
    registered(town)
    client.force_login(town.people["grid2"])
    assert b"VEVENT" not in Client().get(path_of(client)).content


def test_a_new_address_ends_the_old_one_and_so_does_leaving(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    old = path_of(client)
    new = path_of(client)
    assert [Client().get(p).status_code for p in (old, new)] == [404, 200]
    assert Client().get(new.replace(".ics", "x.ics")).status_code == 404
    org.leave(SYSTEM, town.people["head"].id)
    assert Client().get(new).status_code == 404


def test_an_address_can_be_ended(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    path = path_of(client)
    client.post("/desk/calendar/", {"end": "1"})
    assert Client().get(path).status_code == 404
