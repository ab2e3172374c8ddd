"""Every read of common needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from huiyin.needs import rules
from huiyin.needs.models import CommonNeed, CommonNeedMember, Correction, Need
from huiyin.needs.queries.rows import WAITING_FIRST, NeedRow
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

MATTERS_MOST = 500


@dataclass(frozen=True, slots=True)
class CommonRow:
    """What many ask for; `matters` and `waiting` count what the reader reaches."""

    id: UUID
    name: str
    places: Sequence[str]
    people: int
    since: datetime
    last: datetime
    heat: float
    found_at: datetime
    unit_id: UUID
    matters: int
    waiting: int


def _figures(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    mine = scope.within(actor, "need.read", Need.objects.all()).values("pk")
    members = CommonNeedMember.objects.filter(group_id__in=ids, need_id__in=mine).values_list("group_id")
    waits = Count("pk", filter=Q(need__state__in=rules.UNANSWERED_STATES))
    return {key: (matters, waiting) for key, matters, waiting in members.annotate(matters=Count("pk"), waiting=waits)}


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """What a person said of a group."""

    id: UUID
    kind: str
    name: str
    by: str
    at: datetime


def _row(group: CommonNeed, figures: tuple[int, int]) -> CommonRow:
    return CommonRow(
        group.id,
        group.name,
        group.places,
        group.people,
        group.since,
        group.last,
        group.heat,
        group.found_at,
        group.unit_id,
        *figures,
    )


def common_needs(actor: Actor) -> list[CommonRow]:
    """Return the common needs of which the actor reaches at least two matters, the hottest first."""
    groups = list(scope.within(actor, "theme.read", CommonNeed.objects.all()).order_by("-heat", "id"))
    figures = _figures(actor, [g.id for g in groups])
    return [_row(g, figures[g.id]) for g in groups if figures.get(g.id, (0, 0))[0] > 1]


def common_need(actor: Actor, group_id: UUID) -> CommonRow:
    """Return one common need of which the actor reaches a matter: its name is made of their words. Raises NotFound."""
    group = scope.find(actor, "theme.read", CommonNeed.objects.all(), group_id)
    figures = _figures(actor, [group_id]).get(group_id)
    if figures is None:
        raise NotFound()
    return _row(group, figures)


def may_correct(actor: Actor, group_id: UUID) -> bool:
    """Return whether the actor may put a common need right by hand."""
    return scope.within(actor, "theme.edit", CommonNeed.objects.filter(pk=group_id)).exists()


def corrections(actor: Actor, *, most: int = 100) -> list[CorrectionRow]:
    """Return what people put right by hand, the newest first, for who may take it back."""
    rows = scope.within(actor, "theme.edit", Correction.objects.all()).select_related("made_by").order_by("-made_at")
    return [CorrectionRow(c.id, c.kind, c.name, c.made_by.name, c.made_at) for c in rows[:most]]


def matters_of_common(actor: Actor, group_id: UUID) -> list[NeedRow]:
    """Return the matters of a common need within reach, what waits first; the caller has read it."""
    members = CommonNeedMember.objects.filter(group_id=group_id).values("need_id")
    rows = scope.within(actor, "need.read", Need.objects.filter(pk__in=members))
    return [NeedRow.of(n) for n in rows.order_by(*WAITING_FIRST)[:MATTERS_MOST]]
