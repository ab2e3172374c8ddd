"""What the desk keeps for a person: views, looks, calls, templates; and the same step for many."""

import json
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from huiyin.needs import actions, queries
from huiyin.needs.actions import Wish
from huiyin.needs.models import Answer, Batch, BatchItem, Mention, Need, Order, ReplyTemplate
from huiyin.needs.queries import Filter
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.rules import replies
from huiyin.needs.tests.test_orders import registered, state
from huiyin.org import actions as org
from huiyin.org import atlas
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound


def jpeg() -> bytes:
    """Return a small picture."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


def test_what_others_did_since_one_looked_is_new_and_what_one_did_oneself_is_not(town: Town, client: Client) -> None:
    need, head = registered(town), town.actor("head")
    assert actions.looked(head, need.id) is None
    assert queries.for_me(head).changed == 0
    actions.accept(town.actor("grid"), need.id)
    assert queries.for_me(head).changed == 1
    assert [r.id for r in queries.held(head, which=Filter("changed")).rows] == [need.id]
    client.force_login(town.people["head"])
    assert "新</span>" in client.get(f"/desk/needs/{need.id}/").content.decode()
    assert queries.for_me(head).changed == 0
    client.post(f"/desk/needs/{need.id}/note/", {"note": "请先去看", "calls": ""})
    assert queries.for_me(head).changed == 0, "one's own note is nothing new"
    with clock.at(clock.now() + timedelta(days=40)):
        assert queries.for_me(head).changed == 0


def test_a_call_reaches_a_colleague_who_reads_the_matter_and_nobody_else(town: Town) -> None:
    need, grid = registered(town), town.actor("grid")
    actions.note(grid, need.id, note="@何主任 请定一下，@何主任", calls=["柯文员"])
    assert {m.user_id for m in Mention.objects.all()} == {town.people["head"].id, town.people["clerk"].id}
    head = town.actor("head")
    assert queries.for_me(head).called == 1
    assert [r.id for r in queries.held(head, which=Filter("called")).rows] == [need.id]
    actions.looked(head, need.id)
    assert queries.for_me(head).called == 0
    for stranger in ("山网格", "葛二网", "查无此人"):
        with pytest.raises(Invalid):
            actions.note(grid, need.id, note="看一下", calls=[stranger])
    assert queries.for_me(town.actor("hillgrid")).called == 0


def test_a_name_in_a_note_calls_the_longest_that_fits() -> None:
    assert replies.mentions("@王小丽请看，＠ 李四 也看 @无名", {"王小", "王小丽", "李四"}) == ["王小丽", "李四"]


def test_a_picture_in_a_note_is_seen_by_staff_who_reach_the_matter(town: Town, client: Client) -> None:
    need = registered(town)
    client.force_login(town.people["grid"])
    shot = SimpleUploadedFile("现场.jpg", jpeg(), content_type="image/jpeg")
    answer = client.post(f"/desk/needs/{need.id}/note/", {"note": "现场照片", "calls": "", "photos": shot})
    assert answer.status_code == 302
    page = client.get(f"/desk/needs/{need.id}/").content.decode()
    url = page.split("/notes/")[1].split('"')[0]
    path = f"/desk/needs/{need.id}/notes/{url}"
    assert client.get(path).status_code == 200
    client.force_login(town.people["hillgrid"])
    assert client.get(path).status_code == 404


def test_a_view_is_ones_own_and_the_same_name_replaces_it(town: Town, client: Client) -> None:
    head, clerk = town.actor("head"), town.actor("clerk")
    actions.save_view(head, name=" 紧急的 ", query="which=all&urgent=1")
    actions.save_view(head, name="紧急的", query="urgent=1")
    (row,) = desk_queries.views(head)
    assert (row.name, row.query) == ("紧急的", "urgent=1")
    assert desk_queries.views(clerk) == []
    with pytest.raises(NotFound):
        actions.forget_view(clerk, row.id)
    actions.forget_view(head, row.id)
    assert desk_queries.views(head) == []
    with pytest.raises(Invalid):
        actions.save_view(head, name=" ", query="")
    for i in range(20):
        actions.save_view(head, name=f"视图{i}", query="")
    with pytest.raises(Invalid):
        actions.save_view(head, name="再来一个", query="")


def test_a_list_is_narrowed_by_what_the_form_asks_and_kept_under_a_name(town: Town, client: Client) -> None:
    near, far = registered(town), registered(town, building_id=None, community_id=town.units["hill"].id)
    urgent = registered(town, words="楼道着火了，快来人")
    secretary = town.actor("secretary")
    client.force_login(town.people["secretary"])
    sent = {"which": "all", "unit": "莲花社区", "urgent": "on", "name": "莲花紧急", "category": "", "q": ""}
    answer = client.post("/desk/narrow/", sent)
    assert answer.status_code == 302
    assert desk_queries.views(secretary)[0].name == "莲花紧急"
    page = client.get(answer["Location"]).content.decode()
    assert "着火" in page
    assert "路灯" not in page
    assert client.post("/desk/narrow/", {**sent, "unit": "没有这个单位"}).status_code == 422
    today = clock.today()
    rows = {
        "unit": Filter("all", unit=town.units["hill"].id),
        "urgent": Filter("all", urgent=True),
        "since": Filter("all", since=today + timedelta(days=1)),
        "until": Filter("all", until=today),
    }
    found = {name: {r.id for r in queries.held(secretary, which=which).rows} for name, which in rows.items()}
    assert found == {"unit": {far.id}, "urgent": {urgent.id}, "since": set(), "until": {near.id, far.id, urgent.id}}


def test_in_one_post_a_person_sees_that_posts_lists_alone(town: Town, client: Client) -> None:
    near, far = registered(town), registered(town, building_id=None, community_id=town.units["hill"].id)
    held = next(p for p in atlas.current().posts[town.units["hill"].id] if p.role == "community_head")
    org.set_stand_in(SYSTEM, held.id, user_id=town.people["head"].id)
    client.force_login(town.people["head"])
    both = client.get("/desk/").content.decode()
    assert "代班：枫树村" in both
    assert {str(near.id) in both, str(far.id) in both} == {True}
    page = client.get(f"/desk/?post={town.units['hill'].id}").content.decode()
    assert str(far.id) in page
    assert str(near.id) not in page
    foreign = client.get(f"/desk/?post={town.units['street'].id}").content.decode()
    assert str(near.id) in foreign, "a post one does not hold narrows nothing and opens nothing"


def template(town: Town, text: str = "您好，{地点}的问题{承诺日期}前办好，电话{单位电话}。") -> ReplyTemplate:
    """Keep a template for the lake community."""
    key = actions.save_template(town.actor("head"), town.units["lake"].id, name="路灯", text=text)
    return ReplyTemplate.objects.get(pk=key)


def test_a_template_is_filled_in_for_the_matter_and_used_by_the_office_and_below(town: Town, client: Client) -> None:
    need = registered(town)
    template(town)
    client.force_login(town.people["grid"])
    page = client.get(f"/desk/needs/{need.id}/answer/").content.decode()
    assert "青禾苑3号楼的问题" in page
    assert "0700-111" in page
    assert desk_queries.templates(town.actor("hillgrid")) == []
    assert [t.mine for t in desk_queries.templates(town.actor("grid"))] == [False]


def test_an_unknown_field_a_taken_name_and_a_foreign_office_are_refused(town: Town) -> None:
    first, head, lake = template(town), town.actor("head"), town.units["lake"].id
    with pytest.raises(Invalid):
        actions.save_template(head, lake, name="新", text="您好{姓名}")
    with pytest.raises(Invalid):
        actions.save_template(head, lake, name="路灯", text="您好")
    with pytest.raises(NotFound):
        actions.save_template(head, town.units["hill"].id, name="新", text="您好")
    with pytest.raises(NotFound):
        actions.end_template(town.actor("hillhead"), first.id)
    actions.save_template(head, lake, name="路灯二", text="您好", template_id=first.id)
    actions.end_template(head, first.id)
    assert desk_queries.templates(head) == []


def run(batch_id: Any) -> Batch:
    """Let the worker do a batch."""
    actions.run_batch(SYSTEM, batch_id=batch_id)
    return Batch.objects.get(pk=batch_id)


def test_the_same_answer_goes_to_many_each_filled_in_and_the_refused_are_named(town: Town) -> None:
    head = town.actor("head")
    first, second, busy = registered(town), registered(town), registered(town)
    actions.answer(head, busy.id, text="已办", way="phone")
    actions.deliver(head, busy.id)
    wish = Wish("answer", text="{编号}已办好", way="page")
    done = run(actions.start_batch(head, label="统一答复", wish=wish, need_ids=[first.id, second.id, busy.id]))
    assert (done.done, done.refused, done.total) == (2, 1, 3)
    assert done.ended_at is not None
    assert {a.text for a in Answer.objects.filter(need__in=[first, second])} == {
        f"{queries.need(head, n.id).spoken_code}已办好" for n in (first, second)
    }
    (refused,) = desk_queries.refused_items(head, done.id)
    assert refused.need_id == busy.id
    assert refused.said
    assert done.wish_cipher == "", "what it said is not kept"
    assert run(done.id).done == 2, "run again it does nothing twice"


def test_a_batch_goes_on_where_a_killed_worker_left_it_and_stops_when_asked(town: Town) -> None:
    head = town.actor("head")
    needs = [registered(town) for _ in range(4)]
    batch_id = actions.start_batch(
        head, label="派单", wish=Wish("order", unit_id=str(town.units["lake2"].id)), need_ids=[n.id for n in needs]
    )
    BatchItem.objects.filter(batch_id=batch_id, position=0).update(state="done")
    Batch.objects.filter(pk=batch_id).update(done=1)
    assert run(batch_id).done == 4
    assert Order.objects.count() == 3, "what was marked done is not done again"
    stopped = actions.start_batch(head, label="专题", wish=Wish("theme", theme="路灯"), need_ids=[needs[0].id])
    with pytest.raises(NotFound):
        actions.stop_batch(town.actor("clerk"), stopped)
    actions.stop_batch(head, stopped)
    assert run(stopped).done == 0
    assert Need.objects.filter(theme__isnull=False).count() == 0


def test_a_batch_is_done_with_the_grants_its_person_has_when_it_runs(town: Town) -> None:
    need, clerk = registered(town), town.actor("clerk")
    batch_id = actions.start_batch(clerk, label="答", wish=Wish("answer", text="好", way="page"), need_ids=[need.id])
    (post,) = atlas.current().posts_of(town.people["clerk"].id)
    org.end_post(SYSTEM, post.id)
    assert run(batch_id).refused == 1
    assert state(need) == "collect"


def test_a_post_that_ends_while_a_batch_runs_takes_its_rights_along(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huiyin.needs.actions import batches

    needs, clerk = [registered(town), registered(town)], town.actor("clerk")
    (post,) = atlas.current().posts_of(town.people["clerk"].id)

    def last_answer(*args: Any, **given: Any) -> None:
        actions.answer(*args, **given)
        org.end_post(SYSTEM, post.id)

    wish = Wish("answer", text="好", way="page")
    batch_id = actions.start_batch(clerk, label="答", wish=wish, need_ids=[n.id for n in needs])
    monkeypatch.setattr(batches, "answer", last_answer)
    done = run(batch_id)
    assert (done.done, done.refused) == (1, 1)
    with pytest.raises(NotFound):
        actions.stop_batch(clerk, batch_id)


def test_what_was_ticked_stays_ticked_when_somebody_was_quicker(town: Town, client: Client) -> None:
    need, *beside = [registered(town) for _ in range(3)]
    client.force_login(town.people["head"])
    sent = {
        "lead": "莲花社区 第02网格", "what": "修灯", "open_to": "", "hands": "", "due_on": "",
        "together": [str(n.id) for n in beside], "seen_at": "2020-01-01T00:00:00+00:00",
    }  # fmt: skip
    page = client.post(f"/desk/needs/{need.id}/dispatch/", sent)
    assert page.status_code == 422
    assert page.content.decode().count("checked") >= 2
    for other in beside:
        assert re.search(rf'value="{other.id}"[^>]*checked|checked[^>]*value="{other.id}"', page.content.decode())


def test_what_is_out_of_reach_or_empty_or_too_much_begins_no_batch(town: Town) -> None:
    head, wish = town.actor("head"), Wish("answer", text="好", way="page")
    far = registered(town, building_id=None, community_id=town.units["hill"].id)
    with pytest.raises(NotFound):
        actions.start_batch(head, label="", wish=wish, need_ids=[far.id])
    with pytest.raises(NotFound):
        actions.start_batch(town.actor("grid"), label="", wish=Wish("order", open_to="offices"), need_ids=[far.id])
    for bad, needs in ((wish, []), (Wish("answer"), [far.id]), (Wish("order"), [far.id]), (Wish("theme"), [far.id])):
        with pytest.raises(Invalid):
            actions.start_batch(head, label="", wish=bad, need_ids=needs)
    assert Batch.objects.count() == 0


def test_chosen_on_the_page_many_are_given_out_and_the_progress_is_shown(town: Town, client: Client) -> None:
    needs = [registered(town) for _ in range(3)]
    client.force_login(town.people["head"])
    assert client.get("/desk/select/").status_code == 200
    ticked = client.post("/desk/many/order/", {"need": [str(n.id) for n in needs]})
    assert ticked.status_code == 200
    keys = ",".join(str(n.id) for n in needs)
    sent = {
        "needs": keys,
        "send": "1",
        "together": "each",
        "open_to": "",
        "lead": "莲花社区 第02网格",
        "what": "",
        "due_on": "",
    }
    begun = client.post("/desk/many/order/", sent)
    assert begun.status_code == 302
    batch_id = begun["Location"].rstrip("/").rpartition("/")[2]
    run(batch_id)
    assert {state(n) for n in needs} == {"match"}
    assert client.get(f"/desk/batches/{batch_id}/progress/")["HX-Refresh"] == "true"
    client.force_login(town.people["clerk"])
    assert client.get(f"/desk/batches/{batch_id}/").status_code == 404, "a batch is its person's own"


def test_one_order_for_all_chosen_is_made_at_once(town: Town, client: Client) -> None:
    needs = [registered(town) for _ in range(5)]
    client.force_login(town.people["head"])
    keys = ",".join(str(n.id) for n in needs)
    sent = {"needs": keys, "send": "1", "together": "one", "open_to": "offices", "lead": "", "what": "", "due_on": ""}
    assert client.post("/desk/many/order/", sent).status_code == 422, "one order needs its own words"
    made = client.post("/desk/many/order/", {**sent, "what": "集中修路灯"})
    assert made.status_code == 302
    assert Order.objects.get().links.count() == 5


def test_the_theme_pages_rename_merge_and_refuse_merging_into_itself(town: Town, client: Client) -> None:
    first, second = registered(town), registered(town)
    head = town.actor("head")
    actions.group(head, first.id, theme="路灯")
    actions.group(head, second.id, theme="照明")
    client.force_login(town.people["head"])
    keys = {str(r.theme_title): str(r.theme_id) for r in (queries.need(head, first.id), queries.need(head, second.id))}
    assert client.get("/desk/themes/").status_code == 200
    assert client.get(f"/desk/themes/{keys['路灯']}/").status_code == 200
    itself = client.post(f"/desk/themes/{keys['路灯']}/merge/", {"theme": keys["路灯"]})
    assert itself.status_code == 422
    assert "共性需求不能并入自己" in itself.content.decode()
    too_long = client.post(f"/desk/themes/{keys['路灯']}/rename/", {"title": "灯" * 200})
    assert too_long.status_code == 422
    assert "灯" * 200 in too_long.content.decode(), "what was typed is kept"
    taken = client.post(f"/desk/themes/{keys['路灯']}/rename/", {"title": "照明"})
    assert (taken.status_code, "已有同名的共性需求" in taken.content.decode()) == (422, True)
    merged = client.post(f"/desk/themes/{keys['路灯']}/merge/", {"theme": keys["照明"]})
    assert merged["Location"] == f"/desk/themes/{keys['照明']}/"
    assert client.post(f"/desk/needs/{first.id}/ungroup/").status_code == 302
    client.force_login(town.people["hillhead"])
    assert client.get(f"/desk/themes/{keys['照明']}/").status_code == 404


def test_merged_on_the_page_by_a_likely_one_or_by_code(town: Town, client: Client) -> None:
    original, copy, third = registered(town), registered(town, words="灯不亮"), registered(town)
    client.force_login(town.people["head"])
    page = client.get(f"/desk/needs/{copy.id}/merge/").content.decode()
    assert str(original.id) in page, "the same place makes it likely"
    assert client.post(f"/desk/needs/{copy.id}/merge/", {"likely": "", "code": "12345678901"}).status_code == 422
    assert client.post(f"/desk/needs/{copy.id}/merge/", {"likely": str(original.id), "code": ""}).status_code == 302
    code = queries.need(town.actor("head"), copy.id).spoken_code
    assert client.post(f"/desk/needs/{third.id}/merge/", {"code": code}).status_code == 302
    assert set(Need.objects.filter(duplicate_of=original)) == {copy, third}
    shown = client.get(f"/desk/needs/{copy.id}/").content.decode()
    assert queries.need(town.actor("head"), original.id).spoken_code in shown
    assert client.post(f"/desk/needs/{copy.id}/separate/").status_code == 302
    assert Need.objects.get(pk=copy.id).duplicate_of is None


def test_a_wish_is_kept_encrypted_while_it_waits(town: Town) -> None:
    need = registered(town)
    wish = Wish("answer", text="张某某您好", way="page")
    batch = Batch.objects.get(pk=actions.start_batch(town.actor("head"), label="答", wish=wish, need_ids=[need.id]))
    assert "张某某" not in batch.wish_cipher
    assert "张某某" not in json.dumps(batch.wish_cipher)
