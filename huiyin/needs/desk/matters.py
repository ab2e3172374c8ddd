"""The desk's doors: today's list, one matter with all its steps, registering from the keyboard."""

import re
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.desk.need_steps import STEPS
from huiyin.needs.forms import EraseForm, RefusableForm
from huiyin.needs.queries import Filter, NeedRow, onepage
from huiyin.needs.rules import evaluation, sorting
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import clock, ids
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.machine import Step

_FILTERS = (
    ("open", _("To do"), ""),
    ("overdue", _("Overdue"), "over"),
    ("today", _("Due today"), "soon"),
    ("fresh", _("New"), ""),
    ("out", _("With others"), ""),
    ("undelivered", _("To be told"), "soon"),
    ("rating", _("Awaiting rating"), ""),
    ("word", _("Closing word due"), "soon"),
    ("followed", _("Followed"), ""),
    ("closed", _("Closed"), ""),
)
_EMPTY = {
    "open": _("Nothing is waiting for you."),
    "overdue": _("Nothing is overdue."),
    "today": _("Nothing is due today."),
    "fresh": _("Nothing new has come in."),
    "out": _("No order is out."),
    "undelivered": _("Every answer has reached its resident."),
    "rating": _("No result waits for its rating."),
    "word": _("No closing word is due."),
    "followed": _("Nothing of yours is with another office."),
    "closed": _("No matter has been closed yet."),
}


def _filter(request: Request) -> tuple[Filter, int]:
    which = request.GET.get("which", "open")
    page = request.GET.get("page", "1")
    text = request.GET.get("q", "")[:60].replace("\x00", "")
    which = which if which in {key for key, *_rest in _FILTERS} else "open"
    if text and "which" not in request.GET:
        which = "all"
    return Filter(which, request.GET.get("channel", ""), text), int(page) if re.fullmatch("[0-9]{1,4}", page) else 1


def _query(which: Filter) -> str:
    pairs = [("which", which.which if which.which != "open" else ""), ("q", which.text)]
    given = "&".join(f"{k}={v}" for k, v in pairs if v)
    return f"?{given}" if given else ""


def _list(request: Request, current: UUID | None = None) -> dict[str, Any]:
    """Return the left side: filters with figures, the list, its pages."""
    actor, (which, number) = request.actor, _filter(request)
    counts = queries.counts(actor)
    page = queries.held(actor, which=which, page=number)
    query = _query(which)
    cards = [view.card(r, url=view.desk_url(r.id) + query, current=r.id == current) for r in page.rows]
    filters = [
        {
            "label": label, "url": f"{reverse('today')}?which={key}", "count": getattr(counts, key, None) or "",
            "current": key == which.which, "state": state if getattr(counts, key, 0) else "",
        }
        for key, label, state in _FILTERS
    ]  # fmt: skip
    return {
        "items": cards, "filters": filters, "page": page, "which": which, "query": which.text,
        "list_url": reverse("today") + query, "search_url": reverse("today"), "list_query": query,
        "empty_text": _EMPTY.get(which.which, _("No matter was found.")),
    }  # fmt: skip


@staff("need.read")
@never_cache
def today(request: Request) -> HttpResponse:
    """What I must do now, by due date."""
    return render(request, "needs/desk.html", {**_list(request), **_said_done(request), "detail_open": False})


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
}
_PRIMARY = {
    "collect": "accept", "analyse": "dispatch", "carry_out": "answer", "answer": "deliver", "evaluate": "rate",
    "feedback": "conclude",
}  # fmt: skip


def _buttons(actor: Actor, whole: queries.Whole, query: str) -> list[dict[str, Any]]:
    row = whole.row
    return [
        {
            "label": view.said(step.label), "key": step.key, "icon": _STEP_ICONS.get(step.verb, ""),
            "url": reverse("step", args=[row.id, step.verb]) + query, "post": not step.asks and step.verb == "accept",
            "primary": _PRIMARY.get(row.state) == step.verb,
        }
        for step in view.offered(actor, row)
        if (step.verb in STEPS or step.verb == "accept") and _makes_sense(step.verb, whole)
    ]  # fmt: skip


