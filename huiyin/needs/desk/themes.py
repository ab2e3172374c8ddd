"""The desk's doors to themes: what many ask for, acted on once."""

from typing import Any
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
from huiyin.platform.forms import RefusableForm


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


def _shown(request: Request, theme_id: UUID) -> dict[str, Any]:
    """Return one theme with its matters, and the forms that change it."""
    actor, row = request.actor, queries.theme(request.actor, theme_id)
    return {
        "theme": row, "into": queries.theme(actor, row.merged_into) if row.merged_into else None,
        "may_edit": not row.ended and queries.may_edit(actor, theme_id),
        "rows": view.ticks(queries.matters_in(actor, theme_id)), "list_query": f"?which=all&theme={theme_id}",
        "kinds": [] if row.ended else kinds_for(actor, leave_out="theme"),
        "form": ThemeForm(initial={"title": row.title}), "into_form": _into(request, theme_id),
    }  # fmt: skip


def _into(request: Request, theme_id: UUID, sent: Any = None) -> ThemeIntoForm:
    others = [(str(t.id), t.title) for t in queries.themes(request.actor) if t.id != theme_id]
    return ThemeIntoForm(sent, others=others)


@staff("theme.read")
@never_cache
def theme(request: Request, theme_id: UUID) -> HttpResponse:
    """One theme with its matters: act on all of them, or on those ticked."""
    return render(request, "needs/theme.html", _shown(request, theme_id))


def _changed(request: Request, theme_id: UUID, verb: str) -> UUID:
    """Take the step and return the theme to show after it. Raises Invalid, NotFound."""
    if verb == "rename":
        return actions.rename_theme(request.actor, theme_id, title=request.POST.get("title", "")).id
    if verb == "end":
        return actions.end_theme(request.actor, theme_id).id
    if verb == "merge":
        into_id = ids.parsed(request.POST.get("theme", ""))
        return actions.merge_themes(request.actor, theme_id, into_id=into_id).id
    raise NotFound()


@staff("theme.edit")
@never_cache
def change(request: Request, theme_id: UUID, verb: str) -> HttpResponse:
    """Rename a theme, end it, or let it go into another; refused, the page says why and keeps what was typed."""
    if request.method != "POST":
        raise NotFound()
    try:
        return redirect("theme", _changed(request, theme_id, verb))
    except Invalid as refusal:
        form: RefusableForm = ThemeForm(request.POST) if verb == "rename" else _into(request, theme_id, request.POST)
        form.is_valid()
        form.errors.clear()  # the action's own words stand beside the field, once
        form.show(refusal)
        changed = {"form" if verb == "rename" else "into_form": form, "wrong": form}
        return render(request, "needs/theme.html", {**_shown(request, theme_id), **changed}, status=form.status)


@staff("need.sort")
def ungroup(request: Request, need_id: UUID) -> HttpResponse:
    """Take a matter out of its theme."""
    if request.method != "POST":
        raise NotFound()
    actions.ungroup(request.actor, need_id)
    return redirect(view.desk_url(need_id))
