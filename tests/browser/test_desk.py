"""Stories of the desk: the same for many, themes, duplicates, tables in and out, a chat excerpt, what one keeps."""

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect

from huiyin.needs import actions
from huiyin.needs.models import Batch, Need, Order
from huiyin.needs.queries import registers
from huiyin.org import actions as org
from huiyin.org import atlas
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import sheets
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

TOLD = "五盏路灯都换好了，今晚请您看看；还有问题打社区电话。"


def _send(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Control+Enter")


def _tick(visitor: Visitor) -> None:
    visitor.find("[data-ticks-all]").check()


def _worker_runs() -> None:
    """Let the worker do what was begun."""
    for key in list(Batch.objects.filter(ended_at__isnull=True).values_list("pk", flat=True)):
        actions.run_batch(SYSTEM, batch_id=key)
        actions.run_import(SYSTEM, batch_id=key)
        actions.run_export(SYSTEM, batch_id=key)


def test_a_theme_of_five_is_acted_on_once_and_each_resident_is_told(arrive: Arrive, town: Town, width: int) -> None:
    receipts = [residents.registered(town, words=f"第{i}栋门口的路灯不亮") for i in range(5)]
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/")
    head.act("w")
    _tick(head)
    head.look("ticked")
    head.act("t")
    head.named("theme").fill("路灯不亮")
    head.look("theme")
    _send(head)
    head.page.wait_for_url("**/desk/batches/**")
    head.look("begun")
    _worker_runs()
    head.page.reload()
    head.sees(zh("All done."))
    head.look("done")
    head.open("/desk/themes/")
    head.look("themes")
    head.page.get_by_role("link", name="路灯不亮").click()
    head.look("theme-page")
    head.act("d")
    head.find("input[name=together][value=one]").check(force=True)
    head.named("lead").fill("莲花社区 第02网格")
    head.named("what").fill("集中更换五盏路灯")
    head.look("one-order")
    _send(head)
    head.page.wait_for_url("**/desk/orders/*/")
    grid2, order = town.actor("grid2"), Order.objects.get()
    actions.complete(grid2, order.id, done=actions.Done(TOLD))
    for receipt in receipts:
        resident = arrive(390)
        resident.open(residents.link(receipt))
        resident.sees(TOLD)


def test_a_repeated_matter_is_merged_answered_together_and_separated(arrive: Arrive, town: Town, width: int) -> None:
    first, second = residents.registered(town), residents.registered(town, words="三号楼路灯又不亮了")
    head = staff.seat(arrive(width), town, "head")
    head.open(f"/desk/needs/{second.need_id}/")
    head.find(".actions details.menu summary").click()
    head.look("more")
    head.find(f"a[href*='{second.need_id}/merge/']").click()
    head.page.locator(f"input[name=likely][value='{first.need_id}']").check(force=True)
    head.look("which")
    _send(head)
    head.sees(zh("Settled together with the matter it repeats:"))
    head.look("merged")
    head.open(f"/desk/needs/{first.need_id}/")
    head.sees("三号楼路灯又不亮了")
    head.look("original")
    head.act("f")
    head.named("text").fill(TOLD)
    _send(head)
    head.sees(zh("My work"))
    for receipt in (first, second):
        resident = arrive(390)
        resident.open(residents.link(receipt))
        resident.sees(TOLD)
    assert Need.objects.get(pk=second.need_id).words == "三号楼路灯又不亮了"


def test_an_answer_for_many_from_a_template_names_what_was_refused(arrive: Arrive, town: Town, width: int) -> None:
    receipts = [residents.registered(town, words=f"第{i}栋水压低") for i in range(3)]
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/templates/")
    head.look("none")
    head.named("name").fill("水压")
    head.named("text").fill("您好，{地点}的水压问题已报水务所。{姓名}")
    _send(head)
    head.wrong_beside("text")
    head.named("text").fill("您好，{地点}的水压问题已报水务所，{承诺日期}前处理好。")
    _send(head)
    head.sees("水压")
    head.look("kept")
    head.open("/desk/select/")
    _tick(head)
    head.act("f")
    head.find("#id_template").select_option(label="水压")
    expect(head.named("text")).to_have_value("您好，{地点}的水压问题已报水务所，{承诺日期}前处理好。")
    head.look("many")
    actions.answer(town.actor("head"), receipts[0].need_id, text="已修好", way="phone")
    actions.deliver(town.actor("head"), receipts[0].need_id)
    _send(head)
    head.page.wait_for_url("**/desk/batches/**")
    _worker_runs()
    head.page.reload()
    head.sees(zh("Refused"))
    head.look("refused")
    head.open(f"/desk/needs/{receipts[1].need_id}/")
    head.sees("青禾苑3号楼的水压问题")


def _table(folder: Path) -> Path:
    """Make a table of a hotline with one good row and one bad one."""
    out = io.BytesIO()
    names = ("工单编号", "办理期限", "工单内容", "承办单位")
    rows = [("SG0001", "2027-01-08", "小区门口垃圾三天没人收", "莲花社区"), ("SG0002", "下周", "水管漏水", "莲花社区")]
    sheets.write(out, title="工单", columns=[sheets.Column(n) for n in names], rows=rows)
    path = folder / "热线工单.xlsx"
    path.write_bytes(out.getvalue())
    return path


def test_tickets_come_in_from_a_table_and_the_register_goes_out(
    arrive: Arrive, town: Town, width: int, tmp_path: Path
) -> None:
    clerk = staff.seat(arrive(width), town, "clerk")
    clerk.open("/desk/import/")
    clerk.look("empty")
    clerk.find("input[name=kind][value=tickets]").check(force=True)
    clerk.find("main form button[type=submit]").click()
    clerk.wrong_beside("file")
    clerk.find("input[type=file]").set_input_files(str(_table(tmp_path)))
    clerk.look("chosen")
    clerk.find("main form button[type=submit]").click()
    clerk.sees(zh("What is wrong"))
    clerk.sees("办理期限")
    clerk.look("checked")
    assert Need.objects.count() == 0
    clerk.find("main form button[type=submit]").click()
    clerk.page.wait_for_url("**/desk/batches/**")
    _worker_runs()
    clerk.page.reload()
    clerk.sees(zh("All done."))
    clerk.open("/desk/?q=SG0001")
    clerk.find("[data-row]").first.click()
    clerk.sees("SG0001")
    clerk.look("ticket")
    clerk.open("/desk/?which=all")
    with clerk.page.expect_download() as fetched:
        clerk.page.get_by_role("button", name="Excel").click()
    with Path(fetched.value.path()).open("rb") as file:
        rows = list(sheets.read(file).rows)
    assert "小区门口垃圾三天没人收" in rows[0].cells


def test_a_chat_excerpt_becomes_several_matters(arrive: Arrive, town: Town, width: int) -> None:
    clerk = staff.seat(arrive(width), town, "clerk")
    clerk.open("/desk/register/")
    clerk.page.get_by_role("link", name=zh("From a chat group")).click()
    clerk.look("paste")
    clerk.named("text").fill(
        "3栋老宋 2026/11/20 19:04\n路灯坏了三天了\n小区张姐 2026/11/20 19:06\n收到\n5栋杨师傅 2026/11/20 19:12\n垃圾桶满了没人收"
    )
    _send(clerk)
    clerk.sees("5栋杨师傅")
    clerk.look("apart")
    expect(clerk.named("form-1-take")).not_to_be_checked()
    clerk.named("form-0-place").fill("青禾苑3号楼")
    clerk.named("form-2-phone").fill("12")
    _send(clerk)
    clerk.wrong_beside("form-2-phone")
    assert Need.objects.count() == 0
    clerk.named("form-2-phone").fill("")
    _send(clerk)
    clerk.sees(zh("Another excerpt"))
    clerk.look("registered")
    assert set(Need.objects.values_list("words", flat=True)) == {"路灯坏了三天了", "垃圾桶满了没人收"}


def test_a_list_is_narrowed_kept_as_a_view_and_seen_as_one_post(arrive: Arrive, town: Town, width: int) -> None:
    residents.registered(town)
    held = next(p for p in atlas.current().posts[town.units["hill"].id] if p.role == "community_head")
    org.set_stand_in(SYSTEM, held.id, user_id=town.people["head"].id)
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/")
    head.sees(zh("Standing in: %(unit)s", unit="枫树村"))
    head.look("posts")
    head.act("i")
    head.named("unit").fill("没有这个单位")
    _send(head)
    head.wrong_beside("unit")
    head.named("unit").fill("莲花社区")
    head.named("name").fill("莲花的")
    head.look("narrow")
    _send(head)
    head.sees(residents.WORDS[:10])
    head.look("narrowed")
    head.page.get_by_role("link", name=zh("Standing in: %(unit)s", unit="枫树村")).click()
    expect(head.find("[data-row]")).to_have_count(0)
    head.open("/desk/narrow/")
    head.sees("莲花的")
    head.look("views")
    head.page.get_by_role("button", name="莲花的").click()
    expect(head.page.get_by_role("link", name="莲花的")).to_have_count(0)


def test_a_category_is_suggested_while_one_writes_and_what_is_alike_is_merged(
    arrive: Arrive, town: Town, width: int
) -> None:
    residents.registered(town, words="3号楼门口的路灯坏了三天了，晚上老人不敢出门")
    clerk = staff.seat(arrive(width), town, "clerk")
    clerk.open("/desk/register/")
    clerk.named("words").fill("青禾苑3号楼门口的路灯坏了三天，晚上老人不敢出门，快修修")
    expect(clerk.find("[data-suggest-list] button").first).to_contain_text("城乡建设")
    clerk.look("suggested")
    clerk.page.keyboard.press("Alt+1")
    clerk.page.get_by_role("button", name="青禾苑3号楼").click()
    expect(clerk.named("place")).to_have_value("青禾苑3号楼")
    clerk.page.keyboard.press("Control+Enter")
    clerk.sees(zh("Perhaps the same"))
    clerk.look("alike")
    assert Need.objects.filter(category="城乡建设").count() == 1
    clerk.page.get_by_role("button", name=zh("Merge")).click()
    clerk.sees(zh("Settled together with the matter it repeats:"))
    clerk.open(f"/desk/needs/{Need.objects.get(category='').id}/answer/")
    clerk.named("text").press_sequentially("路灯的事我们高度重视，正在积极协调。")
    clerk.sees(zh("It names no day."))
    clerk.look("hints")


def test_a_note_with_a_picture_calls_a_colleague_who_finds_it(arrive: Arrive, town: Town, tmp_path: Path) -> None:
    receipt = residents.registered(town)
    grid = staff.seat(arrive(1440), town, "grid")
    grid.open(f"/desk/needs/{receipt.need_id}/")
    grid.press("n")
    grid.named("note").fill("@何主任 灯杆编号看不清，请定一下找谁。")
    grid.find("input[type=file]").set_input_files(str(residents.photo(tmp_path)))
    grid.look("writing")
    _send(grid)
    grid.sees("灯杆编号看不清")
    grid.look("written")
    head = staff.seat(arrive(1440), town, "head")
    head.open("/desk/")
    head.page.get_by_role("link", name="1 条@我").click()
    head.find("[data-row]").first.click()
    head.sees("灯杆编号看不清")
    expect(head.find("#detail .timeline img")).to_be_visible()
    head.look("called")
    head.open("/desk/?which=called")
    expect(head.find("[data-row]")).to_have_count(0)


def test_a_list_too_long_to_take_out_says_what_to_do(
    arrive: Arrive, town: Town, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registers, "ROWS_MOST", 1)
    for _ in range(2):
        residents.registered(town)
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/narrow/?which=all")
    head.page.get_by_role("button", name=zh("Excel, words as they are")).click()
    expect(head.find("[role=alert]")).to_contain_text("1")
    head.look("refused")
