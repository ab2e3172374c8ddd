"""Writes to the tree and its boundaries."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from huiyin.org import atlas, rules, scope, ties
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow
from huiyin.org.errors import NameTaken, StillInUse
from huiyin.org.models import Building, Estate, Post, Unit
from huiyin.org.vocabulary import PRESETS
from huiyin.platform import audit, clock
from huiyin.platform.errors import Invalid, Message

NOBODY = UUID(int=0)
MOST_LEVELS = 6  # a county above the five levels of a street


def _next_label() -> str:
    """Return the next path label: a number from a sequence, so that no two units ever share one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('org_unit_label')")
        return f"{cursor.fetchone()[0]:06d}"  # padded: the order of paths is the order of adding


def _row(unit: Unit) -> UnitRow:
    """Return the public row of a unit just written."""
    return UnitRow(
        unit.id, unit.parent_id, unit.path, unit.tree, unit.kind, unit.grid_kind, unit.name,
        unit.slug, unit.phone, unit.address, unit.ended_on, unit.boundary,
    )  # fmt: skip


def _checked_name(name: str, parent_id: UUID | None, *, but: UUID | None = None) -> str:
    name = re.sub(r"\s+", " ", name).strip()
    if not name:
        raise Invalid.of(name="Please give the unit a name.")
    if len(name) > 60:
        raise Invalid.of(name="The name is longer than 60 characters. Please shorten it.")
    if Unit.objects.filter(parent_id=parent_id, name=name, ended_on__isnull=True).exclude(pk=but or NOBODY).exists():
        raise NameTaken(field="name")
    return name


def _checked_slug(slug: str, *, but: UUID | None = None) -> str | None:
    slug = slug.strip().lower()
    if not slug:
        return None
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{1,39}", slug):
        raise Invalid.of(slug="Use 2 to 40 small letters, digits and hyphens.")
    if Unit.objects.filter(slug=slug).exclude(pk=but or NOBODY).exists():
        raise NameTaken("This web address is used by another unit.", field="slug")
    return slug


def _check_kind(kind: str, parent: Unit) -> None:
    if parent.tree == "service":
        return
    if not rules.may_stand_under(kind, parent.kind):
        raise Invalid.of(kind="A unit of this kind cannot stand here in the tree.")
    if parent.path.count("/") >= MOST_LEVELS:
        raise Invalid.of(kind="The tree has five levels below the county at most.")


@transaction.atomic
def add_unit(
    actor: Actor,
    parent_id: UUID,
    *,
    kind: str,
    name: str,
    grid_kind: str = "",
    slug: str = "",
    phone: str = "",
    address: str = "",
) -> UnitRow:
    """Add a unit under another. Raises NotFound, Invalid, NameTaken."""
    parent = scope.lock(actor, "unit.edit", Unit.objects.filter(ended_on__isnull=True), parent_id)
    _check_kind(kind, parent)
    if kind == "grid" and grid_kind not in {"comprehensive", "exclusive"}:
        raise Invalid.of(grid_kind="Please say whether the grid is comprehensive or exclusive.")
    unit = Unit.objects.create(
        parent=parent, path=f"{parent.path}{_next_label()}/", tree=parent.tree, kind=kind,
        grid_kind=grid_kind if kind == "grid" else "", name=_checked_name(name, parent.id),
        slug=_checked_slug(slug), phone=phone.strip(), address=address.strip(), started_on=clock.today(),
    )  # fmt: skip
    audit.record(actor, "unit.add", f"unit:{unit.id}", name=unit.name)
    atlas.changed()
    return _row(unit)


@transaction.atomic
def edit_unit(
    actor: Actor, unit_id: UUID, *, name: str, slug: str = "", phone: str = "", address: str = "", vocabulary: str = ""
) -> UnitRow:
    """Change a unit's name, web address, telephone, address and names of stages. Raises NotFound, Invalid, NameTaken."""
    if vocabulary not in {"", *PRESETS}:
        raise Invalid.of(vocabulary="Please choose one of the list.")
    unit = scope.lock(actor, "unit.edit", Unit.objects.filter(ended_on__isnull=True), unit_id)
    before = {"name": unit.name, "slug": unit.slug, "phone": unit.phone, "address": unit.address}
    unit.name = _checked_name(name, unit.parent_id, but=unit.id)
    unit.slug = _checked_slug(slug, but=unit.id)
    unit.phone, unit.address, unit.vocabulary = phone.strip()[:30], address.strip()[:120], vocabulary
    unit.save(update_fields=["name", "slug", "phone", "address", "vocabulary"])
    audit.record(actor, "unit.edit", f"unit:{unit.id}", before=before)
    atlas.changed()
    return _row(unit)


