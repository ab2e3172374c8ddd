"""Second factors: an authenticator app, passkeys, recovery codes. What must stay secret is encrypted."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from huiyin.org.actors import Actor
from huiyin.org.errors import FactorNeeded, WrongFactorCode
from huiyin.org.models import User
from huiyin.org.queries.own import must_have_factor
from huiyin.org.totp import plain_code, step_of
from huiyin.platform import audit, clock, crypto
from huiyin.platform.errors import Invalid, NotFound

MOST_PASSKEYS = 10
APP, PASSKEY, CODES = Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN, Authenticator.Type.RECOVERY_CODES
MAIN = (APP, PASSKEY)


def _locked(actor: Actor) -> User:
    """Return who acts, locked: two requests of one person change their factors one after the other."""
    return User.objects.select_for_update().get(pk=actor.person_id)


def _changed(actor: Actor, user: User, action: str, **detail: Any) -> None:
    user.second_factor = Authenticator.objects.filter(user_id=user.pk, type__in=MAIN).exists()
    user.save(update_fields=["second_factor"])
    if not user.second_factor:
        Authenticator.objects.filter(user_id=user.pk).delete()  # recovery codes alone are no factor
    audit.record(actor, action, f"user:{user.pk}", **detail)


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user_id=user.pk, type=CODES).delete()
    return list(RecoveryCodes.activate(user).generate_codes())


def _first_codes(user: User) -> list[str]:
    """Return new recovery codes when there are none yet, else an empty list: the old ones stay."""
    return [] if Authenticator.objects.filter(user_id=user.pk, type=CODES).exists() else _fresh_codes(user)


@transaction.atomic
def add_app(actor: Actor, *, secret: str, code: str) -> list[str]:
    """Use an authenticator app from now on, instead of the one before; returns recovery codes when they are new.

    Raises WrongFactorCode.
    """
    user, step = _locked(actor), step_of(secret, plain_code(code))
    if step is None:
        raise WrongFactorCode(field="code")
    Authenticator.objects.filter(user_id=user.pk, type=APP).delete()
    data = {"secret": crypto.encrypt(secret), "step": step}
    Authenticator.objects.create(user=user, type=APP, data=data)
    codes = _first_codes(user)
    _changed(actor, user, "factor.add", kind="app")
    return codes


@transaction.atomic
def add_passkey(actor: Actor, *, name: str, credential: Mapping[str, Any]) -> list[str]:
    """Keep a passkey whose registration was verified; returns recovery codes when they are new. Raises Invalid."""
    user = _locked(actor)
    if Authenticator.objects.filter(user_id=user.pk, type=PASSKEY).count() >= MOST_PASSKEYS:
        raise Invalid.of(name="Ten passkeys are the most. Remove one that is no longer used.")
    WebAuthn.add(user, _named(name), dict(credential))
    codes = _first_codes(user)
    _changed(actor, user, "factor.add", kind="passkey")
    return codes


def _named(name: str) -> str:
    plain = " ".join(name.replace("\x00", "").split())
    if not plain or len(plain) > 40:
        raise Invalid.of(name="Please give a name of at most 40 characters.")
    return plain


@transaction.atomic
def rename_passkey(actor: Actor, passkey_id: int, *, name: str) -> None:
    """Give a passkey another name. Raises NotFound, Invalid."""
    found = Authenticator.objects.select_for_update().filter(user_id=actor.person_id, type=PASSKEY, pk=passkey_id)
    row = found.first()
    if row is None:
        raise NotFound()
    row.data["name"] = _named(name)
    row.save(update_fields=["data"])


@transaction.atomic
def remove_factor(actor: Actor, factor_id: int | None = None) -> None:
    """Remove a passkey, or without a key the authenticator app. Raises NotFound, FactorNeeded for the last one."""
    user = _locked(actor)
    mine = Authenticator.objects.filter(user_id=user.pk, type__in=MAIN)
    row = mine.filter(type=APP).first() if factor_id is None else mine.filter(type=PASSKEY, pk=factor_id).first()
    if row is None:
        raise NotFound()
    if mine.count() == 1 and must_have_factor(actor):
        raise FactorNeeded()
    row.delete()
    _changed(actor, user, "factor.remove", kind="app" if factor_id is None else "passkey")


@transaction.atomic
def new_codes(actor: Actor) -> list[str]:
    """Return ten new recovery codes; the old ones count no more. Raises NotFound without another factor."""
    user = _locked(actor)
    if not user.second_factor:
        raise NotFound()
    codes = _fresh_codes(user)
    audit.record(actor, "factor.codes", f"user:{user.pk}")
    return codes


@transaction.atomic
def check_code(actor: Actor, *, code: str) -> str:
    """Take a code at sign-in, each only once; returns which kind it was, in allauth's words. Raises WrongFactorCode.

    `actor` is who gave the right password and is not signed in yet.
    """
    plain = plain_code(code)
    rows = {a.type: a for a in Authenticator.objects.select_for_update().filter(user_id=actor.person_id)}
    app, kept = rows.get(APP), rows.get(CODES)
    if app is not None and len(plain) == 6:
        step = step_of(crypto.decrypt(app.data["secret"]), plain, after=int(app.data.get("step", 0)))
        if step is not None:
            app.data["step"], app.last_used_at = step, clock.now()
            app.save(update_fields=["data", "last_used_at"])
            return str(APP)
    if kept is not None and len(plain) == 8 and kept.wrap().validate_code(plain):
        audit.record(actor, "factor.recovery", f"user:{actor.user_id}")
        return str(CODES)
    raise WrongFactorCode(field="code")


def passkey_used(actor: Actor, passkey_id: int) -> None:
    """Note when a passkey was last used."""
    Authenticator.objects.filter(pk=passkey_id, user_id=actor.person_id).update(last_used_at=clock.now())


def drop_factors(actor: Actor, user_id: UUID) -> bool:
    """Take every factor of somebody away, in the caller's transaction; returns whether there was one."""
    gone, _by_table = Authenticator.objects.filter(user_id=user_id).delete()
    User.objects.filter(pk=user_id).update(second_factor=False, factor_reset_at=clock.now())
    return bool(gone)
