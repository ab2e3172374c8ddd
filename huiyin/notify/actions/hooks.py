"""Telling other offices what happened to matters: signed as Standard Webhooks says, tried again, kept in a log."""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from standardwebhooks import Webhook

from huiyin.notify import rules
from huiyin.notify.carriers import calling
from huiyin.notify.errors import AddressRefused, CarrierFault, HookGone
from huiyin.notify.models import Call, Hook
from huiyin.notify.queries import hooks as queries
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import audit, clock, crypto, events
from huiyin.platform.errors import Invalid, NotFound
from huiyin.platform.generations import bump

# One statement for all who listen; nothing is written where nobody does.
_QUEUE = """
INSERT INTO notify_call (id, hook_id, key, body, state, tries, error, made_at)
SELECT gen_random_uuid(), h.id, %(key)s, %(body)s, 'queued', 0, '', %(at)s
  FROM notify_hook h JOIN org_unit u ON u.id = h.unit_id
 WHERE h.ended_at IS NULL AND %(event)s = ANY(h.events)
   AND (starts_with(%(held)s, u.path) OR starts_with(%(home)s, u.path))
ON CONFLICT DO NOTHING RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A new address to call, with the secret that its signatures are checked with; shown this once."""

    hook_id: UUID
    secret: str


def _secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def add_hook(actor: Actor, unit_id: UUID, *, name: str, url: str, listens: Sequence[str]) -> Made:
    """Call an address when something happens to matters of a unit. Raises NotFound, Invalid, AddressRefused."""
    unit = atlas.current().get(unit_id)
    if unit is None or unit.ended_on is not None or not unit.path.startswith(actor.paths("client.edit")):
        raise NotFound()
    if not name.strip() or len(name.strip()) > 60:
        raise Invalid.of(name="Please give the name, at most 60 characters.")
    if not listens or not set(listens) <= set(rules.EVENT_LABELS):
        raise Invalid.of(listens="Please choose what is told.")
    _check_address(url)  # a name server may take its time: no transaction waits for it
    secret = _secret()
    with transaction.atomic():
        hook = Hook.objects.create(
            unit_id=unit.id, name=name.strip(), url=url.strip(), secret_cipher=crypto.encrypt(secret),
            events=sorted(set(listens)), made_at=clock.now(), made_by_id=actor.user_id,
        )  # fmt: skip
        audit.record(actor, "hook.add", f"hook:{hook.id}", unit=str(unit.id), name=hook.name)
        _changed()
    return Made(hook.id, secret)


def _check_address(url: str) -> None:
    if len(url.strip()) > 300:
        raise AddressRefused(field="url", why=url[:80])
    try:
        calling.looked_up(url.strip())
    except CarrierFault as fault:
        raise AddressRefused(field="url", why=str(fault)[:120]) from fault


def _changed() -> None:
    bump(queries.NAME)
    queries.LISTENS.forget()
    transaction.on_commit(queries.LISTENS.forget)


@transaction.atomic
def end_hook(actor: Actor, hook_id: UUID) -> None:
    """Call an address no more; what waits is dropped. Raises NotFound."""
    hook = scope.lock(actor, "client.edit", Hook.objects.filter(ended_at__isnull=True), hook_id)
    _end(hook)
    audit.record(actor, "hook.end", f"hook:{hook.id}", name=hook.name)


def _end(hook: Hook) -> None:
    hook.ended_at = clock.now()
    hook.save(update_fields=["ended_at"])
    _changed()


def publish(actor: Actor, *, event: str, key: str, held: str, home: str, data: Mapping[str, Any]) -> None:
    """Queue an event for who listens, in the caller's transaction; `held` and `home` are paths of units.

    The same `key` again changes nothing. Within two seconds of its making an address may not hear yet.
    """
    if not queries.anybody_listens(actor):
        return
    now = clock.now()
    body = json.dumps({"type": event, "timestamp": now.isoformat(), "data": dict(data)}, ensure_ascii=False)
    asked: dict[str, Any] = {"key": key, "body": body, "at": now, "event": event, "held": held, "home": home}
    with connection.cursor() as cursor:
        cursor.execute(_QUEUE, asked)
        queued = [row[0] for row in cursor.fetchall()]
    for call_id in queued:
        events.defer("notify.call_hook", call_id=call_id)


@transaction.atomic
def call_hook(actor: Actor, *, call_id: UUID) -> str:
    """Call an address once and return the call's new state. A key that was taken is not sent again."""
    call = Call.objects.select_for_update().select_related("hook").filter(pk=call_id).first()
    if call is None or call.state in {"sent", "failed"}:
        return call.state if call else "absent"
    if call.hook.ended_at:
        return _failed(call, "ended")
    try:
        call.status = calling.call(call.hook.url, call.body, _signed(call))
    except HookGone as fault:
        _end(call.hook)
        return _failed(call, str(fault))
    except (CarrierFault, AddressRefused) as fault:
        return _again(call, str(fault))
    call.state, call.taken_at, call.error = "sent", clock.now(), ""
    call.tries += 1
    call.save(update_fields=["state", "taken_at", "status", "error", "tries"])
    return call.state


def _signed(call: Call) -> dict[str, str]:
    """Return the headers of Standard Webhooks; the id is the same at each try, so that a receiver drops repeats."""
    now = clock.now()
    msg_id = f"msg_{call.id.hex}"
    signature = Webhook(crypto.decrypt(call.hook.secret_cipher)).sign(msg_id, now, call.body)
    return {"webhook-id": msg_id, "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signature}


def _failed(call: Call, error: str) -> str:
    call.state, call.error = "failed", error[:200]
    call.save(update_fields=["state", "error", "tries"])
    return call.state


def _again(call: Call, error: str) -> str:
    call.tries += 1
    if call.tries > len(rules.CALL_WAITS_S):
        return _failed(call, error)
    call.state, call.error = "deferred", error[:200]
    call.save(update_fields=["state", "error", "tries"])
    later = clock.now() + timedelta(seconds=rules.CALL_WAITS_S[call.tries - 1])
    events.defer("notify.call_hook", at=later, call_id=call.id)
    return call.state


@transaction.atomic
def call_again(actor: Actor, call_id: UUID) -> None:
    """Call once more with what was told before, under the same id. Raises NotFound."""
    reached = scope.within(actor, "client.edit", Hook.objects.filter(ended_at__isnull=True))
    call = Call.objects.select_for_update(of=("self",)).filter(pk=call_id, hook__in=reached).first()
    if call is None:
        raise NotFound()
    call.state, call.tries, call.error = "queued", 0, ""
    call.save(update_fields=["state", "tries", "error"])
    audit.record(actor, "hook.again", f"hook:{call.hook_id}", call=str(call.id))
    events.defer("notify.call_hook", call_id=call.id)


def forget_calls(actor: Actor) -> int:
    """Delete calls past their keeping; returns how many."""
    old = clock.now() - timedelta(days=rules.CALLS_KEPT_DAYS)
    return Call.objects.filter(made_at__lt=old, state__in=["sent", "failed"]).delete()[0]
