"""The desk's doors: today's list, one matter with all its steps, registering from the keyboard."""

import json
import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.forms import AnswerForm, EraseForm, NoteForm, PassForm, RefusableForm, RegisterForm
from huiyin.needs.queries import Filter, NeedRow
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.machine import Step

_FILTERS = (
    ("open", _("To do"), ""),
    ("overdue", _("Overdue"), "over"),
    ("today", _("Due today"), "soon"),
    ("fresh", _("New"), ""),
    ("undelivered", _("Not yet delivered"), ""),
    ("closed", _("Closed"), ""),
)
_EMPTY = {
    "open": _("Nothing is waiting for an answer."),
    "overdue": _("Nothing is overdue."),
    "today": _("Nothing is due today."),
    "fresh": _("Nothing new has come in."),
    "undelivered": _("Every answer has reached its resident."),
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
    shown = _list(request)
    return render(request, "needs/desk.html", {**shown, "detail_open": False, "undone": request.GET.get("undo", "")})


_STEP_ICONS = {
    "accept": "hand-stop",
    "answer": "message-2",
    "deliver": "circle-check",
    "hand_up": "circle-arrow-up",
    "pass_on": "arrow-right",
    "note": "pencil",
}
_PRIMARY = {"collect": "accept", "carry_out": "answer", "answer": "deliver"}


def _buttons(actor: Actor, row: NeedRow, query: str) -> list[dict[str, Any]]:
    return [
        {
            "label": view.said(step.label), "key": step.key, "icon": _STEP_ICONS.get(step.verb, ""),
            "url": reverse("step", args=[row.id, step.verb]) + query, "post": not step.asks and step.verb == "accept",
            "primary": _PRIMARY.get(row.state) == step.verb,
        }
        for step in view.offered(actor, row)
        if step.verb in _FORMS or step.verb == "accept"
    ]  # fmt: skip


def _facts(row: NeedRow) -> list[dict[str, Any]]:
    here = atlas.current()
    holder = here.get(row.unit_id)
    facts = [
        {"label": gettext("Held by"), "value": row.unit_name},
        *(
            [{"label": gettext("Telephone"), "value": holder.phone, "phone": holder.phone}]
            if holder and holder.phone
            else []
        ),
        {"label": gettext("Place"), "value": row.place_text or gettext("not given")},
        {"label": gettext("Received through"), "value": view.said(rules.CHANNELS.get(row.channel, row.channel))},
        {
            "label": gettext("Who may read it"),
            "value": gettext("May be shown in public") if row.public else gettext("Staff only"),
        },
        {"label": gettext("Tracking code"), "value": row.spoken_code},
    ]
    if row.about_staff:
        facts.insert(1, {"label": gettext("Complaint about"), "value": row.about_staff})
    return facts


def _detail(request: Request, row: NeedRow) -> dict[str, Any]:
    """Return the right side: the words, the facts, the steps, the history."""
    actor, (which, _page) = request.actor, _filter(request)
    return {
        "row": row,
        "detail_open": True,
        "actions": _buttons(actor, row, _query(which)),
        "facts": _facts(row),
        "answers": queries.answers(actor, row.id),
        "events": view.timeline(queries.moves(actor, row.id)),
        "photos": view.photos(row.photos, reverse("matter_photo", args=[row.id, 0])),
        "masked": queries.masked_contact(actor, row.id),
        "may_see_contact": view.reaches(actor, "need.contact", row),
        "may_erase": view.reaches(actor, "need.erase", row),
        "undone": request.GET.get("undo", ""),
        **view.stages(row),
    }


@staff("need.read")
@never_cache
def matter(request: Request, need_id: UUID) -> HttpResponse:
    """One matter beside the list."""
    row = queries.need(request.actor, need_id)
    return render(request, "needs/desk.html", {**_list(request, row.id), **_detail(request, row)})


def _ways(actor: Actor, row: NeedRow) -> list[str]:
    masked = queries.masked_contact(actor, row.id)
    preferred = (
        "phone"
        if row.channel in {"phone", "chat_group"} and masked.has_phone
        else "visit"
        if row.channel == "visit"
        else "page"
    )
    ways = [w for w in rules.WAYS if w != "email" or masked.has_email]
    return [preferred, *(w for w in ways if w != preferred)]


def _answer_form(request: Request, row: NeedRow) -> RefusableForm:
    return AnswerForm(
        request.POST or None, initial={"seen_at": row.changed_at.isoformat()}, ways=_ways(request.actor, row)
    )


def _pass_form(request: Request, row: NeedRow) -> RefusableForm:
    title = atlas.current().title
    units = [(str(u.id), title(u.id)) for u in queries.offices_below(request.actor) if u.id != row.unit_id]
    return PassForm(request.POST or None, units=units)


def _note_form(request: Request, row: NeedRow) -> RefusableForm:
    return NoteForm(request.POST or None, label=_("What should colleagues know? Residents never see it."))


def _reason_form(request: Request, row: NeedRow) -> RefusableForm:
    return NoteForm(request.POST or None, label=_("Why can it not be settled here? Colleagues read it."))


def _delivery_form(request: Request, row: NeedRow) -> RefusableForm:
    return NoteForm(request.POST or None, label=_("When and how was the resident told?"), required=False)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


Make = Callable[[Request, NeedRow], RefusableForm]
Act = Callable[[Actor, UUID, dict[str, Any]], NeedRow]
_FORMS: dict[str, tuple[Make, Act]] = {
    "answer": (
        _answer_form,
        lambda a, pk, g: actions.answer(a, pk, text=g["text"], way=g["way"], seen_at=g["seen_at"]),
    ),
    "hand_up": (_reason_form, lambda a, pk, g: actions.hand_up(a, pk, note=g["note"])),
    "pass_on": (
        _pass_form,
        lambda a, pk, g: actions.pass_on(a, pk, unit_id=_uuid(g["unit"]), note=g["note"]),
    ),
    "note": (_note_form, lambda a, pk, g: actions.note(a, pk, note=g["note"])),
    "deliver": (_delivery_form, lambda a, pk, g: actions.deliver(a, pk, note=g["note"])),
}
_STAYS = {"note", "accept"}


def _after(request: Request, verb: str, need_id: UUID) -> HttpResponse:
    """The next matter opens after a step that ends mine; the step can be taken back from there."""
    query = _query(_filter(request)[0])
    undo = f"{'&' if query else '?'}undo={need_id}" if verb in rules.UNDOABLE else ""
    following = need_id if verb in _STAYS else queries.next_after(request.actor, need_id)
    return redirect((view.desk_url(following) if following else reverse("today")) + query + undo)


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
        _FORMS[verb][1](request.actor, need_id, form.cleaned_data)
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
    if verb not in _FORMS or (request.method == "GET" and row.state not in chosen.frm):
        return redirect(view.desk_url(need_id))
    form = _FORMS[verb][0](request, row)
    if _taken(request, need_id, verb=verb, form=form):
        return _after(request, verb, need_id)
    shown = {**_list(request, row.id), **_detail(request, row), "form": form, "verb": verb}
    shown["step_label"] = view.said(chosen.label)
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


@staff("need.read")
def matter_photo(request: Request, need_id: UUID, position: int) -> FileResponse:
    """One photo of a matter within reach."""
    return view.photo(queries.photo_of(request.actor, need_id, position=position), thumb="s" in request.GET)


def _placed(request: Request, form: RegisterForm) -> tuple[UUID | None, str]:
    """Return the building that the typed place names, and what of it stays text."""
    typed, community = form.cleaned_data["place"].strip(), _uuid(form.cleaned_data["community"])
    if not typed or community is None:
        return None, typed
    found = org.building_named(request.actor, community, typed=typed)
    return (found.building_id, rules.rest_of_place(typed, found.text)) if found else (None, typed)


def _registered(request: Request, form: RegisterForm) -> actions.Receipt:
    given = form.cleaned_data
    building_id, place_text = _placed(request, form)
    new = actions.NewNeed(
        words=given["words"], channel=given["channel"], source=f"desk:{given['source'] or ''}", community_id=_uuid(given["community"]),
        building_id=building_id, place_text=place_text, public=given["public"] == "1", name=given["name"], phone=given["phone"],
        email=given["email"], about_staff=given["about_staff"], received_at=given["received_at"],
    )  # fmt: skip
    return actions.register(request.actor, new=new)


def _own_community(actor: Actor) -> str:
    office = actor.office
    here = atlas.current()
    unit = here.community_of(office[0]) if office else None
    return str(unit.id) if unit else ""


@staff("need.register")
@never_cache
def register(request: Request) -> HttpResponse:
    """Register a call, a visit or a counter talk from the keyboard alone."""
    actor = request.actor
    usual = {"community": _own_community(actor), "channel": request.GET.get("by", "phone")}
    form = RegisterForm(request.POST or None, initial=usual, communities=org.communities(actor))
    if request.method == "POST" and form.is_valid():
        try:
            receipt = _registered(request, form)
        except Invalid as refusal:
            form.show(refusal, gettext)
        else:
            return redirect(
                f"{reverse('registered', args=[receipt.code, receipt.token])}?by={form.cleaned_data['channel']}"
            )
    shown = {"form": form, "emergency_words": json.dumps(rules.EMERGENCY_WORDS, ensure_ascii=False)}
    return render(request, "needs/register.html", shown, status=422 if form.is_bound else 200)


@staff("need.register")
@never_cache
def registered(request: Request, code: str, token: str) -> HttpResponse:
    """What the clerk reads out: code, PIN, day; also for matters the clerk may not see any more."""
    bearer, need_id = queries.bearer_of(request.actor, code, token)
    row = queries.need(bearer, need_id)
    mine = queries.reaches(request.actor, need_id)
    shown = {
        "row": row,
        **view.receipt(row),
        "matter_url": view.desk_url(need_id) if mine else "",
        "by": request.GET.get("by", "phone"),
    }
    return render(request, "needs/registered.html", shown)


@staff("need.register")
@never_cache
def place_names(request: Request) -> JsonResponse:
    """Names of buildings that begin as typed, for the place field."""
    community = _uuid(request.GET.get("community", ""))
    typed = request.GET.get("place", "")
    rows = org.places_like(request.actor, community, typed=typed) if community and typed.strip() else []
    return JsonResponse({"items": [{"id": str(r.building_id), "label": r.text} for r in rows]})