@transaction.atomic
def move_unit(actor: Actor, unit_id: UUID, *, to: UUID) -> UnitRow:
    """Put a unit with everything below it under another parent. Raises NotFound, Invalid, NameTaken."""
    unit = scope.lock(actor, "unit.edit", Unit.objects.filter(ended_on__isnull=True), unit_id)
    parent = scope.lock(actor, "unit.edit", Unit.objects.filter(ended_on__isnull=True), to)
    if parent.path.startswith(unit.path):
        raise Invalid.of(to="A unit cannot be put under itself.")
    if parent.tree != unit.tree:
        raise Invalid.of(to="Offices and service teams are two trees.")
    _check_kind(unit.kind, parent)
    _checked_name(unit.name, parent.id, but=unit.id)
    old, new = unit.path, f"{parent.path}{unit.path.rstrip('/').rsplit('/', 1)[-1]}/"
    Unit.objects.filter(path__startswith=old).update(path=Concat(Value(new), Substr(F("path"), len(old) + 1)))
    Unit.objects.filter(pk=unit.pk).update(parent=parent)
    audit.record(actor, "unit.move", f"unit:{unit.id}", before=old, after=new)
    atlas.changed()
    unit.refresh_from_db()
    return _row(unit)


@transaction.atomic
def end_unit(actor: Actor, unit_id: UUID) -> UnitRow:
    """End a unit today. Raises NotFound, StillInUse when units, posts, addresses or open matters hang on it."""
    unit = scope.lock(actor, "unit.edit", Unit.objects.filter(ended_on__isnull=True), unit_id)
    if Unit.objects.filter(parent=unit, ended_on__isnull=True).exists():
        raise StillInUse(what=Message("units below it"))
    if Post.objects.filter(unit=unit, ended_on__isnull=True).exists():
        raise StillInUse(what=Message("people holding a post"))
    if Estate.objects.filter(community=unit).exists() or Building.objects.filter(grid=unit).exists():
        raise StillInUse(what=Message("addresses"))
    if held := ties.remaining(unit.id):
        raise StillInUse(what=held)
    unit.ended_on = clock.today()
    unit.save(update_fields=["ended_on"])
    audit.record(actor, "unit.end", f"unit:{unit.id}")
    atlas.changed()
    return _row(unit)


def _json(text: str) -> Any:
    """Return what GeoJSON text holds. Raises ValueError for anything that is not plain, shallow JSON."""

    def refuse(name: str) -> None:
        raise ValueError(name)

    try:
        return json.loads(text, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("too deep") from error


def _only(features: object) -> object:
    return features[0] if isinstance(features, list) and len(features) == 1 else None


def _geometry(text: str) -> Mapping[str, Any]:
    try:
        given = _json(text)
    except ValueError as error:
        raise Invalid.of(boundary="This is not GeoJSON: it could not be read as JSON.") from error
    if isinstance(given, dict) and given.get("type") == "FeatureCollection":
        given = _only(given.get("features"))
    if isinstance(given, dict) and given.get("type") == "Feature":
        given = given.get("geometry")
    if fault := rules.boundary_fault(given):
        raise Invalid.of(boundary=fault)
    return rules.plain_geometry(given)


@transaction.atomic
def set_boundary(actor: Actor, unit_id: UUID, *, geojson: str) -> UnitRow:
    """Set or, with empty text, take away a unit's boundary. Raises NotFound, Invalid."""
    unit = scope.lock(actor, "boundary.edit", Unit.objects.filter(ended_on__isnull=True), unit_id)
    before = unit.boundary
    unit.boundary = dict(_geometry(geojson)) if geojson.strip() else None
    unit.save(update_fields=["boundary"])
    audit.record(actor, "boundary.edit", f"unit:{unit.id}", before=before)
    atlas.changed()
    return _row(unit)


def _named_features(text: str) -> dict[str, Mapping[str, Any]]:
    try:
        features = _json(text)["features"]
        named = {str(f["properties"]["name"]).strip(): f["geometry"] for f in features}
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Invalid.of(file="This is not a GeoJSON FeatureCollection whose features carry a «name».") from error
    if not named:
        raise Invalid.of(file="The file holds no boundary.")
    return named


@transaction.atomic
def import_boundaries(actor: Actor, parent_id: UUID, *, geojson: str) -> list[UnitRow]:
    """Set the boundaries of the units under `parent_id` by name, all or none. Raises NotFound, Invalid."""
    parent = scope.lock(actor, "boundary.edit", Unit.objects.all(), parent_id)
    features = _named_features(geojson)
    units = {u.name: u for u in Unit.objects.filter(parent=parent, ended_on__isnull=True)}
    faults = {name: Message("There is no unit of this name here.") for name in features if name not in units}
    faults |= {
        name: Message(wrong)
        for name, shape in features.items()
        if name in units and (wrong := rules.boundary_fault(shape))
    }
    if faults:
        name, fault = next(iter(faults.items()))
        raise Invalid(
            "Nothing was imported. %(name)s: %(fault)s %(count)s of the boundaries cannot be used.",
            field="file", name=name, fault=fault, count=len(faults),
        )  # fmt: skip
    for name, shape in features.items():
        units[name].boundary = dict(rules.plain_geometry(shape))
    Unit.objects.bulk_update([units[n] for n in features], ["boundary"])
    audit.record(actor, "boundary.import", f"unit:{parent.id}", names=sorted(features))
    atlas.changed()
    return [_row(units[n]) for n in features]
