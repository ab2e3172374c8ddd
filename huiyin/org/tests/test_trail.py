"""The record of looks and changes: who reads what of it, in words, and that reading it is recorded."""

import ast
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from huiyin.org import actions
from huiyin.org.audit_words import ACTION_LABELS
from huiyin.org.queries.trail import Search, trail
from huiyin.org.tests.make import Town
from huiyin.platform import audit, clock, sheets
from huiyin.platform.errors import Invalid, NotFound

HOUSE = Path(__file__).parents[2]


def _recorded(source: str) -> Iterator[str]:
    """Yield the second argument of each audit.record, `{}` for what is filled in."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"audit.record", "record"} and len(node.args) > 2:
            action = node.args[1]
            if isinstance(action, ast.Constant):
                yield str(action.value)
            elif isinstance(action, ast.JoinedStr):
                yield "".join(str(v.value) if isinstance(v, ast.Constant) else ".+" for v in action.values)
            else:
                yield f"={ast.unparse(action)}"


def recorded() -> set[str]:
    found = set()
    for file in HOUSE.rglob("*.py"):
        if "tests" not in file.parts and "migrations" not in file.parts:
            found |= set(_recorded(file.read_text()))
    for file in HOUSE.glob("*/migrations/*.py"):  # what database functions record
        for text in re.findall(r"INSERT INTO (?:public\.)?platform_auditentry.*?;", file.read_text(), re.S):
            found |= set(re.findall(r"'([a-z_]+\.[a-z_]+)'", text))
    return found


def test_every_action_that_is_recorded_anywhere_has_its_word() -> None:
    patterns = recorded()
    # two helpers hand the action on: what they are called with
    helped = {"=action": {"factor.add", "factor.remove", "audit.read", "audit.export"}}
    plain = {p for p in patterns if not p.startswith("=")}
    assert {p for p in patterns if p.startswith("=")} <= set(helped), "an action that no test can read"
    assert len(plain) > 20
    assert "need.erase" in plain
    wordless = [p for p in plain if not any(re.fullmatch(p, known) for known in ACTION_LABELS)]
    assert wordless == []
    used = [k for k in ACTION_LABELS if any(re.fullmatch(p, k) for p in plain) or k in helped["=action"]]
    assert used == list(ACTION_LABELS), "a word for what is recorded nowhere"


def _look(town: Town, who: str, about: str) -> None:
    audit.record(town.actor(who), "contact.read", f"need:{UUID(int=7)}", about=town.units[about].id)


def seen(town: Town, who: str, search: Search = Search()) -> list[tuple[str, str]]:  # noqa: B008  # frozen
    return [(r.entry.user_name, r.entry.action) for r in trail(town.actor(who), search)]


def test_one_reads_what_ones_units_did_and_what_others_did_about_their_matters(town: Town) -> None:
    _look(town, "grid", "lake1")
    _look(town, "inspector", "lake1")
    _look(town, "inspector", "inspection")
    actions.edit_unit(town.actor("admin"), town.units["lake1"].id, name="网格甲", phone="", address="", slug="")
    assert seen(town, "secretary") == [
        ("安管理", "unit.edit"),
        ("季检察", "contact.read"),
        ("葛网格", "contact.read"),
    ]
    assert len(seen(town, "admin")) == 4
    with pytest.raises(NotFound):
        trail(town.actor("head"), Search())


def test_it_is_searched_by_person_action_and_days(town: Town) -> None:
    _look(town, "grid", "lake1")
    _look(town, "clerk", "lake")
    with clock.at(clock.now() - timedelta(days=40)):
        _look(town, "clerk", "lake")
        _look(town, "head", "lake")
    assert seen(town, "secretary", Search(person="柯")) == [("柯文员", "contact.read")]
    assert seen(town, "secretary", Search(person="没有这人")) == []
    assert seen(town, "secretary", Search(action="unit.edit")) == []
    long_ago = Search(since=clock.today() - timedelta(days=60))
    assert len(seen(town, "secretary", long_ago)) == 4
    before = Search(until=clock.today() - timedelta(days=20))
    assert [who for who, _action in seen(town, "secretary", before)] == ["何主任", "柯文员"]
    with pytest.raises(Invalid):
        trail(town.actor("secretary"), Search(since=clock.today(), until=clock.today() - timedelta(days=1)))


def test_pages_follow_one_another_and_lose_nothing(town: Town) -> None:
    moment = clock.now()
    for _entry in range(7):
        with clock.at(moment):  # at one and the same moment
            _look(town, "grid", "lake1")
    found, before = [], None
    while rows := trail(town.actor("secretary"), Search(), before=before, most=3):
        found += [r.entry.id for r in rows]
        before = (rows[-1].entry.at, rows[-1].entry.id)
    assert len(found) == len(set(found)) == 7
    assert found == sorted(found, reverse=True)


def test_reading_and_taking_it_is_recorded(client: Client, town: Town) -> None:
    _look(town, "grid", "lake1")
    client.force_login(town.people["secretary"])
    page = client.get("/desk/audit/?person=葛").content.decode()
    assert "葛网格" in page
    assert "查看联系方式" in page
    answer: Any = client.post("/desk/audit/export/", {"person": "葛"})
    assert answer.status_code == 200
    sheet = sheets.read(io.BytesIO(b"".join(answer.streaming_content)))
    texts = [[str(c) for c in row.cells] for row in sheet.rows]
    assert any("葛网格" in row for row in texts)
    recorded_now = [a for _who, a in seen(town, "secretary")]
    assert recorded_now.count("audit.read") == 1
    assert recorded_now.count("audit.export") == 1


@pytest.mark.parametrize(
    "query", ["before=x", "before=2026-01-01T00:00:00_1", "before=9_9", "since=x", "subject=12", "action=x"]
)
def test_what_nobody_of_us_sends_breaks_nothing(client: Client, town: Town, query: str) -> None:
    client.force_login(town.people["secretary"])
    assert client.get(f"/desk/audit/?{query}").status_code in {200, 422}


def test_the_page_takes_at_most_twelve_statements(
    client: Client, town: Town, django_assert_max_num_queries: Any
) -> None:
    for _entry in range(60):
        _look(town, "grid", "lake1")
    client.force_login(town.people["secretary"])
    client.get("/desk/audit/")
    with django_assert_max_num_queries(12):
        assert client.get("/desk/audit/").status_code == 200
