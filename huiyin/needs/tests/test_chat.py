"""A pasted chat excerpt becomes several matters, and nothing said is lost."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from huiyin.needs import actions
from huiyin.needs.actions import NewNeed
from huiyin.needs.desk.chat import joined
from huiyin.needs.models import Need
from huiyin.needs.rules.chat import MESSAGES_MOST, Said, taken_apart
from huiyin.org.tests.make import Town
from huiyin.platform.errors import NotFound

WECHAT = """莲花3栋老宋 2026/11/20 19:04:11
3号楼门口的路灯坏了三天了
莲花3栋老宋 2026/11/20 19:04:40
晚上老人不敢出门

小区张姐 2026/11/20 19:06:02
[强]
网格员小葛 2026/11/20 19:10:00
收到，明天去看
5栋杨师傅 2026/11/20 19:12:33
垃圾桶满了没人收
地址：5栋东头"""


def words(said: list[Said]) -> list[str]:
    """Return what was said."""
    return [s.words for s in said]


def test_messages_with_name_and_time_are_taken_apart_and_one_person_in_a_row_is_one_matter() -> None:
    said = taken_apart(WECHAT, colleagues=["小葛"])
    assert [(s.name, s.likely) for s in said] == [
        ("莲花3栋老宋", True), ("小区张姐", False), ("网格员小葛", False), ("5栋杨师傅", True),
    ]  # fmt: skip
    assert said[0].words == "3号楼门口的路灯坏了三天了\n晚上老人不敢出门"
    assert said[3].words == "垃圾桶满了没人收\n地址：5栋东头", "a label in the words is no name"
    assert said[0].at == "2026/11/20 19:04:11"


@pytest.mark.parametrize(
    "text",
    [
        "老宋:\n路灯坏了三天了\n老杨:\n垃圾没人收走",
        "老宋：路灯坏了三天了\n老杨：垃圾没人收走",
        "19:04 老宋\n路灯坏了三天了\n19:12 老杨\n垃圾没人收走",
        "[19:04] 老宋：路灯坏了三天了\n[19:12] 老杨：垃圾没人收走",
        "老宋 昨天 19:04\r\n路灯坏了三天了\r\n老杨 昨天 19:12\r\n垃圾没人收走",
        "—— 2026年11月20日 19:04 ——\n老宋：路灯坏了三天了\n老杨：垃圾没人收走",
    ],
)
def test_the_shapes_of_the_usual_programs_are_known(text: str) -> None:
    said = taken_apart(text)
    assert [(s.name, s.words) for s in said] == [("老宋", "路灯坏了三天了"), ("老杨", "垃圾没人收走")]


def test_without_names_each_paragraph_is_one() -> None:
    assert words(taken_apart("路灯坏了三天了\n晚上看不见\n\n垃圾没人收走")) == [
        "路灯坏了三天了\n晚上看不见",
        "垃圾没人收走",
    ]
    assert taken_apart("") == []
    assert words(taken_apart("只有一句话没有换行")) == ["只有一句话没有换行"]


@given(st.lists(st.text("路灯坏了垃圾满水管漏一二三", min_size=6, max_size=30), min_size=1, max_size=90))
def test_nothing_said_is_lost_whatever_the_length(lines: list[str]) -> None:
    text = "\n".join(f"居民{i % 7}：{line}" for i, line in enumerate(lines))
    said = taken_apart(text)
    assert len(said) <= MESSAGES_MOST
    assert "".join("".join(words(said)).split()) == "".join(lines)


def test_a_block_that_belongs_to_the_one_before_adds_its_words() -> None:
    blocks = [
        {"take": True, "words": "路灯坏了"}, {"take": False, "join": True, "words": "三号楼"},
        {"take": False, "words": "收到"}, {"take": True, "words": "垃圾满了"},
    ]  # fmt: skip
    assert [b["words"] for b in joined(blocks)] == ["路灯坏了\n三号楼", "垃圾满了"]


def test_a_block_that_would_join_one_left_out_stands_for_itself() -> None:
    blocks = [{"take": False, "words": "在吗"}, {"take": False, "join": True, "words": "三号楼水管漏了"}]
    assert [b["words"] for b in joined(blocks)] == ["三号楼水管漏了"]


def form(town: Town, **more: str) -> dict[str, str]:
    """Return the second page of the excerpt as a browser sends it."""
    sent = {
        "community": str(town.units["lake"].id), "text": "", "form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2",
        "form-0-take": "on", "form-0-words": "路灯坏了三天了", "form-0-name": "老宋", "form-0-source": "a1",
        "form-0-place": "青禾苑3号楼", "form-1-take": "on", "form-1-words": "垃圾没人收走", "form-1-source": "a2",
    }  # fmt: skip
    return {**sent, **more}


def test_the_clerk_pastes_looks_through_and_registers_several_at_once(town: Town, client: Client) -> None:
    client.force_login(town.people["clerk"])
    page = client.post("/desk/register/chat/", {"community": str(town.units["lake"].id), "text": WECHAT})
    assert page.status_code == 200
    assert "晚上老人不敢出门" in page.content.decode()
    done = client.post("/desk/register/chat/", form(town))
    assert done.status_code == 200
    assert sorted(Need.objects.values_list("words", "channel")) == [
        ("垃圾没人收走", "chat_group"), ("路灯坏了三天了", "chat_group"),
    ]  # fmt: skip
    assert Need.objects.get(words="路灯坏了三天了").unit_id == town.units["lake1"].id, "its place names the building"
    client.post("/desk/register/chat/", form(town))
    assert Need.objects.count() == 2, "sent twice they are the same"


def test_one_faulty_block_registers_none_and_keeps_what_was_typed(town: Town, client: Client) -> None:
    client.force_login(town.people["clerk"])
    page = client.post("/desk/register/chat/", form(town, **{"form-1-phone": "12"}))
    assert page.status_code == 422
    assert "路灯坏了三天了" in page.content.decode()
    assert Need.objects.count() == 0
    empty = client.post("/desk/register/chat/", form(town, **{"form-0-take": "", "form-1-take": ""}))
    assert empty.status_code == 422


def test_who_registers_nothing_pastes_nothing(town: Town, client: Client) -> None:
    client.force_login(town.people["admin"])
    assert client.get("/desk/register/chat/").status_code == 404
    with pytest.raises(NotFound):
        actions.register_all(town.actor("admin"), news=[NewNeed(words="路灯", channel="phone", source="desk:1")])
