"""Every action and query takes the actor first, then what it is about, and the rest by keyword.

The source is read, not imported: it needs no database, no settings, and sees what a decorator would hide. In
a package every module counts, whether `__init__` shows its functions or not.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2] / "huiyin"
MOST_POSITIONAL = 3
SCALARS = {"str", "int", "float", "bool", "bytes", "date", "datetime", "Decimal", "object", "Any"}
NAMES_A_ROW = ("id", "ids", "pk", "key", "code", "slug", "token")

# A function outside the rule, and why.
EXCEPTED: dict[str, str] = {
    "org.queries.__init__.actor_for": "makes the actor of a user who has just signed in",
}


def _function_faults(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    arguments = [*function.args.posonlyargs, *function.args.args]
    first = arguments[0] if arguments else None
    if first is None or first.arg != "actor" or _annotation(first) not in {"Actor", "actors.Actor"}:
        yield "does not begin with `actor: Actor`"
        return
    if len(arguments) > MOST_POSITIONAL or function.args.vararg:
        yield f"takes more than {MOST_POSITIONAL} arguments by position"
    for argument in arguments[1:]:
        named = argument.arg.rpartition("_")[2] in NAMES_A_ROW
        if _annotation(argument).removesuffix(" | None") in SCALARS and not named:
            yield f"takes `{argument.arg}`, neither id nor row, by position"


def _annotation(argument: ast.arg) -> str:
    return ast.unparse(argument.annotation).strip("'\"") if argument.annotation else ""


def faults(house: Path) -> dict[str, list[str]]:
    """Return what is wrong with the public functions of every room, by `room.module.function`."""
    found: dict[str, list[str]] = {}
    for part in ("actions", "queries"):
        for file in sorted([*house.glob(f"*/{part}.py"), *house.glob(f"*/{part}/*.py")]):
            module = ".".join(file.relative_to(house).with_suffix("").parts)
            for node in ast.parse(file.read_text(encoding="utf-8")).body:
                if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
                    continue
                if wrong := list(_function_faults(node)):
                    found[f"{module}.{node.name}"] = wrong
    return found


def test_every_action_and_query_takes_the_actor_first() -> None:
    assert {name: wrong for name, wrong in faults(HOUSE).items() if name not in EXCEPTED} == {}


def test_an_exception_ends_with_its_function() -> None:
    assert set(EXCEPTED) <= set(faults(HOUSE))
    assert all(EXCEPTED.values())


def _plant(tmp_path: Path, source: str, module: str = "needs/actions.py") -> dict[str, list[str]]:
    file = tmp_path / module
    file.parent.mkdir(parents=True)
    file.write_text(source)
    return faults(tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "def claim(order_id: UUID): ...",
        "def claim(): ...",
        "def claim(actor, order_id: UUID): ...",
        "def claim(actor: User, order_id: UUID): ...",
        "def claim(order_id: UUID, actor: Actor): ...",
        "def claim(*, actor: Actor): ...",
        "def claim(actor: Actor | None, order_id: UUID): ...",
        "def claim(actor: Actor, order_id: UUID, note: str): ...",
        "def claim(actor: Actor, a_id: UUID, b_id: UUID, c_id: UUID): ...",
        "def claim(actor: Actor, *order_ids: UUID): ...",
        "async def claim(order_id: UUID): ...",
        "@transaction.atomic\ndef claim(order_id: UUID): ...",
    ],
)
def test_a_planted_function_outside_the_rule_is_found(tmp_path: Path, source: str) -> None:
    assert list(_plant(tmp_path, source)) == ["needs.actions.claim"]


@pytest.mark.parametrize("module", ["needs/queries.py", "needs/actions/orders.py", "notify/queries/__init__.py"])
def test_files_and_packages_of_both_kinds_are_read(tmp_path: Path, module: str) -> None:
    assert len(_plant(tmp_path, "def claim(order_id: UUID): ...", module)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "def claim(actor: Actor, order_id: UUID, *, note: str = ''): ...",
        "def claim(actor: 'Actor', draft: Draft, unit_id: UUID | None): ...",
        "def stage(actor: actors.Actor, tracking_code: str): ...",
        "def outbox(actor: Actor): ...",
        "def _move(order: Order, verb: str): ...",
        "from huiyin.org.rules import locate\nclass Row:\n    def of(self, order: Order): ...",
    ],
)
def test_a_function_within_the_rule_is_left_alone(tmp_path: Path, source: str) -> None:
    assert _plant(tmp_path, source) == {}
