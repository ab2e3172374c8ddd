"""Reads of the addresses that are called, and of the log of calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Q

from huiyin.notify.models import Call, Hook
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform.generations import Snapshot

NAME = "hooks"
CALLS_MOST = 100


@dataclass(frozen=True, slots=True)
class HookRow:
    """An address that is called, and how it went lately."""

    id: UUID
    name: str
    url: str
    unit_name: str
    events: tuple[str, ...]
    made_at: datetime
    ended_at: datetime | None
    waiting: int
    failed: int
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call of the log."""

    id: UUID
    key: str
    body: str
    state: str
    tries: int
    status: int | None
    error: str
    made_at: datetime
    taken_at: datetime | None


LISTENS: Snapshot[bool] = Snapshot(NAME, lambda: Hook.objects.filter(ended_at__isnull=True).exists())


def anybody_listens(actor: Actor) -> bool:
    """Return whether any address is to be called; at most two seconds old."""
    return LISTENS.current()


def _row(hook: Hook) -> HookRow:
    counted = getattr(hook, "waiting", 0), getattr(hook, "failed", 0), getattr(hook, "last", None)
    title = atlas.current().title(hook.unit_id)
    return HookRow(hook.id, hook.name, hook.url, title, tuple(hook.events), hook.made_at, hook.ended_at, *counted)


def hooks(actor: Actor) -> list[HookRow]:
    """Return the addresses within reach, those that are called first, newest first."""
    rows = scope.within(actor, "client.edit", Hook.objects.all()).annotate(
        waiting=Count("calls", filter=Q(calls__state__in=["queued", "deferred"])),
        failed=Count("calls", filter=Q(calls__state="failed")),
        last=Max("calls__taken_at"),
    )
    return sorted((_row(h) for h in rows.order_by("-made_at")), key=lambda h: h.ended_at is not None)


def hook(actor: Actor, hook_id: UUID) -> tuple[HookRow, Sequence[CallRow]]:
    """Return one address within reach with its newest calls. Raises NotFound."""
    found = scope.find(actor, "client.edit", Hook.objects.all(), hook_id)
    calls = Call.objects.filter(hook=found).order_by("-made_at")[:CALLS_MOST]
    shown = [CallRow(c.id, c.key, c.body, c.state, c.tries, c.status, c.error, c.made_at, c.taken_at) for c in calls]
    return _row(found), shown
