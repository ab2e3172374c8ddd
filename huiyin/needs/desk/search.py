"""Search from anywhere at the desk: matters, addresses, units, people, and telephones, which never stand in an address."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.queries import Filter, finding
from huiyin.needs.rules import searching
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, any_staff
from huiyin.org.queries import finding as org
from huiyin.platform import clock, limits
from huiyin.platform.templatetags.web import hidden

TYPED_MOST = 60
HITS_MOST = 6
CALLS_MOST = 50
LOOKS_MOST, LOOKS_WITHIN_S = 60, 3600  # looked for by one person: nobody walks through all numbers


def _count_said(count: int, *, more: bool) -> str:
    return f"{count:,}{'+' if more else ''}"


def _list_url(which: Filter) -> str:
    days = {"since": which.since.isoformat()} if which.since else {}
    return f"{reverse('today')}?{urlencode({'which': 'all', 'q': which.text, **days})}"


def _matters(actor: Actor, typed: str, *, everything: bool, unsaid: bool) -> dict[str, Any]:
    """Return the matters of the last year, or of all time, with what is looked for beside the words.

    Of what is to stay `unsaid`, a telephone say, no link is made that would carry it.
    """
    since = None if everything else searching.year_back(clock.today())
    which = Filter(which="all", text=typed, since=since)
    sought = queries.wanted(actor, which=which)
    found = finding.matters_like(actor, which=which, sought=sought)
    marks = [text for term in sought for text in term.every]
    query = "" if unsaid else f"?{_list_url(which).partition('?')[2]}"
    cards = [view.card(r, url=view.desk_url(r.id) + query, marks=marks) for r in found.rows]
    earlier = 0
    if not found.rows and not everything:
        earlier = finding.count_like(actor, which=Filter(which="all", text=typed), sought=sought)
    return {
        "matters": cards, "matters_count": _count_said(found.count, more=found.more), "matters_url": "" if unsaid else _list_url(which),
        "earlier": _count_said(min(earlier, queries.COUNT_MOST), more=earlier > queries.COUNT_MOST) if earlier else "",
        "beside": list(dict.fromkeys(text for term in sought for text in (*term.sound, *term.near))),
    }  # fmt: skip


def _places(actor: Actor, typed: str) -> list[dict[str, Any]]:
    found = []
    for hit in org.places_like(actor, typed=typed, most=HITS_MOST + 1):
        place = urlencode({"community": hit.community_id, "place": hit.text})
        matters = urlencode({"which": "all", "building": hit.building_id})
        found.append(
            {"row": hit, "url": f"{reverse('today')}?{matters}", "register_url": f"{reverse('register')}?{place}"}
        )
    return found


def _units(actor: Actor, typed: str) -> list[dict[str, Any]]:
    return [
        {"row": hit, "url": f"{reverse('today')}?{urlencode({'which': 'all', 'unit': hit.row.id})}"}
        for hit in org.units_like(actor, typed=typed, most=HITS_MOST + 1)
    ]


def _people(actor: Actor, typed: str) -> list[dict[str, Any]]:
    return [
        {"row": hit, "posts": [f"{unit} · {gettext(role)}" for unit, role in hit.posts]}
        for hit in org.people_like(actor, typed=typed, most=HITS_MOST + 1)
    ]


def _first(name: str, hits: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: hits[:HITS_MOST], f"{name}_more": len(hits) > HITS_MOST}


def _found(actor: Actor, typed: str, *, everything: bool, unsaid: bool) -> dict[str, Any]:
    """Return what the words find, as far as the person may see it."""
    return {
        **(_matters(actor, typed, everything=everything, unsaid=unsaid) if actor.can("need.read") else {}),
        **_first("places", _places(actor, typed)),
        **_first("units", _units(actor, typed)),
        **_first("people", _people(actor, typed)),
    }


def _called(actor: Actor, digits: str) -> dict[str, Any]:
    """Return the matters of a telephone, when the person may look; counted against a limit."""
    if not actor.can("need.contact"):
        return {}
    limits.hit("phone_search", str(actor.person_id), most=LOOKS_MOST, per_s=LOOKS_WITHIN_S)
    rows = actions.find_by_phone(actor, digits=digits, most=CALLS_MOST + 1)
    cards = [view.card(row, url=view.desk_url(row.id)) for row in rows[:CALLS_MOST]]
    count = _count_said(len(cards), more=len(rows) > CALLS_MOST)
    return {"calls": cards, "calls_tail": digits[-4:], "calls_count": count}


@any_staff
@never_cache
def search(request: Request) -> HttpResponse:
    """What is found; a form leads here by POST, and what holds no personal data goes on to an address of its own."""
    actor, posted = request.actor, request.method == "POST"
    given = request.POST if posted else request.GET
    typed = given.get("q", "").replace("\x00", "").strip()[:TYPED_MOST]
    digits = searching.phone_typed(typed) if posted else ""
    everything = bool(digits) or given.get("when") == "all"
    if posted:
        key = queries.by_code(actor, typed) if rules.plain_code(typed) else None
        if key:
            return redirect("matter", key)
        if not digits and hidden(typed) == typed:
            when = {"when": "all"} if everything else {}
            return redirect(f"{reverse('search')}?{urlencode({'q': typed, **when})}")
    shown = {
        "query": typed,
        "everything": everything,
        "since": searching.year_back(clock.today()),
        "may_register": actor.can("need.register"),
        "phone": bool(digits),
        "unsaid": posted,
        **(_called(actor, digits) if digits else {}),
    }
    if typed:
        shown |= _found(actor, typed, everything=everything, unsaid=posted)
    shown["nothing"] = not any(shown.get(k) for k in ("calls", "matters", "places", "units", "people"))
    return render(request, "needs/search.html", shown)
