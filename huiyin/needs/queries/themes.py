"""Every read of themes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from huiyin.needs import rules
from huiyin.needs.models import Need, Theme
from huiyin.needs.queries.rows import WAITING_FIRST, NeedRow
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

MOST = 200


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme as lists and its page show it; the figures count what the reader reaches."""

    id: UUID
    title: str
    unit_id: UUID
    unit_name: str
    made_at: datetime
    changed_at: datetime
    ended: bool
    merged_into: UUID | None
    matters: int = 0
    waiting: int = 0

    @classmethod
    def of(cls, theme: Theme, *, matters: int = 0, waiting: int = 0) -> "ThemeRow":
        """Return the row of a theme."""
        return cls(
            theme.id, theme.title, theme.unit_id, atlas.current().title(theme.unit_id), theme.made_at, theme.changed_at,
            theme.ended_at is not None, theme.merged_into_id, matters, waiting,
        )  # fmt: skip


def _figures(actor: Actor, theme_ids: list[UUID]) -> dict[UUID, tuple[int, int]]:
    mine = scope.within(actor, "need.read", Need.objects.filter(theme_id__in=theme_ids))
    waits = Count("pk", filter=Q(state__in=rules.UNANSWERED_STATES))
    counted = mine.order_by().values_list("theme_id").annotate(matters=Count("pk"), waiting=waits)
    return {theme_id: (matters, waiting) for theme_id, matters, waiting in counted if theme_id}


def themes(actor: Actor, *, ended: bool = False) -> list[ThemeRow]:
    """Return the themes within reach, last changed first."""
    rows = scope.within(actor, "theme.read", Theme.objects.filter(ended_at__isnull=not ended))
    found = list(rows.order_by("-changed_at")[:MOST])
    figures = _figures(actor, [t.id for t in found])
    return [ThemeRow.of(t, matters=figures.get(t.id, (0, 0))[0], waiting=figures.get(t.id, (0, 0))[1]) for t in found]


def theme(actor: Actor, theme_id: UUID) -> ThemeRow:
    """Return one theme within reach. Raises NotFound."""
    found = scope.find(actor, "theme.read", Theme.objects.all(), theme_id)
    matters, waiting = _figures(actor, [theme_id]).get(theme_id, (0, 0))
    return ThemeRow.of(found, matters=matters, waiting=waiting)


def may_edit(actor: Actor, theme_id: UUID) -> bool:
    """Return whether the actor may rename, merge and end it."""
    return scope.within(actor, "theme.edit", Theme.objects.filter(pk=theme_id)).exists()


def matters_in(actor: Actor, theme_id: UUID, *, most: int = 1000) -> list[NeedRow]:
    """Return the matters of a theme within reach, what waits first on top. Raises NotFound."""
    if not scope.within(actor, "theme.read", Theme.objects.filter(pk=theme_id)).exists():
        raise NotFound()
    rows = scope.within(actor, "need.read", Need.objects.filter(theme_id=theme_id))
    return [NeedRow.of(n) for n in rows.select_related("theme").order_by(*WAITING_FIRST)[:most]]
