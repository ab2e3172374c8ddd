"""The desk's doors of this room: the monthly brief on the page and as a document."""

import io
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from huiyin.command import actions, composing, condition, queries, rules
from huiyin.command import board as boards
from huiyin.org import atlas
from huiyin.org.doors import Request, staff
from huiyin.platform import clock, ids, limits
from huiyin.platform.errors import NotFound


@staff("brief.read")
@never_cache
def brief(request: Request) -> HttpResponse:
    """What residents asked for in a month and what became of it, for the monthly analysis meeting."""
    today = clock.today()
    month = rules.chosen(request.GET.get("month", ""), today)
    found = queries.brief(request.actor, ids.parsed(request.GET.get("unit", "")), month=month)
    title = atlas.current().title
    shown: dict[str, Any] = {
        "sheet": composing.compose(found), "unit": found.unit, "month": month,
        "units": [(u.id, title(u.id)) for u in queries.units(request.actor)],
        "months": [(m.key, composing.month_name(m)) for m in rules.offered(today)],
    }  # fmt: skip
    return render(request, "command/brief.html", shown)


@staff("brief.read")
@never_cache
def document(request: Request, form: str) -> FileResponse:
    """The brief as PDF or Word document."""
    if request.method != "POST":
        raise NotFound()
    limits.hit("export", str(request.actor.person_id), most=30, per_s=3600)
    month = rules.chosen(request.POST.get("month", ""), clock.today())
    unit_id = ids.parsed(request.POST.get("unit", ""))
    name, content = actions.take(request.actor, unit_id, month=month, form=form)
    return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)


@staff("status.read")
@never_cache
def status(request: Request) -> HttpResponse:
    """How the house stands, for who looks after it: what needs attention first, each with what to do."""
    lines = condition.lines(queries.condition_of_house(request.actor))
    shown = {"lines": lines, "open": sum(not line.fine for line in lines), "now": clock.now()}
    return render(request, "command/status.html", shown)


@staff("brief.read")
@never_cache
def dashboard(request: Request) -> HttpResponse:
    """The figures of a unit: what stands open now, what a month brought, beside the month before."""
    today = clock.today()
    month = boards.chosen(request.GET.get("month", ""), today)
    found = boards.board(request.actor, ids.parsed(request.GET.get("unit", "")), month=month)
    title = atlas.current().title
    shown = {
        "board": found,
        "units": [(u.id, title(u.id)) for u in queries.units(request.actor)],
        "months": [(m.key, composing.month_name(m)) for m in boards.offered(today)],
    }
    return render(request, "command/board.html", shown)
