"""The desk's doors to common needs: what many ask for, found by the engine, acted on by people."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.desk.many import kinds_for
from huiyin.needs.forms.desk import JoinForm
from huiyin.needs.queries import asked as queries
from huiyin.needs.queries.asked import CommonRow
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound
from huiyin.platform.templatetags.web import local_day


def _share(row: CommonRow, hottest: float) -> dict[str, Any]:
    one_day = local_day(row.since) == local_day(row.last)
    return {"row": row, "percent": round(100 * row.heat / hottest) if hottest else 0, "one_day": one_day}


_KINDS = {
    "apart": gettext_lazy("put apart"), "together": gettext_lazy("put together"),
    "individual": gettext_lazy("no common need"),
}  # fmt: skip


@staff("theme.read")
@never_cache
def listed(request: Request) -> HttpResponse:
    """What is asked most, hottest first, and what people put right by hand."""
    if request.method == "POST":
        actions.ask_common_needs(request.actor)
        return redirect("common_needs")
    rows = queries.common_needs(request.actor)
    hottest = max((r.heat for r in rows), default=0.0)
    made = [{"row": c, "said": _KINDS[c.kind]} for c in queries.corrections(request.actor)]
    shown = {"rows": [_share(r, hottest) for r in rows], "found_at": rows[0].found_at if rows else None, "made": made}
    return render(request, "needs/common.html", {**shown, "may_ask": request.actor.can("theme.edit")})


def _shown(request: Request, group_id: UUID) -> dict[str, Any]:
    actor, row = request.actor, queries.common_need(request.actor, group_id)
    may = queries.may_correct(actor, group_id)
    others = [(str(r.id), r.name) for r in queries.common_needs(actor) if r.id != group_id] if may else []
    return {
        "common": row, "kinds": sorted(kinds_for(actor), key=lambda kind: kind[0] != "theme"), "list_query": "?which=all",
        "rows": view.ticks(queries.matters_of_common(actor, group_id)), "may_correct": may,
        "form": JoinForm(others=others) if others else None,
    }  # fmt: skip


@staff("theme.read")
@never_cache
def one(request: Request, group_id: UUID) -> HttpResponse:
    """One common need with its matters: put them into a theme, give one order, answer all."""
    if request.method == "POST":
        raise NotFound()
    return render(request, "needs/common_one.html", _shown(request, group_id))


def _corrected(request: Request, group_id: UUID, verb: str) -> HttpResponse:
    """Take the step and say where to go on. Raises Invalid, NotFound."""
    if verb == "part":
        keys = [key for key in map(ids.parsed, request.POST.getlist("need")) if key]
        actions.part_common_need(request.actor, group_id, need_ids=keys)
    elif verb == "join":
        actions.join_common_needs(request.actor, group_id, with_id=ids.parsed(request.POST.get("with_id", "")))
    elif verb == "dismiss":
        actions.dismiss_common_need(request.actor, group_id)
        return redirect("common_needs")
    else:
        raise NotFound()
    return redirect("common_need", group_id)


@staff("theme.edit")
@never_cache
def correct(request: Request, group_id: UUID, verb: str) -> HttpResponse:
    """Put a common need right by hand: part it, join it with another, or say that it is none."""
    if request.method != "POST":
        raise NotFound()
    try:
        return _corrected(request, group_id, verb)
    except Invalid as refusal:
        shown = _shown(request, group_id)
        form = JoinForm(request.POST, others=[])
        form.show(refusal)
        return render(request, "needs/common_one.html", {**shown, "wrong": form}, status=form.status)


@staff("theme.edit")
def take_back(request: Request, correction_id: UUID) -> HttpResponse:
    """Take a correction by hand back."""
    if request.method != "POST":
        raise NotFound()
    actions.take_back_correction(request.actor, correction_id)
    return redirect("common_needs")
