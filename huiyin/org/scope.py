"""Permission in one place: which rows an actor reaches with a capability.

A model says with `reach = Reach(...)` through which columns it is reached. Absent and out of reach are one NotFound.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from huiyin.org import atlas
from huiyin.org.actors import Actor, Kind
from huiyin.org.models import Unit
from huiyin.org.reach import Reach
from huiyin.org.roles import BEARER_MAY, RESIDENT_MAY
from huiyin.platform.errors import NotFound

M = TypeVar("M", bound=Model)
FEW = 64  # units of a community, some communities
READS = frozenset({"need.read", "unit.read", "address.read", "post.read", "order.read", "theme.read", "template.read"})
SENT = frozenset({"need.read", "need.browse"})  # what a program may with what it sent
SHARES = frozenset({"order.read", "order.note"})  # what co-handlers may


def few_units(*paths: str) -> list[UUID] | None:
    """Return the keys of the units at these paths and below, None when there are none or many."""
    few = [unit.id for unit in atlas.current().units.values() if unit.path.startswith(paths)]
    return few if 0 < len(few) <= FEW else None


def units_below(*paths: str) -> Any:
    """Return the keys of the units at these paths and below, for `unit_id__in`: as a list while they are few.

    The planner knows what each key of a list costs and can begin with them; of a subquery it knows nothing
    (docs/performance.md). The list is of the atlas, at most two seconds old, as the grants' reach is.
    """
    few = few_units(*paths)
    if few or not paths:
        return few or []
    inside = Q()
    for path in paths:
        inside |= Q(path__startswith=path)  # a range scan on the C-collated column
    return Unit.objects.filter(inside).values("pk")


def _staff(actor: Actor, capability: str, reach: Reach, model: type[Model]) -> Q | None:
    paths = actor.paths(capability)
    if not paths:
        return None
    keep = Q()
    if reach.path:
        for path in paths:
            keep |= Q(**{f"{reach.path}__startswith": path})
        return keep
    units = units_below(*paths)
    columns = reach.only.get(capability, reach.units) + (reach.seen_by if capability in READS else ())
    for column in columns:
        keep |= Q(**{f"{column}__in": units})
    if reach.shared and capability in SHARES:
        keep |= Q(Exists(_related(reach.shared, model).filter(unit_id__in=units)))
    if above := reach.upward.get(capability):
        keep |= Q(**{f"{above}__in": Unit.objects.filter(path__in=_at_or_above(paths)).values("pk")})
    return keep


def _at_or_above(paths: tuple[str, ...]) -> list[str]:
    """Return the paths of the units at which these paths end and of all above them."""
    parts = [p.rstrip("/").split("/") for p in paths]
    return sorted({"/".join(labels[:n]) + "/" for labels in parts for n in range(1, len(labels) + 1)})


def _related(name: str, model: type[Model]) -> "QuerySet[Any]":
    """Return the rows of a related name that belong to the outer row."""
    related: Any = model._meta.get_field(name)
    found: QuerySet[Any] = related.related_model.objects.filter(**{related.field.name: OuterRef("pk")})
    return found


def _resident(actor: Actor, capability: str, reach: Reach) -> Q | None:
    keep: Q | None = None
    if capability in RESIDENT_MAY and reach.owner and actor.user_id:
        keep = Q(**{reach.owner: actor.user_id})
    if capability in BEARER_MAY and reach.phone and actor.phones:
        phones = Q(**{f"{reach.phone}__in": sorted(actor.phones)})
        keep = phones if keep is None else keep | phones
    if capability in BEARER_MAY and reach.bearer and actor.opens:
        opened = Q(**{f"{reach.bearer}__in": sorted(actor.opens)})
        keep = opened if keep is None else keep | opened
    return keep


def sent_mark(actor: Actor) -> str:
    """Return how the source of what a program sends begins."""
    return f"api:{actor.client_id}:"


def sent_by(actor: Actor, source: str) -> bool:
    """Return whether the program sent what has this source."""
    return actor.client_id is not None and source.startswith(sent_mark(actor))


def within(actor: Actor, capability: str, rows: QuerySet[M]) -> QuerySet[M]:
    """Return the rows of `rows` that the actor reaches with `capability`; none by default."""
    reach: Reach = rows.model.reach  # type: ignore[attr-defined]  # a model without one cannot be scoped: AttributeError
    if actor.kind is Kind.SYSTEM:
        return rows
    granted = actor.works_by_grants
    keep = _staff(actor, capability, reach, rows.model) if granted else _resident(actor, capability, reach)
    if actor.can(capability) and (laid_open := reach.anybody.get(capability)):
        keep = Q(**laid_open) if keep is None else keep | Q(**laid_open)
    if actor.client_id and reach.sent and capability in SENT:
        own = Q(**{f"{reach.sent}__startswith": sent_mark(actor)})
        keep = own if keep is None else keep | own
    if keep is None:
        return rows.none()
    kept = rows.filter(keep)
    if reach.barred and actor.user_id:
        kept = kept.filter(~Exists(_related(reach.barred, rows.model).filter(user_id=actor.user_id)))
    return kept


def find(actor: Actor, capability: str, rows: QuerySet[M], pk: UUID | int) -> M:
    """Return one row within reach. Raises NotFound."""
    row = within(actor, capability, rows).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    return row


def lock(actor: Actor, capability: str, rows: QuerySet[M], pk: UUID | int) -> M:
    """Return one row within reach, locked until the transaction ends. Raises NotFound."""
    row = within(actor, capability, rows).filter(pk=pk).select_for_update(of=("self",)).first()
    if row is None:
        raise NotFound()
    return row
