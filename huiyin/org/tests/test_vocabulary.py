"""The presets are the five columns of docs/systems.md, and a unit's own names reach everything below it."""

from pathlib import Path

import pytest
from django.test import Client

from huiyin.org import actions, atlas
from huiyin.org.tests.make import Town
from huiyin.org.vocabulary import PRESETS, STAGES, name_of
from huiyin.platform.errors import Invalid

TABLE = Path(__file__).parents[3] / "docs" / "systems.md"


def columns() -> list[list[str]]:
    """Return the five columns of the table of stages, "" where it has a dash."""
    rows = [
        line.strip("| \n").split("|")
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    named = {row[0].strip().replace(" ", "_"): row[1:] for row in rows if len(row) == 6}
    return [["" if (cell := named[s][n].strip()) == "–" else cell for s in STAGES] for n in range(5)]


def test_the_presets_are_exactly_the_columns_of_the_table() -> None:
    assert [[preset.get(stage, "") for stage in STAGES] for preset in PRESETS.values()] == columns()


def test_a_stage_without_a_name_of_its_own_keeps_the_usual_one() -> None:
    assert name_of("collecting", "answer") == ""
    assert name_of("", "collect") == ""


def test_a_units_names_count_for_what_stands_below_it_until_another_sets_its_own(town: Town) -> None:
    street, lake = town.units["street"], town.units["lake"]
    actions.edit_unit(town.actor("secretary"), street.id, name=street.name, vocabulary="contact")
    assert atlas.current().vocabulary_of(town.units["hill1"].id) == "contact"
    actions.edit_unit(town.actor("secretary"), lake.id, name=lake.name, slug="lianhua", vocabulary="steps")
    assert atlas.current().vocabulary_of(town.units["lake1"].id) == "steps"
    assert atlas.current().vocabulary_of(town.units["inspection"].id) == ""
    with pytest.raises(Invalid):
        actions.edit_unit(town.actor("secretary"), street.id, name=street.name, vocabulary="x")


def test_the_form_of_a_unit_offers_the_presets(town: Town, client: Client) -> None:
    client.force_login(town.people["secretary"])
    page = client.get(f"/desk/units/{town.units['street'].id}/edit/").content.decode()
    assert all(f'value="{key}"' in page for key in PRESETS)
