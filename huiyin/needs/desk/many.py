"""The desk's doors to act on many matters at once: choose them, say what, see how far it is."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, view
from huiyin.needs.actions import Wish
from huiyin.needs.desk import leads
from huiyin.needs.desk.lists import as_post, chosen, query_of
from huiyin.needs.desk.reply import template_choices
from huiyin.needs.forms.desk import ManyAnswerForm, ManyOrderForm, ManyThemeForm
from huiyin.needs.queries import COUNT_MOST, themes
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.queries.desk import BatchRow
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.forms import RefusableForm

ROWS_MOST = 100
TOGETHER_MOST = 200  # matters that one order may serve
_KINDS: Mapping[str, tuple[Any, str, str, str]] = {
    "order": (_("Give orders"), "send", "order.make", "d"),
    "answer": (_("Answer all"), "message-2", "need.answer", "f"),
    "theme": (_("Put into a theme"), "tag", "need.sort", "t"),
}


def kinds_for(actor: Actor, *, leave_out: str = "") -> list[tuple[str, Any, str, str]]:
    """Return what this person may do with many matters: kind, label, icon, key."""
    offered = [(k, label, icon, key, needs) for k, (label, icon, needs, key) in _KINDS.items() if k != leave_out]
    return [(k, label, icon, key) for k, label, icon, key, needs in offered if actor.can(needs)]


@staff("need.read")
@never_cache
def select(request: Request) -> HttpResponse:
    """Choose matters of a list: this page's with ticks, or all that the filter finds."""
    actor, which = as_post(request), chosen(request)
    page = queries.held(actor, which=which, page=1, most=ROWS_MOST)
    every = queries.every_id(actor, which=which, most=COUNT_MOST + 1) if page.has_next else []
    shown = {
        "rows": view.ticks(page.rows, ticked=False),
        "kinds": kinds_for(actor),
        "every": min(len(every), COUNT_MOST), "too_many": len(every) > COUNT_MOST, "list_url": reverse("today") + query_of(request),
        "list_query": query_of(request), "post": request.GET.get("post", ""), "limit": COUNT_MOST,
    }  # fmt: skip
    return render(request, "needs/select.html", shown)


def _wanted(request: Request) -> list[UUID]:
    """Return the matters chosen: carried from the form before, ticked, or all that the filter finds."""
    if carried := request.POST.get("needs", ""):
        found = [ids.parsed(text) for text in carried.split(",")[: COUNT_MOST + 1]]
    elif request.POST.get("every"):
        found = list(queries.every_id(as_post(request), which=chosen(request)))
    else:
        found = [ids.parsed(text) for text in request.POST.getlist("need")]
    return [need_id for need_id in found if need_id]


def _sent(request: Request) -> Any:
    return request.POST if "send" in request.POST else None


def _first_unit(actor: Actor, wanted: list[UUID]) -> UUID | None:
    return queries.need(actor, wanted[0]).unit_id if wanted else None


def _order_form(request: Request, now: dict[str, str], wanted: list[UUID]) -> RefusableForm:
    form = ManyOrderForm(_sent(request), initial=now)
    unit_id = _first_unit(request.actor, wanted)
    form.datalists = {"leads": list(leads.labelled(request.actor, unit_id)) if unit_id else []}
    return form


def _answer_form(request: Request, now: dict[str, str], wanted: list[UUID]) -> RefusableForm:
    return ManyAnswerForm(_sent(request), initial=now)


def _theme_form(request: Request, now: dict[str, str], wanted: list[UUID]) -> RefusableForm:
    form = ManyThemeForm(_sent(request), initial=now)
    form.datalists = {"themes": [t.title for t in themes.themes(request.actor)]}
    return form


_FORMS: Mapping[str, Callable[[Request, dict[str, str], list[UUID]], RefusableForm]] = {
    "order": _order_form,
    "answer": _answer_form,
    "theme": _theme_form,
}


def _wish(actor: Actor, kind: str, given: Mapping[str, Any], wanted: list[UUID]) -> Wish:
    """Return what is to be done with each, from the form. Raises Invalid."""
    if kind == "answer":
        return Wish("answer", text=given["text"], way=given["way"])
    if kind == "theme":
        return Wish("theme", theme=given["theme"])
    lead = actions.Lead()
    if not given["open_to"]:
        lead = leads.chosen(leads.labelled(actor, _first_unit(actor, wanted) or UUID(int=0)), given["lead"])
    due_on = given["due_on"].isoformat() if given["due_on"] else ""
    return Wish(
        "order", text=given["what"], open_to=given["open_to"], due_on=due_on, unit_id=str(lead.unit_id or ""),
        worker_id=str(lead.worker_id or ""), outside_id=str(lead.outside_id or ""),
    )  # fmt: skip


