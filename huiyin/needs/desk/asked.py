"""The desk's doors to common needs: what many ask for, found by the engine, acted on by people."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.desk.many import kinds_for
from huiyin.needs.queries import asked as queries
from huiyin.needs.queries.asked import CommonRow
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import NotFound


def _share(row: CommonRow, hottest: float) -> dict[str, Any]:
    return {"row": row, "percent": round(100 * row.heat / hottest) if hottest else 0}


@staff("theme.read")
@never_cache
def listed(request: Request) -> HttpResponse:
    """What is asked most, hottest first."""
    if request.method == "POST":
        actions.ask_common_needs(request.actor)
        return redirect("common_needs")
    rows = queries.common_needs(request.actor)
    hottest = max((r.heat for r in rows), default=0.0)
    shown = {"rows": [_share(r, hottest) for r in rows], "found_at": rows[0].found_at if rows else None}
    return render(request, "needs/common.html", {**shown, "may_ask": request.actor.can("theme.edit")})


@staff("theme.read")
@never_cache
def one(request: Request, group_id: UUID) -> HttpResponse:
    """One common need with its matters: put them into a theme, give one order, answer all."""
    if request.method == "POST":
        raise NotFound()
    row = queries.common_need(request.actor, group_id)
    matters = queries.matters_of_common(request.actor, group_id)
    shown = {
        "common": row, "kinds": sorted(kinds_for(request.actor), key=lambda kind: kind[0] != "theme"), "list_query": "?which=all",
        "rows": view.ticks(matters),
    }  # fmt: skip
    return render(request, "needs/common_one.html", shown)
