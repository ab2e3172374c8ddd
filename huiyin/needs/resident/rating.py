"""The page that rates one result; its link opens that and nothing else."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, view
from huiyin.needs.errors import RatedBefore
from huiyin.needs.forms.orders import RatingForm
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, public
from huiyin.platform import limits
from huiyin.platform.errors import Invalid, NotNow
from huiyin.platform.http import client_address


def _result(actor: Actor, need_id: UUID, round_: int) -> queries.AnswerRow | None:
    """Return the result of a round, the only thing of the matter that this page shows."""
    rows = queries.answers(actor, need_id)
    return next((a for a in reversed(rows) if a.kind == "result" and a.round == round_), None)


@public
@never_cache
def rate(request: Request, code: str, number: int, token: str) -> HttpResponse:
    """Say whether it is solved and how satisfied you are; once for each result."""
    limits.hit("rate", client_address(request), most=120, per_s=3600)
    actor, need_id = queries.rater_of(request.actor, code, round_=number, token=token)
    row, result = queries.need(actor, need_id), _result(actor, need_id, number)
    over = row.round != number or row.state not in {"answer", "evaluate"} or result is None
    form = RatingForm(request.POST if request.method == "POST" and not over else None)
    shown = {**view.place(row.unit_id), "form": form, "row": row, "result": result, "over": over, "thanks": False}
    if request.method == "POST" and not over and form.is_valid():
        try:
            rated = actions.rate(actor, need_id, given=form.given, round_=number)
        except RatedBefore:
            shown["over"] = True
        except (Invalid, NotNow) as refusal:
            form.show(refusal)
        else:
            shown |= {"thanks": True, "row": rated, "given": form.given}
            return render(request, "needs/rate.html", shown)
    return render(request, "needs/rate.html", shown, status=422 if form.is_bound else 200)
