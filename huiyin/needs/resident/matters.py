"""The residents' doors: report, receipt, progress, one's own matters."""

import json
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login
from django.core import signing
from django.http import FileResponse, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.errors import NoSuchCode
from huiyin.needs.forms import CodeForm, PhoneForm, ReportForm, TrackForm
from huiyin.notify import actions as notify
from huiyin.notify import queries as notify_queries
from huiyin.org import actions as org_actions
from huiyin.org import queries as org
from huiyin.org.actors import Actor, Kind
from huiyin.org.doors import Request, public
from huiyin.org.rules import plain_phone
from huiyin.platform import crypto, files, limits
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow, Unavailable
from huiyin.platform.http import client_address, outages_said


def _resident(request: Request) -> Actor:
    """Return the actor at a resident's door: staff come here as any resident does, without their grants."""
    phones = frozenset(request.session.get("phones", ())) if request.COOKIES.get("sessionid") else frozenset()
    actor = request.actor
    if actor.kind is Kind.RESIDENT:
        return Actor(Kind.RESIDENT, actor.user_id, actor.name, phones=actor.phones | phones)
    return Actor(Kind.BEARER, phones=phones) if phones else Actor(Kind.PUBLIC)


_KEPT = signing.Signer(salt="needs.kept_photos")


def _kept(form: ReportForm) -> list[str]:
    """Return the photos of a try that was refused; signed with the form's source, so that no other hash gets in."""
    try:
        source, _, names = _KEPT.unsign(form.data.get("kept_photos", "")).partition(":")
    except signing.BadSignature:
        return []
    return names.split(",") if names and source == form.data.get("source") else []


def _photos(request: Request, form: ReportForm) -> tuple[tuple[str, ...], Invalid | None]:
    """Return the hashes of the photos sent now and of those kept, and what is wrong with the rest, if anything."""
    found, uploads, fault = _kept(form), request.FILES.getlist("photos"), None
    if len(found) + len(uploads) > settings.PHOTOS_PER_NEED:
        fault = Invalid.of(photos=Message("At most %(most)s photos fit here.", {"most": settings.PHOTOS_PER_NEED}))
    for upload in uploads[: settings.PHOTOS_PER_NEED - len(found)]:
        try:
            found.append(files.keep_photo(upload).sha256)
        except Invalid as refusal:
            fault = refusal
    return tuple(dict.fromkeys(found)), fault


def _place(actor: Actor, form: ReportForm, community_id: UUID | None) -> tuple[UUID | None, str]:
    """Return the building that was chosen, or else the one the typed place names, and what of that stays text."""
    given = form.cleaned_data
    chosen, typed = given["building"], given["place_text"]
    if chosen or form.point or community_id is None or not typed.strip():
        return chosen, typed
    found = org.building_named(actor, community_id, typed=typed)
    return (found.building_id, rules.rest_of_place(typed, found.text)) if found else (None, typed)


def _new_need(actor: Actor, form: ReportForm, *, photos: tuple[str, ...], community_id: UUID | None) -> actions.NewNeed:
    given = form.cleaned_data
    community_id = given["community"] or community_id
    building_id, place_text = _place(actor, form, community_id)
    return actions.NewNeed(
        words=given["words"], channel="web", source=f"web:{given['source'] or ''}", community_id=community_id,
        building_id=building_id, point=form.point, place_text=place_text, public=given["public"] == "1",
        name=given["name"], phone=given["phone"], email=given["email"], about_staff=given["about_staff"],
        photos=photos, language=get_language() or "zh-hans",
    )  # fmt: skip


def _send(request: Request, form: ReportForm, community_id: UUID | None) -> HttpResponse | None:
    """Register what was sent and return the way to the receipt, or None with the faults beside the fields.

    Photos that were fine are kept for the next try, whatever else was wrong.
    """
    photos: tuple[str, ...] = ()
    try:
        with outages_said(request):
            limits.hit("report", client_address(request), most=60, per_s=3600)
            photos, fault = _photos(request, form)
            if fault:
                raise fault
            if form.is_valid():
                receipt = actions.register(
                    _resident(request), new=_new_need(request.actor, form, photos=photos, community_id=community_id)
                )
                return redirect(reverse("receipt", args=[receipt.code, receipt.token]))
    except (Invalid, Unavailable) as refusal:
        form.show(refusal)
    if photos:
        names = _KEPT.sign(f"{form.data.get('source', '')}:{','.join(photos)}")
        form.data = {**request.POST.dict(), "kept_photos": names}
    return None


