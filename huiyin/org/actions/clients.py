"""Programs of other offices: opened with a token that is shown once, ended, answered the same under the same key."""

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.org import rules, scope
from huiyin.org.actors import Actor
from huiyin.org.errors import KeyUsed
from huiyin.org.models import Client, Reply, Unit
from huiyin.org.roles import SCOPES
from huiyin.platform import audit, clock, crypto, rows
from huiyin.platform.errors import Invalid, NotFound

MOST_DAYS = 730
REPLIES_KEPT_DAYS = 2
KEY_MOST = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A program's token, to be shown this once."""

    client_id: UUID
    token: str


@transaction.atomic
def open_client(actor: Actor, unit_id: UUID, *, name: str, scopes: Sequence[str], days: int) -> Opened:
    """Let a program in to a unit and what is below it. Raises NotFound, Invalid."""
    unit = scope.lock(actor, "client.edit", Unit.objects.filter(ended_on__isnull=True), unit_id)
    if not name.strip() or len(name.strip()) > 60:
        raise Invalid.of(name="Please give the name, at most 60 characters.")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise Invalid.of(scopes="Please choose what the program may do.")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid.of(days="Please choose how long the token is valid.")
    token = rules.TOKEN_MARK + secrets.token_urlsafe(32)
    client = Client.objects.create(
        unit=unit, name=name.strip(), scopes=sorted(set(scopes)), token_hash=rules.token_hash(token), token_end=token[-4:],
        made_at=clock.now(), made_by_id=actor.user_id, ends_on=clock.today() + timedelta(days=days),
    )  # fmt: skip
    audit.record(actor, "client.open", f"client:{client.id}", unit=str(unit.id), scopes=client.scopes, name=client.name)
    return Opened(client.id, token)


@transaction.atomic
def end_client(actor: Actor, client_id: UUID) -> None:
    """End a program's token at once. Raises NotFound."""
    client = scope.lock(actor, "client.edit", Client.objects.filter(ended_at__isnull=True), client_id)
    client.ended_at = clock.now()
    client.save(update_fields=["ended_at"])
    audit.record(actor, "client.end", f"client:{client.id}", name=client.name)


def client_used(actor: Actor) -> None:
    """Keep the day on which a program's token was used last."""
    if actor.client_id is None:
        raise NotFound()
    today = clock.today()
    Client.objects.filter(pk=actor.client_id).exclude(used_on=today).update(used_on=today)


def _question(asked: Mapping[str, Any]) -> str:
    plain = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()


def answered_once(
    actor: Actor, *, key: str, asked: Mapping[str, Any], make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Return what `make` gives, kept under the program's key: asked the same again, the answer is the same.

    Two at once wait for one another. A refusal keeps nothing, so that what was wrong can be put right under the same
    key. Raises KeyUsed when the key stands for another question, Invalid for a key that is none, what `make` raises.
    """
    if actor.client_id is None:
        raise NotFound()
    if not key.isascii() or not key.isprintable() or not 1 <= len(key) <= KEY_MOST:
        raise Invalid.of(idempotency_key="The key must have 1 to 100 printable characters.")
    question = _question(asked)
    with transaction.atomic():
        mine = Reply(client_id=actor.client_id, key=key, question_hash=question, answer_cipher="", at=clock.now())
        rows.insert(mine, once=True)
        kept = Reply.objects.select_for_update().get(client_id=actor.client_id, key=key)
        if kept.question_hash != question:
            raise KeyUsed()
        if kept.answer_cipher:
            answer: dict[str, Any] = json.loads(crypto.decrypt(kept.answer_cipher))
            return answer
        made = make()
        kept.answer_cipher = crypto.encrypt(json.dumps(made, ensure_ascii=False))
        kept.save(update_fields=["answer_cipher"])
        return made


def forget_replies(actor: Actor) -> int:
    """Delete what was kept for asking again; returns how many."""
    return Reply.objects.filter(at__lt=clock.now() - timedelta(days=REPLIES_KEPT_DAYS)).delete()[0]