def _makes_sense(verb: str, whole: queries.Whole) -> bool:
    """Leave out buttons that a rule would refuse in any case."""
    row = whole.row
    if verb == "deliver":
        return any(a.delivered_at is None and not a.void for a in whole.answers)
    if verb in {"answer", "hand_up", "pass_on", "accept"} and any(not o.over for o in whole.orders):
        return False
    if verb == "learn":
        return bool(row.category)
    if verb == "explain":
        return row.round >= evaluation.EXPLAIN_AFTER_ROUNDS
    return verb not in {"dispatch", "pass_on"} or row.kind != sorting.COMPLAINT_STAFF


def _times(count: int) -> str:
    return ngettext("%(count)s time", "%(count)s times", count) % {"count": count}


def _facts(row: NeedRow) -> list[dict[str, Any]]:
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
        *([{"label": gettext("Category"), "value": row.category.replace("/", " › ")}] if row.category else []),
        *([{"label": gettext("Analysis"), "value": sorted_as}] if sorted_as else []),
        {"label": gettext("Place"), "value": row.place_text or gettext("not given")},
        {"label": gettext("Received through"), "value": view.said(rules.CHANNELS.get(row.channel, row.channel))},
        {
            "label": gettext("Who may read it"),
            "value": gettext("May be shown in public") if row.public else gettext("Staff only"),
        },
        {"label": gettext("Tracking code"), "value": row.spoken_code},
        *([{"label": gettext("Opened again"), "value": _times(row.round)}] if row.round else []),
    ]
    if row.about_staff:
        facts.insert(1, {"label": gettext("Complaint about"), "value": row.about_staff})
    return facts


def _detail(request: Request, whole: queries.Whole) -> dict[str, Any]:
    """Return the right side: the words, the facts, the steps, the history."""
    row = whole.row
    actor, (which, _page) = request.actor, _filter(request)
    return {
        "row": row,
        "detail_open": True,
        "actions": _buttons(actor, whole, _query(which)),
        "facts": _facts(row),
        "answers": whole.answers,
        "events": view.timeline(whole.moves),
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
    list_url = reverse("today") + _query(_filter(request)[0])
    beside = {"list_url": list_url} if view.detail_alone(request.headers) else _list(request, need_id)
    return render(request, "needs/desk.html", {**beside, **_detail(request, whole)})


_STAYS = {"note", "accept", "sort", "dispatch", "rate", "learn"}
_BY_HAND = {"phone", "visit", "paper"}  # ways in which somebody still has to tell the resident


def _after(request: Request, verb: str, need_id: UUID) -> HttpResponse:
    """The next matter opens after a step that ends mine; where I must still call or visit, this one stays."""
    query = _query(_filter(request)[0])
    stays = verb in _STAYS or request.POST.get("way") in _BY_HAND
    following = need_id if stays else queries.next_after(request.actor, need_id)
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
        STEPS[verb][1](request.actor, need_id, form.cleaned_data)
    except Invalid as refusal:
        form.show(refusal, gettext)
        return False
    except NotNow as refusal:
        # Somebody was quicker: what was typed stays, and sending it again is a decision made with the new state in view.
        form.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
        fresh = queries.need(request.actor, need_id)
        form.data = {**request.POST.dict(), "seen_at": fresh.changed_at.isoformat()}
        return False
    return True


@staff("need.read")
@never_cache
def step(request: Request, need_id: UUID, verb: str) -> HttpResponse:
    """Ask what a step needs, beside the matter, and take it."""
    chosen = _asked(request.actor, verb)
    if verb == "accept" and request.method == "POST":
        actions.accept(request.actor, need_id)
        return _after(request, verb, need_id)
    row = queries.need(request.actor, need_id)
    offered = {s.verb for s in rules.LIFECYCLE.offers(row.state)}
    if verb not in STEPS or (request.method == "GET" and verb not in offered):
        return redirect(view.desk_url(need_id))
    form = STEPS[verb][0](request, row)
    if _taken(request, need_id, verb=verb, form=form):
        return _after(request, verb, need_id)
    shown = {
        **_list(request, row.id),
        **_detail(request, queries.whole(request.actor, need_id)),
        "form": form,
        "verb": verb,
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
def matter_photo(request: Request, need_id: UUID, position: int) -> FileResponse:
    """One photo of a matter within reach."""
    return view.photo(queries.photo_of(request.actor, need_id, position=position), thumb="s" in request.GET)
