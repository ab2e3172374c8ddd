"""The dashboard: figures kept beforehand equal those counted by hand and the lists they lead to."""

import re
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client, RequestFactory

from huiyin.command import board as boards
from huiyin.command.rules import Month
from huiyin.command.tests.make import came, october, on, told
from huiyin.needs import actions
from huiyin.needs.desk.lists import chosen
from huiyin.needs.queries import Filter, every_id, figures
from huiyin.needs.queries.rolled import KEPT, rolled
from huiyin.org.actors import SYSTEM, Actor
from huiyin.org.tests.make import Town
from huiyin.platform import clock

OCTOBER = Month(date(2025, 10, 1))
READ_ON = "2025-11-05"
# By hand, as in test_figures.py; of make.october.
TABLE = {
    "received": 7, "promised": 5, "kept": 2, "told": 3, "unsolved": 1, "rated": 2, "satisfied": 1, "unhappy": 1,
    "no_opinion": 1,
}  # fmt: skip


def made(town: Town) -> None:
    """Make the month and count its figures, as the worker does at night."""
    october(town)
    with on(READ_ON):
        actions.count_all(SYSTEM)


def read(actor: Actor, unit: Any = None, month: Month = OCTOBER) -> boards.Board:
    """Read a dashboard on the fifth of November."""
    with on(READ_ON):
        return boards.board(actor, unit.id if unit else None, month=month)


def test_the_kept_figures_are_those_counted_by_hand(town: Town) -> None:
    made(town)
    kept = rolled(town.actor("secretary"), town.units["street"].id, months=[OCTOBER.first], split=[OCTOBER.first])
    assert {measure: n for (_month, measure), n in kept.totals.items() if n} == TABLE
    split = {(kind, key): n for (_month, kind, key), n in kept.split.items()}
    assert split == {
        ("channel", "web"): 6, ("channel", "phone"): 1,
        ("category", "环境保护"): 4, ("category", "城乡建设"): 1, ("category", "民政"): 1, ("category", ""): 1,
    }  # fmt: skip


@pytest.mark.parametrize("place", ["street", "lake", "lake1", "hill"])
def test_each_kept_figure_is_the_length_of_its_list(town: Town, place: str) -> None:
    made(town)
    actor, unit = town.actor("secretary"), town.units[place]
    for month in (OCTOBER, OCTOBER.back(1)):
        kept = rolled(actor, unit.id, months=[month.first], split=[month.first])
        lists = {m: Filter("all", home=unit.id, since=month.first, until=month.last, measure=m) for m in KEPT}
        lists["received"] = Filter("all", home=unit.id, since=month.first, until=month.last)
        counted = figures.counted(actor, lists=lists)
        assert {m: kept.totals.get((month.first, m), 0) for m in lists} == counted


def test_what_a_reader_is_kept_from_is_in_none_of_their_figures(town: Town) -> None:
    came(town, "2025-10-13", about_staff="何主任", category="民政/社会服务/其他")
    came(town, "2025-10-13")
    with on(READ_ON):
        actions.count_all(SYSTEM)
    months = {"months": [OCTOBER.first], "split": [OCTOBER.first]}
    head = rolled(town.actor("head"), town.units["lake"].id, **months)
    all_of_it = rolled(town.actor("secretary"), town.units["street"].id, **months)
    assert head.totals[OCTOBER.first, "received"] == 1
    assert head.split[OCTOBER.first, "channel", "web"] == 1
    assert sum(head.places.values()) == 1
    assert all_of_it.totals[OCTOBER.first, "received"] == 2


def test_another_unit_s_figures_are_out_of_reach(town: Town) -> None:
    made(town)
    hill = rolled(town.actor("hillhead"), town.units["street"].id, months=[OCTOBER.first], split=[OCTOBER.first])
    assert hill.totals[OCTOBER.first, "received"] == 1, "the street's, as far as one reaches"
    assert (
        rolled(town.actor("grid"), town.units["street"].id, months=[OCTOBER.first], split=[OCTOBER.first]).totals == {}
    )


def test_figures_are_counted_anew_when_something_changed(town: Town) -> None:
    made(town)
    need = came(town, "2025-10-30")
    told(town, need, "2025-11-01")
    with on(READ_ON):
        actions.count_lately(SYSTEM)
        actions.count_lately(SYSTEM)
    kept = rolled(town.actor("secretary"), town.units["street"].id, months=[OCTOBER.first], split=[OCTOBER.first])
    assert kept.totals[OCTOBER.first, "received"] == 8
    assert kept.as_of == clock.day_begins(date(2025, 11, 5)).replace(hour=10)


def test_every_number_leads_to_the_list_that_it_counts(town: Town) -> None:
    made(town)
    actor = town.actor("secretary")
    board = read(actor)
    numbers = [(int(t.text), t.url) for t in board.tiles if t.url and t.text.isdecimal()]
    numbers += [(bar.now, bar.url) for panel in board.panels for bar in panel.bars if bar.url]
    assert len(numbers) > 10
    for n, url in numbers:
        request: Any = RequestFactory().get(url)
        with on(READ_ON):
            assert len(every_id(actor, which=chosen(request))) == n, parse_qs(urlparse(url).query)


def test_the_page_holds_tables_and_says_as_of_when(
    town: Town, client: Client, django_assert_max_num_queries: Any
) -> None:
    made(town)
    client.force_login(town.people["secretary"])
    client.get("/desk/dashboard/")
    with on(READ_ON), django_assert_max_num_queries(14):  # two of them the session and the person
        page = client.get("/desk/dashboard/?month=2025-10").content.decode()
    assert "环境保护" in page
    assert page.count("<table") == 4
    assert "截至 今天 10:00" in page
    assert re.search(r'"now": \[', page)


def test_before_anything_was_counted_the_page_says_so(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    page = client.get("/desk/dashboard/?month=nonsense&unit=nonsense")
    assert page.status_code == 200
    assert "十分钟" in page.content.decode()
