"""Accounts: a second factor set up and used, passkeys, sessions, the record of looks, and who looked at a resident."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from huiyin.needs import actions as needs
from huiyin.org import actions, totp
from huiyin.org.actors import PUBLIC
from huiyin.org.tests.make import PASSWORD, Town
from huiyin.platform import clock, crypto
from tests.browser import staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def _code(secret: str, ahead: int = 0) -> str:
    return totp.code_of(secret, step=int(clock.now().timestamp()) // totp.STEP_S + ahead)


def _named(visitor: Visitor) -> Visitor:
    """Come by a name: passkeys count for names, never for bare addresses."""
    return replace(visitor, base=visitor.base.replace("127.0.0.1", "localhost"))


@contextmanager
def _authenticator(visitor: Visitor) -> Iterator[Any]:
    """Give the computer a reader of fingers that always says yes."""
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield session
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})
    session.detach()


def _password(visitor: Visitor) -> None:
    visitor.named("password").fill(PASSWORD)
    visitor.find("main form button[type=submit]").click()


def _sign_out(visitor: Visitor) -> None:
    visitor.find(".desk-tools summary").click()
    visitor.find(".desk-tools form button").click()


def _add_passkey(visitor: Visitor) -> None:
    visitor.open("/desk/account/")
    visitor.find("main a[href$='/passkeys/new/']").click()
    _password(visitor)
    visitor.named("name").fill("办公室电脑")
    visitor.look("new-passkey")
    visitor.find("[data-passkey-start]").click()
    visitor.page.wait_for_url("**/desk/account/codes/")


def test_a_passkey_is_made_and_signs_in_without_a_password(arrive: Arrive, town: Town, width: int) -> None:
    head = _named(arrive(width))
    with _authenticator(head):
        staff.sign_in(head, "head")
        _add_passkey(head)
        expect(head.find(".codes li")).to_have_count(10)
        head.look("codes")
        head.find("main a.button-primary").click()
        expect(head.find("#second")).to_contain_text("办公室电脑")
        head.look("account")
        _sign_out(head)
        head.open("/desk/login/")
        head.look("sign-in")
        head.find("[data-passkey-start]").click()
        expect(head.find(".desk")).to_be_visible()
        head.open("/desk/account/")
        head.sees(zh("by passkey"))
        # the password alone is not enough any more, and the passkey is the second step too
        _sign_out(head)
        head.open("/desk/login/")
        head.named("login").fill("head")
        head.named("password").fill(PASSWORD)
        head.find("main button[type=submit]").first.click()
        head.page.wait_for_url("**/desk/login/code/")
        head.look("second-step")
        head.find("[data-passkey-start]").click()
        expect(head.find(".desk")).to_be_visible()


_ANSWER = """async () => {
  const form = document.querySelector("form[data-passkey]");
  return await new Promise((done) => {
    form.submit = () => done(form.elements.credential.value);
    form.querySelector("[data-passkey-start]").click();
  });
}"""


def test_a_passkey_opens_neither_another_account_nor_a_second_time(arrive: Arrive, town: Town) -> None:
    head = _named(arrive(1440))
    with _authenticator(head):
        staff.sign_in(head, "head")
        _add_passkey(head)
        _sign_out(head)

        def sent(**changed: str) -> int:
            head.open("/desk/login/")
            answer = json.loads(head.page.evaluate(_ANSWER))
            answer["response"] |= changed
            form: dict[str, str | float | bool] = {
                "credential": json.dumps(answer),
                "csrfmiddlewaretoken": head.find("[name=csrfmiddlewaretoken]").first.input_value(),
            }
            again.update(form)
            return head.page.request.post(f"{head.base}/desk/login/passkey/", form=form, max_redirects=0).status

        again: dict[str, str | float | bool] = {}
        foreign = base64.urlsafe_b64encode(town.people["clerk"].id.hex.encode()).decode().rstrip("=")
        assert sent(userHandle=foreign) == 422
        assert head.page.request.get(f"{head.base}/desk/", max_redirects=0).status == 302
        assert sent(signature="MEUCIQDx") == 422
        assert sent() == 302
        assert head.page.request.get(f"{head.base}/desk/", max_redirects=0).status == 200
        head.page.context.clear_cookies(name="sessionid")
        head.open("/desk/login/")  # an answer that was given before, to a challenge that is over
        again["csrfmiddlewaretoken"] = head.find("[name=csrfmiddlewaretoken]").first.input_value()
        assert head.page.request.post(f"{head.base}/desk/login/passkey/", form=again, max_redirects=0).status == 422


def test_an_app_is_set_up_and_asked_for(arrive: Arrive, town: Town, width: int) -> None:
    head = arrive(width)
    staff.sign_in(head, "head")
    head.find(".desk-tools summary").click()
    head.find(".menu-panel a", has_text=zh("My account")).click()
    head.look("before")
    head.find("main a[href$='/account/app/']").click()
    head.named("password").fill("wrong")
    head.find("main form button[type=submit]").click()
    head.wrong_beside("password")
    head.look("wrong-password")
    _password(head)
    expect(head.find("img.qr")).to_be_visible()
    expect(head.find("img.qr")).to_have_js_property("complete", True)
    assert head.page.evaluate("document.querySelector('img.qr').naturalWidth") > 0
    head.names += head.find(".secret").inner_text().split()
    head.named("code").fill("000000")
    head.find("main form button[type=submit]").click()
    head.wrong_beside("code")
    head.look("app")
    secret = head.find(".secret").inner_text().replace(" ", "")
    head.named("code").fill(_code(secret))
    head.find("main form button[type=submit]").click()
    codes = head.find(".codes li").all_inner_texts()
    head.find("main a.button-primary").click()
    _sign_out(head)
    head.open("/desk/login/")
    head.named("login").fill("head")
    head.named("password").fill(PASSWORD)
    head.find("main button[type=submit]").first.click()
    head.named("code").fill("123456")
    head.find("main button[type=submit]").first.click()
    head.wrong_beside("code")
    head.look("wrong-code")
    head.named("code").fill(codes[0])
    head.find("main button[type=submit]").first.click()
    expect(head.find(".desk")).to_be_visible()
    head.open("/desk/account/")
    head.sees("还剩 9 个")
    head.look("after")


def test_sessions_are_seen_and_ended(arrive: Arrive, town: Town, width: int) -> None:
    here, there = arrive(width), arrive(390, dark=True)
    staff.sign_in(there, "head")
    staff.sign_in(here, "head")
    here.open("/desk/account/")
    here.look("two")
    here.find("main form[action$='/end/'] button").first.click()
    expect(here.find("main .chip", has_text=zh("this session"))).to_be_visible()
    there.open("/desk/")
    expect(there.named("login")).to_be_visible()
    here.look("one")


def test_who_must_have_a_second_factor_is_led_to_it(arrive: Arrive, town: Town, settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"community_head"})
    head = arrive(390)
    staff.sign_in(head, "head")
    head.sees(zh("Your post must have a second factor."))
    head.look("must")
    head.open("/desk/people/")
    expect(head.find("h1")).to_have_text(zh("My account"))


def test_a_lost_phone_is_helped_by_who_appoints(arrive: Arrive, town: Town) -> None:
    with clock.at(clock.now()):
        actions.add_app(town.actor("grid"), secret=SECRET, code=_code(SECRET))
    head = staff.seat(arrive(1440), town, "head")
    head.open(f"/desk/people/{town.people['grid'].id}/")
    head.look("person")
    head.find("a[href$='/second-factor/']").click()
    head.look("form")
    head.find("main form button[type=submit]").click()
    head.sees(zh("without a second factor"))
    grid = arrive(390)
    staff.sign_in(grid, "grid")
    grid.sees("二次验证已被单位解除")
    grid.look("told")


@pytest.fixture
def looked(town: Town) -> needs.Receipt:
    """A matter whose contact details a grid worker looked at."""
    given = needs.NewNeed(
        words="3号楼门口的路灯坏了，晚上老人不敢出门", channel="web", source="web:looked",
        building_id=town.building.id, phone="10512345678", name="王女士",
    )  # fmt: skip
    receipt = needs.register(PUBLIC, new=given)
    needs.look_at_contact(town.actor("grid"), receipt.need_id)
    return receipt


def test_the_record_is_read_and_searched(arrive: Arrive, town: Town, looked: needs.Receipt, width: int) -> None:
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/audit/")
    secretary.sees(zh("Looked at contact details"))
    secretary.look("all")
    secretary.named("subject").fill(looked.code)
    secretary.find("main form[role=search] button").click()
    expect(secretary.find("main tbody tr")).to_have_count(1)
    secretary.look("found")
    secretary.open("/desk/audit/?person=没有这人")
    secretary.look("nothing")
    secretary.open("/desk/audit/?since=2030-01-02&until=2030-01-01")
    secretary.wrong_beside("until")
    secretary.look("backwards")


def test_a_resident_sees_who_looked(arrive: Arrive, town: Town, looked: needs.Receipt, width: int) -> None:
    resident = arrive(width, elder=width == 390)
    resident.open(f"/m/{looked.code}/{looked.token}/")
    resident.sees("莲花社区 第01网格")
    resident.sees(zh("to reach you about this matter"))
    resident.look("matter")
    assert "葛网格" not in resident.find("section", has_text=zh("Who has looked at your contact details")).inner_text()
    index = crypto.blind_index("phone", "10512345678")
    client = Client()
    client.force_login(
        actions.resident_of_phone(PUBLIC, phone_index=index), backend="django.contrib.auth.backends.ModelBackend"
    )
    session = client.session
    session["phones"] = [index]
    session.save()
    cookie: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": resident.base}
    resident.page.context.add_cookies([cookie])
    resident.open("/mine/looks/")
    resident.sees("莲花社区 第01网格")
    resident.look("mine")
