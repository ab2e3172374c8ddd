"""The API for programs: tokens and scopes, the same answer under the same key, pages, what is left out."""

import json
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from huiyin.needs import actions
from huiyin.needs.models import Need
from huiyin.needs.tests.test_orders import registered
from huiyin.org import actions as org
from huiyin.org.queries import clients
from huiyin.org.tests.make import Town
from huiyin.platform import audit, clock

ALL = ("matters.read", "matters.verbatim", "matters.write", "units.read")


def opened(town: Town, *scopes: str, unit: str = "lake", by: str = "secretary") -> str:
    """Return the token of a program."""
    made = org.open_client(town.actor(by), town.units[unit].id, name="市民热线平台", scopes=scopes or ALL, days=30)
    return made.token


class Program:
    """A program with its token."""

    def __init__(self, token: str) -> None:
        self.browser = Browser(raise_request_exception=False)
        self.token = token

    def get(self, path: str, **query: Any) -> Any:
        return self.browser.get(f"/api/v1{path}", query, HTTP_AUTHORIZATION=f"Bearer {self.token}")

    def post(self, path: str, body: Any, *, key: str = "", language: str = "zh-hans") -> Any:
        head: dict[str, Any] = {"HTTP_IDEMPOTENCY_KEY": key} if key else {}
        return self.browser.post(
            f"/api/v1{path}",
            body if isinstance(body, str) else json.dumps(body),
            content_type="application/json",
            HTTP_AUTHORIZATION=f"Bearer {self.token}",
            HTTP_ACCEPT_LANGUAGE=language,
            **head,
        )


def matter(town: Town, **more: Any) -> dict[str, Any]:
    return {"words": "路灯坏了三天", "building_id": str(town.building.id), **more}


def test_a_program_sends_a_matter_and_reads_how_it_stands(town: Town) -> None:
    program = Program(opened(town))
    sent = program.post(
        "/matters",
        matter(
            town,
            phone="13800000000",
            ticket={
                "system": "12345",
                "number": "T-7",
                "deadline_at": (clock.now() + timedelta(days=9)).isoformat(),
            },
        ),
    )
    assert sent.status_code == 201, sent.content
    receipt = sent.json()
    assert receipt["url"].endswith(f"/m/{receipt['code']}/{receipt['url'].split('/')[-2]}/")
    assert Browser().get(receipt["url"].partition("/m/")[1] + receipt["url"].partition("/m/")[2]).status_code == 200
    actions.answer(town.actor("grid"), Need.objects.get().id, text="灯已换好", way="page")
    read = program.get(f"/matters/{receipt['id']}").json()
    assert (read["status"], read["state"], read["words"]) == ("open", "answer", "路灯坏了三天")
    assert read["ticket"]["number"] == "T-7"
    assert [a["text"] for a in read["answers"]] == ["灯已换好"]
    assert [s["verb"] for s in read["steps"]] == ["register", "answer"]


def test_the_same_key_and_body_get_the_same_answer_and_another_body_409(town: Town) -> None:
    program = Program(opened(town))
    first = program.post("/matters", matter(town), key="k-1")
    again = program.post("/matters", matter(town), key="k-1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = program.post("/matters", matter(town, words="又一件"), key="k-1")
    assert (other.status_code, other.json()["code"]) == (409, "key_used")
    assert Need.objects.count() == 1
    assert program.post("/matters", matter(town), key="k-2").json() != first.json()


def test_a_refused_body_may_be_put_right_under_the_same_key(town: Town) -> None:
    program = Program(opened(town))
    assert program.post("/matters", matter(town, phone="12"), key="k").status_code == 422
    assert program.post("/matters", matter(town, phone=""), key="k").status_code == 201


def test_two_programs_may_use_the_same_key(town: Town) -> None:
    answers = [Program(opened(town)).post("/matters", matter(town), key="1").json()["id"] for _ in range(2)]
    assert len(set(answers)) == 2


def test_one_key_sent_at_once_makes_one_matter(committed_town: Town) -> None:
    token, got = opened(committed_town), []
    ready = threading.Barrier(4)

    def send() -> None:
        from django.db import connection

        ready.wait()
        got.append(Program(token).post("/matters", matter(committed_town), key="same").json().get("id"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 1
    assert None not in got
    assert Need.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"words": ""}, "words"),
        ({"words": 7}, "words"),
        ({"words": "灯\x00坏"}, "words"),
        ({"shade": "blue"}, "shade"),
        ({"channel": "fax"}, "channel"),
        ({"received_at": 0}, "received_at"),
        ({"received_at": "2026-01-01T00:00:00"}, "received_at"),
        ({"lon": 115.5}, "lon"),
        ({"category": "不存在"}, "category"),
        ({"phone": "12"}, "phone"),
        ({"public": "yes"}, "public"),
    ],
)
def test_what_cannot_be_taken_is_said_by_field_in_both_languages(town: Town, more: Any, field: str) -> None:
    program = Program(opened(town))
    said = {}
    for language in ("zh-hans", "en"):
        answer = program.post("/matters", matter(town, **more), language=language)
        assert answer.status_code == 422, answer.content
        assert field in answer.json()["fields"], answer.json()
        assert answer.json()["reference"]
        said[language] = answer.json()["message"]
    assert said["zh-hans"] != said["en"]


