"""Connections: programs that are let in, addresses that are called, and the log of calls."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.notify import rules
from huiyin.notify.actions import hooks as hook_actions
from huiyin.notify.forms import ClientForm, HookForm
from huiyin.notify.queries import hooks
from huiyin.org import actions as org
from huiyin.org.doors import Request, staff
from huiyin.org.queries import clients
from huiyin.org.roles import SCOPES
from huiyin.platform.errors import Invalid, NotFound

STATES = {
    "queued": (_("Waiting"), ""), "deferred": (_("To be tried again"), "soon"), "sent": (_("Taken"), "done"),
    "failed": (_("Failed"), "over"),
}  # fmt: skip


def _posted(request: Request) -> None:
    if request.method != "POST":
        raise NotFound()


def _units(request: Request) -> list[tuple[str, str]]:
    return [(str(key), name) for key, name in clients.office_units(request.actor)]


@staff("client.edit")
@never_cache
def connections(request: Request) -> HttpResponse:
    """Programs and addresses within reach."""
    programs = [
        {"row": c, "scopes": [gettext(SCOPES[s].label) for s in c.scopes if s in SCOPES]}
        for c in clients.clients(request.actor)
    ]
    addresses = [
        {"row": h, "events": [gettext(rules.EVENT_LABELS[e]) for e in h.events if e in rules.EVENT_LABELS]}
        for h in hooks.hooks(request.actor)
    ]
    return render(request, "notify/connections.html", {"programs": programs, "addresses": addresses})


def _form_page(request: Request, form: Any, title: str, submit: str) -> HttpResponse:
    shown = {"form": form, "title": title, "submit": submit}
    return render(request, "notify/connection_form.html", shown, status=form.status if form.errors else 200)


@staff("client.edit")
@never_cache
def open_client(request: Request) -> HttpResponse:
    """Let a program in; its token is shown once."""
    form = ClientForm(request.POST or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = org.open_client(
                request.actor, UUID(given["unit"]), name=given["name"], scopes=given["scopes"], days=int(given["days"])
            )
            return render(request, "notify/connection_made.html", {"name": given["name"], "token": made.token})
        except Invalid as refusal:
            form.show(refusal)
    return _form_page(request, form, gettext("Let a program in"), gettext("Give out a token"))


@staff("client.edit")
def end_client(request: Request, client_id: UUID) -> HttpResponse:
    """End a program's token."""
    _posted(request)
    org.end_client(request.actor, client_id)
    return redirect("connections")


@staff("client.edit")
@never_cache
def add_hook(request: Request) -> HttpResponse:
    """Add an address to call; its secret is shown once."""
    form = HookForm(request.POST or None, units=_units(request))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = hook_actions.add_hook(
                request.actor, UUID(given["unit"]), name=given["name"], url=given["url"], listens=given["listens"]
            )
            return render(request, "notify/connection_made.html", {"name": given["name"], "secret": made.secret})
        except Invalid as refusal:
            form.show(refusal)
    return _form_page(request, form, gettext("Add an address to call"), gettext("Add the address"))


@staff("client.edit")
@never_cache
def hook(request: Request, hook_id: UUID) -> HttpResponse:
    """The newest calls of one address."""
    row, calls = hooks.hook(request.actor, hook_id)
    shown = [{"row": c, "label": STATES[c.state][0], "state": STATES[c.state][1]} for c in calls]
    return render(request, "notify/hook.html", {"hook": row, "calls": shown})


@staff("client.edit")
def end_hook(request: Request, hook_id: UUID) -> HttpResponse:
    """Call an address no more."""
    _posted(request)
    hook_actions.end_hook(request.actor, hook_id)
    return redirect("connections")


@staff("client.edit")
def call_again(request: Request, hook_id: UUID, call_id: UUID) -> HttpResponse:
    """Send one call again."""
    _posted(request)
    hook_actions.call_again(request.actor, call_id)
    return redirect("hook", hook_id)
