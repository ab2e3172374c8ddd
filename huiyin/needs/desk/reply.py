"""The desk's doors to templates of replies."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.forms.desk import TemplateForm
from huiyin.needs.queries import NeedRow
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.rules import replies
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound


def template_choices(actor: Actor, row: NeedRow | None = None) -> list[dict[str, str]]:
    """Return the templates to choose from: name and text, filled in for a matter when one is given."""
    facts = row.reply_facts if row else {}
    return [{"name": t.name, "text": replies.filled(t.text, facts)} for t in desk_queries.templates(actor)]


@staff("template.read")
@never_cache
def templates(request: Request, template_id: UUID | None = None) -> HttpResponse:
    """The templates of my offices; a new one, or one changed."""
    actor, rows = request.actor, desk_queries.templates(request.actor)
    chosen = next((t for t in rows if t.id == template_id and t.mine), None)
    if template_id and chosen is None:
        raise NotFound()
    now: dict[str, Any] = {"name": chosen.name, "text": chosen.text, "unit": str(chosen.unit_id)} if chosen else {}
    form = TemplateForm(
        request.POST if request.method == "POST" else None, initial=now, units=view.offices(actor, "template.edit")
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.save_template(
                actor, ids.parsed(given["unit"]) or UUID(int=0), name=given["name"], text=given["text"],
                template_id=template_id,
            )  # fmt: skip
            return redirect("templates")
        except Invalid as refusal:
            form.show(refusal)
    shown = {"rows": rows, "form": form if actor.can("template.edit") else None, "chosen": chosen}
    return render(request, "needs/templates.html", shown, status=form.status if form.errors else 200)


@staff("template.edit")
def end_template(request: Request, template_id: UUID) -> HttpResponse:
    """Take a template out of the lists."""
    if request.method != "POST":
        raise NotFound()
    actions.end_template(request.actor, template_id)
    return redirect("templates")
