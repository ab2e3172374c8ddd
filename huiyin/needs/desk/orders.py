"""The desk's doors to orders: what my unit works on, what came back, what may be claimed; all from one page."""

import re
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, bearing, view
from huiyin.needs.actions import Done
from huiyin.needs.desk import leads
from huiyin.needs.desk.need_steps import typed_again
from huiyin.needs.forms.orders import DoneForm, LeadForm, ReasonForm, UntilForm
from huiyin.needs.queries import orders as queries
from huiyin.needs.queries.orders import ExtensionRow, OrderRow
from huiyin.needs.rules import evaluation
from huiyin.needs.rules import orders as order_rules
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.forms import RefusableForm
from huiyin.platform.machine import Step

_FILTERS = (
    ("live", _("All running"), ""),
    ("sign", _("To be signed for"), "soon"),
    ("working", _("In work"), ""),
    ("overdue", _("Overdue"), "over"),
    ("suspended", _("Suspended"), ""),
    ("returned", _("Returned"), "soon"),
    ("done", _("Done"), ""),
)


def _list(request: Request, current: UUID | None = None) -> dict[str, Any]:
    """Return the left side: filters with figures, the list, its pages."""
    which, text = request.GET.get("which", "live"), request.GET.get("q", "")[:60].replace("\x00", "")
    which = which if which in {key for key, *_rest in _FILTERS} else "live"
    number = request.GET.get("page", "1")
    page = queries.held_orders(
        request.actor, which=which, text=text, page=int(number) if re.fullmatch("[0-9]{1,4}", number) else 1
    )
    counts = queries.order_counts(request.actor)
    query = "".join(["?which=", which]) if which != "live" else ""
    filters = [
        {
            "label": label, "url": f"{reverse('orders')}?which={key}", "count": getattr(counts, key, None) or "",
            "current": key == which, "state": state if getattr(counts, key, 0) else "",
        }
        for key, label, state in _FILTERS
    ]  # fmt: skip
    return {
        "items": [view.order_card(r, query=query, current=r.id == current) for r in page.rows], "filters": filters,
        "page": page, "query": text, "list_url": reverse("orders") + query,
        "list_query": query, "empty_text": gettext("No order is here."), "done": _said_done(request),
    }  # fmt: skip


def _said_done(request: Request) -> str:
    step = next((s for s in order_rules.LIFECYCLE.steps if s.verb == request.GET.get("done")), None)
    return view.said(step.label) if step else ""


@staff("order.read")
@never_cache
def listed(request: Request) -> HttpResponse:
    """The orders within reach."""
    shown = {**_list(request), "detail_open": False, "waiting": queries.to_decide(request.actor)}
    return render(request, "needs/orders.html", shown)


@staff("order.claim")
@never_cache
def open_list(request: Request) -> HttpResponse:
    """What is open for claiming."""
    rows = [view.order_card(r) for r in queries.claimable(request.actor)]
    return render(request, "needs/claims.html", {"items": rows})


_ICONS = {
    "claim": "hand-stop", "sign": "check", "complete": "circle-check", "return": "arrow-back-up", "transfer": "arrow-right",
    "suspend": "clock", "resume": "refresh", "extend": "calendar-event", "grant": "check", "refuse": "x", "note": "pencil",
    "cancel": "x",
}  # fmt: skip
_PRIMARY = {"open": "claim", "assigned": "sign", "working": "complete", "suspended": "resume", "returned": "transfer"}
_AT_ONCE = {"claim", "sign", "resume", "grant"}


def _offered(actor: Actor, row: OrderRow, may: frozenset[str], asked: ExtensionRow | None) -> list[Step]:
    """Return the steps of this state that the actor may take."""
    decides = {"grant", "refuse"} if asked and asked.mine else set()
    found = []
    for step in order_rules.LIFECYCLE.offers(row.state):
        if step.verb in {"grant", "refuse"}:
            fits = step.verb in decides
        elif step.verb == "claim":
            fits = queries.may_claim(actor, row.id)
        elif step.verb == "extend":
            fits = step.needs in may and asked is None
        elif step.verb == "transfer" and row.state == "returned":
            fits = "order.make" in may
        else:
            fits = step.needs in may
        if fits:
            found.append(step)
    return found


def _verbs(actor: Actor, row: OrderRow, may: frozenset[str]) -> set[str]:
    return {s.verb for s in _offered(actor, row, may, queries.extension_of(actor, row))}


def _buttons(steps: Sequence[Step], row: OrderRow, query: str) -> list[dict[str, Any]]:
    return [
        {
            "label": view.said(step.label), "key": step.key, "icon": _ICONS.get(step.verb, ""),
            "url": reverse("order_step", args=[row.id, step.verb]) + query, "post": step.verb in _AT_ONCE,
            "primary": _PRIMARY.get(row.state) == step.verb,
        }
        for step in steps
    ]  # fmt: skip


