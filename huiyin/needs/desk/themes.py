"""The desk's doors to themes: what many ask for, acted on once."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.desk.many import kinds_for
from huiyin.needs.forms.desk import ThemeForm, ThemeIntoForm
from huiyin.needs.queries import themes as queries
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound


@staff("theme.read")
@never_cache
def listed(request: Request) -> HttpResponse:
    """The themes within reach."""
    ended = request.GET.get("which") == "ended"
    rows = queries.themes(request.actor, ended=ended)
    filters = [
        {"label": gettext("Running"), "url": reverse("themes"), "current": not ended},
        {"label": gettext("Ended"), "url": f"{reverse('themes')}?which=ended", "current": ended},
    ]
    return render(request, "needs/themes.html", {"rows": rows, "filters": filters})


@staff("theme.read")
@never_cache
def theme(request: Request, theme_id: UUID) -> HttpResponse:
    """One theme with its matters: act on all of them, or on those ticked."""
    actor, row = request.actor, queries.theme(request.actor, theme_id)
    matters = queries.matters_in(actor, theme_id)
    others = [(str(t.id), t.title) for t in queries.themes(actor) if t.id != theme_id]
    into = queries.theme(actor, row.merged_into) if row.merged_into else None
    shown = {
        "theme": row, "into": into, "may_edit": not row.ended and queries.may_edit(actor, theme_id),
        "rows": [
            {"row": r, "url": view.desk_url(r.id), "state": view.state_name(r), "ticked": not r.closed} for r in matters
        ],
        "kinds": [] if row.ended else kinds_for(actor, leave_out="theme"), "form": ThemeForm(initial={"title": row.title}),
        "into_form": ThemeIntoForm(others=others), "list_query": f"?which=all&theme={theme_id}",
    }  # fmt: skip
    return render(request, "needs/theme.html", shown)


@staff("theme.edit")
@never_cache
def change(request: Request, theme_id: UUID, verb: str) -> HttpResponse:
    """Rename a theme, end it, or let it go into another."""
    if request.method != "POST":
        raise NotFound()
    here = reverse("theme", args=[theme_id])
    row = queries.theme(request.actor, theme_id)
    try:
        if verb == "rename":
            actions.rename_theme(request.actor, theme_id, title=request.POST.get("title", ""))
        elif verb == "end":
            actions.end_theme(request.actor, theme_id)
        elif verb == "merge":
            into = actions.merge_themes(request.actor, theme_id, into_id=ids.parsed(request.POST.get("theme", "")))
            here = reverse("theme", args=[into.id])
        else:
            raise NotFound()
    except Invalid as refusal:
        said = " ".join(m.said(gettext) for m in refusal.fields.values())
        return render(request, "needs/theme_refused.html", {"said": said, "back": here, "theme": row}, status=422)
    return redirect(here)


@staff("need.sort")
def ungroup(request: Request, need_id: UUID) -> HttpResponse:
    """Take a matter out of its theme."""
    if request.method != "POST":
        raise NotFound()
    actions.ungroup(request.actor, need_id)
    return redirect(view.desk_url(need_id))
