"""The left side of the desk: lists with their figures, filters, one post at a time, saved views."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from huiyin.needs import actions, queries, rules, view
from huiyin.needs.forms.desk import FilterForm
from huiyin.needs.queries import Filter, themes
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.rules import sorting
from huiyin.needs.rules.measures import MEASURE_LABELS
from huiyin.needs.rules.searching import Term
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.org.doors import Request, staff
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound

FILTERS = (
    ("open", _("To do"), ""),
    ("overdue", _("Overdue"), "over"),
    ("today", _("Due today"), "soon"),
    ("fresh", _("New"), ""),
    ("out", _("With others"), ""),
    ("undelivered", _("To be told"), "soon"),
    ("rating", _("Awaiting rating"), ""),
    ("word", _("Closing word due"), "soon"),
    ("called", _("Calls for me"), ""),
    ("changed", _("Changed since I looked"), ""),
    ("followed", _("Followed"), ""),
    ("closed", _("Closed"), ""),
    ("all", _("All matters"), ""),
)
_EMPTY = {
    "open": _("Nothing is waiting for you."),
    "overdue": _("Nothing is overdue."),
    "today": _("Nothing is due today."),
    "fresh": _("Nothing new has come in."),
    "out": _("No order is out."),
    "undelivered": _("Every answer has reached its resident."),
    "rating": _("No result waits for its rating."),
    "word": _("No closing word is due."),
    "called": _("No note calls you."),
    "changed": _("Nothing you had open has changed since."),
    "followed": _("Nothing of yours is with another office."),
    "closed": _("No matter has been closed yet."),
}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def chosen(request: Request) -> Filter:
    """Return what the address asks a list to show."""
    get = request.GET
    which, text = get.get("which", "open"), get.get("q", "")[:60].replace("\x00", "")
    which = which if which in {key for key, *_rest in FILTERS} else "open"
    if text and "which" not in get:
        which = "all"
    return Filter(
        which, get.get("channel", ""), text, sorting.category_named(get.get("category", "")[:80]) or "",
        ids.parsed(get.get("unit", "")), ids.parsed(get.get("theme", "")), get.get("urgent") == "1",
        _day(get.get("since", "")), _day(get.get("until", "")), ids.parsed(get.get("home", "")), get.get("direct") == "1",
        get.get("measure", "") if get.get("measure", "") in MEASURE_LABELS else "", get.get("filed") == "1",
        get.get("exact") == "1", ids.parsed(get.get("building", "")),
        get.get("unplaced") == "1",
    )  # fmt: skip


def pairs(which: Filter) -> dict[str, str]:
    """Return a filter as the parts of an address, empty ones left out."""
    given = {
        "which": which.which if which.which != "open" else "", "q": which.text, "channel": which.channel,
        "category": which.category, "unit": str(which.unit or ""), "theme": str(which.theme or ""),
        "urgent": "1" if which.urgent else "", "since": which.since.isoformat() if which.since else "",
        "until": which.until.isoformat() if which.until else "", "home": str(which.home or ""),
        "direct": "1" if which.direct and which.home else "", "measure": which.measure,
        "filed": "1" if which.filed else "", "exact": "1" if which.exact else "",
        "building": str(which.building or ""), "unplaced": "1" if which.unplaced else "",
    }  # fmt: skip
    return {key: text for key, text in given.items() if text}


def as_post(request: Request) -> Actor:
    """Return the person in one of their posts, when the address chooses one: all lists and figures are that post's."""
    actor, post = request.actor, ids.parsed(request.GET.get("post", ""))
    return actor.only_in(post) if post else actor


def query_of(request: Request) -> str:
    """Return the filter of this request as it is appended to addresses, "" when nothing narrows."""
    given = pairs(chosen(request))
    if as_post(request) is not request.actor:
        given["post"] = request.GET["post"]
    return f"?{urlencode(given)}" if given else ""


def _number(request: Request) -> int:
    text = request.GET.get("page", "1")
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else 1


