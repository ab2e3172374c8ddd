"""What a second reading found: each test is one thing that could go wrong at the desk."""

import os
import threading
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from huiyin.needs import actions, queries
from huiyin.needs.actions import Done, Wish
from huiyin.needs.errors import AlreadyAnswered
from huiyin.needs.models import Answer, Batch, ImportChunk, ImportFile, Need, Order
from huiyin.needs.queries import Filter, themes
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.rules import chat, replies
from huiyin.needs.tests.test_grouping import merged, reread
from huiyin.needs.tests.test_order_races import together
from huiyin.needs.tests.test_orders import ordered, registered, state
from huiyin.needs.tests.test_registers import NEEDS, exported, load, need_row, read, workbook
from huiyin.org import actions as org
from huiyin.org import atlas
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock, parcels
from huiyin.platform.errors import Invalid, NotNow


def far(town: Town, **given: object) -> Need:
    """Return a matter of the other village."""
    return registered(town, building_id=None, community_id=town.units["hill"].id, **given)


def test_who_reads_the_copy_but_not_the_original_reads_no_words_of_it(town: Town) -> None:
    original, copy = registered(town, words="王五家的暖气不热"), far(town)
    actions.merge(town.actor("dispatcher"), copy.id, original_id=original.id)
    hill, lake = town.actor("hillhead"), town.actor("head")
    assert not queries.reaches(hill, original.id)
    assert queries.whole(hill, copy.id).original is None
    assert queries.whole(lake, original.id).copies[0].id == copy.id


def test_who_reads_the_original_but_not_the_copy_reads_no_words_of_it(town: Town) -> None:
    original, copy = registered(town), far(town, words="赵六家的事")
    actions.hand_up(town.actor("head"), original.id, note="请街道处理")
    while queries.need(town.actor("dispatcher"), original.id).unit_id != town.units["street"].id:
        actions.hand_up(town.actor("dispatcher"), original.id, note="再上报")
    actions.merge(town.actor("dispatcher"), copy.id, original_id=original.id)
    lake = town.actor("head")
    assert queries.reaches(lake, original.id)
    assert not queries.reaches(lake, copy.id)
    assert queries.whole(lake, original.id).copies == []


def test_merged_again_after_a_separation_it_follows_the_order_once_more(town: Town) -> None:
    original, copy = merged(town)
    order = ordered(town, original)
    head = town.actor("head")
    actions.separate(head, copy.id)
    actions.merge(head, copy.id, original_id=original.id)
    assert state(copy) == "match"
    actions.complete(town.actor("grid2"), order.id, done=Done("已修好。"))
    assert (state(original), state(copy)) == ("answer", "answer")


def test_each_resident_is_told_their_own_number(town: Town) -> None:
    original, copy = merged(town)
    head = town.actor("head")
    wish = Wish("answer", text="{编号}已办好", way="page")
    actions.run_batch(SYSTEM, batch_id=actions.start_batch(head, label="答", wish=wish, need_ids=[original.id]))
    said = Answer.objects.get(need=copy).text
    assert queries.need(head, original.id).spoken_code not in said
    assert queries.need(head, copy.id).spoken_code in said


def test_who_left_an_email_address_alone_is_told_by_email(town: Town) -> None:
    need = registered(town, email="lao.song@example.org")
    wish = Wish("answer", text="已办好")
    head = town.actor("head")
    actions.run_batch(SYSTEM, batch_id=actions.start_batch(head, label="答", wish=wish, need_ids=[need.id]))
    assert Answer.objects.get(need=need).way == "email"


def test_a_step_is_taken_back_for_a_duplicate_with_a_note_on_it_too(town: Town) -> None:
    original, copy = merged(town)
    head = town.actor("head")
    actions.answer(head, original.id, text="答错了", way="phone")
    actions.note(head, copy.id, note="请核对")
    actions.undo(head, original.id)
    assert (state(original), state(copy)) == ("collect", "collect")
    assert not Answer.objects.filter(need=copy, void_at__isnull=True).exists()
    actions.pass_on(head, original.id, unit_id=town.units["lake2"].id)
    actions.group(head, copy.id, theme="路灯")
    actions.undo(head, original.id)
    assert reread(copy).unit_id == reread(original).unit_id


