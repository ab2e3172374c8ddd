"""One's own account: how it is guarded, where it is signed in, what was done to it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache

from huiyin.org import actions, presence
from huiyin.org.audit_words import ACTION_LABELS
from huiyin.org.devices import DEVICE_LABELS, device_of
from huiyin.org.doors import Request, own_account
from huiyin.org.forms import ConfirmForm
from huiyin.org.queries import own
from huiyin.platform import limits
from huiyin.platform.errors import NotFound

HOW_LABELS = {  # English message ids
    "password": "by password",
    "password_app": "by password and code",
    "password_passkey": "by password and passkey",
    "password_recovery": "by password and recovery code",
    "passkey": "by passkey",
}
View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def device_words(agent: str) -> str:
    """Return where a sign-in came from as words: `Windows 上的 Edge`."""
    device = device_of(agent)
    browser, system = (gettext(DEVICE_LABELS.get(n, n)) if n else "" for n in (device.browser, device.system))
    if browser and system:
        return gettext("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or gettext("an unknown device")


def _session(row: own.SessionRow) -> dict[str, Any]:
    return {"row": row, "device": device_words(row.agent), "how": gettext(HOW_LABELS.get(row.how, "by password"))}


@own_account
@never_cache
def account(request: Request) -> HttpResponse:
    """Everything about one's own account on one page."""
    actor = request.actor
    rows = [_session(s) for s in own.sessions(actor, key_hash=presence.key_of(request))]
    shown = {
        "factors": own.factors(actor),
        "must": getattr(request, "held_back", "") == "account",
        "running": [r for r in rows if r["row"].running],
        "earlier": [r for r in rows if not r["row"].running][:10],
        "events": [(e, gettext(ACTION_LABELS.get(e.action, e.action))) for e in own.events(actor)],
    }
    return render(request, "org/account.html", shown)


def with_password(view: View) -> View:
    """Ask for the password again, unless it was given within the last ten minutes."""

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if presence.confirmed(request):
            return view(request, *args, **kwargs)
        back = request.path if request.method == "GET" else reverse("account")
        return redirect(f"{reverse('account_confirm')}?{urlencode({'next': back})}")

    return asked  # type: ignore[return-value]  # same signature, wrapped


def _back(request: Request) -> str:
    target = request.GET.get("next", "")
    fine = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if fine else reverse("account")


@own_account
@never_cache
def confirm(request: Request) -> HttpResponse:
    """Ask for the password before something about the account is changed."""
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        who = str(request.actor.person_id)
        limits.hit("password", who, most=8, per_s=900)
        if request.user.check_password(form.cleaned_data["password"]):
            limits.forget("password", who)
            presence.confirm(request)
            return redirect(_back(request))
        form.add_error("password", gettext("This is not your password."))
    return render(request, "org/confirm.html", {"form": form}, status=422 if form.is_bound else 200)


def _only_post(request: Request) -> None:
    if request.method != "POST":
        raise NotFound()


@own_account
def end_session(request: Request, session_id: UUID) -> HttpResponse:
    """End one of one's own sessions."""
    _only_post(request)
    actions.end_session(request.actor, session_id)
    messages.success(request, gettext("That session has ended."))
    return redirect("account")


@own_account
def end_other_sessions(request: Request) -> HttpResponse:
    """End all of one's own sessions but this one."""
    _only_post(request)
    count = actions.end_other_sessions(request.actor, but=presence.key_of(request))
    said = ngettext("%(count)s other session has ended.", "%(count)s other sessions have ended.", count)
    messages.success(request, said % {"count": count})
    return redirect("account")
