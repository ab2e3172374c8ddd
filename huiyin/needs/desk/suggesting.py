"""The desk's doors to what the text engine suggests: a category while one writes, matters alike, hints on a reply."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext, gettext_lazy, gettext_noop
from django.views.decorators.cache import never_cache

from huiyin.needs import queries, rules, view
from huiyin.needs.queries import reading, suggesting
from huiyin.needs.rules import replies
from huiyin.org.doors import Request, staff
from huiyin.platform.errors import NotFound


@staff("need.register")
@never_cache
def suggest(request: Request) -> JsonResponse:
    """Categories for the words typed so far. Sent by POST: a resident's words stand in no address and no log."""
    if request.method != "POST":
        raise NotFound()
    found = suggesting.categories_for(request.actor, words=request.POST.get("words", "")[: rules.WORDS_MOST])
    items = [{"category": s.category, "percent": s.percent, "words": list(s.words)} for s in found]
    unsure = bool(found) and not found[0].known
    read = reading.read(request.actor, words=request.POST.get("words", ""))
    return JsonResponse(
        {
            "items": items, "unsure": gettext("Unlike what is known: please look closely.") if unsure else "",
            "fills": [_fill(one) for one in read.fills], "named": _named(read), "caveat": gettext(_CAVEAT),
            "toned": read.tone in _TONES,
        }
    )  # fmt: skip


_CAVEAT = gettext_noop("Dimension, urgency and tone come from a list of words, not from learning.")
_FIELDS = {"place": gettext_lazy("Place"), "phone": gettext_lazy("Telephone"), "dimension": gettext_lazy("Dimension")}
_TONES = {"negative": gettext_lazy("Tone: unhappy"), "positive": gettext_lazy("Tone: thankful")}


def _fill(one: reading.Filled) -> dict[str, Any]:
    label = view.said(one.label) if one.field in {"dimension", "urgent"} else one.label
    said = f"{_FIELDS[one.field]}{gettext(': ')}{label}" if one.field in _FIELDS else label
    key = str(one.community_id) if one.community_id else ""
    return {
        "field": one.field,
        "value": one.value,
        "label": said,
        "words": list(one.words),
        "community": key,
        "guess": one.field not in {"place", "phone"},
    }


def _named(read: reading.Read) -> str:
    """Return in words what else was read; what a list of words says is told as that."""
    parts = [gettext("Named: %(things)s") % {"things": "、".join(read.named)}] if read.named else []
    if read.tone in _TONES:
        parts.append(f"{_TONES[read.tone]} ({'、'.join(read.tone_words)})")
    return " · ".join(parts)


@staff("need.sort")
@never_cache
def alike(request: Request, need_id: UUID) -> HttpResponse:
    """Waiting matters that say nearly the same, each to be merged with one press; asked for beside the matter."""
    row = queries.need(request.actor, need_id)
    may = view.reaches(request.actor, "need.sort", row) and row.duplicate_of is None
    found = suggesting.alike(request.actor, row) if may and row.state in rules.UNANSWERED_STATES else []
    return render(request, "needs/_alike.html", {"row": row, "alike": found})


@staff("need.read")
@never_cache
def solved(request: Request, need_id: UUID) -> HttpResponse:
    """How matters like this one were solved; asked for beside the matter."""
    row = queries.need(request.actor, need_id)
    found = suggesting.solved_like(request.actor, row) if row.state in rules.UNANSWERED_STATES else []
    items = [{"row": one, "words": view.excerpt(one.words), "answer": view.excerpt(one.answer)} for one in found]
    return render(request, "needs/_solved.html", {"items": items})


@staff("need.answer")
@never_cache
def check_reply(request: Request, need_id: UUID) -> HttpResponse:
    """What a reply that is being written may lack: a hint, never a block."""
    if request.method != "POST":
        raise NotFound()
    row = queries.need(request.actor, need_id)
    codes = suggesting.reply_hints(request.actor, row, text=request.POST.get("text", "")[: rules.WORDS_MOST])
    return render(request, "needs/_hints.html", {"hints": [view.said(replies.HINT_LABELS[code]) for code in codes]})
