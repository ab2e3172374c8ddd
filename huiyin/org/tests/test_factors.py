"""Second factors: codes count once, secrets are encrypted, half a sign-in opens nothing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from huiyin.org import actions, totp
from huiyin.org.errors import FactorNeeded, WrongFactorCode
from huiyin.org.models import StaffSession, User
from huiyin.org.queries import own
from huiyin.org.tests.make import PASSWORD, Town
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound

NOW = datetime(2026, 11, 23, 2, 0, 5, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime, secret: str = SECRET) -> str:
    return totp.code_of(secret, step=int(moment.timestamp()) // 30)


def with_app(town: Town, username: str, secret: str = SECRET) -> list[str]:
    """Set up an app long ago; returns the recovery codes."""
    before = clock.now() - timedelta(hours=1)
    with clock.at(before):
        return actions.add_app(town.actor(username), secret=secret, code=code_at(before, secret))


def password_given(client: Client, username: str) -> Any:
    return client.post("/desk/login/", {"login": username, "password": PASSWORD})


def test_the_codes_are_those_of_rfc_6238() -> None:
    # Appendix B, SHA-1, the last six digits
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [totp.code_of(secret, step=t // 30) for t in (59, 1111111109, 20000000000)] == [
        "287082",
        "081804",
        "353130",
    ]


def test_a_code_counts_once_and_one_step_of_drift_is_forgiven(town: Town) -> None:
    head = town.actor("head")
    with_app(town, "head")
    with clock.at(NOW + timedelta(days=365)):
        now = clock.now()
        assert actions.check_code(head, code=code_at(now - timedelta(seconds=30))) == "totp"
        assert actions.check_code(head, code=f" {code_at(now)[:3]} {code_at(now)[3:]}") == "totp"
        with pytest.raises(WrongFactorCode):
            actions.check_code(head, code=code_at(now))
        with pytest.raises(WrongFactorCode):  # also the one before, which was not asked for again
            actions.check_code(head, code=code_at(now - timedelta(seconds=30)))
        assert actions.check_code(head, code=code_at(now + timedelta(seconds=30))) == "totp"
        with pytest.raises(WrongFactorCode):
            actions.check_code(head, code=code_at(now + timedelta(seconds=60)))


def test_the_code_that_set_the_app_up_does_not_sign_in(town: Town) -> None:
    with clock.at(NOW):
        actions.add_app(town.actor("head"), secret=SECRET, code=code_at(NOW))
        with pytest.raises(WrongFactorCode):
            actions.check_code(town.actor("head"), code=code_at(NOW))


def test_a_recovery_code_counts_once_and_is_nobody_elses(town: Town) -> None:
    codes = with_app(town, "head")
    with_app(town, "clerk", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    assert len(set(codes)) == 10
    with pytest.raises(WrongFactorCode):
        actions.check_code(town.actor("clerk"), code=codes[0])
    assert actions.check_code(town.actor("head"), code=f"{codes[0][:4]} {codes[0][4:]}") == "recovery_codes"
    with pytest.raises(WrongFactorCode):
        actions.check_code(town.actor("head"), code=codes[0])
    assert own.factors(town.actor("head")).codes_left == 9


def test_new_recovery_codes_end_the_old_ones(town: Town) -> None:
    old = with_app(town, "head")
    new = actions.new_codes(town.actor("head"))
    assert not set(old) & set(new)
    with pytest.raises(WrongFactorCode):
        actions.check_code(town.actor("head"), code=old[3])


def test_nothing_secret_stands_in_the_database_in_the_clear(town: Town) -> None:
    codes = with_app(town, "head")
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(code in kept for code in codes)
    assert re.search(r"'seed': 'gAAAA", kept)


def test_a_wrong_code_does_not_set_an_app_up(town: Town) -> None:
    with pytest.raises(WrongFactorCode):
        actions.add_app(town.actor("head"), secret=SECRET, code="000000")
    assert not Authenticator.objects.exists()


def test_the_last_factor_of_a_post_that_must_have_one_stays(town: Town, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"community_head"})
    with_app(town, "head")
    with pytest.raises(FactorNeeded):
        actions.remove_factor(town.actor("head"))
    settings.SECOND_FACTOR_ROLES = frozenset()
    actions.remove_factor(town.actor("head"))
    assert not Authenticator.objects.filter(user=town.people["head"]).exists()  # codes alone are none
    assert not User.objects.get(username="head").second_factor


def test_only_who_may_renew_a_password_takes_a_factor_away(town: Town) -> None:
    with_app(town, "head")
    for username in ("clerk", "hillhead", "head"):
        with pytest.raises(NotFound):
            actions.reset_factors(town.actor(username), town.people["head"].id)
    actions.reset_factors(town.actor("secretary"), town.people["head"].id)
    assert not Authenticator.objects.exists()
    with pytest.raises(Invalid):
        actions.reset_factors(town.actor("secretary"), town.people["head"].id)


def test_half_a_sign_in_opens_nothing(client: Client, town: Town) -> None:
    with_app(town, "head")
    before = client.cookies.get("sessionid")
    assert password_given(client, "head").headers["Location"] == "/desk/login/code/"
    for path in ("/desk/", "/desk/people/", "/desk/account/", "/desk/account/app/", "/desk/password/", "/desk/units/"):
        assert client.get(path).status_code == 302, path
        assert "/desk/login/" in client.get(path).headers["Location"]
    assert client.post("/desk/export/").status_code == 302
    half = client.cookies["sessionid"].value
    done = client.post("/desk/login/code/", {"code": code_at(clock.now())})
    assert (done.status_code, done.headers["Location"]) == (302, "/desk/start/")
    assert before is None
    assert client.cookies["sessionid"].value != half  # no session is carried over into the account
    assert client.get("/desk/").status_code == 200
    assert StaffSession.objects.get().how == "password_app"


def test_one_goes_back_from_the_second_step_and_begins_anew(client: Client, town: Town) -> None:
    with_app(town, "head")
    password_given(client, "head")
    assert client.get("/desk/login/").status_code == 200
    assert password_given(client, "clerk").headers["Location"] == "/desk/start/"


def test_a_code_of_somebody_else_does_not_sign_in(client: Client, town: Town) -> None:
    with_app(town, "head")
    with_app(town, "clerk", "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    password_given(client, "head")
    foreign = code_at(clock.now(), "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")
    assert client.post("/desk/login/code/", {"code": foreign}).status_code == 422
    assert client.get("/desk/").status_code == 302


def test_a_replayed_code_does_not_sign_in_a_second_browser(town: Town) -> None:
    with_app(town, "head")
    code, first, second = code_at(clock.now()), Client(), Client()
    for client, status in ((first, 302), (second, 422)):
        password_given(client, "head")
        assert client.post("/desk/login/code/", {"code": code}).status_code == status


def test_too_many_wrong_codes_lock_and_begin_anew(client: Client, town: Town) -> None:
    with_app(town, "head")
    password_given(client, "head")
    for _try in range(8):
        assert client.post("/desk/login/code/", {"code": "123456"}).status_code == 422
    locked = client.post("/desk/login/code/", {"code": code_at(clock.now())})
    assert (locked.status_code, int(locked["Retry-After"]) > 600) == (429, True)
    assert client.get("/desk/login/code/").status_code == 302  # the password is asked for again
    password_given(client, "head")
    assert client.post("/desk/login/code/", {"code": code_at(clock.now())}).status_code == 429


def test_a_new_password_ends_a_sign_in_that_is_half_done(client: Client, town: Town) -> None:
    with_app(town, "grid")
    password_given(client, "grid")
    actions.give_password(town.actor("head"), town.people["grid"].id, password="qing-xi-2026-x")
    assert client.post("/desk/login/code/", {"code": code_at(clock.now())}).headers["Location"] == "/desk/login/"
    assert client.get("/desk/").status_code == 302


def test_who_must_have_a_factor_does_nothing_else_before(client: Client, town: Town, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"community_head"})
    password_given(client, "head")
    for path in ("/desk/", "/desk/people/", "/desk/start/", "/desk/units/"):
        assert client.get(path).headers["Location"] == "/desk/account/", path
    assert client.get("/desk/account/").status_code == 200
    client.post("/desk/account/confirm/", {"password": PASSWORD})
    page = client.get("/desk/account/app/")
    secret = re.search(r'secret" lang="en">([A-Z2-7 ]+)<', page.content.decode())
    assert secret
    plain = secret.group(1).replace(" ", "")
    done = client.post("/desk/account/app/", {"code": code_at(clock.now(), plain)})
    assert done.headers["Location"] == "/desk/account/codes/"
    shown = client.get("/desk/account/codes/")
    assert len(re.findall(r"<li class=\"num\">\d{4} \d{4}</li>", shown.content.decode())) == 10
    assert client.get("/desk/account/codes/").status_code == 302  # once
    assert client.get("/desk/").status_code == 200


def test_a_factor_is_changed_only_after_the_password(client: Client, town: Town) -> None:
    with_app(town, "head")
    client.force_login(town.people["head"])
    for path in ("/desk/account/app/remove/", "/desk/account/codes/"):
        assert client.post(path).headers["Location"].startswith("/desk/account/confirm/")
    assert client.get("/desk/account/app/qr.svg").status_code == 302
    assert client.post("/desk/account/confirm/", {"password": "wrong"}).status_code == 422
    assert own.factors(town.actor("head")).any
    client.post("/desk/account/confirm/?next=https://elsewhere.example/", {"password": PASSWORD})
    assert client.get("/desk/account/app/qr.svg")["Content-Type"] == "image/svg+xml"
    assert client.post("/desk/account/app/remove/").headers["Location"] == "/desk/account/"
    assert not own.factors(town.actor("head")).any


def test_the_password_is_guessed_no_more_often_there_than_at_sign_in(client: Client, town: Town) -> None:
    client.force_login(town.people["head"])
    tries = [client.post("/desk/account/confirm/", {"password": "wrong"}).status_code for _try in range(9)]
    assert tries == [422] * 8 + [429]
    fields = {"oldpassword": PASSWORD, "password1": "lu-deng-2027-x", "password2": "lu-deng-2027-x"}
    assert client.post("/desk/password/", fields).status_code == 429


def test_whose_factor_was_taken_away_is_told_once(client: Client, town: Town) -> None:
    with_app(town, "grid")
    actions.reset_factors(town.actor("head"), town.people["grid"].id)
    password_given(client, "grid")
    assert "二次验证已被" in client.get("/desk/").content.decode()
    again = Client()
    password_given(again, "grid")
    assert "二次验证已被" not in again.get("/desk/").content.decode()
