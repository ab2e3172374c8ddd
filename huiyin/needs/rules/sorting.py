"""How a matter is analysed: dimension, what is wanted, kind, size, category. Keys are stored, labels are shown."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DIMENSIONS: Mapping[str, str] = {"life": "Life", "family": "Family", "development": "Development", "emotion": "Emotion"}
WANTS: Mapping[str, str] = {
    "theory": "Theory wanted",
    "service": "Service needed",
    "difficulty": "Difficulty most urgent",
}
KINDS: Mapping[str, str] = {
    "consultation": "Consultation",
    "complaint": "Complaint",
    "suggestion": "Suggestion",
    "wish": "Wish",
    "mediation": "Mediation",
}
COMPLAINT_STAFF = "complaint_staff"  # set when it came in, never here: it decides who may see the matter
CONFIDENTIAL_KINDS = (COMPLAINT_STAFF, "mediation")  # what was said in confidence stays with its matter
OPEN_KINDS = tuple(kind for kind in KINDS if kind not in CONFIDENTIAL_KINDS)
SIZES: Mapping[str, str] = {"small": "Small matter", "urgent": "Urgent matter", "hard": "Hard matter"}
CATEGORY_MOST = 80


@dataclass(frozen=True, slots=True)
class Sorting:
    """What an analysis says; empty fields are not decided yet. `category` is a path `level 1/level 2/level 3`."""

    dimension: str = ""
    wants: str = ""
    kind: str = ""
    size: str = ""
    category: str = ""
    urgent: bool = False


@cache
def categories() -> Mapping[str, str]:
    """Return every node of the subject tree: its path and, for typing, the name of its last level.

    The tree is that of problem C of the 8th Teddy Cup (2020), as published on government hotlines: 15 classes of the
    first level with 118 and 517 nodes below them.
    """
    paths: dict[str, str] = {}
    with (Path(__file__).parent / "categories.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [row["level1"], row["level2"], row["level3"]]
            for depth in (1, 2, 3):
                if all(names[:depth]):
                    paths["/".join(names[:depth])] = names[depth - 1]
    return dict(sorted(paths.items()))


def first_level(category: str) -> str:
    """Return the class of the first level of a path, "" for none."""
    return category.partition("/")[0]


def category_named(typed: str) -> str | None:
    """Return the path that was typed, whole or only its last name when that is unambiguous; "" for nothing."""
    text = typed.strip().strip("/").replace(" ", "").replace("›", "/").replace("／", "/")
    if not text:
        return ""
    if text in categories():
        return text
    found = [path for path, name in categories().items() if name == text]
    return found[0] if len(found) == 1 else None


def faults(sorting: Sorting) -> dict[str, str]:
    """Return what of an analysis is not known, by field."""
    wrong: dict[str, str] = {}
    for name, known in (("dimension", DIMENSIONS), ("wants", WANTS), ("kind", KINDS), ("size", SIZES)):
        if getattr(sorting, name) not in {"", *known}:
            wrong[name] = "Please choose one of the list."
    if sorting.category and sorting.category not in categories():
        wrong["category"] = "Please choose a category of the list."
    return wrong