def raced(town: Town, act: Any, *, before: Any) -> list[object]:
    """Let `act` wait for a merge that is not committed yet."""
    gate = threading.Event()

    def first() -> None:
        with transaction.atomic():
            before()
            gate.set()
            time.sleep(1.0)

    def second() -> object:
        gate.wait()
        return act()

    return together(first, second)


def test_a_matter_merged_while_the_original_is_answered_is_not_left_behind(committed_town: Town) -> None:
    town = committed_town
    original, copy = registered(town), registered(town)
    head = town.actor("head")
    raced(
        town, partial(actions.answer, head, original.id, text="已修好", way="phone"),
        before=partial(actions.merge, head, copy.id, original_id=original.id),
    )  # fmt: skip
    assert state(original) == state(copy), "told together, or not at all"


def test_a_matter_merged_while_the_order_is_completed_is_not_left_behind(committed_town: Town) -> None:
    town = committed_town
    original, copy = registered(town), registered(town)
    head, order = town.actor("head"), ordered(town, original)
    raced(
        town, partial(actions.complete, town.actor("grid2"), order.id, done=Done("已修好。")),
        before=partial(actions.merge, head, copy.id, original_id=original.id),
    )  # fmt: skip
    assert (state(original) == "answer") == (state(copy) == "answer"), (state(original), state(copy))


def test_merging_at_the_same_moment_makes_no_chain(committed_town: Town) -> None:
    town = committed_town
    first, second, third = (registered(town) for _ in range(3))
    head = town.actor("head")
    raced(
        town, partial(actions.merge, head, second.id, original_id=first.id),
        before=partial(actions.merge, head, third.id, original_id=second.id),
    )  # fmt: skip
    assert not Need.objects.filter(duplicate_of__duplicate_of__isnull=False).exists()


def test_two_merges_against_each_other_leave_one(committed_town: Town) -> None:
    town = committed_town
    head = town.actor("head")
    for _ in range(4):
        a, b = registered(town), registered(town)
        found = together(
            partial(actions.merge, head, a.id, original_id=b.id), partial(actions.merge, head, b.id, original_id=a.id)
        )
        assert sum(isinstance(f, Exception) for f in found) == 1, found
        assert all(not isinstance(f, Exception) or isinstance(f, AlreadyAnswered | Invalid) for f in found), found
        assert sum(reread(n).duplicate_of_id is not None for n in (a, b)) == 1


