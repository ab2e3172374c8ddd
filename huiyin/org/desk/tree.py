"""The desk's doors to the tree, the boundaries, the people and their posts."""

from datetime import date
from typing import Any
from uuid import UUID

from axes.utils import reset as unlock
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache

from huiyin.org import actions, atlas, queries, rules
from huiyin.org.doors import Request, staff
from huiyin.org.forms import (
    AppointForm,
    BoundaryForm,
    EndForm,
    ImportForm,
    InviteForm,
    MoveForm,
    PasswordForm,
    StandInForm,
    UnitForm,
    WorkDayForm,
    filled,
)
from huiyin.org.roles import ROLES, may_give
from huiyin.platform import limits
from huiyin.platform.errors import NotFound

KIND_LABELS = {  # English message ids
    "county": "County",
    "inspection": "Inspection",
    "street": "Street",
    "department": "Department",
    "village": "Village",
    "community": "Community",
    "grid": "Grid",
    "group": "Group",
    "core": "Core household",
    "brigade": "Brigade",
    "team": "Team",
}


def _nodes(nodes: Any, *, depth: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "label": n.unit.name,
            "url": reverse("unit", args=[n.unit.id]),
            "count": n.people or "",
            "hint": gettext(KIND_LABELS.get(n.unit.kind, n.unit.kind))
            if n.unit.grid_kind != "exclusive"
            else gettext("Exclusive grid"),
            "open": depth < 2,
            "children": _nodes(n.children, depth=depth + 1),
        }
        for n in nodes
    ]


@staff("unit.read")
@never_cache
def units(request: Request) -> HttpResponse:
    """The trees within reach: offices, and the service teams."""
    actor = request.actor
    shown = {"offices": _nodes(queries.tree(actor)), "teams": _nodes(queries.tree(actor, which="service"))}
    return render(request, "org/units.html", shown)


def _facts(unit: atlas.UnitRow) -> list[dict[str, Any]]:
    given = [
        (gettext("Kind"), gettext(KIND_LABELS.get(unit.kind, unit.kind))),
        (gettext("Telephone"), unit.phone or gettext("not given")),
        (gettext("Address"), unit.address or gettext("not given")),
        (gettext("Web page"), f"/c/{unit.slug}/" if unit.slug else gettext("none")),
        (gettext("Boundary"), gettext("drawn") if unit.boundary else gettext("not drawn")),
    ]
    return [{"label": label, "value": value} for label, value in given]


@staff("unit.read")
@never_cache
def unit(request: Request, unit_id: UUID) -> HttpResponse:
    """One unit: what it is, who works there, what stands in it, its boundary."""
    actor = request.actor
    row = queries.unit(actor, unit_id)
    here = atlas.current()
    shown = {
        "unit": row,
        "kind_label": gettext(KIND_LABELS.get(row.kind, row.kind)),
        "above": list(here.above(unit_id)[:-1]),
        "below": [here.units[c] for c in here.children.get(unit_id, ())],
        "facts": _facts(row),
        "posts": queries.posts_in(actor, unit_id) if actor.can("post.read") else [],
        "estates": queries.estate_rows(actor, unit_id) if actor.can("address.read") else [],
        "portfolios": queries.portfolios(actor, unit_id) if actor.can("address.read") else [],
        "portfolio_range": rules.PORTFOLIO_HOUSEHOLDS,
        "may_edit": actor.can("unit.edit"),
        "may_draw": actor.can("boundary.edit"),
        "may_appoint": actor.can("post.appoint"),
    }
    return render(request, "org/unit.html", shown)


@staff("unit.read")
@never_cache
def unit_map(request: Request, unit_id: UUID) -> JsonResponse:
    """The outlines of a unit, its neighbours and what is below it."""
    row = queries.unit(request.actor, unit_id)
    return JsonResponse(queries.outlines(request.actor, row.id, beside="beside" in request.GET))


@staff("unit.edit")
@never_cache
def edit_unit(request: Request, unit_id: UUID) -> HttpResponse:
    """Change name, web address, telephone, address, names of stages."""
    row = queries.unit(request.actor, unit_id)
    form = UnitForm(
        request.POST or None,
        initial={
            "name": row.name,
            "slug": row.slug,
            "phone": row.phone,
            "address": row.address,
            "vocabulary": row.vocabulary,
        },
    )
    if filled(request, form, lambda g: actions.edit_unit(request.actor, unit_id, **g)):
        return redirect("unit", unit_id=unit_id)
    return _form_page(request, form, row, gettext("Edit the unit"), gettext("Save"))


@staff("unit.edit")
@never_cache
def add_unit(request: Request, unit_id: UUID) -> HttpResponse:
    """Add a unit below this one."""
    row = queries.unit(request.actor, unit_id)
    kinds = [k for k in rules.OFFICE_KINDS if rules.may_stand_under(k, row.kind)] if row.tree == "office" else ["team"]
    form = UnitForm(request.POST or None, kinds=[(k, gettext(KIND_LABELS[k])) for k in kinds])
    if made := filled(request, form, lambda g: actions.add_unit(request.actor, unit_id, **g)):
        return redirect("unit", unit_id=made.id)
    return _form_page(request, form, row, gettext("Add a unit below"), gettext("Add"))


