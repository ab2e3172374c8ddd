"""Whatever is sent in: every door of intake and the import of tables answer without an error of ours, and lose nothing."""

import io
import json
import random
import uuid
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from huiyin.needs.models import Batch, BatchItem, Need
from huiyin.needs.tests.test_api import opened
from huiyin.needs.tests.test_registers import NEEDS, TICKETS, load, need_row, read, workbook
from huiyin.org.tests.make import Town
from huiyin.platform.errors import Invalid

# Sending many to one database within one test: the fixture is meant to be shared, and each example adds to it.
FUZZ = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ODD = [
    "",
    " ",
    "\x00",
    "a\x00b",
    "%",
    "'",
    "\\",
    "{{7*7}}",
    "=1+1",
    "NaN",
    "1e400",
    "-1",
    "٣",
    "Ⅷ",
    "𠮷野家",
    "🏠" * 40,
    "\u202e倒",
    "长" * 6000,
]
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=60), st.text("路灯坏了，3号楼 0123456789\r\n\t", max_size=300))
FIELDS = (
    "words", "source", "building", "community", "lon", "lat", "place_text", "place", "public", "name", "phone", "email",
    "channel", "about_staff", "received_at", "category", "settled", "urgent",
)  # fmt: skip
FILE = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0JFIF", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"%PDF-1.4"]),
)


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many come from one address here."""
    monkeypatch.setattr("django.conf.settings.RATE_LIMITS_ON", False)


def sent(town: Town, fields: dict[str, str]) -> dict[str, Any]:
    """Return the fields, those left out as somebody would give them: half of the examples get far."""
    usual = {"source": str(uuid.uuid4()), "words": "路灯坏了", "building": str(town.building.id), "public": "0"}
    return {**usual, **fields}


@given(fields=st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=4), photo=st.none() | FILE)
@FUZZ
def test_a_resident_may_send_anything(town: Town, fields: dict[str, str], photo: bytes | None) -> None:
    client, before = Client(), Need.objects.count()
    given = sent(town, fields)
    if photo is not None:
        given["photos"] = SimpleUploadedFile("a.jpg", photo, "image/jpeg")
    answer = client.post("/c/lianhua/report/", given)
    assert answer.status_code in {302, 422}, (answer.status_code, fields)
    assert Need.objects.count() == before + (answer.status_code == 302)
    if answer.status_code == 422 and given["words"].strip() and "\x00" not in given["words"]:
        assert _lines(escape(given["words"])) in _lines(answer.content.decode()), "what was typed is there again"


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n ")


@given(fields=st.dictionaries(st.sampled_from(FIELDS), TEXT, max_size=4))
@FUZZ
def test_a_clerk_may_type_anything(town: Town, fields: dict[str, str]) -> None:
    client, before = Client(), Need.objects.count()
    client.force_login(town.people["clerk"])
    usual = {"channel": "phone", "community": str(town.units["lake"].id)}
    answer = client.post("/desk/register/", {**usual, **sent(town, fields)})
    assert answer.status_code in {302, 422}, (answer.status_code, fields)
    assert Need.objects.count() == before + (answer.status_code == 302)


OPEN311 = ("service_code", "description", "lat", "long", "address_string", "address_id", "email", "phone", "first_name",
           "last_name", "media_url", "attribute[kind]", "jurisdiction_id", "public", "device_id", "account_id")  # fmt: skip


@given(fields=st.dictionaries(st.sampled_from(OPEN311), TEXT, max_size=5), ending=st.sampled_from(["json", "xml"]))
@FUZZ
def test_a_program_may_send_anything_by_open311(town: Town, fields: dict[str, str], ending: str) -> None:
    token, before = opened(town, "matters.write"), Need.objects.count()
    usual = {"api_key": token, "service_code": "other", "description": "路灯坏了", "lat": "28.005", "long": "115.505"}
    answer = Client().post(f"/open311/v2/requests.{ending}", {**usual, **fields})
    assert answer.status_code in {201, 400, 403, 404}, (answer.status_code, fields)
    assert Need.objects.count() == before + (answer.status_code == 201)
    if ending == "json":
        assert isinstance(json.loads(answer.content), list)


@given(seed=st.integers(0, 10**9), cut=st.booleans())
@FUZZ
def test_a_broken_workbook_is_read_or_refused_with_a_reason(town: Town, seed: int, cut: bool) -> None:
    dice, whole = random.Random(seed), bytearray(workbook(NEEDS, need_row(), need_row("垃圾没人收")).read())
    for _ in range(dice.randrange(1, 12)):
        whole[dice.randrange(len(whole))] = dice.randrange(256)
    body = bytes(whole[: dice.randrange(len(whole))]) if cut else bytes(whole)
    client = Client()
    client.force_login(town.people["clerk"])
    given = {"kind": "needs", "system": "", "file": SimpleUploadedFile("台账.xlsx", body)}
    answer = client.post("/desk/import/", given)
    assert answer.status_code in {302, 422}
    assert Need.objects.count() == 0, "nothing is loaded before it was looked at"


CELL = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(1900, 3, 1), date(9999, 12, 31)), st.datetimes().filter(lambda m: m.year > 1900),
    st.sampled_from([t for t in ODD if "\x00" not in t]),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40),
)  # fmt: skip


def written(kind: str, rows: list[list[object]]) -> bytes:
    """Return a workbook with these cells, each of its own type."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "nan_inf_to_errors": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, NEEDS if kind == "needs" else TICKETS)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell[:32000])
                elif cell is not None:
                    sheet.write(number, column, cell)
    return out.getvalue()


@given(kind=st.sampled_from(["needs", "tickets"]), rows=st.lists(st.lists(CELL, min_size=8, max_size=8), max_size=4))
@FUZZ
def test_every_row_of_a_table_is_loaded_or_named(town: Town, kind: str, rows: list[list[object]]) -> None:
    upload, before = SimpleUploadedFile("台账.xlsx", written(kind, rows)), Need.objects.count()
    try:
        table = read(town, upload, kind)
    except Invalid:
        return  # no row in it, say
    filled = sum(any(cell not in {None, ""} for cell in row) for row in rows)
    assert table.good + table.bad <= filled
    assert len({row for row, *_rest in table.faults}) == table.bad
    if table.good:
        done: Batch = load(town, table)
        assert done.done + done.refused == table.good
        assert Need.objects.count() == before + done.done
        assert BatchItem.objects.filter(batch=done).count() <= table.good


def test_what_the_fuzz_would_notice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(*_args: object, **_given: object) -> object:
        raise ValueError("as an oversight would")

    monkeypatch.setattr("huiyin.needs.actions.register", lost)
    assert Client().post("/c/lianhua/report/", sent(town, {})).status_code == 500
