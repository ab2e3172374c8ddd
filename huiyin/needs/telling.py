"""What residents are told, as rows: the result and the closing word, written, delivered, taken back.

Mechanics of this room's actions, not actions themselves: nothing outside `huiyin.needs.actions` calls them.
"""

from dataclasses import dataclass

from huiyin.needs import rules
from huiyin.needs.errors import NothingToDeliver
from huiyin.needs.events import NeedAnswered
from huiyin.needs.models import Answer, Contact, Need
from huiyin.needs.moving import move
from huiyin.needs.rules import evaluation
from huiyin.org.actors import Actor
from huiyin.platform import clock, events
from huiyin.platform.errors import Invalid


@dataclass(frozen=True, slots=True)
class Told:
    """What a resident is told. A result that cannot be had says why and who else could."""

    text: str
    way: str
    outcome: str = "solved"
    reason: str = ""
    who_else: str = ""


def check_outcome(outcome: str, reason: str, who_else: str) -> None:
    """Raise Invalid unless «cannot be solved» comes with a reason and with who else could."""
    if outcome not in evaluation.OUTCOMES:
        raise Invalid.of(outcome="Please say whether it is solved.")
    if outcome == "solved":
        return
    if reason not in evaluation.REASONS:
        raise Invalid.of(reason="Please choose why it cannot be solved.")
    if not who_else.strip():
        raise Invalid.of(who_else="Please say who else could help, or that nobody can.")


def check_reachable(need: Need, way: str) -> None:
    if way not in rules.WAYS:
        raise Invalid.of(way="Please choose how the answer reaches the resident.")
    if way == "email" and not Contact.objects.filter(need=need).exclude(email_cipher="").exists():
        raise Invalid.of(way="No e-mail address was left. Please choose another way.")


def usual_way(need: Need) -> str:
    """Return how this resident is told when nobody chose."""
    contact = Contact.objects.filter(need=need).first()
    has_phone, has_email = bool(contact and contact.phone_cipher), bool(contact and contact.email_cipher)
    return rules.usual_way(need.channel, has_phone=has_phone, has_email=has_email)


def write(need: Need, told: Told, *, by: Actor, kind: str = "result") -> Answer:
    """Write an answer of this round in place of the one that counted, and let it be sent when undoing is over."""
    counting = Answer.objects.filter(need=need, kind=kind, round=need.round, void_at__isnull=True)
    earlier = counting.first()
    counting.update(void_at=clock.now())
    solved = kind != "result" or told.outcome == "solved"
    written = Answer.objects.create(
        need=need, kind=kind, round=need.round, replaces=earlier, text=told.text.strip(), way=told.way,
        outcome=told.outcome if kind == "result" else "", reason="" if solved else told.reason,
        who_else="" if solved else told.who_else.strip()[:120], written_at=clock.now(), written_by_id=by.user_id,
        unit_id=need.unit_id,
    )  # fmt: skip
    if kind == "result":
        need.outcome = told.outcome
    events.emit(NeedAnswered(need.id, written.id))
    return written


def delivered(need: Need, *, by: Actor, note: str = "") -> None:
    """Record that what this state waits for has reached the resident. Raises NothingToDeliver, NotNow."""
    step = rules.LIFECYCLE.step("deliver", need.state)
    kind = "closing" if need.state == "feedback" else "result"
    counting = Answer.objects.filter(
        need=need, kind=kind, round=need.round, void_at__isnull=True, delivered_at__isnull=True
    )
    now = clock.now()
    by_id = by.user_id if by.is_staff else None
    if not counting.update(delivered_at=now, delivered_by_id=by_id, delivered_note=note[:200]):
        raise NothingToDeliver()
    move(need, "deliver", by=by, to=step.after(need.state), note=note)


def waits_on_page(need: Need) -> bool:
    """Return whether an answer on the page waits to be seen."""
    kind = {"answer": "result", "feedback": "closing"}.get(need.state, "")
    unseen = Answer.objects.filter(need=need, kind=kind, round=need.round, void_at__isnull=True, way="page")
    return unseen.filter(delivered_at__isnull=True).exists()


def take_back(need: Need, *, kind: str) -> None:
    """Void the answer just written; the one it had replaced counts again and is sent, if it was not yet."""
    undone = Answer.objects.filter(need=need, kind=kind, round=need.round, void_at__isnull=True).first()
    if undone is None:
        return
    Answer.objects.filter(pk=undone.pk).update(void_at=clock.now())
    if kind == "result":
        need.outcome = undone.replaces.outcome if undone.replaces else ""
    if undone.replaces_id:
        Answer.objects.filter(pk=undone.replaces_id).update(void_at=None)
        events.emit(NeedAnswered(need.id, undone.replaces_id))