@staff("unit.edit")
@never_cache
def move_unit(request: Request, unit_id: UUID) -> HttpResponse:
    """Put the unit under another one."""
    row = queries.unit(request.actor, unit_id)
    here = atlas.current()
    below = [
        u for u in here.units.values() if u.tree == row.tree and not u.ended_on and not u.path.startswith(row.path)
    ]
    paths = request.actor.paths("unit.edit")
    choices = [(str(u.id), here.title(u.id)) for u in below if any(u.path.startswith(p) for p in paths)]
    form = MoveForm(request.POST or None, units=choices)
    if filled(request, form, lambda g: actions.move_unit(request.actor, unit_id, to=UUID(g["to"]))):
        return redirect("unit", unit_id=unit_id)
    return _form_page(request, form, row, gettext("Move the unit"), gettext("Move"))


@staff("unit.edit")
@never_cache
def end_unit(request: Request, unit_id: UUID) -> HttpResponse:
    """End the unit today."""
    row = queries.unit(request.actor, unit_id)
    form = EndForm(request.POST or None)
    if filled(request, form, lambda g: actions.end_unit(request.actor, unit_id)):
        return redirect("units")
    return _form_page(request, form, row, gettext("End the unit"), gettext("End today"))


@staff("boundary.edit")
@never_cache
def boundary(request: Request, unit_id: UUID) -> HttpResponse:
    """Draw the boundary on the map, or paste GeoJSON."""
    row = queries.unit(request.actor, unit_id)
    form = BoundaryForm(request.POST or None, initial={"boundary": BoundaryForm.text_of(row.boundary)})
    if filled(request, form, lambda g: actions.set_boundary(request.actor, unit_id, geojson=g["boundary"])):
        return redirect("unit", unit_id=unit_id)
    shown = {"form": form, "unit": row, "around_url": reverse("unit_map", args=[unit_id]) + "?beside"}
    return render(request, "org/boundary.html", shown, status=422 if form.is_bound else 200)


@staff("boundary.edit")
@never_cache
def import_boundaries(request: Request, unit_id: UUID) -> HttpResponse:
    """Read the boundaries of all units below from one GeoJSON file."""
    row = queries.unit(request.actor, unit_id)
    form = ImportForm(request.POST or None, request.FILES or None)
    if filled(request, form, lambda g: actions.import_boundaries(request.actor, unit_id, geojson=g["file"]) or True):
        return redirect("unit", unit_id=unit_id)
    return _form_page(request, form, row, gettext("Import boundaries"), gettext("Import"))


def _form_page(request: Request, form: Any, row: atlas.UnitRow, title: str, submit: str) -> HttpResponse:
    shown = {"form": form, "unit": row, "title": title, "submit": submit}
    return render(request, "org/form.html", shown, status=422 if form.is_bound else 200)


def _roles(request: Request, row: atlas.UnitRow) -> list[tuple[str, str]]:
    own = request.actor.roles_over(row.path)
    fitting = [r for r in ROLES.values() if row.tree == "service" or row.kind in r.unit_kinds]
    fitting = [r for r in fitting if may_give(own, r.name)]
    return [(r.name, gettext(r.label)) for r in fitting]


@staff("post.appoint")
@never_cache
def appoint(request: Request, unit_id: UUID) -> HttpResponse:
    """Give somebody with an account a post here."""
    row = queries.unit(request.actor, unit_id)
    form = AppointForm(request.POST or None, roles=_roles(request, row), people=_people(request))
    if filled(request, form, lambda g: actions.appoint(request.actor, unit_id, **g)):
        return redirect("unit", unit_id=unit_id)
    return _form_page(request, form, row, gettext("Appoint somebody"), gettext("Appoint"))


@staff("post.appoint")
@never_cache
def invite(request: Request, unit_id: UUID) -> HttpResponse:
    """Open an account for somebody new and appoint them."""
    row = queries.unit(request.actor, unit_id)
    form = InviteForm(request.POST or None, roles=_roles(request, row))
    if filled(request, form, lambda g: actions.invite(request.actor, unit_id, **form.person(g))):
        return redirect("unit", unit_id=unit_id)
    return _form_page(request, form, row, gettext("Add a person"), gettext("Open the account"))


@staff("calendar.edit")
@never_cache
def workdays(request: Request) -> HttpResponse:
    """Days that differ from the national calendar."""
    form = WorkDayForm(request.POST or None)

    def enter(given: dict[str, Any]) -> bool:
        actions.set_workday(request.actor, day=given["day"], works=given["works"] == "1", note=given["note"])
        return True

    if filled(request, form, enter):
        return redirect("workdays")
    shown = {
        "form": form,
        "days": queries.workdays(request.actor),
        "coverage_ends": atlas.current().calendar.coverage_ends,
    }
    return render(request, "org/workdays.html", shown, status=422 if form.is_bound else 200)


