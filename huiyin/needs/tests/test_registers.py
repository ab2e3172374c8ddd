"""Registers out and tickets in: looked at first, loaded when told, each row once; a list goes out without contacts."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huiyin.needs import actions, queries
from huiyin.needs.models import Batch, Contact, ImportChunk, ImportFile, Need, Ticket
from huiyin.needs.queries import Filter, registers
from huiyin.needs.tests.test_orders import registered
from huiyin.notify import queries as notify
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import audit, clock, sheets
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.sheets import Column

NEEDS = ("诉求内容", "受理时间", "来源渠道", "社区", "地点", "姓名", "电话", "类别")
TICKETS = ("工单编号", "办理期限", "内容", "来电时间", "承办单位", "事发地址", "来电人", "来电号码")


def workbook(header: tuple[str, ...], *rows: tuple[object, ...], name: str = "台账.xlsx") -> SimpleUploadedFile:
    """Return a table as an office sends it."""
    out = io.BytesIO()
    sheets.write(out, title="台账", columns=[Column(h) for h in header], rows=rows)
    return SimpleUploadedFile(name, out.getvalue())


def day(ago: int = 1, hour: int = 9) -> str:
    """Return a moment some days ago as it is typed."""
    moment = clock.now().astimezone(clock.OFFICE_ZONE) - timedelta(days=ago)
    return moment.strftime(f"%Y年%m月%d日 {hour}:30")


def need_row(words: str = "3号楼门口的路灯坏了", **more: object) -> tuple[object, ...]:
    """Return a row of a register."""
    given = {
        "受理时间": day(),
        "来源渠道": "电话",
        "社区": "莲花",
        "地点": "青禾苑3号楼东侧",
        "姓名": "老宋",
        "电话": "10500001111",
        "类别": "",
        **more,
    }
    return (words, *(given[h] for h in NEEDS[1:]))


def ticket_row(number: object = "SG2026112000001", **more: object) -> tuple[object, ...]:
    """Return a row of a hotline's table."""
    due = (clock.today() + timedelta(days=3)).isoformat()
    given = {
        "办理期限": due,
        "内容": "垃圾三天没人收",
        "来电时间": day(),
        "承办单位": "莲花社区",
        "事发地址": "",
        "来电人": "",
        "来电号码": "",
        **more,
    }
    return (number, *(given[h] for h in TICKETS[1:]))


def read(town: Town, upload: Any, kind: str = "needs", by: str = "clerk") -> registers.TableRow:
    """Send a table in and return what was read of it."""
    actor = town.actor(by)
    key = actions.read_table(
        actor, upload=upload, kind=kind, system="12345" if kind == "tickets" else "", name=upload.name
    )
    return registers.table(actor, key)


def load(town: Town, table: registers.TableRow, by: str = "clerk") -> Batch:
    """Load a table and let the worker do it."""
    key = actions.load_table(town.actor(by), table.id)
    actions.run_import(SYSTEM, batch_id=key)
    return Batch.objects.get(pk=key)


def test_nothing_is_loaded_until_told_and_then_each_row_is_a_matter(town: Town) -> None:
    table = read(town, workbook(NEEDS, need_row(), need_row("垃圾没人收", 来源渠道="微信群", 地点="")))
    assert (table.good, table.bad, Need.objects.count()) == (2, 0, 0)
    done = load(town, table)
    assert (done.done, done.refused) == (2, 0)
    lamp, waste = Need.objects.order_by("words")
    assert (lamp.channel, lamp.unit_id, lamp.place_text) == ("phone", town.units["lake1"].id, "青禾苑3号楼 东侧")
    assert lamp.received_at.astimezone(clock.OFFICE_ZONE).strftime("%H:%M") == "09:30"
    assert (waste.channel, waste.unit_id) == ("chat_group", town.units["lake"].id)
    assert Contact.objects.count() == 2
    assert ImportChunk.objects.count() == 0, "names and telephones are not kept twice"
    assert notify.outbox(SYSTEM) == [], "who called weeks ago gets no message today"


def test_the_same_file_twice_doubles_nothing_and_says_so(town: Town) -> None:
    rows = [need_row(f"第{i}件：路灯坏了") for i in range(3)]
    upload = workbook(NEEDS, *rows)
    load(town, read(town, upload))
    upload.seek(0)
    again = read(town, upload)
    assert again.loaded_before is not None
    done = load(town, again)
    assert (done.done, done.refused, Need.objects.count()) == (0, 3, 3)
    assert load(town, again).done == 0, "loading twice begins no second batch"


def test_two_equal_rows_in_one_file_are_two_matters_and_stay_two(town: Town) -> None:
    load(town, read(town, workbook(NEEDS, need_row(), need_row())))
    assert Need.objects.count() == 2
    load(town, read(town, workbook(NEEDS, need_row(), need_row(), need_row("新的一件"))))
    assert Need.objects.count() == 3


