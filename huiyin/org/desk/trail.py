"""The record of who looked at and changed what: a page to search it, and a workbook of it."""

import tempfile
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.org import actions
from huiyin.org.audit_words import ACTION_LABELS
from huiyin.org.desk.account import HOW_LABELS
from huiyin.org.doors import Request, staff
from huiyin.org.forms import TrailForm
from huiyin.org.queries import trail as queries
from huiyin.org.queries.trail import Search, TrailRow
from huiyin.org.roles import ROLES
from huiyin.platform import clock, limits
from huiyin.platform.errors import Invalid, NotFound
from huiyin.platform.sheets import Column

FACTOR_LABELS = {"app": "Authenticator app", "passkey": "Passkeys"}  # English message ids


def _more(detail: Any) -> str:
    """Return what stands beside an entry, in a few words."""
    said = []
    if isinstance(rows := detail.get("rows"), int):
        said.append(gettext("%(rows)s rows") % {"rows": rows})
    if isinstance(found := detail.get("found"), int):
        said.append(gettext("%(n)s found") % {"n": found})
    if detail.get("verbatim"):
        said.append(gettext("with the words as they are"))
    if role := ROLES.get(str(detail.get("role", ""))):
        said.append(gettext(role.label))
    if how := HOW_LABELS.get(str(detail.get("how", ""))):
        said.append(gettext(how))
    if kind := FACTOR_LABELS.get(str(detail.get("kind", ""))):
        said.append(gettext(kind))
    if order := detail.get("order"):
        said.append(gettext("for order %(number)s") % {"number": order})
    plain = [str(detail[k]) for k in ("address", "name", "month", "person", "matter") if detail.get(k)]
    return " · ".join([*said, *plain])


def _word(action: str) -> str:
    return gettext(ACTION_LABELS[action]) if action in ACTION_LABELS else action


def _who(row: TrailRow) -> str:
    if row.entry.user_name and row.entry.user_id:
        return row.entry.user_name
    return gettext("the system") if row.entry.user_name == "system" else gettext("nobody signed in")


def _shown(row: TrailRow) -> dict[str, Any]:
    entry = row.entry
    return {
        "at": entry.at, "who": _who(row), "stand_in": entry.stand_in, "unit": row.office,
        "action": _word(entry.action), "about": row.about, "more": _more(entry.detail), "reference": entry.reference,
    }  # fmt: skip


def _cursor(text: str) -> tuple[datetime, int] | None:
    moment, _, key = text.rpartition("_")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    return (at, int(key)) if at and at.tzinfo and key.isascii() and key.isdigit() and len(key) < 19 else None


def _form(given: Any) -> TrailForm:
    words = sorted(((code, gettext(label)) for code, label in ACTION_LABELS.items()), key=lambda pair: pair[1])
    return TrailForm(given or {}, actions=words)


@staff("audit.read")
@never_cache
def trail(request: Request) -> HttpResponse:
    """The record, newest first, fifty a page."""
    form, rows = _form(request.GET), []
    if form.is_valid():
        try:
            rows = actions.read_trail(request.actor, form.search, before=_cursor(request.GET.get("before", "")))
        except Invalid as refusal:
            form.show(refusal)
    page, more = rows[: queries.PAGE], len(rows) > queries.PAGE
    search = form.search if form.is_valid() else Search()
    shown = {
        "form": form, "rows": [_shown(r) for r in page], "first_on": search.first_on, "last_on": search.until or clock.today(),
        "older": f"{page[-1].entry.at.isoformat()}_{page[-1].entry.id}" if more else "",
        "narrowed": form.is_valid() and search != Search(), "later": "before" in request.GET,
    }  # fmt: skip
    return render(request, "org/trail.html", shown, status=422 if form.errors else 200)


COLUMN_LABELS = {  # English message ids
    "at": "Moment",
    "who": "Person",
    "unit": "Unit",
    "action": "Action",
    "about": "About",
    "more": "More",
    "reference": "Log reference",
}
_WIDTHS = {"at": 18, "who": 12, "unit": 24, "action": 20, "about": 24, "more": 30, "reference": 12}


def _columns() -> list[Column]:
    return [Column(gettext(said), _WIDTHS[k], "moment" if k == "at" else "text") for k, said in COLUMN_LABELS.items()]


def _cells(row: TrailRow) -> list[object]:
    shown = _shown(row)
    who = gettext("%(name)s (standing in)") % {"name": shown["who"]} if shown["stand_in"] else shown["who"]
    return [shown["at"], who, shown["unit"], shown["action"], row.about.name, shown["more"], shown["reference"]]


@staff("audit.read")
@never_cache
def take(request: Request) -> HttpResponse | FileResponse:
    """The record as a workbook."""
    if request.method != "POST":
        raise NotFound()
    limits.hit("export", str(request.actor.person_id), most=30, per_s=3600)
    form, target = _form(request.POST), tempfile.TemporaryFile()  # noqa: SIM115  # closed by the response
    if form.is_valid():
        try:
            title = gettext("Record of looks and changes %(day)s") % {"day": clock.today().isoformat()}
            actions.take_trail(request.actor, form.search, title=title, columns=_columns(), cells=_cells, target=target)
            target.seek(0)
            return FileResponse(target, as_attachment=True, filename=f"{title}.xlsx")
        except Invalid as refusal:
            form.show(refusal)
    return render(request, "org/trail.html", {"form": form, "rows": [], "narrowed": True}, status=422)