def _posts(request: Request) -> list[dict[str, Any]]:
    """Return the posts of somebody who holds several or stands in: each with its own lists."""
    actor = request.actor
    offices = list(dict.fromkeys((g.unit_id, g.stand_in_for is not None) for g in actor.grants))
    if len(offices) < 2:
        return []
    here, given = request.GET.get("post", ""), pairs(chosen(request))
    title = atlas.current().title
    found = [{"label": gettext("All my posts"), "url": f"{reverse('today')}?{urlencode(given)}", "current": not here}]
    for unit_id, stands_in in offices:
        name = title(unit_id)
        label = gettext("Standing in: %(unit)s") % {"unit": name} if stands_in else name
        query = urlencode({**given, "post": str(unit_id)})
        found.append({"label": label, "url": f"{reverse('today')}?{query}", "current": here == str(unit_id)})
    return found


def _home_said(which: Filter) -> str:
    here = atlas.current()
    if not which.home or not here.get(which.home):
        return ""
    name = {"unit": here.title(which.home)}
    return (gettext("fell to %(unit)s itself") if which.direct else gettext("fell to %(unit)s")) % name


def _building_said(actor: Actor, which: Filter) -> str:
    if not which.building:
        return ""
    try:
        return org.place(actor, which.building).text
    except NotFound:
        return gettext("Building")


def _narrowings(request: Request, which: Filter) -> list[dict[str, str]]:
    """Return what narrows the list beside its kind, each with the address of the list without it."""
    here = atlas.current()
    said = {
        "channel": view.said(rules.CHANNELS.get(which.channel, "")) if which.channel else "",
        "category": which.category.replace("/", " › "),
        "unit": here.title(which.unit) if which.unit and here.get(which.unit) else "",
        "home": _home_said(which),
        "measure": view.said(MEASURE_LABELS.get(which.measure, "")) if which.measure else "",
        "theme": gettext("Theme") if which.theme else "",
        "building": _building_said(request.actor, which),
        "unplaced": gettext("on no map") if which.unplaced else "",
        "urgent": gettext("urgent") if which.urgent else "",
        "since": gettext("from %(day)s") % {"day": view.day(which.since)} if which.since else "",
        "until": gettext("up to %(day)s") % {"day": view.day(which.until)} if which.until else "",
        "filed": gettext("filed by the model, to be confirmed") if which.filed else "",
        "q": f"“{which.text}”" if which.text else "",
        "exact": gettext("these very words") if which.text and which.exact else "",
    }
    given = pairs(which)
    without = {key: urlencode({k: v for k, v in given.items() if k != key}) for key in said}
    return [{"label": label, "url": f"{reverse('today')}?{without[key]}"} for key, label in said.items() if label]


def _beside(which: Filter, sought: Sequence[Term]) -> dict[str, Any]:
    """Return what is looked for beside the typed words, and the address of the list without it."""
    others = [text for term in sought for text in (*term.sound, *term.near)]
    exact = f"{reverse('today')}?{urlencode({**pairs(which), 'exact': '1'})}"
    return {"beside": list(dict.fromkeys(others)), "exact_url": exact}


def listing(request: Request, current: UUID | None = None) -> dict[str, Any]:
    """Return the left side: filters with figures, the list, its pages."""
    actor, which, query = as_post(request), chosen(request), query_of(request)
    counts = queries.counts(actor)
    sought = queries.wanted(actor, which=which)
    page = queries.held(actor, which=which, page=_number(request), sought=sought)
    marks = [text for term in sought for text in term.every]
    cards = [view.card(r, url=view.desk_url(r.id) + query, current=r.id == current, marks=marks) for r in page.rows]
    rest = {k: v for k, v in pairs(which).items() if k not in {"which", "q"}}
    if "post=" in query:
        rest["post"] = request.GET["post"]
    filters = [
        {
            "label": label, "url": f"{reverse('today')}?{urlencode({'which': key, **rest})}",
            "count": getattr(counts, key, None) or "", "current": key == which.which,
            "state": state if getattr(counts, key, 0) else "",
        }
        for key, label, state in FILTERS
    ]  # fmt: skip
    return {
        "items": cards, "filters": filters, "page": page, "which": which, "query": which.text, "posts": _posts(request),
        "may_export": actor.can("need.export"),
        "narrowed": _narrowings(request, which), **_beside(which, sought),
        "list_url": reverse("today") + query,
        "list_query": query, "empty_text": _EMPTY.get(which.which, _("No matter was found.")),
    }  # fmt: skip