@pytest.mark.parametrize("body", ["", "[", "[]", "7", '{"words":'])
def test_a_body_that_is_none_is_refused(town: Town, body: str) -> None:
    assert Program(opened(town)).post("/matters", body).status_code in {400, 422}


def test_no_token_a_wrong_one_and_an_ended_one_are_one_answer(town: Town) -> None:
    token = opened(town)
    for wrong in ("", "hy_x", token + "x"):
        answer = Program(wrong).get("/matters")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert Program(token).get("/matters").status_code == 200
    kept = clients.clients(town.actor("secretary"))[0]
    assert kept.used_on == clock.today()
    org.end_client(town.actor("secretary"), kept.id)
    assert Program(token).get("/matters").status_code == 401


@pytest.mark.parametrize(
    ("scope", "fine"),
    [
        ("matters.read", "/matters"),
        ("units.read", "/units"),
        ("matters.write", "/categories"),
        ("matters.verbatim", "/categories"),
    ],
)
def test_a_token_carries_its_scopes_and_nothing_else(town: Town, scope: str, fine: str) -> None:
    program = Program(opened(town, scope))
    places = f"/places?community={town.units['lake'].id}&typed=青"
    got = {path: program.get(path).status_code for path in ("/matters", "/units", places, "/categories")}
    got["send"] = program.post("/matters", matter(town)).status_code
    allowed = {
        "matters.read": {"/matters"}, "units.read": {"/units", places}, "matters.write": {"send"}, "matters.verbatim": set(),
    }[scope] | {"/categories"}  # fmt: skip
    assert {path for path, status in got.items() if status < 300} == allowed
    assert {status for path, status in got.items() if path not in allowed} == {403}
    assert fine in allowed


def test_a_program_reads_its_units_alone_and_sends_nowhere_else(town: Town) -> None:
    near, far = registered(town), registered(town, building_id=None, community_id=town.units["hill"].id)
    program = Program(opened(town))
    assert [m["id"] for m in program.get("/matters").json()["items"]] == [str(near.id)]
    assert program.get(f"/matters/{far.id}").status_code == 404
    sent = program.post("/matters", {"words": "灯坏了", "community_id": str(town.units["hill"].id)})
    assert (sent.status_code, sent.json()["code"]) == (422, "outside_reach")


def test_what_was_said_in_confidence_is_left_out_but_for_who_sent_it(town: Town) -> None:
    about = registered(town, about_staff="何主任")
    mediation = registered(town)
    actions.sort(town.actor("head"), mediation.id, sorting_is=_mediation())
    program = Program(opened(town, unit="county", by="admin"))
    assert program.get("/matters").json()["items"] == []
    assert program.get(f"/matters/{about.id}").status_code == 404
    sent = program.post("/matters", matter(town)).json()["id"]
    actions.sort(town.actor("head"), uuid.UUID(sent), sorting_is=_mediation())
    assert [m["id"] for m in program.get("/matters").json()["items"]] == [sent]


def _mediation() -> Any:
    from huiyin.needs.rules.sorting import Sorting

    return Sorting(kind="mediation")


def test_personal_data_is_hidden_unless_the_token_says_otherwise(town: Town) -> None:
    need = registered(town, words="我叫宋青溪，电话13912345678，路灯坏了")
    hidden, shown = (Program(opened(town, *s)).get(f"/matters/{need.id}").json() for s in (("matters.read",), ALL))
    assert "13912345678" not in json.dumps(hidden)
    assert "13912345678" in shown["words"]
    actions.answer(town.actor("head"), need.id, text="已与李师傅13800001111约好", way="phone")
    hidden, shown = (Program(opened(town, *s)).get(f"/matters/{need.id}").json() for s in (("matters.read",), ALL))
    assert "13800001111" not in json.dumps(hidden), "nor in what the office wrote"
    assert "13800001111" in shown["answers"][0]["text"]
    flat = registered(town, place_text="502室，电话13912345678")
    hidden = Program(opened(town, "matters.read")).get(f"/matters/{flat.id}").json()
    assert "13912345678" not in json.dumps(hidden), "nor in the place"
    assert "phone" not in shown


def test_pages_follow_one_another_without_gap_or_repeat(town: Town) -> None:
    same = clock.now() - timedelta(hours=1)
    made = [registered(town, received_at=same if n % 3 else same - timedelta(minutes=n)) for n in range(11)]
    program, seen, cursor = Program(opened(town)), [], ""
    for _page in range(6):
        page = program.get("/matters", limit=3, cursor=cursor).json()
        seen += [m["id"] for m in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == len(made)
    assert program.get("/matters", cursor="%%%").status_code == 422
    assert program.get("/matters", limit=0).status_code == 422
    assert program.get("/matters", shade="blue").status_code == 422


def test_the_history_says_which_program_sent_it(town: Town) -> None:
    program = Program(opened(town))
    need = Need.objects.get(pk=program.post("/matters", matter(town)).json()["id"])
    assert need.moves.get().by_kind == "client"
    assert audit.looks(f"need:{need.id}", ["contact.read"]) == []
