"""Search: two characters, near words, initials, phone; the index is the database's; what was solved before."""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from huiyin.engines.text import characters
from huiyin.needs import actions, queries
from huiyin.needs.models import NeedIndex
from huiyin.needs.queries import searching as asking
from huiyin.needs.queries import suggesting
from huiyin.needs.queries.lists import Filter
from huiyin.needs.rules import likeness, searching
from huiyin.needs.tests.test_orders import registered
from huiyin.org.tests.make import Town
from huiyin.platform import clock


def listed(town: Town, text: str, *, who: str = "head", exact: bool = False) -> set[uuid.UUID]:
    return {r.id for r in queries.held(town.actor(who), which=Filter("all", text=text, exact=exact)).rows}


def test_two_characters_a_spaced_word_and_full_width_digits_are_found(town: Town) -> None:
    lamp = registered(town, words="3号楼门口的路 灯坏了，联系１２３室")
    pump = registered(town, words="灯笼挂在路口，水泵Ａ７坏了")
    assert listed(town, "路灯", exact=True) == {lamp.id}, "路口 and 灯笼 are no 路灯"
    assert listed(town, "123室") == {lamp.id}
    assert listed(town, "a7") == {pump.id}
    assert listed(town, "泵") == {pump.id}
    assert listed(town, "路灯 123") == {lamp.id}
    assert listed(town, "路灯 水泵", exact=True) == set()
    assert listed(town, "%") == listed(town, "_") == set(), "no wildcard"


def test_near_words_are_found_and_may_be_left_out(town: Town) -> None:
    cars = registered(town, words="小区里泊车太难")
    assert listed(town, "停车") == {cars.id}
    assert listed(town, "停车", exact=True) == set()


def test_initials_of_pinyin_find_what_was_said(town: Town, client: Client) -> None:
    lamp = registered(town, words="青禾苑的路灯坏了")
    other = registered(town, words="医保卡丢了")
    assert listed(town, "ld") == {lamp.id}
    assert lamp.id in listed(town, "QHY")
    assert listed(town, "ybk") == {other.id}
    assert listed(town, "zzzz") == set()
    client.force_login(town.people["head"])
    page = client.get("/desk/?q=ld").content.decode()
    assert "<mark>路灯</mark>" in page
    assert re.search("同时查找：[^<]*路灯", page)


def test_a_telephone_is_not_searched_for_and_a_ticket_is_found_by_its_number(town: Town) -> None:
    registered(town, phone="10500001234")
    deadline = clock.now() + timedelta(days=3)
    ticket = registered(town, words="垃圾没人收", ticket=actions.NewTicket("12345", "SG20261122001", deadline))
    named = registered(town, words="工单SG20261122001办得不好")
    assert listed(town, "10500001234") == set()
    assert listed(town, "SG20261122001") == {ticket.id, named.id}
    assert listed(town, "SG2026112200") == {named.id}


def test_who_does_not_reach_a_matter_does_not_find_it(town: Town) -> None:
    registered(town, words="青禾苑的路灯坏了")
    for text in ("路灯", "ld", "照明", "青禾苑的路灯坏了"):
        assert listed(town, text, who="hillhead") == set()


def test_typed_letters_call_up_no_name(town: Town) -> None:
    registered(town, words="楼上宋青溪家天天半夜吵闹，宋青溪不听劝")
    (term,) = queries.wanted(town.actor("head"), which=Filter("all", text="sqx"))
    assert not term.sound


def test_erased_words_are_gone_from_the_index(town: Town) -> None:
    need = registered(town, words="我叫宋某，路灯坏了")
    assert "路灯" in NeedIndex.objects.get(need=need).grams
    actions.erase(town.actor("secretary"), need.id, reason="request")
    assert "路灯" not in NeedIndex.objects.get(need=need).grams
    assert listed(town, "路灯") == set()


