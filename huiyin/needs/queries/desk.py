"""What a person at the desk keeps: views, templates of replies; and how far their batches are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.needs.models import Batch, BatchItem, ReplyTemplate, SavedView
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

SHOWN_MOST = 200


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view."""

    id: UUID
    name: str
    query: str


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template of replies."""

    id: UUID
    name: str
    text: str
    unit_id: UUID
    unit_name: str
    changed_at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One matter of a batch that was refused, and why."""

    position: int
    need_id: UUID | None
    said: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """How far a batch is."""

    id: UUID
    kind: str
    label: str
    total: int
    done: int
    refused: int
    made_at: datetime
    ended_at: datetime | None
    stopped: bool

    @property
    def so_far(self) -> int:
        """How many were tried."""
        return self.done + self.refused

    @classmethod
    def of(cls, batch: Batch) -> "BatchRow":
        """Return the row of a batch."""
        return cls(
            batch.id, batch.kind, batch.label, batch.total, batch.done, batch.refused, batch.made_at, batch.ended_at,
            batch.stopped,
        )  # fmt: skip


def views(actor: Actor) -> list[ViewRow]:
    """Return one's own views, by name."""
    rows = SavedView.objects.filter(user_id=actor.person_id).order_by("name")
    return [ViewRow(v.id, v.name, v.query) for v in rows]


def templates(actor: Actor) -> list[TemplateRow]:
    """Return the templates of the actor's offices and of those above them, by name."""
    rows = scope.within(actor, "template.read", ReplyTemplate.objects.filter(ended_at__isnull=True))
    here, paths = atlas.current(), actor.paths("template.edit")
    return [
        TemplateRow(
            t.id, t.name, t.text, t.unit_id, here.title(t.unit_id), t.changed_at,
            any(here.units[t.unit_id].path.startswith(p) for p in paths),
        )
        for t in rows.order_by("name", "id")
    ]  # fmt: skip


def batch(actor: Actor, batch_id: UUID) -> BatchRow:
    """Return one's own batch. Raises NotFound."""
    found = Batch.objects.filter(pk=batch_id, user_id=actor.person_id).first()
    if found is None:
        raise NotFound()
    return BatchRow.of(found)


def batches(actor: Actor, *, most: int = 20) -> list[BatchRow]:
    """Return one's own batches, newest first."""
    return [BatchRow.of(b) for b in Batch.objects.filter(user_id=actor.person_id).order_by("-made_at")[:most]]


def refused_items(actor: Actor, batch_id: UUID) -> Sequence[ItemRow]:
    """Return what one's own batch was refused, at most 200 lines."""
    rows = BatchItem.objects.filter(batch_id=batch_id, batch__user_id=actor.person_id, state="refused")
    return [ItemRow(i.position, i.need_id, i.said) for i in rows.order_by("position")[:SHOWN_MOST]]
