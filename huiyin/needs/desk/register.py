"""The desk's doors to register what was said at the counter, on the telephone, on a visit: from the keyboard alone."""

import json
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.forms import RegisterForm
from huiyin.needs.rules import sorting
from huiyin.notify import queries as notify
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid


def placed(actor: Actor, place: str, community_key: str) -> tuple[UUID | None, str]:
    """Return the building that the typed place names, and what of it stays text."""
    typed, community = place.strip(), ids.parsed(community_key)
    if not typed or community is None:
        return None, typed
    found = org.building_named(actor, community, typed=typed)
    return (found.building_id, rules.rest_of_place(typed, found.text)) if found else (None, typed)


def _registered(request: Request, form: RegisterForm) -> actions.Receipt:
    given = form.cleaned_data
    category = sorting.category_named(given["category"])
    if category is None:
        raise Invalid.of(category="Please choose a category of the list.")
    building_id, place_text = placed(request.actor, given["place"], given["community"])
    new = actions.NewNeed(
        words=given["words"], channel=given["channel"], source=f"desk:{given['source'] or ''}", community_id=ids.parsed(given["community"]),
        building_id=building_id, place_text=place_text, public=given["public"] == "1", name=given["name"], phone=given["phone"],
        email=given["email"], about_staff=given["about_staff"], received_at=given["received_at"], category=category,
    )  # fmt: skip
    if given["settled"].strip():
        return actions.register_settled(request.actor, new=new, text=given["settled"])
    return actions.register(request.actor, new=new)


def own_community(actor: Actor) -> str:
    """Return the key of the actor's own community, "" for an office above communities."""
    office = actor.office
    here = atlas.current()
    unit = here.community_of(office[0]) if office else None
    return str(unit.id) if unit else ""


@staff("need.register")
@never_cache
def register(request: Request) -> HttpResponse:
    """Register a call, a visit or a counter talk from the keyboard alone."""
    actor = request.actor
    get = request.GET  # a search leads here with the place
    usual = {
        "community": get.get("community") or own_community(actor), "channel": get.get("by", "phone"),
        "place": get.get("place", "")[:120],
    }  # fmt: skip
    form = RegisterForm(
        request.POST if request.method == "POST" else None, initial=usual, communities=org.communities(actor),
        texts=notify.sends(actor, way="sms"),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            receipt = _registered(request, form)
        except Invalid as refusal:
            form.show(refusal)
        else:
            return redirect(
                f"{reverse('registered', args=[receipt.code, receipt.token])}?by={form.cleaned_data['channel']}"
            )
    shown = {
        "may_import": actor.can("need.import"),
        "form": form,
        "emergency_words": json.dumps(rules.EMERGENCY_WORDS, ensure_ascii=False),
    }
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
    community = ids.parsed(request.GET.get("community", ""))
    typed = request.GET.get("place", "")
    rows = org.places_like(request.actor, community, typed=typed) if community and typed.strip() else []
    return JsonResponse({"items": [{"id": str(r.building_id), "label": r.text} for r in rows]})
