"""The map of open matters at the desk: points coloured by their deadline, grids with who answers for them."""

import math
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import rules, view
from huiyin.needs.queries import mapped
from huiyin.needs.rules import sorting
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import Invalid
from huiyin.platform.templatetags.web import due_words, hidden

SIDES = ("west", "south", "east", "north")
LIMITS = {"west": 180.0, "east": 180.0, "south": 90.0, "north": 90.0}


def _seen(request: Request) -> mapped.Seen:
    """Return what the map shows, from the address. Raises Invalid."""
    try:
        sides = {name: float(request.GET.get(name, "")) for name in SIDES}
    except ValueError as error:
        raise Invalid("The part of the map is not understood. Please open the map again.") from error
    if any(not math.isfinite(v) or abs(v) > LIMITS[k] * 3 for k, v in sides.items()):
        raise Invalid("The part of the map is not understood. Please open the map again.")
    category = sorting.category_named(request.GET.get("category", "")[:80]) or ""
    return mapped.Seen(**sides, category=category, due=request.GET.get("due", ""))


@staff("need.read")
@never_cache
def matters_map(request: Request) -> HttpResponse:
    """The page; what stands on it comes as the map is moved."""
    first = sorted({sorting.first_level(path) for path in sorting.categories()})
    shown = {
        "categories": first, "category": request.GET.get("category", ""), "tiles": settings.TILES_URL, "datum": settings.TILES_DATUM,
        "unplaced": mapped.unplaced(request.actor), "unplaced_url": f"{reverse('today')}?which=all&unplaced=1",
    }  # fmt: skip
    return render(request, "needs/map.html", shown)


@staff("need.read")
@never_cache
def map_areas(request: Request) -> JsonResponse:
    """The grids within reach, with who answers for each."""
    return JsonResponse(mapped.areas(request.actor))


def _stands(spot: mapped.Spot) -> str:
    """Return how the deadline stands, or where an answered matter stands."""
    return (
        due_words(spot.promised_on)
        if spot.state in rules.UNANSWERED_STATES
        else view.said(rules.STATE_LABELS[spot.state])
    )


def _feature(spot: mapped.Spot) -> dict[str, Any]:
    said: dict[str, Any] = {"count": spot.count, "due": spot.due}
    if spot.need_id:
        said |= {
            "url": view.desk_url(spot.need_id), "place": hidden(spot.place_text), "day": _stands(spot),
            "category": spot.category.rpartition("/")[2] or gettext("No category yet"),
        }  # fmt: skip
    point = [round(spot.lon, 6), round(spot.lat, 6)]
    return {"type": "Feature", "properties": said, "geometry": {"type": "Point", "coordinates": point}}


@staff("need.read")
@never_cache
def map_matters(request: Request) -> JsonResponse:
    """What stands open within the part of the map that is seen: matters, or counts of squares."""
    found = mapped.spots(request.actor, seen=_seen(request))
    return JsonResponse({"type": "FeatureCollection", "features": [_feature(s) for s in found]})
