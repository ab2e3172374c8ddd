"""The desk's doors for registers: a list out as a workbook, a table in, looked at before it is loaded."""

import tempfile
from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.desk.lists import FILTERS, as_post, chosen, query_of
from huiyin.needs.forms.desk import TableForm
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.queries import registers as queries
from huiyin.needs.rules import registers as rules
from huiyin.org.doors import Request, staff
from huiyin.platform import clock, limits, parcels, sheets
from huiyin.platform.errors import Invalid, Message, NotFound
from huiyin.platform.sheets import Column

FAULTS_SHOWN = 100


def _workbook(content: Any, name: str) -> FileResponse:
    response = FileResponse(content, as_attachment=True, filename=f"{name}.xlsx")
    response["Cache-Control"] = "private, no-store"
    return response


@staff("need.export")
@never_cache
def export(request: Request) -> HttpResponse | FileResponse:
    """The list as a workbook: at once when it is short, else in the background."""
    if request.method != "POST":
        raise NotFound()
    limits.hit("export", str(request.actor.person_id), most=30, per_s=3600)
    actor, which = as_post(request), chosen(request)
    label = next((str(label) for key, label, _state in FILTERS if key == which.which), "")
    title = gettext("Register %(list)s %(day)s") % {"list": label, "day": clock.today().isoformat()}
    verbatim = request.POST.get("verbatim") == "1"
    target = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    try:
        if actions.export_now(actor, which, title=title, target=target, verbatim=verbatim):
            target.seek(0)
            return _workbook(target, title)
        return redirect("batch", actions.start_export(actor, which, title=title, verbatim=verbatim))
    except Invalid as refusal:
        said = " ".join(m.said(gettext) for m in refusal.fields.values())
        shown = {"said": said, "back": reverse("today") + query_of(request)}
        return render(request, "needs/register_refused.html", shown, status=422)


@staff("need.export")
@never_cache
def parcel(request: Request, batch_id: UUID) -> FileResponse:
    """A register that the worker has written, for who asked for it."""
    row = desk_queries.batch(request.actor, batch_id)
    found = parcels.fetch(row.id) if row.kind == "export" and row.ended_at else None
    if found is None:
        raise NotFound()
    return _workbook(found.open("rb"), row.label)


@staff("need.import")
@never_cache
def send(request: Request) -> HttpResponse:
    """Send a table in: it is read and shown, nothing is loaded yet."""
    form = TableForm(request.POST or None, request.FILES or None, initial={"kind": "needs", "system": "12345"})
    if request.method == "POST" and form.is_valid():
        given, upload = form.cleaned_data, form.cleaned_data["file"]
        try:
            key = actions.read_table(
                request.actor, upload=upload, kind=given["kind"], system=given["system"], name=upload.name or ""
            )
            return redirect("table", key)
        except Invalid as refusal:
            form.show(refusal)
    shown = {"form": form, "kinds": [(kind, view.said(label)) for kind, label in rules.KINDS.items()]}
    return render(request, "needs/import.html", shown, status=form.status if form.errors else 200)


@staff("need.import")
@never_cache
def table(request: Request, file_id: UUID) -> HttpResponse:
    """What was read: how many rows are good, and what is wrong with the others; load it when told."""
    row = queries.table(request.actor, file_id)
    if row.batch_id is not None:
        return redirect("batch", row.batch_id)
    if request.method == "POST":
        return redirect("batch", actions.load_table(request.actor, file_id))
    faults = [(n, column, Message(said, values).said(gettext)) for n, column, said, values in row.faults[:FAULTS_SHOWN]]
    rest = max(0, len(row.faults) - FAULTS_SHOWN)
    return render(request, "needs/table.html", {"table": row, "faults": faults, "rest": rest})


_EXAMPLES = {
    "words": "3号楼门口的路灯坏了，晚上看不清路", "received_at": "2026-11-20 09:30", "channel": "电话", "community": "莲花社区",
    "place": "青禾苑3号楼", "name": "王女士", "phone": "139 0000 0000", "category": "路灯", "number": "SG20261120001",
    "deadline": "2026-11-27",
}  # fmt: skip
_NEEDS_NOTE = "One row a matter. Only 诉求内容 is needed; without 社区 the rows go to your own community."  # i18n
_TICKETS_NOTE = "One row a ticket: 工单编号, 办理期限 and 诉求内容 are needed. Set 工单编号 to text."  # i18n


@staff("need.import")
def empty_form(request: Request, kind: str) -> FileResponse:
    """Our form to fill in, with an example."""
    if kind not in rules.KINDS:
        raise NotFound()
    fields = rules.FIELDS[kind]
    widths = {"words": 60, "place": 24, "category": 24, "received_at": 18, "deadline": 14}
    target = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    sheets.template(
        target, columns=[Column(rules.LABELS[f], widths.get(f, 14)) for f in fields],
        note=gettext(_TICKETS_NOTE if kind == "tickets" else _NEEDS_NOTE), example_rows=[[_EXAMPLES[f] for f in fields]],
    )  # fmt: skip
    target.seek(0)
    return _workbook(target, gettext("Form for tickets") if kind == "tickets" else gettext("Form for matters"))
