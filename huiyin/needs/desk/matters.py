"""The desk's doors: today's list, one matter with all its steps, registering from the keyboard."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.desk.lists import as_post, listing, query_of
from huiyin.needs.desk.need_steps import STEPS, typed_again
from huiyin.needs.desk.reply import template_choices
from huiyin.needs.forms import EraseForm
from huiyin.needs.queries import NeedRow, onepage
from huiyin.needs.queries.rows import TicketRow
from huiyin.needs.rules import evaluation, sorting
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import clock, ids
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.forms import RefusableForm
from huiyin.platform.machine import Step
from huiyin.platform.templatetags.web import local_moment


@staff("need.read")
@never_cache
def today(request: Request) -> HttpResponse:
    """What I must do now, by due date."""
    return render(request, "needs/desk.html", {**listing(request), **_said_done(request), "detail_open": False})


def _said_done(request: Request) -> dict[str, Any]:
    """Return what the toast says of the step just taken: which, on which matter, and whether it can be taken back."""
    verb, _sep, key = request.GET.get("done", "").partition(":")
    need_id = ids.parsed(key)
    label = next((s.label for s in rules.LIFECYCLE.steps if s.verb == verb), "")
    if need_id is None or not label:
        return {}
    with suppress(NotFound):
        words = queries.need(request.actor, need_id).words
        said = gettext("%(step)s: “%(words)s”") % {"step": view.said(label), "words": words.strip()[:16]}
        return {"done": said, "undone": need_id if verb in rules.UNDOABLE else ""}
    return {"done": view.said(label)}


_STEP_ICONS = {
    "accept": "hand-stop",
    "sort": "tag",
    "dispatch": "send",
    "answer": "message-2",
    "conclude": "message-2",
    "explain": "message-2",
    "deliver": "circle-check",
    "rate": "phone-call",
    "hand_up": "circle-arrow-up",
    "pass_on": "arrow-right",
    "note": "pencil",
    "learn": "bulb",
    "merge": "copy",
    "separate": "arrows-split",
    "group": "tag",
}
_AT_ONCE = {"accept", "separate"}
_FOLDED = {"merge", "group", "learn"}  # into the menu, unless it is the next thing to do
_PRIMARY = {
    "collect": "accept", "analyse": "dispatch", "carry_out": "answer", "answer": "deliver", "evaluate": "rate",
    "feedback": "conclude",
}  # fmt: skip


def _buttons(actor: Actor, whole: queries.Whole, query: str) -> list[dict[str, Any]]:
    row = whole.row
    return [
        {
            "label": view.said(step.label), "key": step.key, "icon": _STEP_ICONS.get(step.verb, ""),
            "url": reverse("step", args=[row.id, step.verb]) + query, "post": step.verb in _AT_ONCE,
            "folded": step.verb in _FOLDED, "primary": _PRIMARY.get(row.state) == step.verb,
        }
        for step in view.offered(actor, row)
        if (step.verb in STEPS or step.verb in _AT_ONCE) and _makes_sense(step.verb, whole)
    ]  # fmt: skip


_WITH_ORIGINAL = {
    "accept",
    "explain",
    "answer",
    "hand_up",
    "pass_on",
    "dispatch",
    "merge",
}  # a duplicate does none by itself
_NOT_FOR_COMPLAINTS = {"dispatch", "pass_on", "merge", "group"}


def _makes_sense(verb: str, whole: queries.Whole) -> bool:
    """Leave out buttons that a rule would refuse in any case."""
    row = whole.row
    if row.duplicate_of and verb in _WITH_ORIGINAL:
        return False
    if verb == "separate":
        return row.duplicate_of is not None
    if verb == "deliver":
        return any(a.delivered_at is None and not a.void for a in whole.answers)
    if verb in {"answer", "hand_up", "pass_on", "accept", "merge"} and any(not o.over for o in whole.orders):
        return False
    if verb == "learn":
        return bool(row.category)
    if verb == "explain":
        return row.round >= evaluation.EXPLAIN_AFTER_ROUNDS
    return verb not in _NOT_FOR_COMPLAINTS or row.kind != sorting.COMPLAINT_STAFF


def _times(count: int) -> str:
    return ngettext("%(count)s time", "%(count)s times", count) % {"count": count}


def _ticket_label(ticket: TicketRow) -> str:
    return gettext("Ticket of %(system)s") % {"system": ticket.system}


def _ticket_said(ticket: TicketRow) -> str:
    said = {"number": ticket.number, "moment": local_moment(ticket.deadline_at)}
    return gettext("%(number)s, deadline %(moment)s") % said


def _category_said(row: NeedRow) -> str:
    path = row.category.replace("/", " › ")
    if row.filed_alone and row.closed_at is None:
        return gettext("%(category)s (filed by the model; please confirm it)") % {"category": path}
    return path


def _facts(row: NeedRow, ticket: TicketRow | None = None) -> list[dict[str, Any]]:
    here = atlas.current()
    holder = here.get(row.unit_id)
    phone = holder.phone if holder else ""
    sorted_as = " · ".join(
        view.said(labels[key])
        for key, labels in (
            (row.kind, sorting.KINDS), (row.dimension, sorting.DIMENSIONS), (row.wants, sorting.WANTS), (row.size, sorting.SIZES),
        )
        if key in labels
    )  # fmt: skip
    facts = [
        {"label": gettext("Held by"), "value": row.unit_name},
        *([{"label": gettext("Telephone of the office"), "value": phone, "phone": phone}] if phone else []),
        *([{"label": gettext("Category"), "value": _category_said(row)}] if row.category else []),
        *([{"label": gettext("Analysis"), "value": sorted_as}] if sorted_as else []),
        {"label": gettext("Place"), "value": row.place_text or gettext("not given")},
        {"label": gettext("Received through"), "value": view.said(rules.CHANNELS.get(row.channel, row.channel))},
        {
            "label": gettext("Who may read it"),
            "value": gettext("May be shown in public") if row.public else gettext("Staff only"),
        },
        {"label": gettext("Tracking code"), "value": row.spoken_code},
        *([{"label": _ticket_label(ticket), "value": _ticket_said(ticket)}] if ticket else []),
        *([{"label": gettext("Opened again"), "value": _times(row.round)}] if row.round else []),
    ]
    if row.about_staff:
        facts.insert(1, {"label": gettext("Complaint about"), "value": row.about_staff})
    return facts


def _detail(request: Request, whole: queries.Whole, *, before: datetime | None = None) -> dict[str, Any]:
    """Return the right side: the words, the facts, the steps, the history."""
    row = whole.row
    actor = request.actor
    buttons = _buttons(actor, whole, query_of(request))
    return {
        "row": row,
        "detail_open": True,
        "actions": [b for b in buttons if not b["folded"] or b["primary"]],
        "more": [b for b in buttons if b["folded"] and not b["primary"]],
        "original": whole.original,
        "copies": whole.copies,
        "request_ratings": [view.request_rating(r) for r in whole.request_ratings],
        "may_compare": row.state in {"collect", "analyse"}
        and not row.duplicate_of
        and view.reaches(actor, "need.sort", row),
        "may_ungroup": view.reaches(actor, "need.sort", row) and not row.closed,
        "facts": _facts(row, whole.ticket),
        "answers": whole.answers,
        "events": view.timeline(whole.moves, need_id=row.id, before=before, reader=actor.user_id),
        "photos": view.photos(row.photos, reverse("matter_photo", args=[row.id, 0])),
        "masked": whole.masked,
        "may_see_contact": view.reaches(actor, "need.contact", row),
        "may_erase": view.reaches(actor, "need.erase", row),
        "orders": [view.order_card(o) for o in whole.orders],
        "ratings": view.ratings(whole.ratings),
        "lessons": whole.lessons,
        **_said_done(request),
        **view.stages(row),
        "state_label": view.state_name(row),
    }


@staff("need.read")
@never_cache
def matter(request: Request, need_id: UUID) -> HttpResponse:
    """One matter beside the list."""
    whole = queries.whole(request.actor, need_id)
    before = actions.looked(request.actor, need_id)
    list_url = reverse("today") + query_of(request)
    beside = {"list_url": list_url} if view.detail_alone(request.headers) else listing(request, need_id)
    return render(request, "needs/desk.html", {**beside, **_detail(request, whole, before=before)})


_STAYS = {"note", "accept", "sort", "dispatch", "rate", "learn", "merge", "separate", "group"}
_BY_HAND = {"phone", "visit", "paper"}  # ways in which somebody still has to tell the resident


def _after(request: Request, verb: str, need_id: UUID) -> HttpResponse:
    """The next matter opens after a step that ends mine; where I must still call or visit, this one stays."""
    actions.looked(request.actor, need_id)  # what one did oneself is nothing new
    query = query_of(request)
    stays = verb in _STAYS or request.POST.get("way") in _BY_HAND
    following = need_id if stays else queries.next_after(as_post(request), need_id)
    done = f"{'&' if query else '?'}done={verb}:{need_id}"
    return redirect((view.desk_url(following) if following else reverse("today")) + query + done)


def _asked(actor: Actor, verb: str) -> Step:
    """Return the step of this verb. Raises NotFound when there is none, or none for this person."""
    found = next((s for s in rules.LIFECYCLE.steps if s.verb == verb and actor.can(s.needs)), None)
    if found is None:
        raise NotFound()
    return found


def _taken(request: Request, need_id: UUID, *, verb: str, form: RefusableForm) -> bool:
    """Take the step with what was typed; False leaves the faults beside the fields."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        given = form.cleaned_data
        if "photos" in form.fields:
            given = {**given, "photos": view.kept_photos(request.FILES.getlist("photos"))}
        STEPS[verb][1](request.actor, need_id, given)
    except Invalid as refusal:
        form.show(refusal)
        return False
    except NotNow as refusal:
        # Somebody was quicker: what was typed stays, and sending it again is a decision made with the new state in view.
        form.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
        fresh = queries.need(request.actor, need_id)
        form.data = typed_again(request, seen_at=fresh.changed_at.isoformat())
        return False
    return True


