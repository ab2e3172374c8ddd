"""What somebody sees of their own account: factors, sessions, what was done to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings

from huiyin.org.actors import Actor
from huiyin.org.models import StaffSession
from huiyin.platform import audit, clock

OWN_EVENTS = (
    *("factor.add", "factor.remove", "factor.codes", "factor.recovery", "factor.reset"),
    *("user.password", "user.own_password", "session.end"),
)


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey of one's own."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """Which second factors somebody has; `codes_left` is None without recovery codes."""

    app_since: datetime | None
    passkeys: tuple[PasskeyRow, ...]
    codes_left: int | None

    @property
    def any(self) -> bool:
        """Whether there is a second factor at all."""
        return self.app_since is not None or bool(self.passkeys)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A sign-in of one's own."""

    id: UUID
    how: str
    agent: str
    address: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    this: bool

    @property
    def running(self) -> bool:
        """Whether this session is still good, as far as its times tell."""
        now = clock.now()
        fresh = now - self.seen_at < timedelta(seconds=settings.STAFF_IDLE_S)
        return self.this or (
            self.ended_at is None and fresh and now - self.started_at < timedelta(seconds=settings.SESSION_COOKIE_AGE)
        )


def must_have_factor(actor: Actor) -> bool:
    """Return whether a role this person holds today asks for a second factor."""
    return any(g.role in settings.SECOND_FACTOR_ROLES for g in actor.grants)


def factors(actor: Actor) -> Factors:
    """Return one's own second factors."""
    rows = list(Authenticator.objects.filter(user_id=actor.person_id).order_by("created_at"))
    kinds = Authenticator.Type
    app = next((a.created_at for a in rows if a.type == kinds.TOTP), None)
    codes = next((len(a.wrap().get_unused_codes()) for a in rows if a.type == kinds.RECOVERY_CODES), None)
    keys = tuple(
        PasskeyRow(a.pk, str(a.data.get("name", "")), a.created_at, a.last_used_at)
        for a in rows
        if a.type == kinds.WEBAUTHN
    )
    return Factors(app, keys, codes)


def passkey(actor: Actor, passkey_id: int) -> PasskeyRow | None:
    """Return one of one's own passkeys, or None."""
    return next((p for p in factors(actor).passkeys if p.id == passkey_id), None)


def sessions(actor: Actor, *, key_hash: str, most: int = 30) -> list[SessionRow]:
    """Return one's own sign-ins, newest first; `this` is the one whose key has that hash."""
    rows = StaffSession.objects.filter(user_id=actor.person_id).order_by("-started_at")[:most]
    return [
        SessionRow(s.id, s.how, s.agent, s.address, s.started_at, s.seen_at, s.ended_at, s.key_hash == key_hash)
        for s in rows
    ]


def events(actor: Actor) -> list[audit.Look]:
    """Return what was done to one's own account lately, newest first."""
    return audit.looks(f"user:{actor.person_id}", OWN_EVENTS)[:20]
