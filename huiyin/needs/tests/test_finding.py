"""The page of searching: matters of a year, addresses, units, people; telephones by their tail, counted and recorded."""

from datetime import timedelta

import pytest
from django.test import Client

from huiyin.needs import actions, queries
from huiyin.needs.queries import finding
from huiyin.needs.queries.lists import Filter, wanted
from huiyin.needs.rules import searching
from huiyin.needs.tests.test_orders import registered
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import audit, clock
from huiyin.platform.errors import TooMany

PHONE = "13912345678"


def searched(client: Client, town: Town, text: str, *, who: str = "head", **given: str) -> str:
    client.force_login(town.people[who])
    answer = client.post("/desk/search/", {"q": text, **given}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_last_four_digits_find_a_call_and_stand_in_no_address(client: Client, town: Town) -> None:
    need = registered(town, phone=PHONE)
    other = registered(town, phone="13800005679")
    client.force_login(town.people["head"])
    answer = client.post("/desk/search/", {"q": "5678"})
    page = answer.content.decode()
    assert answer.status_code == 200, "not sent on: the digits would stand in the address"
    assert f"/desk/needs/{need.id}/" in page
    assert f"/desk/needs/{other.id}/" not in page
    assert "q=5678" not in page
    whole = client.post("/desk/search/", {"q": "139 1234 5678"}).content.decode()
    assert f"/desk/needs/{need.id}/" in whole
    assert f"/desk/needs/{need.id}/" not in client.post("/desk/search/", {"q": "13912345679"}).content.decode()


@pytest.mark.parametrize("who", ["head", "admin", "contact"])
def test_no_link_and_no_redirect_carries_what_may_be_a_telephone(client: Client, town: Town, who: str) -> None:
    registered(town, words=f"有人冒用{PHONE}和5678行骗", phone=PHONE)
    client.force_login(town.people[who])
    for typed in ("5678", PHONE):
        answer = client.post("/desk/search/", {"q": typed, "when": "all"})
        assert answer.status_code == 200
        assert f"q={typed}" not in answer.content.decode()
    for typed in ("尾号5678", f"宋青溪{PHONE}", f"{PHONE} 路灯", "身份证110101199003070038"):
        answer = client.post("/desk/search/", {"q": typed})
        assert answer.status_code == 200, typed
        assert "?q=" not in answer.content.decode()


def test_a_telephone_is_found_within_reach_alone_and_the_search_recorded_without_it(town: Town) -> None:
    need = registered(town, phone=PHONE)
    assert actions.find_by_phone(town.actor("hillhead"), digits="5678") == []
    assert [r.id for r in actions.find_by_phone(town.actor("head"), digits="5678")] == [need.id]
    entries = audit.looks(f"user:{town.people['head'].id}", ["contact.search"])
    assert [e.detail for e in entries] == [{"found": 1}]
    assert queries.looks(SYSTEM, need.id) == [], "many numbers end so"
    actions.find_by_phone(town.actor("head"), digits=PHONE)
    assert [(k.office, k.purpose) for k in queries.looks(SYSTEM, need.id)] == [("莲花社区", "search")]


def test_nobody_walks_through_all_numbers(client: Client, town: Town, settings: object) -> None:
    settings.RATE_LIMITS_ON = True  # type: ignore[attr-defined]  # pytest-django's wrapper
    client.force_login(town.people["head"])
    answers = [client.post("/desk/search/", {"q": f"{n:04}"}).status_code for n in range(61)]
    assert answers == [200] * 60 + [TooMany.status]


def test_an_erased_matter_is_no_longer_found_by_its_telephone(town: Town) -> None:
    need = registered(town, phone=PHONE)
    actions.erase(town.actor("secretary"), need.id, reason="request")
    assert actions.find_by_phone(town.actor("secretary"), digits="5678") == []


def test_a_code_opens_its_matter(client: Client, town: Town) -> None:
    need = registered(town)
    client.force_login(town.people["head"])
    answer = client.post("/desk/search/", {"q": need.code})
    assert answer["Location"] == f"/desk/needs/{need.id}/"
    assert need.code in searched(client, town, need.code, who="hillhead"), "kept as it was typed"


def test_a_year_is_searched_and_all_time_on_request(client: Client, town: Town) -> None:
    with clock.at(clock.now() - timedelta(days=500)):
        old = registered(town, words="青禾苑的石狮子倒了")
    page = searched(client, town, "石狮子")
    assert f"/desk/needs/{old.id}/" not in page
    assert "此前有 1 件" in page
    assert f"/desk/needs/{old.id}/" in searched(client, town, "石狮子", when="all")


@pytest.mark.parametrize("since", ["0001-01-01", "1999-12-31", "2000-01-01", "2026-01-01", "9999-12-31", "x"])
def test_any_first_day_is_answered(client: Client, town: Town, since: str) -> None:
    need = registered(town, words="石狮子倒了")
    client.force_login(town.people["head"])
    page = client.get("/desk/", {"which": "all", "q": "狮子", "since": since}).content.decode()
    assert (f"/desk/needs/{need.id}/" in page) is (since != "9999-12-31")


def test_the_count_stops_at_a_thousand(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        registered(town, words="石狮子倒了")
    actor = town.actor("head")
    which = Filter("all", text="石狮子", since=clock.today())
    sought = wanted(actor, which=which)
    assert finding.matters_like(actor, which=which, sought=sought, most=2).count == 5
    for keys in (0, 1, 4, 9):  # however much of it the index gives at once
        monkeypatch.setattr("huiyin.needs.queries.searching.KEYS_MOST_FEW", keys)
        for most, more in ((3, True), (4, True), (5, False)):
            monkeypatch.setattr(finding, "COUNT_MOST", most)
            found = finding.matters_like(actor, which=which, sought=sought, most=2)
            assert (found.count, found.more, len(found.rows)) == (min(5, most), more, 2)


@pytest.mark.parametrize("typed", ["青禾苑3", "qhy3", "3号楼", "青禾苑3号楼502室", "qhy"])
def test_an_address_is_found_with_its_matters_and_the_form_to_register(client: Client, town: Town, typed: str) -> None:
    need = registered(town)
    elsewhere = registered(town, building_id=None, community_id=town.units["lake"].id)
    page = searched(client, town, typed, when="all")
    assert "青禾苑3号楼" in page
    listing = client.get("/desk/", {"which": "all", "building": str(town.building.id)}).content.decode()
    assert f"/desk/needs/{need.id}/" in listing
    assert f"/desk/needs/{elsewhere.id}/" not in listing
    form = client.get("/desk/register/", {"community": str(town.units["lake"].id), "place": "青禾苑3号楼"})
    assert 'value="青禾苑3号楼"' in form.content.decode()


def test_who_may_not_see_posts_is_told_no_names(client: Client, town: Town) -> None:
    name = town.people["head"].name
    assert name in searched(client, town, "莲花社区", who="clerk")
    assert name not in searched(client, town, "莲花社区", who="contact")


@pytest.mark.parametrize(("calls", "said"), [(2, ">2<"), (3, ">2+<")])
def test_what_many_called_about_is_said_to_be_more(
    client: Client, town: Town, monkeypatch: pytest.MonkeyPatch, calls: int, said: str
) -> None:
    monkeypatch.setattr("huiyin.needs.desk.search.CALLS_MOST", 2)
    for _ in range(calls):
        registered(town, phone=PHONE)
    client.force_login(town.people["head"])
    page = client.post("/desk/search/", {"q": "5678"}).content.decode()
    assert f'class="num quiet"{said}' in page


def test_units_and_people_are_found_by_name_and_initials_within_reach(client: Client, town: Town) -> None:
    head = town.people["head"]
    assert f"/desk/people/{head.id}/" in searched(client, town, head.name, who="secretary")
    assert f"/desk/people/{head.id}/" not in searched(client, town, head.name, who="hillhead")
    for typed in ("莲花社区", "lhsq"):
        assert f"/desk/units/{town.units['lake'].id}/" in searched(client, town, typed, who="secretary")
        assert f"/desk/units/{town.units['lake'].id}/" not in searched(client, town, typed, who="hillhead")


def test_who_reads_no_matters_finds_units_and_no_matter(client: Client, town: Town) -> None:
    need = registered(town, words="莲花社区的路灯坏了", phone=PHONE)
    for text in ("莲花社区", "5678", "路灯", need.code):
        page = searched(client, town, text, who="admin")
        assert str(need.id) not in page
    assert f"/desk/units/{town.units['lake'].id}/" in searched(client, town, "莲花社区", who="admin")


@pytest.mark.parametrize(
    "text", ["", " ", "%", "'\"<script>", "a\x00b", "长" * 200, "1", "１２３４", "0f8fad5b-d9cb-469f-a165-70867728950e"]
)
def test_whatever_is_typed_is_answered(client: Client, town: Town, text: str) -> None:
    assert "<script>" not in searched(client, town, text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("5678", "5678"),
        ("５６７８", "5678"),
        (" 5678 ", "5678"),
        ("139-1234-5678", PHONE),
        ("567", ""),
        ("路灯", ""),
        ("56789", ""),
        ("尾号5678", "5678"),
        ("2025-10-13", ""),
        ("20251013", ""),
        ("20261120002", ""),
        ("SG20261", ""),
        ("0371-12345678", "037112345678"),
        ("6234567", "6234567"),
    ],
)
def test_what_is_a_telephone(text: str, digits: str) -> None:
    assert searching.phone_typed(text) == digits


def test_what_stands_open_around_is_what_residents_let_be_shown_by_grid(client: Client, town: Town) -> None:
    shown = registered(town, words="北门路灯坏了，联系13912345678", public=True, category="城乡建设/城市建设和市政管理")
    registered(town, words="不公开的事")
    registered(town, words="某某态度恶劣", public=True, about_staff="宋")
    closed = registered(town, words="已经撤回的事", public=True)
    actions.erase(town.actor("secretary"), closed.id, reason="request")
    for slug, sees in (("lianhua", True), ("fengshu", False)):
        page = client.get(f"/c/{slug}/around/").content.decode()
        assert ("北门路灯坏了" in page) is sees
        for hidden in ("13912345678", "不公开的事", "态度恶劣", "已经撤回", shown.code):
            assert hidden not in page
    areas = client.get("/c/lianhua/around.json").json()["features"]
    assert {f["properties"]["id"]: f["properties"]["open"] for f in areas}[str(town.units["lake1"].id)] == 1
    assert sum(f["properties"]["open"] for f in areas) == 1
    assert "北门路灯坏了" in client.get("/c/lianhua/around/", {"category": "城乡建设"}).content.decode()
    registered(town, words="河水发黑", public=True, category="环境保护")
    assert "北门路灯坏了" not in client.get("/c/lianhua/around/", {"category": "环境保护"}).content.decode()
    assert client.get("/c/lianhua/around/", {"category": "x" * 500}).status_code == 200
    assert client.get("/c/nowhere/around/").status_code == 404