@staff("calendar.edit")
def forget_workday(request: Request, day: str) -> HttpResponse:
    """Let the national calendar decide about a day again."""
    try:
        plain = date.fromisoformat(day)
    except ValueError as error:
        raise NotFound() from error
    if request.method != "POST":
        raise NotFound()
    actions.forget_workday(request.actor, day=plain)
    return redirect("workdays")


@staff("post.read")
@never_cache
def people(request: Request) -> HttpResponse:
    """Who works within reach."""
    search = request.GET.get("q", "")[:40].replace("\x00", "")
    rows = queries.people(request.actor, search=search)
    return render(request, "org/people.html", {"people": rows, "query": search})


@staff("post.read")
@never_cache
def person(request: Request, user_id: UUID) -> HttpResponse:
    """One person with their posts."""
    row = queries.person(request.actor, user_id)
    return render(request, "org/person.html", {"person": row, "may_appoint": request.actor.can("post.appoint")})


def _named(person: queries.PersonRow) -> str:
    if not person.posts:
        return person.name
    return gettext("%(name)s (%(unit)s)") % {"name": person.name, "unit": person.posts[0].unit_name}


def _people(request: Request) -> list[tuple[str, str]]:
    return [(str(p.id), _named(p)) for p in queries.people(request.actor, most=1000)]


def _post_page(request: Request, form: Any, title: str, submit: str) -> HttpResponse:
    return render(
        request,
        "org/post_form.html",
        {"form": form, "title": title, "submit": submit},
        status=422 if form.is_bound else 200,
    )


@staff("post.appoint")
@never_cache
def end_post(request: Request, post_id: UUID) -> HttpResponse:
    """End a post today."""
    post = queries.post(request.actor, post_id)
    form = EndForm(request.POST or None)
    if filled(request, form, lambda g: actions.end_post(request.actor, post_id)):
        return redirect("unit", unit_id=post.unit_id)
    return _post_page(
        request, form, gettext("End the post of %(name)s") % {"name": post.user_name}, gettext("End today")
    )


@staff("post.appoint")
@never_cache
def leave(request: Request, user_id: UUID) -> HttpResponse:
    """Somebody leaves: all posts within reach end, and the account with the last one."""
    row = queries.person(request.actor, user_id)
    form = EndForm(request.POST or None)
    if filled(request, form, lambda g: actions.leave(request.actor, user_id)):
        return redirect("people")
    title = gettext("%(name)s leaves") % {"name": row.name}
    return _post_page(request, form, title, gettext("End all posts today"))


@staff("post.appoint")
@never_cache
def give_password(request: Request, user_id: UUID) -> HttpResponse:
    """Give a new first password to who forgot theirs or is locked out."""
    row = queries.person(request.actor, user_id)
    form = PasswordForm(request.POST if request.method == "POST" else None)

    def give(given: dict[str, Any]) -> bool:
        limits.hit("renew", str(request.actor.person_id), most=30, per_s=3600)
        unlock(username=actions.give_password(request.actor, user_id, password=given["password"]))
        return True

    if filled(request, form, give):
        return redirect("person", user_id=user_id)
    title = gettext("A new password for %(name)s") % {"name": row.name}
    return _post_page(request, form, title, gettext("Give this password"))


@staff("post.appoint")
@never_cache
def reset_factors(request: Request, user_id: UUID) -> HttpResponse:
    """Take away the second factors of who lost the phone."""
    row = queries.person(request.actor, user_id)
    form = EndForm(request.POST or None)
    if request.method == "POST":
        limits.hit("renew", str(request.actor.person_id), most=30, per_s=3600)
    if filled(request, form, lambda g: actions.reset_factors(request.actor, user_id) or True):
        messages.success(request, gettext("The second factor is removed. The person sees this at the next sign-in."))
        return redirect("person", user_id=user_id)
    title = gettext("Remove the second factor of %(name)s") % {"name": row.name}
    note = gettext(
        "After that the password alone is enough until a new one is set up. Every session ends. It is recorded."
    )
    shown = {"form": form, "title": title, "submit": gettext("Remove it"), "note": note}
    return render(request, "org/post_form.html", shown, status=422 if form.is_bound else 200)


@staff("post.appoint")
@never_cache
def hand_over(request: Request, post_id: UUID) -> HttpResponse:
    """Give a post to a successor."""
    post = queries.post(request.actor, post_id)
    form = MoveForm(request.POST or None, units=_people(request), label=gettext("Successor"))
    if filled(request, form, lambda g: actions.hand_over(request.actor, post_id, to_user_id=UUID(g["to"]))):
        return redirect("unit", unit_id=post.unit_id)
    return _post_page(
        request,
        form,
        gettext("Hand over the post of %(name)s") % {"name": post.user_name},
        gettext("Hand over"),
    )


@staff("post.appoint")
@never_cache
def stand_in(request: Request, post_id: UUID) -> HttpResponse:
    """Let somebody stand in for a time."""
    post = queries.post(request.actor, post_id)
    form = StandInForm(request.POST or None, people=_people(request))
    if filled(request, form, lambda g: actions.set_stand_in(request.actor, post_id, **g)):
        return redirect("unit", unit_id=post.unit_id)
    return _post_page(request, form, gettext("Stand-in for %(name)s") % {"name": post.user_name}, gettext("Save"))