@staff("need.read")
@never_cache
def for_me(request: Request) -> HttpResponse:
    """How much calls this person: asked for by the page now and then, beside the list."""
    return render(request, "needs/_for_me.html", {"mine": queries.for_me(request.actor)})


def _units(actor: Actor) -> dict[str, str]:
    """Return the units one may narrow to, by the name that the list shows."""
    here, paths = atlas.current(), actor.paths("need.read")
    found = [u for u in here.units.values() if u.tree == "office" and any(u.path.startswith(p) for p in paths)]
    return {here.title(u.id): str(u.id) for u in found if u.kind != "county"}


def _narrowed(request: Request, form: FilterForm, units: dict[str, str]) -> dict[str, str]:
    """Return the parts of the address that the filter form asks for. Raises Invalid."""
    given = form.cleaned_data
    unit = given["unit"].strip()
    if unit and unit not in units:
        raise Invalid.of(unit="Please choose a unit of the list.")
    category = sorting.category_named(given["category"])
    if category is None:
        raise Invalid.of(category="Please choose a category of the list.")
    asked = {
        "which": given["which"], "q": given["q"], "channel": given["channel"], "category": category,
        "unit": units.get(unit, ""), "theme": given["theme"], "urgent": "1" if given["urgent"] else "",
        "since": given["since"].isoformat() if given["since"] else "",
        "until": given["until"].isoformat() if given["until"] else "", "filed": "1" if given["filed"] else "",
        **{name: given[name] for name in ("home", "direct", "measure", "building", "unplaced")},
    }  # fmt: skip
    return {key: text for key, text in asked.items() if text}


@staff("need.read")
@never_cache
def narrow(request: Request) -> HttpResponse:
    """Ask how the list is narrowed; and keep it as a view of one's own."""
    which, units = chosen(request), _units(request.actor)
    names = {key: name for name, key in units.items()}
    now = {
        **pairs(which),
        "unit": names.get(str(which.unit), ""),
        "which": which.which,
        "urgent": which.urgent,
        "filed": which.filed,
    }
    given = themes.themes(request.actor)
    form = FilterForm(
        request.POST if request.method == "POST" else None, initial=now,
        lists=[(key, label) for key, label, _state in FILTERS], themes=[(str(t.id), t.title) for t in given],
    )  # fmt: skip
    form.datalists = {"units": list(units), "categories": list(sorting.categories())}
    if request.method == "POST" and form.is_valid():
        try:
            asked = _narrowed(request, form, units)
            if form.cleaned_data["name"].strip():
                actions.save_view(request.actor, name=form.cleaned_data["name"], query=urlencode(asked))
            return redirect(f"{reverse('today')}?{urlencode(asked)}")
        except Invalid as refusal:
            form.show(refusal)
    query = query_of(request)
    shown = {
        "form": form, "views": desk_queries.views(request.actor), "list_url": reverse("today") + query,
        "list_query": query, "may_export": request.actor.can("need.export"),
    }  # fmt: skip
    return render(request, "needs/narrow.html", shown, status=form.status if form.errors else 200)


@staff("need.read")
def forget_view(request: Request, view_id: UUID) -> HttpResponse:
    """Remove one of one's own views."""
    if request.method != "POST":
        raise NotFound()
    actions.forget_view(request.actor, view_id)
    return redirect("narrow")