@staff("need.read")
@never_cache
def step(request: Request, need_id: UUID, verb: str) -> HttpResponse:
    """Ask what a step needs, beside the matter, and take it."""
    chosen = _asked(request.actor, verb)
    if verb in _AT_ONCE and request.method == "POST":
        {"accept": actions.accept, "separate": actions.separate}[verb](request.actor, need_id)
        return _after(request, verb, need_id)
    row = queries.need(request.actor, need_id)
    offered = {s.verb for s in rules.LIFECYCLE.offers(row.state)}
    if verb not in STEPS or (request.method == "GET" and verb not in offered):
        return redirect(view.desk_url(need_id))
    form = STEPS[verb][0](request, row)
    if _taken(request, need_id, verb=verb, form=form):
        return _after(request, verb, need_id)
    shown = {
        **listing(request, row.id),
        **_detail(request, queries.whole(request.actor, need_id)),
        "form": form,
        "verb": verb,
        "templates": template_choices(request.actor, row) if verb in {"answer", "conclude", "explain"} else (),
    }
    shown |= {"step_label": view.said(chosen.label), "cancel_url": view.desk_url(need_id)}
    return render(request, "needs/desk.html", shown, status=422 if form.is_bound else 200)


@staff("need.read")
def undo(request: Request, need_id: UUID) -> HttpResponse:
    """Take back one's own last step."""
    if request.method != "POST":
        raise NotFound()
    actions.undo(request.actor, need_id)
    return redirect(view.desk_url(need_id))


