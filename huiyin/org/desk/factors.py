"""Setting up and removing one's second factors; each asks for the password again and ends the other sessions."""

import io
import json
from typing import Any
from urllib.parse import quote, urlencode

import qrcode
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from qrcode.image.svg import SvgPathImage

from huiyin.org import actions, presence, totp
from huiyin.org.desk.account import with_password
from huiyin.org.doors import Request, own_account
from huiyin.org.errors import PasskeyRefused
from huiyin.org.forms import AppForm, PasskeyForm, filled
from huiyin.org.queries import own
from huiyin.platform import crypto, limits
from huiyin.platform.errors import NotFound, NotNow

SECRET, CODES = "new_secret", "new_codes"  # in the session, encrypted, until they are used or seen


def _secret(request: Request) -> str:
    """Return the secret being set up; a new one when there is none."""
    if SECRET not in request.session:
        request.session[SECRET] = crypto.encrypt(totp.new_secret())
    return crypto.decrypt(request.session[SECRET])


def _set_up(request: Request, codes: list[str], said: str) -> HttpResponse:
    """Go on after a factor was added: other sessions end, new recovery codes are shown."""
    actions.end_other_sessions(request.actor, but=presence.key_of(request))
    messages.success(request, said)
    if not codes:
        return redirect("account")
    request.session[CODES] = crypto.encrypt(json.dumps(codes))
    return redirect("account_codes")


@own_account
@with_password
@never_cache
def app(request: Request) -> HttpResponse:
    """Set up an authenticator app: its QR code, the secret to type, the first code."""
    secret = _secret(request)
    form = AppForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        limits.hit("factor", str(request.actor.person_id), most=20, per_s=900)
    codes = filled(request, form, lambda g: (actions.add_app(request.actor, secret=secret, code=g["code"]),))
    if codes is not None:
        del request.session[SECRET]
        return _set_up(request, codes[0], gettext("The authenticator app is set up."))
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return render(request, "org/app.html", {"form": form, "secret": groups}, status=422 if form.is_bound else 200)


def _address_of(request: Request, secret: str) -> str:
    issuer = gettext("Huiyin")
    label = quote(f"{issuer}:{request.user.get_username()}")
    return f"otpauth://totp/{label}?{urlencode({'secret': secret, 'issuer': issuer}, quote_via=quote)}"


@own_account
@with_password
@never_cache
def app_qr(request: Request) -> HttpResponse:
    """The secret being set up, as a picture an authenticator app reads."""
    picture = io.BytesIO()
    qrcode.make(_address_of(request, _secret(request)), image_factory=SvgPathImage, border=2).save(picture)
    return HttpResponse(picture.getvalue(), content_type="image/svg+xml")


def _removed(request: Request, factor_id: int | None, said: str) -> HttpResponse:
    if request.method != "POST":
        raise NotFound()
    try:
        actions.remove_factor(request.actor, factor_id)
    except NotNow as refusal:
        messages.error(request, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
        return redirect("account")
    actions.end_other_sessions(request.actor, but=presence.key_of(request))
    messages.success(request, said)
    return redirect("account")


@own_account
@with_password
def remove_app(request: Request) -> HttpResponse:
    """Do without the authenticator app."""
    return _removed(request, None, gettext("The authenticator app is removed."))


@own_account
@with_password
def remove_passkey(request: Request, passkey_id: int) -> HttpResponse:
    """Remove a passkey."""
    return _removed(request, passkey_id, gettext("The passkey is removed."))


@own_account
@with_password
@never_cache
def codes(request: Request) -> HttpResponse:
    """Show new recovery codes once, to be printed or written down; a POST makes new ones."""
    if request.method == "POST":
        made = actions.new_codes(request.actor)
        request.session[CODES] = crypto.encrypt(json.dumps(made))
        return redirect("account_codes")
    kept = request.session.pop(CODES, "")
    if not kept:
        return redirect("account")
    shown = [f"{code[:4]} {code[4:]}" for code in json.loads(crypto.decrypt(kept))]
    return render(request, "org/codes.html", {"codes": shown, "username": request.user.get_username()})


def _registered(credential: Any) -> dict[str, Any]:
    """Return what the browser made when it answers our challenge. Raises PasskeyRefused."""
    try:
        webauthn.parse_registration_response(credential)
        made = webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused() from error
    finally:
        webauthn.clear_state()
    if not made.is_user_verified():
        raise PasskeyRefused()
    return dict(credential)


@own_account
@with_password
@never_cache
def add_passkey(request: Request) -> HttpResponse:
    """Add a passkey under a name."""
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        limits.hit("factor", str(request.actor.person_id), most=20, per_s=900)

    def add(given: dict[str, Any]) -> tuple[list[str]]:
        return (actions.add_passkey(request.actor, name=given["name"], credential=_registered(given["credential"])),)

    made = filled(request, form, add)
    if made is not None:
        return _set_up(request, made[0], gettext("The passkey is set up."))
    return render(request, "org/passkey.html", {"form": form}, status=422 if form.is_bound else 200)


@own_account
@with_password
@never_cache
def new_passkey_options(request: Request) -> JsonResponse:
    """What the browser needs to make a passkey."""
    return JsonResponse(webauthn.begin_registration(request.user, True))


@own_account
@with_password
@never_cache
def passkey(request: Request, passkey_id: int) -> HttpResponse:
    """Give a passkey another name."""
    row = own.passkey(request.actor, passkey_id)
    if row is None:
        raise NotFound()
    form = PasskeyForm(request.POST if request.method == "POST" else None, known=True, initial={"name": row.name})
    if filled(request, form, lambda g: actions.rename_passkey(request.actor, passkey_id, name=g["name"]) or True):
        return redirect("account")
    shown = {"form": form, "passkey": row}
    return render(request, "org/passkey_name.html", shown, status=422 if form.is_bound else 200)
