"""The residents' doors: report, receipt, progress, one's own matters."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.core.files.base import File
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.errors import NoSuchCode
from huiyin.needs.forms import CodeForm, PhoneForm, ReportForm, TrackForm
from huiyin.notify import actions as notify
from huiyin.org import actions as org_actions
from huiyin.org import queries as org
from huiyin.org.actors import Actor, Kind
from huiyin.org.doors import Request, public
from huiyin.platform import files, limits
from huiyin.platform.errors import Invalid, NotFound
from huiyin.platform.http import client_address


def _resident(request: Request) -> Actor:
    """Return the actor at a resident's door: staff come here as any resident does, without their grants."""
    phones = frozenset(request.session.get("phones", ())) if request.COOKIES.get("sessionid") else frozenset()
    actor = request.actor
    if actor.kind is Kind.RESIDENT:
        return Actor(Kind.RESIDENT, actor.user_id, actor.name, phones=actor.phones | phones)
    return Actor(Kind.BEARER, phones=phones) if phones else Actor(Kind.PUBLIC)


def _photos(request: Request, form: ReportForm) -> tuple[str, ...]:
    """Return the hashes of the photos sent now and of those kept from a try that was refused."""
    kept = [p for p in form.data.get("kept_photos", "").split(",") if len(p) == 64 and p.isalnum()]
    sent: list[str] = []
    for upload in request.FILES.getlist("photos")[: settings.PHOTOS_PER_NEED]:
        plain: File[Any] = upload
        sent.append(files.keep_photo(plain).sha256)
    return tuple(dict.fromkeys(kept + sent))[: settings.PHOTOS_PER_NEED]


def _new_need(form: ReportForm, photos: tuple[str, ...], community_id: UUID | None) -> actions.NewNeed:
    given = form.cleaned_data
    return actions.NewNeed(
        words=given["words"], channel="web", source=f"web:{given['source'] or ''}", community_id=given["community"] or community_id,
        building_id=given["building"], point=form.point, place_text=given["place_text"], public=given["public"] == "1",
        name=given["name"], phone=given["phone"], email=given["email"], about_staff=given["about_staff"],
        photos=photos, language=get_language() or "zh-hans",
    )  # fmt: skip


def _send(request: Request, form: ReportForm, community_id: UUID | None) -> HttpResponse | None:
    """Register what was sent and return the way to the receipt, or None with the faults beside the fields."""
    limits.hit("report", client_address(request), most=60, per_s=3600)
    photos: tuple[str, ...] = ()
    try:
        photos = _photos(request, form)
        if not form.is_valid():
            return None
        receipt = actions.register(_resident(request), new=_new_need(form, photos, community_id))
    except Invalid as refusal:
        form.is_valid()
        form.show(refusal, gettext)
        form.data = {**request.POST.dict(), "kept_photos": ",".join(photos)}
        return None
    return redirect(reverse("receipt", args=[receipt.code, receipt.token]))


@public
@never_cache
def report(request: Request, slug: str = "") -> HttpResponse:
    """Three steps on one page: what, where, how to reach you."""
    actor = request.actor
    here = org.community(actor, slug) if slug else None
    form = ReportForm(request.POST or None)
    if request.method == "POST" and (done := _send(request, form, here.id if here else None)):
        return done
    chosen = here.id if here else form["community"].value()
    shown = {
        "form": form,
        "here": here,
        "communities": [(u.id, u.name) for u in org.communities(actor)],
        "estates": [(e.id, e.name) for e in org.estates(actor, here.id)] if here else [],
        "chosen_community": chosen,
        "emergency_words": json.dumps(rules.EMERGENCY_WORDS, ensure_ascii=False),
        "photos_most": settings.PHOTOS_PER_NEED,
        "photo_error": form.errors.get("photos", [""])[0] if form.errors else "",
    }
    return render(request, "needs/report.html", shown, status=422 if form.is_bound else 200)


@public
@never_cache
def places(request: Request) -> JsonResponse:
    """Buildings of an estate, or estates of a community, for the lists of the form."""
    actor, estate, community = request.actor, request.GET.get("estate"), request.GET.get("community")
    try:
        rows = (
            org.buildings(actor, UUID(estate)) if estate else org.estates(actor, UUID(community)) if community else []
        )
    except ValueError:
        rows = []
    return JsonResponse({"items": [{"id": str(r.id), "label": r.name} for r in rows]})


@public
@never_cache
def receipt(request: Request, code: str, token: str) -> HttpResponse:
    """The receipt, again at each look: code, PIN, the promised day, who has it now."""
    actor, need_id = queries.bearer_of(request.actor, code, token)
    row = queries.need(actor, need_id)
    return render(request, "needs/receipt.html", {"row": row, **view.receipt(row), **view.stages(row)})


