"""Every import contract is kept by the house, and each one is seen to break when it should.

The violations are planted, one at a time, in a small copy of the house: the same rooms with the same doors,
each module holding only the imports given here. The contracts are the project's own, out of pyproject.toml.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from importlinter import configuration
from importlinter.application import use_cases

ROOT = Path(__file__).parents[2]
PYPROJECT = ROOT / "pyproject.toml"
CONTRACTS: list[dict[str, Any]] = tomllib.loads(PYPROJECT.read_text())["tool"]["importlinter"]["contracts"]
BY_ID = {contract["id"]: contract for contract in CONTRACTS}

ROOMS = re.findall(r"\w+", " ".join(BY_ID["rooms"]["layers"]))
NOT_DOMAIN = {"config", "demo", "engines", "platform"}
DOORS = ("urls", "resident", "desk", "api", "jobs", "forms", "doors")
DOMAIN = (*DOORS, "apps", "actions", "queries", "scope", "models", "rules", "events", "errors")
PLATFORM = ("errors", "machine", "events", "calendar", "http", "files", "audit", "models", "launcher", "backup")

LAWFUL = {
    "config.wiring": ["huiyin.needs.events", "huiyin.portal.urls", "huiyin.platform.events"],
    "demo.town": ["huiyin.needs.actions", "huiyin.portal.queries", "huiyin.volunteering.actions"],
    "platform.http": ["django.http", "huiyin.platform.errors"],
    "platform.models": ["django.db"],
    "platform.audit": ["huiyin.platform.models"],
    "platform.machine": ["huiyin.platform.errors"],
    "platform.calendar": ["chinese_calendar"],
    "platform.launcher": ["psycopg", "huiyin.platform.errors"],
    "engines.text": ["numpy"],
    "org.models": ["django.db", "huiyin.org.rules"],
    "needs.models": ["django.db", "huiyin.needs.rules"],
    "notify.models": ["django.db"],
    "demo.models": ["django.db"],
    "needs.rules": [
        "huiyin.platform.machine",
        "huiyin.platform.errors",
        "huiyin.needs.errors",
        "huiyin.engines.text",
    ],
    "needs.errors": ["huiyin.platform.errors"],
    "needs.actions": ["django.db", "huiyin.needs.models", "huiyin.org.scope", "huiyin.notify.actions"],
    "needs.queries": ["huiyin.needs.models", "huiyin.org.queries", "huiyin.platform.audit"],
    "needs.desk": ["django.urls", "huiyin.needs.actions", "huiyin.needs.queries", "huiyin.needs.forms"],
    "needs.tests.test_actions": ["huiyin.needs.models", "huiyin.org.tests.make"],
    "org.tests.make": ["huiyin.org.models"],
}

# (contract, module in which it is planted, what it imports there)
VIOLATIONS = [
    ("rooms", "needs.actions", "huiyin.portal.queries"),
    ("rooms", "org.queries", "huiyin.needs.queries"),
    ("rooms", "platform.http", "huiyin.org.actors"),
    ("rooms", "portal.queries", "huiyin.demo.town"),
    ("rooms", "demo.town", "huiyin.config.wiring"),
    ("rooms", "volunteering.actions", "huiyin.hall.queries"),
    ("rooms", "portal.queries", "huiyin.command.queries"),
    ("rooms", "needs.tests.test_actions", "huiyin.portal.queries"),
    ("rooms", "attic", "json"),
    ("inside", "needs.queries", "huiyin.needs.actions"),
    ("inside", "needs.models", "huiyin.needs.queries"),
    ("inside", "needs.actions", "huiyin.needs.desk"),
    ("inside", "needs.resident", "huiyin.needs.desk"),
    ("inside", "needs.forms", "huiyin.needs.api"),
    ("inside", "notify.jobs", "huiyin.notify.api"),
    ("inside", "org.scope", "huiyin.org.actions"),
    ("inside", "portal.queries", "huiyin.portal.resident"),
    *[("doors", f"needs.{door}", "huiyin.needs.models") for door in DOORS],
    ("doors", "notify.desk.outbox", "huiyin.notify.models"),
    ("doors", "volunteering.desk", "huiyin.volunteering.models"),
    ("doors", "needs.desk", "huiyin.org.models"),
    ("models-needs", "portal.queries", "huiyin.needs.models"),
    ("models-notify", "needs.actions", "huiyin.notify.models"),
    ("models-demo", "config.wiring", "huiyin.demo.models"),
    ("models-org", "needs.queries", "huiyin.org.models"),
    ("models-org", "needs.tests.test_actions", "huiyin.org.models"),
    ("models-platform", "org.actions", "huiyin.platform.models"),
    ("plain", "needs.rules", "django.utils.timezone"),
    ("plain", "needs.rules", "psycopg"),
    ("plain", "needs.rules", "huiyin.platform.http"),
    ("plain", "hall.rules.deadlines", "django.conf"),
    ("plain", "needs.errors", "django.utils.translation"),
    ("plain", "notify.events", "django.db"),
    ("plain", "volunteering.rules", "django"),
    ("plain", "platform.errors", "django.utils.translation"),
    ("ground", "platform.machine", "django.utils.translation"),
    ("ground", "platform.calendar", "django.conf"),
    ("ground", "platform.launcher", "huiyin.platform.http"),
    ("engines", "engines.text", "huiyin.platform.calendar"),
    ("engines", "engines.text", "django"),
    ("engines", "engines.dispatch", "psycopg"),
]


def _plant(house: Path, module: str, imports: list[str]) -> Callable[[], object]:
    """Add imports to a module of the house, made when it is not there; return what takes them out again."""
    path = house.joinpath(*module.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for package in [p for p in file.parents if house in p.parents]:
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").touch()
    before = file.read_text() if file.exists() else None
    file.write_text((before or "") + "".join(f"import {name}\n" for name in imports))
    return file.unlink if before is None else lambda: file.write_text(before)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    house = tmp_path_factory.mktemp("town") / "huiyin"
    house.mkdir()
    (house / "__init__.py").touch()
    names = ["notify.desk.outbox", "hall.rules.deadlines", "needs.tests.test_actions"]
    names += [f"{room}.{part}" for room in ROOMS if room not in NOT_DOMAIN for part in DOMAIN]
    names += [*(f"platform.{part}" for part in PLATFORM), "org.actors", "engines.dispatch"]
    for module in sorted({*names, *LAWFUL}, key=lambda name: -name.count(".")):  # packages before modules
        _plant(house, module, LAWFUL.get(module, []))
    return house


@pytest.fixture
def keeps(monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
    """Run lint-imports in this process on the package `huiyin` below a folder."""

    def keeps(root: Path, *contracts: str) -> bool:
        with monkeypatch.context() as patch:
            patch.delitem(sys.modules, "huiyin", raising=False)
            patch.syspath_prepend(str(root))
            return use_cases.lint_imports(
                str(PYPROJECT), limit_to_contracts=contracts, cache_dir=None, is_debug_mode=True, no_logo=True
            )

    configuration.configure()
    return keeps


def test_the_house_keeps_its_contracts(keeps: Callable[..., bool]) -> None:
    assert keeps(ROOT)


def test_the_small_house_keeps_them_as_long_as_nothing_is_planted(house: Path, keeps: Callable[..., bool]) -> None:
    assert keeps(house.parent)


@pytest.mark.parametrize(("contract", "module", "imported"), VIOLATIONS)
def test_a_planted_import_breaks_its_contract_and_no_longer_when_it_is_gone(
    *, contract: str, module: str, imported: str, house: Path, keeps: Callable[..., bool]
) -> None:
    take_out = _plant(house, module, [imported])
    try:
        assert not keeps(house.parent, contract)
    finally:
        take_out()
    assert keeps(house.parent, contract)


def test_every_contract_has_a_violation() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(BY_ID)


def _rooms_with(module: str) -> set[str]:
    found = [*(ROOT / "huiyin").glob(f"*/{module}.py"), *(ROOT / "huiyin").glob(f"*/{module}/__init__.py")]
    return {file.relative_to(ROOT / "huiyin").parts[0] for file in found}


def test_every_room_with_models_keeps_them_to_itself() -> None:
    for room in _rooms_with("models"):
        contract = BY_ID[f"models-{room}"]
        assert contract["protected_modules"] == [f"huiyin.{room}.models"]
        assert contract["allowed_importers"] == [f"huiyin.{room}"]


def test_every_room_with_doors_has_layers_inside() -> None:
    doors = set().union(*map(_rooms_with, ("actions", "resident", "desk", "api")))
    listed = {name.removeprefix("huiyin.") for name in BY_ID["inside"]["containers"]}
    assert doors - NOT_DOMAIN <= listed


def test_the_layers_are_those_of_the_architecture_page() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    house = page.split("rooms, from top to bottom:\n")[1].split("```")[0]
    groups = [set(re.findall(r"^  (\w+)/", group, re.M)) for group in house.split("---")]
    layers = [set(re.findall(r"\w+", layer)) for layer in BY_ID["rooms"]["layers"]]
    assert layers == groups