@pytest.mark.parametrize(
    "text", ["路 灯\n坏了", "１２３室Ａ", "", "a", "ＡＢ ab", "😀😀😀", "路灯\t\u3000坏", "ﬁne", "İstanbul"[1:]]
)
def test_pairs_in_the_database_are_the_pairs_of_the_rules(db: None, text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT needs_plain(%s), needs_grams(%s)", [text, text])
        plain, grams = cursor.fetchone()
    assert plain == searching.plain(text)
    assert sorted(grams) == searching.pairs(plain)


@given(st.text("路灯坏了abc，１ ", max_size=300), st.lists(st.text("路灯坏abc", min_size=1, max_size=4), max_size=3))
def test_an_excerpt_shows_what_stands_there_and_marks_only_what_was_looked_for(text: str, marks: list[str]) -> None:
    pieces = searching.excerpt(text, marks)
    shown = "".join(piece for piece, _hit in pieces).strip("…")
    assert shown in text
    assert all(piece.lower() in marks for piece, hit in pieces if hit)
    assert len(shown) <= searching.EXCERPT_MOST
    if any(mark in text.lower() for mark in marks):
        assert any(hit for _piece, hit in pieces)


def test_a_list_hides_telephones_and_names_and_the_matter_shows_them(town: Town, client: Client) -> None:
    need = registered(town, words="我叫宋青溪，电话13912345678，路灯坏了")
    client.force_login(town.people["head"])
    page = client.get("/desk/").content.decode()
    assert "13912345678" not in page
    assert "宋青溪" not in page
    assert "路灯坏了" in page
    assert "13912345678" in client.get(f"/desk/needs/{need.id}/").content.decode()


@pytest.mark.parametrize("path", ["/desk/select/?which=all", "/desk/one-page/", "/desk/narrow/"])
def test_no_list_shows_what_a_resident_did_not_mean_for_it(town: Town, client: Client, path: str) -> None:
    registered(
        town, words="我叫宋青溪，电话13912345678，住2栋502室，路灯坏了", received_at=clock.now() - timedelta(days=60)
    )
    client.force_login(town.people["secretary"])
    page = client.get(path).content.decode()
    assert "13912345678" not in page
    assert "宋青溪" not in page
    assert "502室" not in page
    if "select" in path:
        assert re.search('matter-words">[^<]*路灯坏了', page), "and its words can be read"


def test_how_matters_alike_were_solved_is_shown_beside_a_new_one(town: Town, client: Client) -> None:
    head = town.actor("head")
    old, wages = (
        registered(town, words="青禾苑3号楼门口路灯坏了，晚上看不清"),
        registered(town, words="公司拖欠工资三个月"),
    )
    for need, text in ((old, "已更换灯泡，今晚起恢复照明。"), (wages, "已转劳动监察。")):
        actions.answer(head, need.id, text=text, way="page")
    new = registered(town, words="5号楼的路灯坏了，晚上看不清路")
    (found,) = suggesting.solved_like(head, queries.need(head, new.id))
    assert (found.id, found.answer) == (old.id, "已更换灯泡，今晚起恢复照明。")
    assert suggesting.solved_like(town.actor("hillhead"), queries.need(head, new.id)) == []
    client.force_login(town.people["head"])
    assert "已更换灯泡" in client.get(f"/desk/needs/{new.id}/solved/").content.decode()


def test_letters_begin_where_the_usual_readings_do() -> None:
    assert characters.begin("ld", "的路灯，绿地") == [(1, 3), (4, 6)]
    assert characters.begin("ld", "abcld") == []
    assert characters.begin("l1", "路1") == []


_PAIRS = st.lists(st.sampled_from(["路灯", "灯坏", "坏了", "垃圾"]))


@given(st.dictionaries(st.integers(), _PAIRS, max_size=6), _PAIRS)
def test_nearness_is_between_nought_and_one_and_a_text_is_nearest_to_itself(
    others: dict[int, list[str]], own: list[str]
) -> None:
    for _key, share in likeness.nearest(own, others, least=0, most=9):
        assert 0 < share <= 1.0000001
    if own:
        best = likeness.nearest(own, {**others, -999: own}, least=0, most=9)
        assert max(share for _key, share in best) == pytest.approx(dict(best).get(-999, 1.0))


def test_known_words_come_before_what_merely_stands_there() -> None:
    said = ["来电"] * 9 + ["路灯"] * 3 + ["楼的"] * 20
    assert searching.meant(words=["劳动", "路灯"], said=said) == ["路灯", "劳动", "来电"]


def test_the_mark_of_a_unit_is_the_same_in_the_database(town: Town) -> None:
    keys = [unit.id for unit in town.units.values()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT needs_mark(k) FROM unnest(%s) WITH ORDINALITY AS t(k, n) ORDER BY n", [keys])
        assert [row[0] for row in cursor.fetchall()] == [searching.mark(key) for key in keys]


def test_a_matter_is_found_where_it_is_and_where_it_fell_after_it_moved(town: Town) -> None:
    need = registered(town, words="青禾苑的路灯坏了")
    assert listed(town, "路灯", who="inspector") == set()
    actions.hand_up(town.actor("grid"), need.id, note="需要街道协调")
    actions.hand_up(town.actor("head"), need.id, note="需要街道协调")
    for who in ("secretary", "head", "grid"):
        assert listed(town, "路灯", who=who) == {need.id}, who
    actions.pass_on(town.actor("secretary"), need.id, unit_id=town.units["hill"].id, note="属于山湾")
    assert listed(town, "路灯", who="hillhead") == {need.id}, "the index follows"


@pytest.mark.parametrize(
    "text",
    ["路灯", "路灯坏", "不亮了吗", "路灯 青禾", "灯", "路灯 坏", "青禾苑 三楼道", "噪音", "宠物", "sg2026", "l d"],
)
def test_however_the_index_is_asked_the_same_is_found(town: Town, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said = (
        "青禾苑的路灯坏了",
        "灯坏了，路也不平",
        "楼道灯不亮了吗",
        "太吵，睡不着",
        "有人遛狗不牵绳",
        "SG2026的单子没办",
        "三楼道里堆东西",
    )
    for words in said:
        registered(town, words=words)
    with_all = listed(town, text)
    monkeypatch.setattr(asking, "KEYS_MOST_FEW", 0)  # as when the index finds many
    many = listed(town, text)
    monkeypatch.setattr(asking, "KEYS_MOST_FEW", 2)
    assert with_all == many == listed(town, text)
    plainly = {
        n.id for n in queries.held(town.actor("head"), which=Filter("all")).rows
        if all(any(t in searching.plain(f"{n.words}\ue000{n.place_text}") for t in term.every)
               for term in queries.wanted(town.actor("head"), which=Filter("all", text=text)))
    }  # fmt: skip
    assert with_all == plainly
