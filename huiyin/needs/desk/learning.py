"""The desk's doors to the category model: what it learned, what it may do alone, and the step back."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, view
from huiyin.needs.forms.desk import FilingForm
from huiyin.needs.queries import learning as queries
from huiyin.needs.queries.learning import LessonOfModel, StreetModel
from huiyin.needs.rules import learning as rules
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import Invalid, NotFound

_STATES = {"current": gettext_lazy("at work"), "previous": gettext_lazy("the one before")}


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _lesson(lesson: LessonOfModel) -> dict[str, Any]:
    both = {"before": lesson.before, "now": lesson.now}
    figures = {key: _percent(scores["macro_f1"]) if scores else "–" for key, scores in both.items()}
    right = _percent(lesson.now["accuracy"]) if lesson.now else "–"
    said = view.said(rules.REASONS.get(lesson.reason, ""))
    return {"row": lesson, "said": said, **figures, "right": right, "state": _STATES.get(lesson.state, "")}


def _shown(street: StreetModel, form: FilingForm | None = None) -> dict[str, Any]:
    own = form or FilingForm(initial={"percent": street.percent}, auto_id=f"id_%s_{street.unit_id.hex[-6:]}")
    return {"street": street, "lessons": [_lesson(one) for one in street.lessons], "form": own}


@staff("filing.edit")
@never_cache
def models(request: Request) -> HttpResponse:
    """What each street's model learned, how good it is, from how likely on it files alone."""
    if request.method == "POST":
        actions.ask_learning(request.actor)
        return redirect("category_models")
    return render(
        request, "needs/learning.html", {"streets": [_shown(s) for s in queries.street_models(request.actor)]}
    )


@staff("filing.edit")
@never_cache
def filing(request: Request, unit_id: UUID) -> HttpResponse:
    """Say from how likely on the model files alone."""
    if request.method != "POST":
        raise NotFound()
    form = FilingForm(request.POST, auto_id=f"id_%s_{unit_id.hex[-6:]}")
    if form.is_valid():
        try:
            actions.set_filing(request.actor, unit_id, percent=form.cleaned_data["percent"])
            return redirect("category_models")
        except Invalid as refusal:
            form.show(refusal)
    streets = queries.street_models(request.actor)
    if unit_id not in {s.unit_id for s in streets}:
        raise NotFound()
    shown = [_shown(s, form if s.unit_id == unit_id else None) for s in streets]
    return render(request, "needs/learning.html", {"streets": shown, "wrong": form}, status=422)


@staff("filing.edit")
@never_cache
def put_back(request: Request, unit_id: UUID) -> HttpResponse:
    """Let the model before work again."""
    if request.method != "POST":
        raise NotFound()
    actions.put_model_back(request.actor, unit_id, seen_at=request.POST.get("seen_at", ""))
    return redirect("category_models")