@staff("need.contact")
@never_cache
def contact(request: Request, need_id: UUID) -> HttpResponse:
    """Show the contact details after a deliberate click; the look is recorded."""
    if request.method != "POST":
        raise NotFound()
    details = actions.look_at_contact(request.actor, need_id)
    return render(request, "needs/_contact_details.html", {"details": details})


@staff("need.erase")
@never_cache
def erase(request: Request, need_id: UUID) -> HttpResponse:
    """Erase the personal content of a matter, for good; who asks for it has a right to it."""
    row = queries.need(request.actor, need_id)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.erase(request.actor, need_id, reason=form.cleaned_data["reason"])
        return redirect(view.desk_url(need_id))
    return render(request, "needs/erase.html", {"form": form, "row": row}, status=422 if form.is_bound else 200)


@staff("order.approve")
@never_cache
def one_page(request: Request) -> HttpResponse:
    """What the head of a unit reads on one sheet."""
    shown = {"sheet": onepage.one_page(request.actor), "now": clock.now()}
    return render(request, "needs/onepage.html", shown)


@staff("need.read")
def note_photo(request: Request, need_id: UUID, move_id: int, position: int) -> FileResponse:
    """One picture of an internal note."""
    found = queries.note_photo(request.actor, need_id, move_id=move_id, position=position)
    return view.photo(found, thumb="s" in request.GET)


@staff("need.read")
def matter_photo(request: Request, need_id: UUID, position: int) -> FileResponse:
    """One photo of a matter within reach."""
    return view.photo(queries.photo_of(request.actor, need_id, position=position), thumb="s" in request.GET)
