"""Signing in after the password: a code or a passkey. Until then nobody is signed in.

allauth keeps who gave the right password in the session; the account enters it only when every step is done.
"""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginStageController
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.org import actions
from huiyin.org.doors import Request, public
from huiyin.org.errors import PasskeyRefused
from huiyin.org.forms import SecondStepForm
from huiyin.org.queries import actor_for, own
from huiyin.platform import crypto, limits
from huiyin.platform.errors import Invalid, NotFound, TooMany
from huiyin.platform.http import client_address

TRIES, TRIES_WITHIN_S = 8, 900  # as wrong passwords


class SecondStep(AuthenticateStage):  # type: ignore[misc]  # allauth ships no types
    """What allauth asks between password and desk. Ends with the password it began with."""

    def handle(self) -> tuple[Any, bool]:
        """Return where to go, when a second factor is set up."""
        if self.login.user is not None:
            self.state["password"] = _fingerprint(self.login.user)
        return super().handle()  # type: ignore[no-any-return]  # as above

    def is_resumable(self, request: HttpRequest) -> bool:
        """Return False: whoever opens the sign-in page again begins anew, perhaps as somebody else."""
        return False


def _fingerprint(user: Any) -> str:
    return crypto.blind_index("second_step", user.password)


def _pending(request: HttpRequest) -> Any:
    """Return the stage of who gave the right password, None when nobody did or the password is another by now."""
    stage = LoginStageController.enter(request, SecondStep.key) if not request.user.is_authenticated else None
    user = stage.login.user if stage else None
    if stage is None or user is None or not user.is_active or not user.second_factor:
        return None
    return stage if crypto.same(stage.state.get("password", ""), _fingerprint(user)) else None


def _counted(request: HttpRequest, user: Any) -> None:
    """Count a try; who tried too often begins with the password again, later."""
    try:
        limits.hit("second_step", str(user.id), most=TRIES, per_s=TRIES_WITHIN_S)
    except TooMany:
        clear_login(request)
        raise


def _passed(request: HttpRequest, stage: Any, kind: str) -> HttpResponse:
    limits.forget("second_step", str(stage.login.user.id))
    record_authentication(request, stage.login.user, "mfa", type=kind)
    return stage.exit()  # type: ignore[no-any-return]  # as above


def _tried(request: Request, stage: Any, form: SecondStepForm) -> HttpResponse:
    user = stage.login.user
    if credential := form.cleaned_data["credential"]:
        _passkey_of(user, credential)
        return _passed(request, stage, "webauthn")
    return _passed(request, stage, actions.check_code(actor_for(user), code=form.cleaned_data["code"]))


@public
@never_cache
def second_step(request: Request) -> HttpResponse:
    """Ask for the code of the app, a recovery code or a passkey."""
    stage = _pending(request)
    if stage is None:
        return redirect("account_login")
    form = SecondStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        _counted(request, stage.login.user)
        try:
            return _tried(request, stage, form)
        except Invalid as refusal:
            form.show(refusal)
    shown = {"form": form, "factors": own.factors(actor_for(stage.login.user))}
    return render(request, "org/second_step.html", shown, status=422 if form.is_bound else 200)


def _passkey_of(user: Any, credential: dict[str, Any]) -> None:
    """Take the answer of one of this person's passkeys to our challenge. Raises PasskeyRefused."""
    try:
        webauthn.parse_authentication_response(credential)
        row = webauthn.complete_authentication(user, credential)
        actions.passkey_used(actor_for(user), row.pk)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused(field="credential") from error
    finally:
        webauthn.clear_state()  # a challenge is answered once


@public
@never_cache
def second_step_options(request: Request) -> HttpResponse:
    """What the browser needs to ask for one of this person's passkeys."""
    stage = _pending(request)
    if stage is None:
        raise NotFound()
    return JsonResponse(webauthn.begin_authentication(stage.login.user))


@public
@never_cache
def passkey_options(request: Request) -> HttpResponse:
    """What the browser needs to ask for any passkey of this address."""
    limits.hit("passkey", client_address(request), most=120, per_s=3600)
    return JsonResponse(webauthn.begin_authentication(None))


def _whose(credential: dict[str, Any]) -> Any:
    try:
        webauthn.parse_authentication_response(credential)
        user = webauthn.extract_user_from_response(credential)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise PasskeyRefused(field="credential") from error
    if not user.is_active or user.kind != "staff":
        raise PasskeyRefused(field="credential")
    return user


@public
@never_cache
def passkey_sign_in(request: Request) -> HttpResponse:
    """Sign in with a passkey alone: it asks for a finger, a face or a PIN itself."""
    if request.method != "POST":
        return redirect("account_login")
    limits.hit("login", client_address(request), most=60, per_s=3600)
    try:
        credential = json.loads(request.POST.get("credential", ""))
        user = _whose(credential)
        _passkey_of(user, credential)
    except (ValueError, PasskeyRefused):
        shown = {"said": gettext(PasskeyRefused.default), "hint": gettext(PasskeyRefused.advice)}
        return render(request, "org/passkey_refused.html", shown, status=422)
    record_authentication(request, user, "mfa", type="webauthn", passwordless=True)
    login = Login(user=user, redirect_url=get_next_redirect_url(request))
    return perform_login(request, login)  # type: ignore[no-any-return]  # as above