def _facts(row: OrderRow) -> list[dict[str, Any]]:
    facts = [
        {"label": gettext("Lead"), "value": row.lead_name or gettext("open for claiming")},
        {"label": gettext("Ordered by"), "value": row.made_unit_name},
        {"label": gettext("Place"), "value": row.place_text or gettext("not given")},
    ]
    if row.resume_on:
        facts.append({"label": gettext("Rests until"), "value": view.day(row.resume_on)})
    if row.cost_fen is not None:
        facts.append({"label": gettext("Cost in yuan"), "value": f"{row.cost_fen / 100:.2f}"})
    if row.outcome == "unsolved":
        facts.append({"label": gettext("Cannot be solved"), "value": view.said(evaluation.REASONS[row.reason])})
        facts.append({"label": gettext("Who else could help?"), "value": row.who_else})
    return facts


def _detail(request: Request, row: OrderRow) -> dict[str, Any]:
    """Return the right side: what is to be done, for whom, the steps, the history."""
    actor, query = request.actor, _list_query(request)
    may, asked = queries.capabilities(actor, row), queries.extension_of(actor, row)
    hands = queries.hands_of(actor, row.id)
    link = (
        bearing.order_link(row.id, row.outside_id, number=row.number) if row.outside_id and "order.make" in may else ""
    )
    facts = _facts(row)
    if hands:
        facts.insert(1, {"label": gettext("Co-handlers"), "value": "、".join(hands)})
    return {
        "row": row,
        "detail_open": True,
        "actions": _buttons(_offered(actor, row, may, asked), row, query),
        "state_label": view.said(order_rules.STATE_LABELS[row.state]),
        "matters": queries.matters_of(actor, row),
        "facts": facts,
        "asked": asked,
        "events": view.order_timeline(queries.order_moves(actor, row.id)),
        "photos": view.photos(len(queries.photos_of(actor, row.id)), reverse("order_photo", args=[row.id, 0])),
        "may_see_contact": "order.work" in may and row.state in order_rules.HELD_STATES,
        "link": link,
    }


def _list_query(request: Request) -> str:
    which = request.GET.get("which", "live")
    return f"?which={which}" if which != "live" and which in {key for key, *_rest in _FILTERS} else ""


@staff("order.read")
@never_cache
def order(request: Request, order_id: UUID) -> HttpResponse:
    """One order beside the list."""
    row = queries.order(request.actor, order_id)
    list_url = reverse("orders") + _list_query(request)
    beside = {"list_url": list_url} if view.detail_alone(request.headers) else _list(request, row.id)
    return render(request, "needs/orders.html", {**beside, **_detail(request, row)})


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _seen(row: OrderRow) -> dict[str, str]:
    return {"seen_at": row.changed_at.isoformat()}


def _lead_form(request: Request, row: OrderRow) -> RefusableForm:
    form = LeadForm(_sent(request), initial=_seen(row))
    form.datalists = {"leads": list(leads.labelled_for_order(request.actor, row))}
    return form


def _reason(label: Any, *, required: bool = True) -> "Make":
    return lambda request, row: ReasonForm(_sent(request), initial=_seen(row), label=label, required=required)


def _transfer(actor: Actor, row: OrderRow, given: dict[str, Any], photos: tuple[str, ...]) -> object:
    lead = leads.chosen(leads.labelled_for_order(actor, row), given["lead"])
    return actions.transfer(actor, row.id, lead=lead, note=given["note"], seen_at=given["seen_at"])


def _complete(actor: Actor, row: OrderRow, given: dict[str, Any], photos: tuple[str, ...]) -> object:
    cost = given["cost"]
    done = Done(
        given["result"], given["note"], given["outcome"], given["reason"], given["who_else"],
        None if cost is None else int(cost * 100), photos,
    )  # fmt: skip
    found = actions.complete(actor, row.id, done=done, seen_at=given["seen_at"])
    said = {key: given[key] for key in ("clear", "genuine", "reachable")}
    actions.rate_request(actor, row.id, **said)
    return found


