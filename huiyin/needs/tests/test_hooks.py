"""Webhooks: what is told to whom, signed as Standard Webhooks says, delivered once a key however often it fails."""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from huiyin.needs import actions
from huiyin.needs.rules.sorting import Sorting
from huiyin.needs.tests.test_actions import registered
from huiyin.notify.actions import hooks
from huiyin.notify.errors import AddressRefused
from huiyin.notify.queries import hooks as read
from huiyin.notify.rules import CALL_WAITS_S, EVENT_LABELS
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform.errors import NotFound


class Receiver:
    """A program of another office: takes, fails or is gone, as told."""

    def __init__(self, answer: Callable[[], int]) -> None:
        outer, self.asked = self, Counter[str]()
        self.taken: list[tuple[dict[str, str], bytes]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked[self.headers["webhook-id"]] += 1
                status = answer()
                if status == 200:
                    outer.taken.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Callable[[Callable[[], int]], Receiver]]:
    """Makes receivers on this machine, which the settings allow here."""
    settings.HOOK_NETWORKS = ["127.0.0.0/8"]
    made: list[Receiver] = []

    def make(answer: Callable[[], int]) -> Receiver:
        made.append(Receiver(answer))
        return made[-1]

    yield make
    for one in made:
        one.server.shutdown()
        one.server.server_close()


def listening(town: Town, url: str, *, unit: str = "lake", events: tuple[str, ...] = tuple(EVENT_LABELS)) -> hooks.Made:
    """Let an address be called for a unit's matters."""
    made = hooks.add_hook(town.actor("secretary"), town.units[unit].id, name="区平台", url=url, listens=events)
    read.LISTENS.forget()
    return made


def waiting(town: Town, hook: hooks.Made) -> list[read.CallRow]:
    """Return what is not taken yet."""
    return [c for c in read.hook(town.actor("secretary"), hook.hook_id)[1] if c.state in {"queued", "deferred"}]


def test_each_event_is_taken_once_by_a_receiver_that_fails_half_of_the_time(town: Town, receiver: Any) -> None:
    dice = random.Random(4)
    other = receiver(lambda: 200 if dice.random() < 0.5 else dice.choice([500, 503, 302, 404]))
    made = listening(town, other.url)
    needs = [registered(town) for _ in range(12)]
    for need in needs[:6]:
        actions.answer(town.actor("head"), need.id, text="灯已换好，电话13900000000", way="phone")
    tries = 0
    while rest := waiting(town, made):
        tries += 1
        assert tries <= len(CALL_WAITS_S) + 1
        for call in rest:
            hooks.call_hook(SYSTEM, call_id=call.id)
            hooks.call_hook(SYSTEM, call_id=call.id) if tries % 2 else None  # the worker may run a job twice
    ids = [headers["webhook-id"] for headers, _body in other.taken]
    assert len(ids) == len(set(ids)) == 18
    assert sum(other.asked.values()) > 18, "it did fail"
    told = [Webhook(made.secret).verify(body, headers) for headers, body in other.taken]
    assert Counter(t["type"] for t in told) == {"matter.registered": 12, "matter.answered": 6}
    assert {t["data"]["id"] for t in told} == {str(n.id) for n in needs}
    assert "13900000000" not in str(told)
    assert "路灯" not in str(told), "that it happened, never what was said"


def test_a_wrong_secret_or_a_changed_body_does_not_verify(town: Town, receiver: Any) -> None:
    other = receiver(lambda: 200)
    made = listening(town, other.url)
    registered(town)
    hooks.call_hook(SYSTEM, call_id=waiting(town, made)[0].id)
    headers, body = other.taken[0]
    for secret, sent in ((listening(town, other.url).secret, body), (made.secret, body + b" ")):
        with pytest.raises(Exception, match="matching signature"):
            Webhook(secret).verify(sent, headers)


def test_after_its_last_try_a_call_fails_and_may_be_sent_again_under_the_same_id(town: Town, receiver: Any) -> None:
    well = [False]
    other = receiver(lambda: 200 if well[0] else 500)
    made = listening(town, other.url)
    registered(town)
    call = waiting(town, made)[0]
    states = [hooks.call_hook(SYSTEM, call_id=call.id) for _ in range(len(CALL_WAITS_S) + 2)]
    assert states[-2:] == ["failed", "failed"]
    assert states.count("deferred") == len(CALL_WAITS_S)
    well[0] = True
    hooks.call_again(town.actor("secretary"), call.id)
    assert hooks.call_hook(SYSTEM, call_id=call.id) == "sent"
    assert set(other.asked) == {f"msg_{call.id.hex}"}
    with pytest.raises(NotFound):
        hooks.call_again(town.actor("head"), call.id)


def test_who_says_gone_is_called_no_more(town: Town, receiver: Any) -> None:
    other = receiver(lambda: 410)
    made = listening(town, other.url)
    registered(town)
    registered(town)
    first, second = waiting(town, made)
    assert [hooks.call_hook(SYSTEM, call_id=c.id) for c in (first, second)] == ["failed", "failed"]
    assert sum(other.asked.values()) == 1
    assert read.hook(town.actor("secretary"), made.hook_id)[0].ended_at


def test_only_who_listens_to_this_place_and_this_event_is_told(town: Town, receiver: Any) -> None:
    other = receiver(lambda: 200)
    lake = listening(town, other.url)
    hill = listening(town, other.url, unit="hill")
    closed = listening(town, other.url, unit="street", events=("matter.closed",))
    need = registered(town)
    actions.withdraw(SYSTEM, need.id)
    told = [json.loads(c.body)["type"] for h in (lake, hill, closed) for c in waiting(town, h)]
    assert sorted(told) == ["matter.closed", "matter.closed", "matter.registered"]
    assert waiting(town, hill) == []


def test_what_was_said_in_confidence_is_told_to_nobody(town: Town, receiver: Any) -> None:
    made = listening(town, receiver(lambda: 200).url, unit="street")
    registered(town, about_staff="何主任")
    mediation = registered(town)
    actions.sort(town.actor("head"), mediation.id, sorting_is=Sorting(kind="mediation"))
    actions.note(town.actor("head"), mediation.id, note="内部")
    assert [json.loads(c.body)["data"]["verb"] for c in waiting(town, made)] == ["register"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "http://10.0.0.1/", "https://192.168.1.1/x",
        "https://169.254.169.254/latest", "https://0.0.0.0/", "ftp://127.0.0.1/", "https://user:pass@127.0.0.1/",
        "https://", "nonsense", "https://2130706433/", "https://localhost/", "https://" + "a" * 400,
    ],
)  # fmt: skip
def test_our_own_network_is_never_called(town: Town, url: str) -> None:
    with pytest.raises(AddressRefused):
        listening(town, url)


def test_who_may_not_give_programs_in_adds_no_address(town: Town, receiver: Any) -> None:
    url = receiver(lambda: 200).url
    for person in ("head", "grid", "dispatcher"):
        with pytest.raises(NotFound):
            hooks.add_hook(
                town.actor(person), town.units["lake"].id, name="区平台", url=url, listens=("matter.closed",)
            )


def test_nothing_is_queued_where_nobody_listens(town: Town, django_assert_max_num_queries: Any) -> None:
    read.anybody_listens(SYSTEM)
    with django_assert_max_num_queries(0):
        hooks.publish(SYSTEM, event="matter.closed", key="k", held="1/", home="1/", data={})
