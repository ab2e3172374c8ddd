"""Every write to messages. Sending is at least once: a crash between carrier and commit repeats it."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from huiyin.notify import rules
from huiyin.notify.carriers import carrier_for
from huiyin.notify.errors import CarrierFault
from huiyin.notify.events import MessageFailed, MessageSent
from huiyin.notify.models import Message
from huiyin.org import actions as org
from huiyin.org.actors import Actor
from huiyin.platform import clock, crypto, events, ids, rows


@dataclass(frozen=True, slots=True)
class Letter:
    """A message to send: `way` is sms or email, `about` is `kind:<id>` of what it concerns."""

    way: str
    to: str
    subject: str
    body: str
    about: str = ""


def send(actor: Actor, letter: Letter, *, effect_key: str) -> None:
    """Queue a message in the caller's transaction. The same `effect_key` again changes nothing."""
    message = Message(
        effect_key=effect_key, way=letter.way, to_cipher=crypto.encrypt(letter.to), subject=letter.subject,
        body_cipher=crypto.encrypt(letter.body), about=letter.about, created_at=clock.now(),
    )  # fmt: skip
    rows.insert(message, once=True)
    events.defer("notify.deliver", effect_key=effect_key)


@transaction.atomic
def deliver(actor: Actor, *, effect_key: str) -> str:
    """Hand one queued message to its carrier and return its new state."""
    message = Message.objects.select_for_update().filter(effect_key=effect_key).first()
    if message is None or message.state in {"held", "sent", "failed"}:
        return message.state if message else "absent"
    try:
        carrier_for(message.way)(
            crypto.decrypt(message.to_cipher), message.subject, crypto.decrypt(message.body_cipher)
        )
    except CarrierFault as fault:
        return _put_off(message, str(fault))
    message.state = rules.DELIVERY.step("send", message.state).after(message.state)
    message.sent_at = clock.now()
    message.save(update_fields=["state", "sent_at"])
    events.emit(MessageSent(message.effect_key, message.about, message.sent_at))
    return message.state


def _put_off(message: Message, error: str) -> str:
    message.tries += 1
    verb = "give_up" if message.tries >= rules.MOST_TRIES else "put_off"
    message.state = rules.DELIVERY.step(verb, message.state).after(message.state)
    message.error = error[:200]
    message.save(update_fields=["state", "tries", "error"])
    if verb == "give_up":
        events.emit(MessageFailed(message.effect_key, message.about, message.error))
    else:
        later = clock.now() + timedelta(minutes=rules.wait_minutes(message.tries))
        events.defer("notify.deliver", at=later, effect_key=message.effect_key)
    return message.state


@transaction.atomic
def send_code(actor: Actor, *, phone: str, body: str) -> None:
    """Send a one-time code to a phone; `body` holds `{code}`. Raises Invalid for what is no phone number."""
    code = org.issue_code(actor, phone=phone)
    letter = Letter("sms", phone, "", body.replace("{code}", code), about="code")
    send(actor, letter, effect_key=f"code:{ids.new_id()}")


def forget_old(actor: Actor, *, days: int = 30) -> int:
    """Delete messages older than `days` that have left or failed; returns how many. Retention: docs/privacy.md."""
    old = Message.objects.filter(created_at__lt=clock.now() - timedelta(days=days), state__in=["sent", "failed"])
    return old.delete()[0]


def hold_waiting(actor: Actor) -> int:
    """Hold what waits to be sent; returns how many. For a restore: since the backup it may have been sent."""
    step = rules.DELIVERY.step("hold", "queued")
    return Message.objects.filter(state__in=step.frm).update(state=step.after("queued"))


@transaction.atomic
def let_go(actor: Actor) -> int:
    """Queue held messages again, each once; returns how many."""
    step = rules.DELIVERY.step("let_go", "held")
    keys = list(Message.objects.select_for_update().filter(state="held").values_list("effect_key", flat=True))
    Message.objects.filter(effect_key__in=keys).update(state=step.after("held"))
    for key in keys:
        events.defer("notify.deliver", effect_key=key)
    return len(keys)


def drop_held(actor: Actor) -> int:
    """Give up held messages; returns how many."""
    step = rules.DELIVERY.step("drop", "held")
    return Message.objects.filter(state="held").update(state=step.after("held"), error="dropped after a restore")
