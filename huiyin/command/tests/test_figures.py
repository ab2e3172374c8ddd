"""The figures of a month counted by hand, and each number against the list it leads to."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from django.test import Client, RequestFactory

from huiyin.command import composing, queries
from huiyin.command.queries import Brief
from huiyin.command.rules import Month
from huiyin.command.sheet import Cell, Chart, Sheet, Table
from huiyin.command.tests.make import HELP, LAMP, NOISE, came, october, on, told
from huiyin.needs import actions
from huiyin.needs import queries as needs
from huiyin.needs.desk.lists import chosen
from huiyin.needs.queries import asked
from huiyin.needs.tests.test_asked import LAMPS, OTHERS
from huiyin.org.actors import SYSTEM, Actor
from huiyin.org.tests.make import Town
from huiyin.platform.errors import NotFound

OCTOBER = Month(date(2025, 10, 1))
READ_ON = "2025-11-05"


def read(actor: Actor, unit: Any = None, month: Month = OCTOBER) -> Brief:
    """Read a brief on the fifth of November."""
    with on(READ_ON):
        return queries.brief(actor, unit.id if unit else None, month=month)


def figures(lines: Any) -> dict[str, tuple[int, int | None, int | None]]:
    """Return lines as this month, the month before, a year ago."""
    return {line.key: (line.now, line.before, line.year_ago) for line in lines}


# By hand, from make.october. Received in October: four of noise, one lamp, one of the hill, one taken back.
TABLE = {
    "waiting": 4,  # noise1 (opened again), noise3, lamp, hill
    "overdue": 3,  # the hill's is promised for November
    "again": 1,
    "still": 3,  # noise3 was told on 3 November
    "promised": 5,  # four of noise for the 20th, the lamp for the 21st; the one taken back is owed nothing
    "kept": 2,  # noise0 on the 16th, noise2 on the day itself
    "told": 3,
    "unsolved": 1,
    "no_money": 1,
    "rated": 2,
    "satisfied": 1,
    "unhappy": 1,
    "no_opinion": 1,  # noise2: no reply within seven days
    "explained": 0,
    "unsorted": 1,
}


def test_the_measures_are_those_counted_by_hand(town: Town) -> None:
    october(town)
    numbers = read(town.actor("secretary")).numbers
    assert {key: numbers[key] for key in TABLE} == TABLE
    assert sum(n for key, n in numbers.items() if key not in TABLE) == 0


def test_what_came_is_compared_with_the_month_before_and_a_year_ago(town: Town) -> None:
    october(town)
    brief = read(town.actor("secretary"))
    lake, hill = str(town.units["lake"].id), str(town.units["hill"].id)
    assert figures([brief.total]) == {"": (7, 3, 1)}
    assert figures(brief.categories) == {"环境保护": (4, 1, 1), "城乡建设": (1, 2, 0), "民政": (1, 0, 0), "": (1, 0, 0)}
    assert figures(brief.channels) == {"web": (6, 3, 1), "phone": (1, 0, 0)}
    assert figures(brief.places) == {lake: (6, 3, 1), hill: (1, 0, 0)}
    assert [n for _month, n in brief.months] == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 7]
    assert [line.key for line in brief.fresh] == [HELP]
    assert [line.key for line in brief.grown] == [NOISE]
    assert LAMP not in {line.key for line in brief.grown}


def test_a_community_has_its_own_brief_by_grid(town: Town) -> None:
    october(town)
    brief = read(town.actor("head"))
    assert brief.unit.id == town.units["lake"].id
    assert figures([brief.total]) == {"": (6, 3, 1)}
    assert brief.numbers["waiting"] == 3
    first = str(town.units["lake1"].id)
    assert figures(brief.places)[first] == (6, 3, 1)
    assert len(brief.places) == 3, "grids without a matter are shown too"


def test_before_the_first_matter_there_is_no_data_and_no_growth(town: Town) -> None:
    came(town, "2025-10-13", NOISE)
    brief = read(town.actor("secretary"))
    assert figures([brief.total]) == {"": (1, None, None)}
    assert [n for _month, n in brief.months] == [None] * 11 + [1]
    assert (brief.fresh, brief.grown) == ([], [])
    with on(READ_ON):
        row = next(t for s in composing.compose(brief).sections for t in s.blocks if isinstance(t, Table)).rows[0]
    assert [cell.text for cell in row[1:]] == ["1", "无数据", "无数据", "无数据"]


def test_a_month_with_nothing_and_a_unit_without_boundaries_are_a_page_too(town: Town, client: Client) -> None:
    for unit in town.units.values():
        unit.boundary = None
        unit.save()
    brief = read(town.actor("head"))
    assert brief.total.now == 0
    client.force_login(town.people["head"])
    page = client.get("/desk/brief/").content.decode()
    assert "下属区域尚未绘制边界" in page
    assert re.search(r"\bnan\b", page) is None


def cells(sheet: Sheet) -> Iterator[Cell]:
    """Yield every cell of a sheet."""
    for section in sheet.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (cell for row in block.rows for cell in row)
            elif isinstance(block, Chart):
                for mark in block.drawing.marks:
                    values = [s.text for s in mark.shapes if s.looks in {"value", "on-dark"}]
                    yield Cell(values[0] if values else "", mark.url)


def listed(actor: Actor, url: str) -> int:
    """Return how many matters the list of an address holds."""
    return len(needs.every_id(actor, which=chosen(RequestFactory().get(url))))  # type: ignore[arg-type]  # its GET


@pytest.mark.parametrize(("who", "unit"), [("secretary", None), ("secretary", "lake"), ("head", None)])
def test_every_number_is_as_long_as_its_list(town: Town, who: str, unit: str | None) -> None:
    october(town)
    actor = town.actor(who)
    brief = read(actor, town.units[unit] if unit else None)
    with on(READ_ON):
        linked = [c for c in cells(composing.compose(brief)) if c.url and c.text]
        assert len(linked) > 30
        assert [c for c in linked if listed(actor, c.url) != int(c.text)] == []


def test_the_measure_of_a_link_stays_when_the_list_is_narrowed_and_is_named(town: Town, client: Client) -> None:
    october(town)
    client.force_login(town.people["secretary"])
    with on(READ_ON):
        brief = read(town.actor("secretary"))
        rows = composing._unsolved(brief).blocks[0].rows  # type: ignore[union-attr]  # a table
        page = client.get(rows[0][1].url).content.decode()
        assert "截止日未答复" in page
        assert "首次归属：青溪街道" in page
        form = client.get(f"/desk/narrow/?{urlparse(rows[0][1].url).query}").content.decode()
        sent = {key: values[0] for key, values in parse_qs(urlparse(rows[0][1].url).query).items()}
        assert f'value="{sent["home"]}"' in form
        answer = client.post("/desk/narrow/", {**sent, "category": "", "q": "", "unit": "", "channel": "", "theme": ""})
    assert parse_qs(urlparse(answer["Location"]).query)["measure"] == ["waiting"]


def test_what_was_extended_or_answered_later_does_not_change_how_it_stood(town: Town) -> None:
    need = came(town, "2025-10-13", NOISE)
    assert read(town.actor("secretary")).numbers["waiting"] == 1
    told(town, need, "2025-11-20")
    assert read(town.actor("secretary")).numbers["waiting"] == 1


def test_an_answer_taken_back_keeps_no_promise_and_a_bettered_one_does(town: Town) -> None:
    secretary = town.actor("secretary")
    undone, bettered = came(town, "2025-10-13", NOISE), came(town, "2025-10-13", NOISE)
    with on("2025-10-15"):
        actions.answer(secretary, undone.id, text="好了", way="phone")
        actions.undo(secretary, undone.id)
        actions.answer(secretary, bettered.id, text="好了", way="phone")
    with on("2025-10-23"):
        actions.answer(secretary, bettered.id, text="确实好了", way="phone")
    numbers = read(secretary).numbers
    assert (numbers["kept"], numbers["promised"]) == (1, 2)


def test_common_needs_are_those_asked_for_in_the_month_and_lead_to_their_matters(town: Town) -> None:
    for i, words in enumerate(LAMPS):
        came(town, "2025-10-20", LAMP, words, phone=f"1050000{i:04d}")
    for words in OTHERS:
        came(town, "2025-10-20", "", words)
    with on("2025-10-21"):
        actions.find_common_needs(SYSTEM)
    head = town.actor("head")
    (row,) = read(head).common
    assert row.matters == len(asked.matters_of_common(head, row.id)) == 4
    assert read(head).quotes[0].about == row.name
    assert read(head, month=OCTOBER.back(1)).common == []
    assert read(town.actor("hillhead")).common == []


def test_only_words_that_may_be_are_quoted_and_without_personal_data(town: Town) -> None:
    came(town, "2025-10-13", NOISE, "我叫张建国，楼上天天吵，电话13800138000，请管一管")
    at_the_lake = {"building_id": None, "community_id": town.units["lake"].id}
    came(town, "2025-10-13", NOISE, "葛网格态度不好，骂人，请你们处理一下", about_staff="葛网格", **at_the_lake)
    erased = came(town, "2025-10-14", NOISE, "这件事请不要让别人知道，求你们了")
    came(town, "2025-10-14", NOISE, "吵")
    came(town, "2025-10-14", NOISE, "吵死了" * 60)
    with on("2025-10-15"):
        actions.erase(town.actor("secretary"), erased.id, reason="request")
    (only,) = read(town.actor("secretary")).quotes
    assert "13800138000" not in only.words
    assert "张建国" not in only.words
    assert only.words.endswith("请管一管")


def test_a_brief_is_read_of_ones_own_offices_only(town: Town) -> None:
    head, secretary = town.actor("head"), town.actor("secretary")
    names = {unit.name for unit in queries.units(secretary)}
    assert names == {"青溪街道", "莲花社区", "枫树村"}
    assert [unit.name for unit in queries.units(head)] == ["莲花社区"]
    for unit in ("hill", "street", "lake1"):
        with pytest.raises(NotFound):
            queries.brief(head, town.units[unit].id, month=OCTOBER)
    for nobody in ("clerk", "grid", "admin", "inspector"):
        with pytest.raises(NotFound):
            queries.brief(town.actor(nobody), None, month=OCTOBER)


def test_the_page_takes_at_most_twelve_statements(
    town: Town, client: Client, django_assert_max_num_queries: Any
) -> None:
    october(town)
    client.force_login(town.people["secretary"])
    with on(READ_ON):
        client.get("/desk/")
        with django_assert_max_num_queries(12):
            assert client.get("/desk/brief/?month=2025-10").status_code == 200
