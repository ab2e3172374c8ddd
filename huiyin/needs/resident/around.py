"""What stands open around here, by grid: what residents let be shown, without personal data and without a point."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import cache_control

from huiyin.needs import view
from huiyin.needs.queries import opened
from huiyin.needs.rules import searching, sorting
from huiyin.org import queries as org
from huiyin.org.actors import PUBLIC
from huiyin.org.doors import Request, public

SHOWN_MOST = 60


def _card(found: opened.Opened) -> dict[str, Any]:
    row = found.row
    return {
        "category": row.category.rpartition("/")[2] or gettext("No category yet"), "area": found.area,
        "words": "".join(piece for piece, _hit in searching.excerpt(found.words, ())), "received_at": row.received_at,
        "state": view.stage_only(row.state)["state_label"],
    }  # fmt: skip


@public
def around(request: Request, slug: str) -> HttpResponse:
    """A community's open matters, with a map of its grids."""
    here = org.community(PUBLIC, slug)
    named = sorting.category_named(request.GET.get("category", "")[:80])
    by_category = opened.open_by_category(PUBLIC, here.id)
    chosen = sorting.first_level(named) if named and sorting.first_level(named) in by_category else ""
    total = sum(by_category.values())
    base = reverse("around", args=[slug])
    kinds = [
        {"label": name, "count": count, "url": f"{base}?{urlencode({'category': name})}", "current": name == chosen}
        for name, count in sorted(by_category.items(), key=lambda item: -item[1]) if name
    ]  # fmt: skip
    rows = opened.open_around(PUBLIC, here.id, category=chosen, most=SHOWN_MOST)
    shown = {
        "here": here, "place_name": here.name, "home_url": reverse("community", args=[slug]), "desk_phone": here.phone,
        "kinds": kinds, "total": total, "base": base, "chosen": chosen, "items": [_card(r) for r in rows],
        "more": max((by_category[chosen] if chosen else total) - len(rows), 0), "tiles": settings.TILES_URL,
    }  # fmt: skip
    return render(request, "needs/around.html", shown)


@public
@cache_control(public=True, max_age=60)
def around_map(request: Request, slug: str) -> HttpResponse:
    """The grids of a community as GeoJSON, each with how many matters stand open."""
    here = org.community(PUBLIC, slug)
    areas, counts = org.community_map(PUBLIC, here.id), opened.open_by_grid(PUBLIC, here.id)
    for feature in areas["features"]:
        said, count = feature["properties"], counts.get(feature["properties"]["id"], 0)
        said["open"] = count
        if count:
            said["name"] += " · " + ngettext("%(n)s open", "%(n)s open", count) % {"n": count}
    return JsonResponse(areas)