def test_a_ticket_keeps_its_number_and_deadline_and_is_found_by_it(town: Town) -> None:
    done = load(town, read(town, workbook(TICKETS, ticket_row(), ticket_row(20261120002)), "tickets"))
    assert done.done == 2
    ticket = Ticket.objects.get(number="SG2026112000001")
    assert (ticket.system, ticket.need.channel) == ("12345", "superior")
    assert ticket.need.promised_on == clock.today() + timedelta(days=3)
    assert Ticket.objects.filter(number="20261120002").exists(), "a number stays whole"
    found = queries.held(town.actor("head"), which=Filter("all", text="SG2026112000001")).rows
    assert [r.id for r in found] == [ticket.need_id]
    again = load(town, read(town, workbook(TICKETS, ticket_row(内容="换了说法")), "tickets"))
    assert (again.done, again.refused) == (0, 1)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (need_row(""), "诉求内容"),
        (need_row("路" * 5001), "诉求内容"),
        (need_row(受理时间="上周三"), "受理时间"),
        (need_row(受理时间="2019-01-01 09:00"), "受理时间"),
        (need_row(受理时间="2099-01-01 09:00"), "受理时间"),
        (need_row(来源渠道="飞鸽传书"), "来源渠道"),
        (need_row(社区="枫树村"), "社区"),
        (need_row(社区="没有这个社区"), "社区"),
        (need_row(电话="12"), "电话"),
        (need_row(类别="没有这一类"), "类别"),
        (need_row(地点="长" * 121), "地点"),
    ],
)
def test_a_bad_row_is_named_with_its_column_and_the_others_load(
    town: Town, row: tuple[object, ...], column: str
) -> None:
    table = read(town, workbook(NEEDS, need_row(), row))
    assert (table.good, table.bad) == (1, 1)
    number, named, said, _values = table.faults[0]
    assert (number, named) == (3, column)
    assert said
    assert load(town, table).done == 1


def test_a_ticket_without_number_or_deadline_or_twice_is_named(town: Town) -> None:
    rows = [ticket_row(""), ticket_row("A1", 办理期限=""), ticket_row("A2"), ticket_row("A2", 内容="另一件")]
    table = read(town, workbook(TICKETS, *rows), "tickets")
    assert (table.good, table.bad) == (1, 3)
    assert [(n, c) for n, c, _said, _values in table.faults] == [(2, "工单编号"), (3, "办理期限"), (5, "工单编号")]


def test_wrong_headers_say_what_is_missing_and_what_is_there(town: Town) -> None:
    with pytest.raises(Invalid) as refused:
        read(town, workbook(("甲", "乙"), ("a", "b")))
    assert "诉求内容" in str(refused.value.fields["file"])
    assert "甲、乙" in str(refused.value.fields["file"])
    with pytest.raises(Invalid):
        read(town, workbook(NEEDS))
    with pytest.raises(Invalid):
        actions.read_table(town.actor("clerk"), upload=workbook(NEEDS, need_row()), kind="tickets", system=" ")