@public
@never_cache
def report(request: Request, slug: str = "") -> HttpResponse:
    """Three steps on one page: what, where, how to reach you."""
    actor = request.actor
    here = org.community(actor, slug) if slug else None
    form = ReportForm(request.POST if request.method == "POST" else None, texts=notify_queries.sends(actor, way="sms"))
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
        **(view.place(here.id) if here else {}),
    }
    return render(request, "needs/report.html", shown, status=form.status if form.is_bound else 200)


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
    return render(
        request, "needs/receipt.html", {"row": row, **view.place(row.unit_id), **view.receipt(row), **view.stages(row)}
    )


@public
@never_cache
def progress(request: Request, code: str, token: str) -> HttpResponse:
    """Everything about one matter for who holds its link."""
    limits.hit("link", client_address(request), most=300, per_s=3600)
    actor, need_id = queries.bearer_of(request.actor, code, token)
    row = queries.need(actor, need_id)
    shown = {
        "row": row,
        "token": token,
        **view.place(row.unit_id),
        **view.resident_page(actor, row, token),
        **view.stages(row),
    }
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
def my_looks(request: Request) -> HttpResponse:
    """Who looked at the contact details of any matter of a proven phone: office, moment, purpose."""
    actor = _resident(request)
    if not actor.phones:
        return redirect("prove")
    items = [
        {"look": look, "words": row.words[:60], "url": queries.link_path(actor, row)}
        for look, row in queries.my_looks(actor)
    ]
    return render(request, "needs/my_looks.html", {"items": items, "back_url": reverse("mine")})


def _phone_key(phone: str) -> str:
    """Return what limits count a telephone by, however it is typed."""
    try:
        return crypto.blind_index("phone", plain_phone(phone))
    except ValueError as error:
        raise Invalid.of(phone="This is not a telephone number. Please check the digits.") from error


def _not_staff(request: Request) -> None:
    if request.actor.kind is Kind.STAFF:
        raise NotNow(
            "You are signed in to the desk.", hint="Sign out first; a resident's matters open in their own session."
        )


def _send_code(request: Request, phone: str) -> None:
    limits.hit("code", client_address(request), most=20, per_s=3600)
    limits.hit("code.phone", _phone_key(phone), most=5, per_s=3600)
    body = gettext("Your code is {code}, valid for 10 minutes. Tell it to nobody, also not to staff.")
    notify.send_code(request.actor, phone=phone, body=body)
    request.session["proving"] = crypto.encrypt(phone)
    request.session["adding"] = "add" in request.GET


@public
@never_cache
def prove(request: Request) -> HttpResponse:
    """Ask for a phone and send it a code; `?add` keeps the numbers proven before, as for a parent."""
    _not_staff(request)
    form = PhoneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _send_code(request, form.cleaned_data["phone"])
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect("prove_code")
    return render(request, "needs/prove.html", {"form": form}, status=422 if form.is_bound else 200)


IDLE_S = 15 * 60  # a phone or a library's computer is passed on


def _remember(request: Request, index: str) -> None:
    """Sign in with this phone alone; numbers proven before stay only when this one was added to them."""
    phones = set(request.session.get("phones", ())) if request.session.get("adding") else set()
    if not phones:
        request.session.flush()
        user = org_actions.resident_of_phone(request.actor, phone_index=index)
        login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session["phones"] = sorted(phones | {index})
    request.session.set_expiry(IDLE_S)
    for key in ("proving", "adding"):
        request.session.pop(key, None)


@public
@never_cache
def prove_code(request: Request) -> HttpResponse:
    """Ask for the code that was sent."""
    _not_staff(request)
    phone = crypto.decrypt(request.session.get("proving", ""))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and phone and form.is_valid():
        limits.hit("code.try", client_address(request), most=40, per_s=3600)
        limits.hit("code.try.phone", _phone_key(phone), most=15, per_s=86400)
        try:
            index = org_actions.prove_phone(request.actor, phone=phone, code=form.cleaned_data["code"])
        except Invalid as refusal:
            form.show(refusal)
        else:
            _remember(request, index)
            return HttpResponseRedirect(reverse("mine"))
    shown = {"form": form, "phone": phone}
    return render(request, "needs/prove_code.html", shown, status=422 if form.is_bound else 200)
