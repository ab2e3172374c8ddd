"""Orders at the door: an outside party by its link, and residents who claim what is open to everybody."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.actions import Done
from huiyin.needs.forms.orders import ReasonForm, ShortDoneForm
from huiyin.needs.queries import orders as queries
from huiyin.needs.queries.orders import OrderRow
from huiyin.needs.rules import orders as order_rules
from huiyin.org import atlas
from huiyin.org.actors import Actor, Kind
from huiyin.org.doors import Request, public
from huiyin.platform import limits
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.http import client_address


def _office(row: OrderRow) -> dict[str, str]:
    unit = atlas.current().get(row.made_unit_id)
    return {"name": row.made_unit_name, "phone": unit.phone if unit else ""}


def _done(request: Request, actor: Actor, row: OrderRow, form: ShortDoneForm) -> None:
    given = form.cleaned_data
    done = Done(
        given["result"],
        outcome=given["outcome"],
        reason=given["reason"],
        who_else=given["who_else"],
        photos=view.kept_photos(request.FILES.getlist("photos")),
    )
    actions.complete(actor, row.id, done=done)


def _try(form: Any, act: Callable[[], object]) -> bool:
    """Take a step with what was typed; False leaves the faults beside the fields."""
    if not form.is_valid():
        return False
    try:
        act()
    except (Invalid, NotNow) as refusal:
        form.show(refusal)
        return False
    return True


_WHY = _("Why does it go back? The office that ordered it reads this.")


def _work(request: Request, actor: Actor, row: OrderRow, *, here: str) -> HttpResponse:
    """Show an order to who works on it from outside the desk, and take their step."""
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    done = ShortDoneForm(request.POST if verb == "complete" else None)
    back = ReasonForm(request.POST if verb == "return" else None, label=_WHY)
    if verb == "sign":
        actions.sign(actor, row.id)
        return redirect(here)
    if verb == "complete" and _try(done, lambda: _done(request, actor, row, done)):
        return redirect(here)
    if verb == "return" and _try(back, lambda: actions.return_order(actor, row.id, note=back.cleaned_data["note"])):
        return redirect(here)
    over = row.state not in order_rules.HELD_STATES
    shown = {
        "row": row, "over": over, "done_form": done, "back_form": back, "office": _office(row),
        "matters": [] if over else queries.matters_of(actor, row),
        "state_label": view.said(order_rules.STATE_LABELS[row.state]), "returning": verb == "return",
    }  # fmt: skip
    return render(request, "needs/work.html", shown, status=422 if verb else 200)


@public
@never_cache
def outside(request: Request, number: int, token: str) -> HttpResponse:
    """An outside party's order: what is to be done, until when, whom to call."""
    limits.hit("order.link", client_address(request), most=300, per_s=3600)
    actor, order_id = queries.outside_actor(request.actor, number=number, token=token)
    return _work(request, actor, queries.order(actor, order_id), here=request.path)


def _resident(request: Request) -> Actor:
    """Return the signed-in resident. Raises NotFound for staff, who claim at the desk."""
    if request.actor.kind is Kind.STAFF:
        raise NotFound()
    return request.actor


@public
@never_cache
def claims(request: Request) -> HttpResponse:
    """What residents may take on, and what this one has."""
    actor = _resident(request)
    if actor.kind is not Kind.RESIDENT:
        return redirect(reverse("prove"))
    mine = [view.order_card(r) | {"url": reverse("my_order", args=[r.id])} for r in queries.held_orders(actor).rows]
    found = [view.order_card(r) | {"url": reverse("my_order", args=[r.id])} for r in queries.claimable(actor)]
    return render(request, "needs/claims_door.html", {"items": found, "mine": mine})


@public
@never_cache
def my_order(request: Request, order_id: UUID) -> HttpResponse:
    """One order: to be claimed, or being worked on by this resident."""
    actor = _resident(request)
    if actor.kind is not Kind.RESIDENT:
        return redirect(reverse("prove"))
    if request.method == "POST" and not request.POST.get("verb"):
        actions.claim(actor, order_id)  # before it is read: who was slower reads it no more
        return redirect(request.path)
    row = queries.order(actor, order_id)
    if row.state == "open":
        return render(request, "needs/claim.html", {"row": row, "office": _office(row)})
    return _work(request, actor, row, here=request.path)