def bomb() -> bytes:
    """Return a workbook whose one sheet unpacks to a gigabyte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(1000):
                sheet.write(b"0" * 2**20)
    return out.getvalue()


@pytest.mark.parametrize("name", ["bomb", "word", "png", "empty"])
def test_what_is_no_table_is_refused_on_the_page_and_nothing_is_kept(town: Town, client: Client, name: str) -> None:
    word = io.BytesIO()
    with zipfile.ZipFile(word, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    made = {"bomb": bomb(), "word": word.getvalue(), "png": b"\x89PNG\r\n\x1a\n" + b"0" * 99, "empty": b""}
    client.force_login(town.people["clerk"])
    sent = {"kind": "needs", "system": "", "file": SimpleUploadedFile("台账.xlsx", made[name])}
    answer = client.post("/desk/import/", sent)
    assert answer.status_code == 422
    assert ImportFile.objects.count() == 0


def test_the_pages_from_the_empty_form_to_the_loaded_table(town: Town, client: Client) -> None:
    client.force_login(town.people["clerk"])
    for kind in ("needs", "tickets"):
        form = client.get(f"/desk/import/{kind}.xlsx")
        assert form.status_code == 200
        assert b"".join(form.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]  # a FileResponse
    upload = workbook(NEEDS, need_row(), need_row(社区="没有这个社区"))
    looked_at = client.post("/desk/import/", {"kind": "needs", "system": "", "file": upload})
    assert looked_at.status_code == 302
    page = client.get(looked_at["Location"]).content.decode()
    assert "没有这个村（社区）" in page
    assert Need.objects.count() == 0
    begun = client.post(looked_at["Location"])
    assert "/desk/batches/" in begun["Location"]
    client.force_login(town.people["head"])
    assert client.get(looked_at["Location"]).status_code == 404, "a table is its sender's own"
    client.force_login(town.people["grid"])
    assert client.get("/desk/import/").status_code == 404


def test_a_killed_worker_loads_the_rest_and_doubles_nothing(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from huiyin.needs.actions import importing

    table = read(town, workbook(NEEDS, *(need_row(f"第{i}件") for i in range(7))))
    key = actions.load_table(town.actor("clerk"), table.id)
    real = actions.register
    calls: list[int] = []

    def killed(*args: Any, **given: Any) -> object:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return real(*args, **given)

    with monkeypatch.context() as patch:
        patch.setattr(importing, "register", killed)
        with pytest.raises(KeyboardInterrupt):
            actions.run_import(SYSTEM, batch_id=key)
    assert Need.objects.count() == 3
    actions.run_import(SYSTEM, batch_id=key)
    batch = Batch.objects.get(pk=key)
    assert (batch.done, batch.refused, Need.objects.count()) == (7, 0, 7)


def test_a_table_nobody_loads_is_thrown_away_after_a_day(town: Town) -> None:
    table = read(town, workbook(NEEDS, need_row()))
    assert "路灯" not in ImportChunk.objects.get().rows_cipher, "what was sent in is encrypted while it waits"
    with clock.at(clock.now() + timedelta(days=2)):
        assert actions.forget_tables(SYSTEM) == 1
    with pytest.raises(NotNow):
        actions.load_table(town.actor("clerk"), table.id)
    with pytest.raises(NotFound):
        actions.load_table(town.actor("head"), table.id)


def exported(town: Town, which: Filter, by: str, tmp_path: Path) -> list[tuple[object, ...]]:
    """Return the rows of the workbook of a list."""
    target = tmp_path / "out.xlsx"
    assert actions.export_now(town.actor(by), which, title="台账", target=target)
    with target.open("rb") as file:
        return [row.cells for row in sheets.read(file).rows]


def test_a_list_goes_out_with_its_answers_and_without_a_contact(town: Town, tmp_path: Path) -> None:
    need = registered(town, phone="10500001111", name="老宋", words="=1+1 路灯坏了")
    registered(town, building_id=None, community_id=town.units["hill"].id)
    actions.answer(town.actor("head"), need.id, text="已修好", way="phone")
    (row,) = exported(town, Filter("all"), "head", tmp_path)
    said = [str(cell) for cell in row]
    assert need.words in said, "words stay words, whatever they begin with"
    assert "已修好" in said
    assert not any("10500001111" in text or "老宋" in text for text in said)
    assert len(audit.looks(f"user:{town.people['head'].id}", ["need.export"])) == 1
    with pytest.raises(NotFound):
        actions.export_now(town.actor("grid"), Filter("all"), title="台账", target=tmp_path / "no.xlsx")


def test_a_register_hides_personal_data_in_the_words_unless_they_are_asked_for(town: Town, client: Client) -> None:
    registered(town, words="我叫宋青溪，电话13912345678，路灯坏了")
    client.force_login(town.people["head"])
    sent: dict[str, str]
    for sent, shown in (({}, False), ({"verbatim": "1"}, True)):
        answer: Any = client.post("/desk/export/?which=all", sent)
        (row,) = sheets.read(io.BytesIO(b"".join(answer.streaming_content))).rows
        said = "".join(str(cell) for cell in row.cells)
        assert ("13912345678" in said, "宋青溪" in said) == (shown, shown)
        assert "路灯坏了" in said
    assert len(audit.looks(f"user:{town.people['head'].id}", ["need.export"])) == 2


def test_a_long_list_is_written_by_the_worker_and_fetched_by_who_asked(
    town: Town, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from huiyin.needs.actions import exporting

    settings.FILES_DIR = tmp_path
    monkeypatch.setattr(exporting, "AT_ONCE_MOST", 1)
    for _ in range(3):
        registered(town)
    client.force_login(town.people["head"])
    begun = client.post("/desk/export/?which=all")
    key = begun["Location"].rstrip("/").rpartition("/")[2]
    assert client.get(f"/desk/batches/{key}/file/").status_code == 404
    actions.run_export(SYSTEM, batch_id=Batch.objects.get().id)
    batch = Batch.objects.get()
    assert (batch.done, batch.total, batch.ended_at is not None) == (3, 3, True)
    fetched = client.get(f"/desk/batches/{key}/file/")
    assert fetched.status_code == 200
    assert "no-store" in fetched["Cache-Control"]
    client.force_login(town.people["clerk"])
    assert client.get(f"/desk/batches/{key}/file/").status_code == 404
    assert audit.looks(f"batch:{key}", ["need.export"])


def test_a_short_list_comes_at_once(town: Town, client: Client) -> None:
    registered(town)
    client.force_login(town.people["head"])
    answer = client.post("/desk/export/")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]  # a FileResponse
    client.force_login(town.people["grid"])
    assert client.post("/desk/export/").status_code == 404


def test_a_formula_without_a_result_is_named_with_its_row(town: Town) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet("台账")
        sheet.write_row(0, 0, ["街道诉求台账"])
        sheet.write_row(1, 0, ["诉求内容（必填）", "受理时间"])
        sheet.write_row(2, 0, ["路灯坏了", day()])
        sheet.write_formula(3, 0, '=VLOOKUP("x",A1:A2,9)', value="#N/A")
        sheet.merge_range(4, 1, 5, 1, day())
        sheet.write(4, 0, "垃圾没人收")
        sheet.write(5, 0, "水管漏水")
    table = read(town, SimpleUploadedFile("台账.xlsx", out.getvalue()))
    assert (table.good, table.bad) == (3, 1), "a merged cell counts for each of its rows"
    assert table.faults[0][:2] == (4, "诉求内容")
