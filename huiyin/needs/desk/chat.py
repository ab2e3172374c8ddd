"""The desk's doors to a pasted chat excerpt: taken apart, looked through, registered as several matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, rules, view
from huiyin.needs.actions import NewNeed
from huiyin.needs.desk.register import own_community, placed
from huiyin.needs.forms.chat import BlockForm, PasteForm
from huiyin.needs.rules import chat as chat_rules
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids

Blocks = formset_factory(BlockForm, extra=0, max_num=chat_rules.MESSAGES_MOST, absolute_max=chat_rules.MESSAGES_MOST)


def _taken_apart(actor: Actor, text: str) -> list[dict[str, Any]]:
    office = actor.office
    here = atlas.current()
    colleagues = [s.name for s in here.staff if office and office[0] in s.units]
    return [
        {"take": s.likely, "words": s.words, "name": s.name, "at": s.at, "source": ids.new_id().hex}
        for s in chat_rules.taken_apart(text, colleagues=[*colleagues, actor.name])
    ]


def _new(actor: Actor, given: Mapping[str, Any], community: str) -> NewNeed:
    building_id, place_text = placed(actor, given["place"], community)
    return NewNeed(
        words=given["words"], channel="chat_group", source=f"chat:{given['source']}", community_id=ids.parsed(community),
        building_id=building_id, place_text=place_text, name=given["name"], phone=given["phone"],
    )  # fmt: skip


def joined(blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the blocks to register: one that belongs to the matter before it adds its words to that one."""
    found: list[dict[str, Any]] = []
    for block in blocks:
        if block.get("join") and found:
            found[-1]["words"] = f"{found[-1]['words']}\n{block['words']}"
        elif block.get("take") or block.get("join"):  # what would join one left out is not lost
            found.append(dict(block))
    return found


def _registered(request: Request, blocks: "BaseFormSet[BlockForm]", community: str) -> list[actions.Receipt] | None:
    """Register what is ticked, all or nothing; None leaves the fault beside its block."""
    wanted = joined([form.cleaned_data for form in blocks.forms])
    if not wanted:
        blocks.forms[0].add_error(None, gettext("Please tick at least one message."))
        return None
    news = [_new(request.actor, block, community) for block in wanted]
    try:
        return actions.register_all(request.actor, news=news)
    except actions.OneRefused as refused:
        source = wanted[refused.index]["source"]
        form = next(f for f in blocks.forms if f.cleaned_data["source"] == source)
        form.show(refused.refusal)
        return None


@staff("need.register")
@never_cache
def chat(request: Request) -> HttpResponse:
    """Paste, look through, register."""
    actor = request.actor
    communities = org.communities(actor)
    sent = request.POST if request.method == "POST" else None
    paste = PasteForm(sent, initial={"community": own_community(actor)}, communities=communities)
    shown: dict[str, Any] = {"paste": paste, "count": 0}
    status = 200
    if sent is not None and paste.is_valid():
        community = paste.cleaned_data["community"]
        if "form-TOTAL_FORMS" in request.POST:
            blocks = Blocks(request.POST)
            valid = blocks.is_valid()
            receipts = _registered(request, blocks, community) if valid and blocks.forms else None
            if receipts is not None:
                done = [
                    {"receipt": r, "code": rules.spoken_code(r.code), "url": view.desk_url(r.need_id)} for r in receipts
                ]
                return render(request, "needs/chat_done.html", {"done": done})
            status = 422
        else:
            blocks = Blocks(initial=_taken_apart(actor, paste.cleaned_data["text"]))
        if not blocks.forms:
            paste.add_error("text", gettext("Please paste at least one message."))
            return render(request, "needs/chat.html", shown, status=422)
        shown |= {"blocks": blocks, "count": len(blocks.forms)}
    elif sent is not None:
        status = 422
    return render(request, "needs/chat.html", shown, status=status)