def test_one_item_that_fails_unexpectedly_hangs_no_batch(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from huiyin.needs.actions import batches

    needs = [registered(town) for _ in range(3)]
    real = actions.answer

    def poisoned(actor: Any, need_id: Any, **given: Any) -> object:
        if need_id == needs[1].id:
            raise IntegrityError("poison")
        return real(actor, need_id, **given)

    monkeypatch.setattr(batches, "answer", poisoned)
    wish = Wish("answer", text="好", way="page")
    key = actions.start_batch(town.actor("head"), label="答", wish=wish, need_ids=[n.id for n in needs])
    actions.run_batch(SYSTEM, batch_id=key)
    batch = Batch.objects.get(pk=key)
    assert (batch.done, batch.refused, batch.ended_at is not None, batch.wish_cipher) == (2, 1, True, "")
    assert desk_queries.refused_items(town.actor("head"), key)[0].said


def test_one_row_that_fails_unexpectedly_hangs_no_import(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from huiyin.needs.actions import importing

    real = actions.register

    def poisoned(actor: Any, *, new: Any) -> object:
        if new.words == "毒":
            raise IntegrityError("poison")
        return real(actor, new=new)

    monkeypatch.setattr(importing, "register", poisoned)
    done = load(town, read(town, workbook(NEEDS, need_row(), need_row("毒"), need_row("好"))))
    assert (done.done, done.refused, done.ended_at is not None) == (2, 1, True)
    assert ImportChunk.objects.count() == 0


def test_rows_that_two_workers_have_read_are_tried_once(town: Town) -> None:
    from huiyin.needs.actions import batches, importing

    table = read(town, workbook(NEEDS, *(need_row(f"第{i}件") for i in range(4))))
    key = actions.load_table(town.actor("clerk"), table.id)
    file, clerk = ImportFile.objects.get(pk=table.id), town.actor("clerk")
    rows = list(batches._rows_left(file, 0))
    for row in rows[:2]:  # a worker that was thought dead
        assert importing.load_row(clerk, file, row, nth=rows.index(row), said=batches._said)
    for row in rows:
        assert importing.load_row(clerk, file, row, nth=rows.index(row), said=batches._said)
    batch = Batch.objects.get(pk=key)
    assert (batch.done, batch.refused) == (4, 0)
    actions.run_import(SYSTEM, batch_id=key)
    assert not importing.load_row(clerk, file, rows[0], nth=0, said=batches._said)


def test_an_import_ends_with_the_right_to_it(town: Town) -> None:
    table = read(town, workbook(NEEDS, need_row(), need_row("二")))
    key = actions.load_table(town.actor("clerk"), table.id)
    (post,) = atlas.current().posts_of(town.people["clerk"].id)
    org.end_post(SYSTEM, post.id)
    org.appoint(SYSTEM, town.units["hill1"].id, user_id=town.people["clerk"].id, role="contact_member")
    actions.run_import(SYSTEM, batch_id=key)
    batch = Batch.objects.get(pk=key)
    assert (batch.done, batch.refused, Need.objects.count()) == (0, 2, 0)


def test_who_may_export_one_community_exports_no_other(town: Town, tmp_path: Path) -> None:
    registered(town)
    elsewhere = registered(town, building_id=None, point=(115.525, 28.005), words="枫树村的事")
    org.appoint(SYSTEM, town.units["hill1"].id, user_id=town.people["head"].id, role="grid_worker")
    assert queries.reaches(town.actor("head"), elsewhere.id)
    rows = exported(town, Filter("all"), "head", tmp_path)
    assert len(rows) == 1
    assert not any("枫树村的事" in str(cell) for row in rows for cell in row)


def test_a_long_export_ends_with_the_right_to_it(town: Town, tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    registered(town)
    org.appoint(SYSTEM, town.units["lake1"].id, user_id=town.people["head"].id, role="grid_worker")
    key = actions.start_export(town.actor("head"), Filter("all"), title="台账")
    (post,) = [p for p in atlas.current().posts_of(town.people["head"].id) if p.role == "community_head"]
    org.end_post(SYSTEM, post.id)
    actions.run_export(SYSTEM, batch_id=key)
    assert Batch.objects.get(pk=key).done == 0


def test_a_stopped_export_writes_nothing(town: Town, tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    registered(town)
    key = actions.start_export(town.actor("head"), Filter("all"), title="台账")
    actions.stop_batch(town.actor("head"), key)
    actions.run_export(SYSTEM, batch_id=key)
    assert parcels.fetch(key) is None
    assert Batch.objects.get(pk=key).ended_at is not None


def test_a_parcel_is_gone_when_its_day_is_over(town: Town, tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path
    need = registered(town)
    with parcels.packing(need.id) as target:
        target.write_bytes(b"PK")
    found = parcels.fetch(need.id)
    assert found is not None
    old = time.time() - parcels.KEPT_S - 60
    os.utime(found, (old, old))
    assert parcels.fetch(need.id) is None


@pytest.mark.parametrize(
    "text",
    [
        "a" + " " * 60_000 + "b",
        "今天" + " " * 60_000 + "b",
        "-" * 59_000 + "x",
        "(" + " " * 59_000 + "x",
        "\n".join(["a" + " " * 500 + "b"] * 118),
        "12:30" + " " * 59_000 + "，",
        "a" * 60_000,
        "\n" * 60_000,
        "[" * 60_000,
    ],
)
def test_no_excerpt_keeps_the_server_busy(text: str) -> None:
    begun = time.process_time()
    chat.taken_apart(text)
    assert time.process_time() - begun < 3


def test_no_template_keeps_the_server_busy() -> None:
    begun = time.process_time()
    replies.unknown_fields("{" + " " * 4_990)
    replies.unfilled("{ " * 2_500)
    assert time.process_time() - begun < 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("老宋 19:04\n路灯坏了三天了\n请看附图：", "请看附图"),
        ("老宋 19:04\n什么时候来人修\n杨姐 19:10\n8:30", "8:30"),
        ("老宋\t19:04\n路灯坏了三天了\n杨姐\t19:10\n垃圾没人收走", "路灯坏了三天了"),
    ],
)
def test_nothing_said_in_an_excerpt_is_lost(text: str, kept: str) -> None:
    assert any(kept in said.words for said in chat.taken_apart(text))


def test_a_tab_between_name_and_time_is_a_space() -> None:
    said = chat.taken_apart("老宋\t19:04\n路灯坏了三天了\n杨姐\t19:10\n垃圾没人收走")
    assert [s.name for s in said] == ["老宋", "杨姐"]


def test_an_excerpt_without_a_message_is_asked_for_again(town: Town, client: Client) -> None:
    client.force_login(town.people["clerk"])
    lake = str(town.units["lake"].id)
    empty = client.post("/desk/register/chat/", {"community": lake, "text": "老宋 19:04"})
    assert empty.status_code == 422
    sent = {"community": lake, "text": "", "form-TOTAL_FORMS": "0", "form-INITIAL_FORMS": "0"}
    assert client.post("/desk/register/chat/", sent).status_code == 422


def test_a_long_filter_is_kept_as_a_view(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    sent = {"which": "all", "unit": "", "category": "", "q": "路" * 60, "name": "长的"}
    assert client.post("/desk/narrow/", sent).status_code == 302
    assert [v.name for v in desk_queries.views(town.actor("head"))] == ["长的"]


def test_a_theme_of_a_thousand_matters_is_acted_on(town: Town, client: Client) -> None:
    client.force_login(town.people["head"])
    need = registered(town)
    answer = client.post("/desk/many/theme/?which=all", {"need": [str(need.id)] * 1000, "csrfmiddlewaretoken": "x"})
    assert answer.status_code == 200


def test_what_waits_stands_first_in_a_theme_however_long_it_is(town: Town) -> None:
    head = town.actor("head")
    old, new = registered(town), registered(town)
    for need in (old, new):
        actions.group(head, need.id, theme="路灯")
    actions.answer(head, old.id, text="好", way="phone")
    Need.objects.filter(pk=new.id).update(promised_on=clock.today() + timedelta(days=60))
    (theme,) = themes.themes(head)
    assert [r.id for r in themes.matters_in(head, theme.id, most=1)] == [new.id]


def test_a_matter_joins_the_theme_of_its_own_office_of_two_with_one_name(town: Town) -> None:
    lake, hill, other = registered(town), far(town), far(town)
    actions.group(town.actor("head"), lake.id, theme="路灯")
    actions.group(town.actor("hillhead"), hill.id, theme="路灯")
    actions.group(town.actor("dispatcher"), other.id, theme="路灯")
    assert reread(other).theme_id == reread(hill).theme_id


def test_one_order_for_all_that_is_refused_keeps_what_was_typed(town: Town, client: Client) -> None:
    first, done = registered(town), registered(town)
    actions.answer(town.actor("head"), done.id, text="好", way="phone")
    client.force_login(town.people["head"])
    keys = f"{first.id},{done.id}"
    sent = {
        "needs": keys,
        "send": "1",
        "together": "one",
        "open_to": "offices",
        "lead": "",
        "what": "集中修路灯",
        "due_on": "",
    }
    answer = client.post("/desk/many/order/", sent)
    assert "集中修路灯" in answer.content.decode()


def test_erased_words_do_not_survive_in_an_order_that_a_separated_copy_has_left(town: Town) -> None:
    original, copy = registered(town, words="王五家的暖气不热"), registered(town)
    head = town.actor("head")
    actions.merge(head, copy.id, original_id=original.id)
    order = ordered(town, original, what=original.words)
    actions.separate(head, copy.id)
    actions.erase(town.actor("secretary"), original.id, reason="request")
    assert "王五" not in Order.objects.get(pk=order.id).what


def test_erasing_while_a_copy_is_settled_makes_no_deadlock(committed_town: Town) -> None:
    town = committed_town
    head, secretary = town.actor("head"), town.actor("secretary")
    for _ in range(4):
        pair = sorted((registered(town), registered(town)), key=lambda n: n.pk)
        copy, original = pair
        actions.merge(head, copy.id, original_id=original.id)
        found = together(
            partial(actions.erase, secretary, original.id, reason="request"),
            *[partial(actions.accept, head, original.id)] * 3,
        )
        assert all(not isinstance(f, Exception) or isinstance(f, NotNow) for f in found), found
