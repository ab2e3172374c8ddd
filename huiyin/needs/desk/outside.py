"""The desk's doors to outside parties."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.forms.orders import PartyForm
from huiyin.needs.queries import orders as queries
from huiyin.needs.queries.orders import PartyRow
from huiyin.needs.rules import orders as order_rules
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound


def _saved(actor: Actor, chosen: PartyRow | None, given: dict[str, Any]) -> None:
    said = {key: given[key] for key in ("kind", "name", "phone")}
    if chosen:
        actions.change_outside_party(actor, chosen.id, **said)
    else:
        actions.add_outside_party(actor, ids.parsed(given["unit"]) or UUID(int=0), **said)


@staff("outside.edit")
@never_cache
def parties(request: Request, party_id: UUID | None = None) -> HttpResponse:
    """The outside parties of my offices; a new one, or one put right."""
    actor, rows = request.actor, queries.outside_parties(request.actor)
    chosen = next((p for p in rows if p.id == party_id), None)
    if party_id and chosen is None:
        raise NotFound()
    now = {"name": chosen.name, "kind": chosen.kind, "phone": chosen.phone} if chosen else {}
    form = PartyForm(
        request.POST if request.method == "POST" else None, initial=now, units=view.offices(actor, "outside.edit")
    )
    if chosen:
        del form.fields["unit"]  # whose it is stays
    if request.method == "POST" and form.is_valid():
        try:
            _saved(actor, chosen, form.cleaned_data)
            return redirect("outside_parties")
        except Invalid as refusal:
            form.show(refusal)
    shown = {
        "form": form, "chosen": chosen, "rows": [(view.said(order_rules.OUTSIDE_KINDS[p.kind]), p) for p in rows],
    }  # fmt: skip
    return render(request, "needs/parties.html", shown, status=form.status if form.errors else 200)


@staff("outside.edit")
def end_party(request: Request, party_id: UUID) -> HttpResponse:
    """Take an outside party out of the lists."""
    if request.method != "POST":
        raise NotFound()
    actions.end_outside_party(request.actor, party_id)
    return redirect("outside_parties")
