"""Every operation of the API for every kind of token: each scope alone, its own units and others."""

import uuid
from typing import Any

import pytest

from huiyin.config.api import api
from huiyin.needs.tests.test_actions import registered
from huiyin.needs.tests.test_api import Program, matter, opened
from huiyin.org.roles import SCOPES
from huiyin.org.tests.make import Town

NEEDS = {  # the scope each operation asks for; "" for any token
    ("get", "/api/v1/units"): "units.read",
    ("get", "/api/v1/places"): "units.read",
    ("get", "/api/v1/categories"): "",
    ("get", "/api/v1/matters"): "matters.read",
    ("post", "/api/v1/matters"): "matters.write",
    ("get", "/api/v1/matters/{matter_id}"): "matters.read",
}
OPERATIONS = sorted((method, path) for path, methods in api.get_openapi_schema()["paths"].items() for method in methods)


def asked(program: Program, method: str, path: str, town: Town, need_id: uuid.UUID) -> int:
    """Return the status of one operation."""
    plain = path.removeprefix("/api/v1").replace("{matter_id}", str(need_id))
    if method == "post":
        return int(program.post(plain, matter(town)).status_code)
    query: dict[str, Any] = {"community": str(town.units["lake"].id), "typed": "青"} if plain == "/places" else {}
    return int(program.get(plain, **query).status_code)


def test_every_operation_has_a_row() -> None:
    assert set(OPERATIONS) == set(NEEDS)


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_each_scope_opens_what_names_it_and_nothing_else(town: Town, scope: str) -> None:
    need, program = registered(town), Program(opened(town, scope))
    got = {op: asked(program, *op, town, need.id) for op in OPERATIONS}
    fine = {op: 201 if op[0] == "post" else 200 for op in OPERATIONS}
    assert got == {op: fine[op] if NEEDS[op] in {"", scope} else 403 for op in OPERATIONS}


def test_without_a_token_or_with_an_ended_one_nothing_opens(town: Town) -> None:
    need = registered(town)
    for token in ("", "hy_wrong"):
        assert {asked(Program(token), *op, town, need.id) for op in OPERATIONS} == {401}


def test_a_signed_in_member_of_staff_needs_a_token_too(town: Town) -> None:
    program = Program("")
    program.browser.force_login(town.people["secretary"])
    assert {asked(program, *op, town, registered(town).id) for op in OPERATIONS} == {401}


def test_a_token_of_another_unit_reaches_nothing_here(town: Town) -> None:
    need, program = registered(town), Program(opened(town, unit="hill"))
    got = {op: asked(program, *op, town, need.id) for op in OPERATIONS}
    assert got[("get", "/api/v1/matters/{matter_id}")] == 404
    assert got[("post", "/api/v1/matters")] == 422
    assert program.get("/matters").json()["items"] == []
    assert {u["id"] for u in program.get("/units").json()} == {str(town.units[k].id) for k in ("hill", "hill1")}
