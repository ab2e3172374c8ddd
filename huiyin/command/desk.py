"""The desk's doors of this room: the monthly brief on the page and as a document."""

import io
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from huiyin.command import actions, composing, queries, rules
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
