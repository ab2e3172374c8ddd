"""Every read of messages."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min

from huiyin.notify import carriers
from huiyin.notify.models import Message
from huiyin.org.actors import Actor
from huiyin.platform import crypto


@dataclass(frozen=True, slots=True)
class SentRow:
    """A message as the demo's outbox page shows it."""

    way: str
    to: str
    subject: str
    body: str
    state: str
    created_at: datetime


def outbox(actor: Actor, *, most: int = 50) -> list[SentRow]:
    """Return the newest messages in the clear; nothing outside the demo, where real people stand behind them."""
    if not settings.OUTBOX_ONLY:
        return []
    rows = Message.objects.order_by("-created_at")[:most]
    return [
        SentRow(
            m.way,
            crypto.decrypt(m.to_cipher),
            m.subject,
            crypto.decrypt(m.body_cipher),
            m.state,
            m.created_at,
        )
        for m in rows
    ]


def sends(actor: Actor, *, way: str) -> bool:
    """Return whether messages of this way can be sent here; pages promise nothing that cannot."""
    return carriers.sends(way)


def state_of(actor: Actor, effect_key: str) -> str:
    """Return how far a message got: queued, deferred, sent, failed, or "" when there is none."""
    return Message.objects.filter(effect_key=effect_key).values_list("state", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Traffic:
    """How many messages of one way are in one state, and since when the oldest of them."""

    way: str
    state: str
    count: int
    oldest_at: datetime


def traffic(actor: Actor) -> list[Traffic]:
    """Return the messages kept, counted by way and state; nothing of whom they are for."""
    rows = Message.objects.order_by().values("way", "state").annotate(count=Count("pk"), oldest=Min("created_at"))
    return [Traffic(r["way"], r["state"], r["count"], r["oldest"]) for r in rows]


def held(actor: Actor) -> int:
    """Return how many messages a restore holds."""
    return Message.objects.filter(state="held").count()
