"""Sessions of staff: seen, ended, over when idle; what the database keeps of them opens nothing."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from huiyin.org import actions
from huiyin.org.actors import SYSTEM
from huiyin.org.models import StaffSession
from huiyin.org.tests.make import PASSWORD, Town
from huiyin.platform import clock, sessions

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0"


def signed_in(username: str, agent: str = EDGE) -> Client:
    client = Client(headers={"user-agent": agent})
    client.post("/desk/login/", {"login": username, "password": PASSWORD})
    assert client.get("/desk/start/").status_code == 302
    return client


def out(client: Client) -> bool:
    return "/desk/login/" in client.get("/desk/start/").headers["Location"]


def test_the_table_of_sessions_holds_no_key_that_signs_in(town: Town) -> None:
    client = signed_in("head")
    key = client.cookies["sessionid"].value
    row = Session.objects.get()
    assert row.session_key == sessions.kept_as(key) != key
    thief = Client()
    thief.cookies["sessionid"] = row.session_key
    assert out(thief)
    assert not out(client)


def test_a_key_chosen_by_somebody_else_is_not_kept_at_sign_in(town: Town) -> None:
    client = Client()
    client.cookies["sessionid"] = "0123456789abcdef0123456789abcdef"
    client.post("/desk/login/", {"login": "head", "password": PASSWORD})
    assert client.cookies["sessionid"].value != "0123456789abcdef0123456789abcdef"
    other = Client()
    other.cookies["sessionid"] = "0123456789abcdef0123456789abcdef"
    assert out(other)


def test_sessions_are_listed_and_one_is_ended(town: Town) -> None:
    here, there = signed_in("head"), signed_in("head", "Mozilla/5.0 (iPhone) MicroMessenger/8.0 Safari")
    page = here.get("/desk/account/").content.decode()
    assert "Windows 上的 Edge" in page
    assert "苹果手机上的 微信" in page or "微信" in page
    key = there.cookies["sessionid"].value
    row = StaffSession.objects.get(key_hash=sessions.kept_as(key))
    assert here.post(f"/desk/account/sessions/{row.id}/end/").status_code == 302
    assert out(there)
    there.cookies["sessionid"] = key  # used again
    assert out(there)
    assert not out(here)


def test_nobody_ends_a_session_of_somebody_else(town: Town) -> None:
    head, clerk = signed_in("head"), signed_in("clerk")
    row = StaffSession.objects.get(user=town.people["head"])
    assert clerk.post(f"/desk/account/sessions/{row.id}/end/").status_code == 404
    assert not out(head)


def test_all_others_are_ended_and_this_one_goes_on(town: Town) -> None:
    browsers = [signed_in("head") for _browser in range(3)]
    browsers[0].post("/desk/account/sessions/end/")
    assert [out(b) for b in browsers] == [False, True, True]


def test_a_new_password_ends_the_other_sessions_and_this_one_is_still_listed(town: Town) -> None:
    here, there = signed_in("head"), signed_in("head")
    fields = {"oldpassword": PASSWORD, "password1": "lu-deng-2027-x", "password2": "lu-deng-2027-x"}
    assert here.post("/desk/password/", fields).status_code == 302
    assert (out(here), out(there)) == (False, True)
    row = StaffSession.objects.get(ended_at=None)
    assert row.key_hash == sessions.kept_as(here.cookies["sessionid"].value)


@pytest.mark.parametrize("what", ["leave", "give_password", "end_post"])
def test_an_ended_account_post_or_password_ends_the_sessions_at_once(town: Town, what: str) -> None:
    grid, head = signed_in("grid"), town.actor("head")
    if what == "leave":
        actions.leave(head, town.people["grid"].id)
    elif what == "give_password":
        actions.give_password(head, town.people["grid"].id, password="qing-xi-2026-x")
    else:
        actions.end_post(head, town.people["grid"].posts.get().id)
    assert not StaffSession.objects.filter(user=town.people["grid"], ended_at=None).exists()
    assert not Session.objects.filter(session_key=sessions.kept_as(grid.cookies["sessionid"].value)).exists()
    assert out(grid)


def test_a_desk_left_alone_is_signed_out_and_one_in_use_is_not(town: Town) -> None:
    client, start = signed_in("head"), clock.now()
    for minutes in (100, 200, 300):  # used every 100 minutes
        with clock.at(start + timedelta(minutes=minutes)):
            assert not out(client)
    with clock.at(start + timedelta(minutes=300 + 121)):
        assert out(client)
        assert "登录已超时" in client.get("/desk/login/").content.decode()
    assert StaffSession.objects.get().ended_at is not None


def test_twelve_hours_are_the_most_however_busy(town: Town) -> None:
    client, start = signed_in("head"), clock.now()
    for hours in range(1, 12):
        with clock.at(start + timedelta(hours=hours)):
            assert not out(client)
    with clock.at(start + timedelta(hours=12, minutes=1)):
        assert out(client)


def test_a_session_is_noted_as_seen_every_few_minutes_without_a_statement_more(
    town: Town, django_assert_num_queries: Any
) -> None:
    client, start = signed_in("head"), clock.now()
    client.get("/desk/units/")
    with django_assert_num_queries(5):  # session, user, posts, units, how many work where: as without the list
        client.get("/desk/units/")
    seen = StaffSession.objects.get().seen_at
    with clock.at(start + timedelta(minutes=4)):
        client.get("/desk/units/")
        assert StaffSession.objects.get().seen_at == seen
    with clock.at(start + timedelta(minutes=6)):
        client.get("/desk/units/")
        assert StaffSession.objects.get().seen_at > seen


def test_old_sign_ins_are_forgotten(town: Town) -> None:
    signed_in("head")
    with clock.at(clock.now() + timedelta(days=179)):
        assert actions.forget_sessions(SYSTEM) == 0
    with clock.at(clock.now() + timedelta(days=181)):
        assert actions.forget_sessions(SYSTEM) == 1


def test_signing_out_ends_the_session_in_the_list(town: Town) -> None:
    client = signed_in("head")
    client.post("/desk/logout/")
    assert StaffSession.objects.get().ended_at is not None