def _one_order(actor: Actor, wish: Wish, given: Mapping[str, Any], wanted: list[UUID]) -> UUID:
    """Make one order for all. Raises Invalid, NotNow."""
    if not given["what"].strip():
        raise Invalid.of(what="Please write what is to be done.")
    if len(wanted) > TOGETHER_MOST:
        raise Invalid.of(
            together="One order serves 200 matters at the most. Please choose fewer, or an order for each."
        )
    new = actions.NewOrder(what=given["what"], lead=wish.lead, open_to=wish.open_to, due_on=given["due_on"])
    return actions.make_order(actor, wanted, new=new).id


def _done(request: Request, kind: str, form: RefusableForm, wanted: list[UUID]) -> str:
    """Do what was asked and return where to look at it. Raises Invalid, NotNow."""
    actor, given = request.actor, form.cleaned_data
    wish = _wish(actor, kind, given, wanted)
    if given.get("together") == "one":
        return reverse("order", args=[_one_order(actor, wish, given, wanted)])
    label = ngettext("%(what)s: %(n)s matter", "%(what)s: %(n)s matters", len(wanted)) % {
        "what": _KINDS[kind][0],
        "n": len(wanted),
    }
    return reverse("batch", args=[actions.start_batch(actor, label=label, wish=wish, need_ids=wanted)])


@staff("need.read")
@never_cache
def act(request: Request, kind: str) -> HttpResponse:
    """Ask what is to be done with the chosen matters, and do it."""
    if request.method != "POST" or kind not in _KINDS or not request.actor.can(_KINDS[kind][2]):
        raise NotFound()
    wanted = _wanted(request)
    now = {"needs": ",".join(str(pk) for pk in wanted), "theme": request.POST.get("theme", "")[:80]}
    form = _FORMS[kind](request, now, wanted)
    if form.is_bound and form.is_valid():
        try:
            return redirect(_done(request, kind, form, wanted))
        except Invalid as refusal:
            form.show(refusal)
        except NotNow as refusal:  # what was typed stays
            form.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
    label, icon, _needs, _key = _KINDS[kind]
    shown = {
        "form": form, "kind": kind, "label": label, "icon": icon, "count": len(wanted),
        "rows": [queries.need(request.actor, pk) for pk in wanted[:5]], "rest": max(0, len(wanted) - 5),
        "templates": template_choices(request.actor) if kind == "answer" else (),
        "list_url": reverse("select") + query_of(request),
    }  # fmt: skip
    return render(request, "needs/many.html", shown, status=form.status if form.errors else 200)


def _progress(batch: BatchRow) -> dict[str, Any]:
    said = {"done": batch.done, "total": batch.total, "refused": batch.refused}
    text = gettext("%(done)s of %(total)s done, %(refused)s refused") % said
    return {
        "label": batch.label, "value": batch.so_far, "max": batch.total, "text": text, "batch": batch,
        "poll_url": "" if batch.ended_at else reverse("batch_progress", args=[batch.id]),
        "cancel_url": "" if batch.ended_at else reverse("batch_stop", args=[batch.id]),
    }  # fmt: skip


@staff("need.read")
@never_cache
def batch(request: Request, batch_id: UUID) -> HttpResponse:
    """How far a batch is, and what was refused and why."""
    row = desk_queries.batch(request.actor, batch_id)
    refused = desk_queries.refused_items(request.actor, batch_id)
    return render(request, "needs/batch.html", {**_progress(row), "refused": refused})


@staff("need.read")
@never_cache
def batch_progress(request: Request, batch_id: UUID) -> HttpResponse:
    """The bar alone; at the end the page is shown anew."""
    row = desk_queries.batch(request.actor, batch_id)
    response = render(request, "web/_progress.html", _progress(row))
    if row.ended_at:
        response["HX-Refresh"] = "true"
    return response


@staff("need.read")
def batch_stop(request: Request, batch_id: UUID) -> HttpResponse:
    """Stop a batch; what was done stays done."""
    if request.method != "POST":
        raise NotFound()
    actions.stop_batch(request.actor, batch_id)
    return redirect("batch", batch_id)


@staff("need.read")
@never_cache
def batches(request: Request) -> HttpResponse:
    """One's own batches."""
    return render(request, "needs/batches.html", {"rows": desk_queries.batches(request.actor)})
