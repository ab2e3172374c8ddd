"""What each answer tells the browser, and how cookies are set; a test per header."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.test import Client

from huiyin.config.serve import _second_factor
from huiyin.org.tests.make import PASSWORD, Town
from huiyin.platform import limits

PAGES = ["/", "/report/", "/desk/login/", "/desk/account/", "/desk/", "/nowhere/", "/healthz"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def head(client: Client, town: Town) -> Client:
    """Somebody at the desk."""
    client.post("/desk/login/", {"login": "head", "password": PASSWORD})
    return client


@pytest.mark.parametrize("path", PAGES)
def test_the_content_security_policy_lets_nothing_in_from_elsewhere(head: Client, path: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in head.get(path)["Content-Security-Policy"].split(";") if part)
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"


@pytest.mark.parametrize("path", PAGES)
def test_no_other_window_holds_on_to_ours(head: Client, path: str) -> None:
    assert head.get(path)["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_no_other_site_takes_our_answers_in(head: Client, path: str) -> None:
    assert head.get(path)["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_cameras_and_the_like_are_off(head: Client, path: str) -> None:
    allowed = dict(p.split("=") for p in head.get(path)["Permissions-Policy"].split(", "))
    assert {allowed[name] for name in ("camera", "microphone", "payment", "usb")} == {"()"}
    assert allowed["geolocation"] == allowed["publickey-credentials-get"] == "(self)"


@pytest.mark.parametrize("path", PAGES)
def test_addresses_are_told_to_nobody_else(head: Client, path: str) -> None:
    assert head.get(path)["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", PAGES)
def test_types_are_not_guessed_and_frames_refused(head: Client, path: str) -> None:
    answer = head.get(path)
    assert (answer["X-Content-Type-Options"], answer["X-Frame-Options"]) == ("nosniff", "DENY")


def test_a_secure_site_says_so_for_a_year(settings: Any, town: Town) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    assert Client().get("/", secure=True)["Strict-Transport-Security"] == "max-age=31536000"


def test_pages_of_the_desk_are_not_kept(head: Client) -> None:
    for path in ("/desk/", "/desk/account/", "/desk/people/", "/desk/account/confirm/"):
        assert "no-store" in head.get(path)["Cache-Control"], path


def test_cookies_are_closed_to_scripts_and_other_sites(head: Client) -> None:
    head.get("/desk/password/")
    for name in ("sessionid", "csrftoken"):
        cookie = head.cookies[name]
        assert (bool(cookie["httponly"]), cookie["samesite"], cookie["domain"]) == (True, "Lax", ""), name


_ASK = """
import json
from huiyin.config import settings as s
print(json.dumps([s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS, sorted(s.SECOND_FACTOR_ROLES)]))
"""


@pytest.mark.parametrize(
    ("given", "right"),
    [
        ({"HUIYIN_URL": "https://s.example.cn"}, [True, True, 31536000, ["county_admin", "street_head"]]),
        ({"HUIYIN_ENV": "demo"}, [False, False, 0, []]),
        ({"HUIYIN_SECOND_FACTOR_ROLES": "clerk, county_admin"}, [False, False, 0, ["clerk", "county_admin"]]),
        ({"HUIYIN_SECOND_FACTOR_ROLES": ""}, [False, False, 0, []]),
    ],
)
def test_in_earnest_cookies_need_tls_and_some_roles_a_second_factor(
    tmp_path: Any, given: dict[str, str], right: list[Any]
) -> None:
    ours = ("HUIYIN_", "DATABASE_URL", "DJANGO_")
    env = {k: v for k, v in os.environ.items() if not k.startswith(ours)} | {"HUIYIN_DATA": str(tmp_path)} | given
    said = subprocess.run([sys.executable, "-c", _ASK], env=env, check=True, capture_output=True, text=True)
    assert json.loads(said.stdout) == right


@pytest.mark.parametrize(
    ("what", "who", "path"),
    [
        ("login", "address", "/desk/login/"), ("login", "address", "/desk/login/passkey/"),
        ("password", "person", "/desk/password/"), ("password", "person", "/desk/account/confirm/"),
        ("export", "person", "/desk/export/"), ("export", "person", "/desk/brief/docx/"),
        ("renew", "person", "/desk/people/{grid}/password/"), ("renew", "person", "/desk/people/{grid}/second-factor/"),
    ],
)  # fmt: skip
def test_where_passwords_are_tried_or_registers_leave_tries_are_counted(
    head: Client, town: Town, what: str, who: str, path: str
) -> None:
    key = "127.0.0.1" if who == "address" else str(town.people["head"].id)
    for _try in range(59):
        limits.hit(what, key, most=60, per_s=3600)
    fields = {"password": "qing-xi-2026-x", "oldpassword": "x"}
    answer = head.post(path.format(grid=town.people["grid"].id), fields)
    assert (answer.status_code, "Retry-After" in answer) == (429, True)


def test_a_role_that_does_not_exist_forbids_serving(settings: Any) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"county_admin"})
    assert list(_second_factor()) == []
    settings.SECOND_FACTOR_ROLES = frozenset({"county_admn"})
    assert [f.fatal for f in _second_factor()] == [True]
