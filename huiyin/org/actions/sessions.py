"""Sign-ins of staff: begun, seen, ended; ended for good when they are old."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction

from huiyin.org.actors import SYSTEM, Actor
from huiyin.org.models import StaffSession, User
from huiyin.platform import audit, clock, sessions
from huiyin.platform.errors import NotFound

KEPT = timedelta(days=180)  # as long as the law asks logs to be kept (Cybersecurity Law, article 23)


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a session is used: the hash of its key, how it was signed in, the browser's name, the address."""

    key_hash: str
    how: str = ""
    agent: str = ""
    address: str = ""


@transaction.atomic
def session_began(actor: Actor, *, whence: Whence) -> UUID:
    """Note a sign-in and return its key."""
    now = clock.now()
    made, new = StaffSession.objects.get_or_create(
        key_hash=whence.key_hash,
        defaults={
            "user_id": actor.person_id, "how": whence.how, "agent": whence.agent[:250], "address": whence.address[:45],
            "started_at": now, "seen_at": now,
        },
    )  # fmt: skip
    if new:
        audit.record(actor, "session.begin", f"user:{actor.user_id}", how=whence.how, address=whence.address[:45])
    return made.id


def session_seen(actor: Actor, session_id: UUID, *, whence: Whence) -> None:
    """Note that a session is in use, from where now, and under which key: a new password gives it another."""
    StaffSession.objects.filter(pk=session_id, user_id=actor.person_id).update(
        key_hash=whence.key_hash, seen_at=clock.now(), address=whence.address[:45]
    )


def _end(rows: list[StaffSession]) -> int:
    sessions.end([row.key_hash for row in rows])
    StaffSession.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=clock.now())
    return len(rows)


def session_over(actor: Actor, *, key_hash: str) -> None:
    """Note that somebody signed out, or was signed out for having been idle."""
    StaffSession.objects.filter(key_hash=key_hash, ended_at__isnull=True).update(ended_at=clock.now())


@transaction.atomic
def end_session(actor: Actor, session_id: UUID) -> None:
    """End one of one's own sessions. Raises NotFound."""
    rows = list(StaffSession.objects.filter(pk=session_id, user_id=actor.person_id, ended_at__isnull=True))
    if not _end(rows):
        raise NotFound()
    audit.record(actor, "session.end", f"user:{actor.user_id}", count=1)


@transaction.atomic
def end_other_sessions(actor: Actor, *, but: str) -> int:
    """End all of one's own sessions but the one with this hash of a key; returns how many."""
    rows = list(StaffSession.objects.filter(user_id=actor.person_id, ended_at__isnull=True).exclude(key_hash=but))
    ended = _end(rows)
    if ended:
        audit.record(actor, "session.end", f"user:{actor.user_id}", count=ended)
    return ended


def end_sessions_of(actor: Actor, user_id: UUID) -> int:
    """End every session of somebody, in the caller's transaction: their post, account or password ended."""
    return _end(list(StaffSession.objects.filter(user_id=user_id, ended_at__isnull=True)))


def reset_told(actor: Actor) -> None:
    """Note that somebody was told that their second factor had been taken away."""
    User.objects.filter(pk=actor.person_id).update(factor_reset_at=None)


def forget_sessions(actor: Actor) -> int:
    """Delete sign-ins that began half a year ago; returns how many. For the system's jobs."""
    if actor is not SYSTEM:
        return 0
    gone, _by_table = StaffSession.objects.filter(started_at__lt=clock.now() - KEPT).delete()
    return gone