Make = Callable[[Request, OrderRow], RefusableForm]
Act = Callable[[Actor, OrderRow, dict[str, Any], tuple[str, ...]], object]
_STEPS: dict[str, tuple[Make, Act]] = {
    "complete": (lambda r, row: DoneForm(_sent(r), initial=_seen(row)), _complete),
    "return": (
        _reason(_("Why does it go back? The office that ordered it reads this.")),
        lambda a, o, g, p: actions.return_order(a, o.id, note=g["note"], seen_at=g["seen_at"]),
    ),
    "transfer": (_lead_form, _transfer),
    "suspend": (
        lambda r, row: UntilForm(_sent(r), initial=_seen(row), label=_("When does it go on?")),
        lambda a, o, g, p: actions.suspend(a, o.id, note=g["note"], until=g["until"], seen_at=g["seen_at"]),
    ),
    "extend": (
        lambda r, row: UntilForm(_sent(r), initial=_seen(row), label=_("New day until when?")),
        lambda a, o, g, p: actions.ask_extension(a, o.id, note=g["note"], until=g["until"], seen_at=g["seen_at"]),
    ),
    "refuse": (
        _reason(_("Why is more time not granted?")),
        lambda a, o, g, p: actions.decide_extension(a, o.id, granted=False, note=g["note"]),
    ),
    "note": (
        _reason(_("What should colleagues know? Residents never see it.")),
        lambda a, o, g, p: actions.note_on_order(a, o.id, note=g["note"]),
    ),
    "cancel": (
        _reason(_("Why is it recalled? Who works on it reads this.")),
        lambda a, o, g, p: actions.cancel(a, o.id, note=g["note"], seen_at=g["seen_at"]),
    ),
}
_ONE_CLICK: dict[str, Callable[[Actor, UUID], object]] = {
    "sign": actions.sign,
    "resume": actions.resume,
    "grant": lambda a, pk: actions.decide_extension(a, pk, granted=True),
}


def _taken(request: Request, row: OrderRow, *, verb: str, form: RefusableForm) -> bool:
    """Take the step with what was typed; False leaves the faults beside the fields."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        photos = view.kept_photos(request.FILES.getlist("photos")) if verb == "complete" else ()
        _STEPS[verb][1](request.actor, row, form.cleaned_data, photos)
    except Invalid as refusal:
        form.show(refusal)
        return False
    except NotNow as refusal:
        form.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
        form.data = typed_again(request, **_seen(queries.order(request.actor, row.id)))
        return False
    return True


@staff("order.read")
@never_cache
def step(request: Request, order_id: UUID, verb: str) -> HttpResponse:
    """Ask what a step needs, beside the order, and take it."""
    if verb == "claim" and request.method == "POST":  # before it is read: who was slower reads it no more
        actions.claim(request.actor, order_id)
        return redirect(f"{reverse('order', args=[order_id])}?done=claim")
    row = queries.order(request.actor, order_id)
    chosen = next((s for s in order_rules.LIFECYCLE.steps if s.verb == verb and request.actor.can(s.needs)), None)
    if chosen is None:
        raise NotFound()
    here = reverse("order", args=[order_id])
    may = queries.capabilities(request.actor, row)
    if verb in _STEPS and verb != "refuse" and chosen.needs not in may:
        raise NotFound()
    if verb in _ONE_CLICK or verb == "claim":
        if request.method == "POST":
            _ONE_CLICK[verb](request.actor, order_id)
        return redirect(f"{here}?done={verb}" if request.method == "POST" else here)
    if request.method == "GET" and verb not in _verbs(request.actor, row, may):
        return redirect(here)
    form = _STEPS[verb][0](request, row)
    if _taken(request, row, verb=verb, form=form):
        return redirect(f"{here}?done={verb}")
    shown = {**_list(request, row.id), **_detail(request, row), "form": form, "verb": verb}
    shown |= {"step_label": view.said(chosen.label), "cancel_url": here}
    return render(request, "needs/orders.html", shown, status=form.status if form.is_bound else 200)


@staff("order.work")
@never_cache
def contacts(request: Request, order_id: UUID) -> HttpResponse:
    """Show the residents' contact details after a deliberate click; each look is recorded."""
    if request.method != "POST":
        raise NotFound()
    found = actions.look_at_contacts(request.actor, order_id)
    return render(request, "needs/_order_contacts.html", {"contacts": found})


@staff("order.read")
def photo(request: Request, order_id: UUID, position: int) -> FileResponse:
    """One photo of the work done."""
    found = queries.photos_of(request.actor, order_id)
    if position >= len(found):
        raise NotFound()
    return view.photo(found[position], thumb="s" in request.GET)


@staff("order.make")
@never_cache
def slip(request: Request, order_id: UUID) -> HttpResponse:
    """The order on paper, for who has no telephone for links."""
    row = queries.order(request.actor, order_id)
    if "order.make" not in queries.capabilities(request.actor, row):
        raise NotFound()
    office = atlas.current().get(row.made_unit_id)
    return render(request, "needs/slip.html", {"row": row, "office": office, "facts": _facts(row)})