@public
@never_cache
def progress(request: Request, code: str, token: str) -> HttpResponse:
    """Everything about one matter for who holds its link."""
    limits.hit("link", client_address(request), most=300, per_s=3600)
    actor, need_id = queries.bearer_of(request.actor, code, token)
    row = queries.need(actor, need_id)
    shown = {"row": row, "token": token, **view.resident_page(actor, row, token), **view.stages(row)}
    return render(request, "needs/progress.html", shown)


@public
def seen(request: Request, code: str, token: str) -> HttpResponse:
    """The resident has the answer on screen: sent by the page itself, or by its button."""
    if request.method != "POST":
        raise NotFound()
    actor, need_id = queries.bearer_of(request.actor, code, token)
    actions.seen_by_resident(actor, need_id)
    return redirect(reverse("progress", args=[code, token]))


@public
def withdraw(request: Request, code: str, token: str) -> HttpResponse:
    """The resident takes the matter back."""
    if request.method != "POST":
        raise NotFound()
    actor, need_id = queries.bearer_of(request.actor, code, token)
    actions.withdraw(actor, need_id)
    return redirect(reverse("progress", args=[code, token]))


@public
def resident_photo(request: Request, code: str, token: str, position: int) -> FileResponse:
    """One photo of the matter, for who holds its link."""
    actor, need_id = queries.bearer_of(request.actor, code, token)
    return view.photo(queries.photo_of(actor, need_id, position=position), thumb="s" in request.GET)


def _tracked(request: Request, form: TrackForm) -> HttpResponse | None:
    code, pin = form.cleaned_data["code"], form.cleaned_data["pin"].strip()
    limits.hit("track", client_address(request), most=60, per_s=3600)
    limits.hit("track.code", rules.plain_code(code) or code, most=10, per_s=3600)
    if pin:
        plain, token = queries.open_with_pin(request.actor, code, pin=pin)
        return redirect(reverse("progress", args=[plain, token]))
    state = queries.stage_of_code(request.actor, code)
    shown = {"form": form, "tracked": True, **view.stage_only(state)}
    return render(request, "needs/track.html", shown)


@public
@never_cache
def track(request: Request) -> HttpResponse:
    """Ask with code and PIN; with the code alone the stage is shown."""
    form = TrackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _tracked(request, form) or redirect("track")
        except NoSuchCode as refusal:
            form.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}")
    return render(request, "needs/track.html", {"form": form}, status=422 if form.is_bound else 200)


@public
@never_cache
def mine(request: Request) -> HttpResponse:
    """All matters of a proven phone; another phone, as a parent's, is proven by a code of its own."""
    actor = _resident(request)
    if not actor.phones:
        return redirect("prove")
    rows = queries.mine(actor)
    cards = [view.card(row, url=queries.link_path(actor, row)) for row in rows]
    return render(request, "needs/mine.html", {"items": cards})


@public
@never_cache
def prove(request: Request) -> HttpResponse:
    """Ask for a phone and send it a code."""
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        phone = form.cleaned_data["phone"]
        limits.hit("code", client_address(request), most=20, per_s=3600)
        limits.hit("code.phone", phone, most=5, per_s=3600)
        body = gettext("Your code is {code}, valid for 10 minutes. Tell it to nobody, also not to staff.")
        try:
            notify.send_code(request.actor, phone=phone, body=body)
        except Invalid as refusal:
            form.show(refusal, gettext)
        else:
            request.session["proving"] = phone
            return redirect("prove_code")
    return render(request, "needs/prove.html", {"form": form}, status=422 if form.is_bound else 200)


def _remember(request: Request, index: str) -> None:
    """Sign in with the first phone; further ones, as a parent's, are only added to this session."""
    phones = set(request.session.get("phones", ()))
    if not phones and not request.user.is_authenticated:
        user = org_actions.resident_of_phone(request.actor, phone_index=index)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["phones"] = sorted(phones | {index})
    request.session.pop("proving", None)


@public
@never_cache
def prove_code(request: Request) -> HttpResponse:
    """Ask for the code that was sent."""
    phone = request.session.get("proving", "")
    form = CodeForm(request.POST or None, initial={"phone": phone})
    if request.method == "POST" and form.is_valid():
        limits.hit("code.try", client_address(request), most=40, per_s=3600)
        try:
            index = org_actions.prove_phone(
                request.actor, phone=form.cleaned_data["phone"], code=form.cleaned_data["code"]
            )
        except Invalid as refusal:
            form.show(refusal, gettext)
        else:
            _remember(request, index)
            return HttpResponseRedirect(reverse("mine"))
    return render(
        request, "needs/prove_code.html", {"form": form, "phone": phone}, status=422 if form.is_bound else 200
    )
