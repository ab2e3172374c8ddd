"""The steps of a matter on the desk: what each asks, and the action it takes."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from huiyin.needs import actions, queries, rules
from huiyin.needs.desk import leads
from huiyin.needs.forms import AnswerForm, NoteForm, PassForm
from huiyin.needs.forms.desk import CallNoteForm, GroupForm, MergeForm
from huiyin.needs.forms.orders import LessonForm, OrderForm, RatingForm, SortForm, day_given
from huiyin.needs.queries import NeedRow, themes
from huiyin.needs.queries import orders as order_queries
from huiyin.needs.rules import sorting
from huiyin.needs.rules.evaluation import Given
from huiyin.needs.rules.sorting import Sorting
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.doors import Request
from huiyin.platform import clock, ids
from huiyin.platform.errors import Invalid
from huiyin.platform.forms import RefusableForm

Make = Callable[[Request, NeedRow], RefusableForm]
Act = Callable[[Actor, UUID, dict[str, Any]], object]


def seen(row: NeedRow) -> dict[str, str]:
    """Return what tells an action which state of the row its writer saw."""
    return {"seen_at": row.changed_at.isoformat()}


def typed_again(request: Request, **fresh: str) -> QueryDict:
    """Return what was sent, every ticked box of it, with some fields fresh: for a form that is shown again."""
    typed = request.POST.copy()
    for name, value in fresh.items():
        typed[name] = value
    return typed


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def ways(actor: Actor, row: NeedRow) -> list[str]:
    """Return the ways an answer may reach this resident, the likely one first."""
    masked = queries.masked_contact(actor, row.id)
    preferred = rules.usual_way(row.channel, has_phone=masked.has_phone, has_email=masked.has_email)
    found = [w for w in rules.WAYS if w != "email" or masked.has_email]
    return [preferred, *(w for w in found if w != preferred)]


def _answer_form(request: Request, row: NeedRow) -> RefusableForm:
    return AnswerForm(_sent(request), initial=seen(row), ways=ways(request.actor, row))


def _closing_form(request: Request, row: NeedRow) -> RefusableForm:
    return AnswerForm(_sent(request), initial=seen(row), ways=ways(request.actor, row), closing=True)


def _pass_form(request: Request, row: NeedRow) -> RefusableForm:
    title = atlas.current().title
    units = [(str(u.id), title(u.id)) for u in queries.offices_below(request.actor) if u.id != row.unit_id]
    return PassForm(_sent(request), initial=seen(row), units=units)


def _note_form(request: Request, row: NeedRow) -> RefusableForm:
    form = CallNoteForm(_sent(request))
    form.datalists = {"colleagues": queries.colleagues(request.actor, row)}
    return form


def _merge_form(request: Request, row: NeedRow) -> RefusableForm:
    found = order_queries.beside(request.actor, row)
    likely = [(str(w.need_id), f"{rules.spoken_code(w.code)} · {w.words.strip()[:60]}") for w in found]
    return MergeForm(_sent(request), initial=seen(row), likely=likely)


def _group_form(request: Request, row: NeedRow) -> RefusableForm:
    form = GroupForm(_sent(request), initial={**seen(row), "theme": row.theme_title})
    form.datalists = {"themes": [t.title for t in themes.themes(request.actor)]}
    return form


def _reason_form(request: Request, row: NeedRow) -> RefusableForm:
    label = _("Why can it not be settled here? Colleagues read it.")
    return NoteForm(_sent(request), initial=seen(row), label=label)


def _delivery_form(request: Request, row: NeedRow) -> RefusableForm:
    label = _("When and how was the resident told?")
    return NoteForm(_sent(request), initial=seen(row), label=label, required=False)


def _sort_form(request: Request, row: NeedRow) -> RefusableForm:
    now = {
        "category": row.category, "dimension": row.dimension, "wants": row.wants, "size": row.size, "urgent": row.urgent,
        "kind": row.kind, **seen(row),
    }  # fmt: skip
    form = SortForm(_sent(request), initial=now)
    form.datalists = {"categories": list(sorting.categories())}
    if row.kind == sorting.COMPLAINT_STAFF:
        del form.fields["kind"]
    return form


def _order_form(request: Request, row: NeedRow) -> RefusableForm:
    due = row.promised_on if row.promised_on >= clock.today() else None
    also = [(str(w.need_id), w.words.strip()[:40]) for w in order_queries.beside(request.actor, row)]
    now = {"what": row.words, "due_on": day_given(due), "open_to": "", **seen(row)}
    form = OrderForm(_sent(request), initial=now, beside=also)
    form.datalists = {"leads": list(leads.labelled(request.actor, row.unit_id))}
    return form


def _lesson_form(request: Request, row: NeedRow) -> RefusableForm:
    return LessonForm(_sent(request))


def _rating_form(request: Request, row: NeedRow) -> RefusableForm:
    return RatingForm(_sent(request))


def _sort(actor: Actor, need_id: UUID, given: dict[str, Any]) -> object:
    category = sorting.category_named(given["category"])
    if category is None:
        raise Invalid.of(category="Please choose a category of the list.")
    what = Sorting(given["dimension"], given["wants"], given.get("kind", ""), given["size"], category, given["urgent"])
    return actions.sort(actor, need_id, sorting_is=what, seen_at=given["seen_at"])


def _dispatch(actor: Actor, need_id: UUID, given: dict[str, Any]) -> object:
    labels = leads.labelled(actor, queries.need(actor, need_id).unit_id)
    new = actions.NewOrder(
        what=given["what"], lead=actions.Lead() if given["open_to"] else leads.chosen(labels, given["lead"]),
        hands=leads.hands(labels, given["hands"]), due_on=given["due_on"], open_to=given["open_to"],
    )  # fmt: skip
    also = [key for text in given.get("together", ()) if (key := ids.parsed(text))]
    return actions.make_order(actor, [need_id, *also], new=new, seen_at=given["seen_at"])


def _merge(actor: Actor, need_id: UUID, given: dict[str, Any]) -> object:
    original_id = ids.parsed(given.get("likely", ""))
    if code := given["code"].strip():
        original_id = queries.by_code(actor, code)
        if original_id is None:
            raise Invalid.of(code="No matter within your reach has this code. Please check the digits.")
    try:
        return actions.merge(actor, need_id, original_id=original_id, seen_at=given["seen_at"])
    except Invalid as refusal:  # said beside the field that is on the form
        raise Invalid.of(code=refusal.fields["original"]) from refusal


def _note(actor: Actor, need_id: UUID, given: dict[str, Any]) -> object:
    calls = re.split(r"[,，、;；]", given["calls"])
    return actions.note(actor, need_id, note=given["note"], photos=given["photos"], calls=calls)


def _rate(actor: Actor, need_id: UUID, given: dict[str, Any]) -> object:
    return actions.rate(actor, need_id, given=Given(given["solved"] == "1", given["stars"], given["words"]))


_TELL = ("text", "way", "seen_at")
_RESULT = (*_TELL, "outcome", "reason", "who_else")

STEPS: dict[str, tuple[Make, Act]] = {
    "sort": (_sort_form, _sort),
    "dispatch": (_order_form, _dispatch),
    "answer": (_answer_form, lambda a, pk, g: actions.answer(a, pk, **{k: g[k] for k in _RESULT})),
    "conclude": (_closing_form, lambda a, pk, g: actions.conclude(a, pk, **{k: g[k] for k in _TELL})),
    "explain": (_closing_form, lambda a, pk, g: actions.explain(a, pk, **{k: g[k] for k in _TELL})),
    "rate": (_rating_form, _rate),
    "hand_up": (_reason_form, lambda a, pk, g: actions.hand_up(a, pk, note=g["note"], seen_at=g["seen_at"])),
    "pass_on": (
        _pass_form,
        lambda a, pk, g: actions.pass_on(a, pk, unit_id=ids.parsed(g["unit"]), note=g["note"], seen_at=g["seen_at"]),
    ),
    "learn": (
        _lesson_form,
        lambda a, pk, g: actions.learn(a, pk, text=g["text"], case_candidate=g["case_candidate"]),
    ),
    "note": (_note_form, _note),
    "merge": (_merge_form, _merge),
    "group": (_group_form, lambda a, pk, g: actions.group(a, pk, theme=g["theme"], seen_at=g["seen_at"])),
    "deliver": (_delivery_form, lambda a, pk, g: actions.deliver(a, pk, note=g["note"], seen_at=g["seen_at"])),
}
