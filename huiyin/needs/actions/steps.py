"""Steps of a matter. Each locks the row, asks the machine, saves, and appends to the history, in one transaction."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.needs import bearing, rules
from huiyin.needs.errors import AlreadyAnswered, UndoOver
from huiyin.needs.events import NeedAnswered
from huiyin.needs.models import Answer, Barred, Contact, Move, Need
from huiyin.needs.queries import NeedRow
from huiyin.needs.routing import next_above
from huiyin.notify import actions as notify
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock, crypto, events
from huiyin.platform.errors import Invalid, NotFound, NotNow
from huiyin.platform.machine import Step

_ASKED = {
    "text": "Please write what the resident is to be told.",
    "way": "Please choose how the answer reaches the resident.",
    "note": "Please write a note.",
    "unit": "Please choose who is to take it on.",
}


def _checked(verb: str, state: str, facts: dict[str, Any]) -> Step:
    step = rules.LIFECYCLE.step(verb, state)
    if missing := rules.LIFECYCLE.missing(step, facts):
        raise Invalid.of(**{name: _ASKED[name] for name in missing})
    return step


def _move(need: Need, verb: str, *, by: Actor, to: str, unit_id: UUID | None = None, note: str = "") -> Move:
    """Save the new state and holder and append the history row: the one place where a matter moves."""
    now, office = clock.now(), by.office
    before, from_unit = need.state, need.unit_id
    need.state, need.unit_id, need.changed_at = to, unit_id or need.unit_id, now
    need.closed_at = (need.closed_at or now) if to in {"closed", "withdrawn"} else None
    need.save(update_fields=["state", "unit", "changed_at", "closed_at"])
    return Move.objects.create(
        need=need, at=now, verb=verb, from_state=before, to_state=to, from_unit_id=from_unit, unit_id=need.unit_id,
        by_id=by.user_id, by_kind=by.kind_name, by_name=by.name if by.is_staff else "",
        by_unit_name=office[1] if office else "", stand_in_for=by.stands_in_for, note=note.strip(),
    )  # fmt: skip


def _locked(actor: Actor, verb: str, need_id: UUID) -> Need:
    capability = next(s.needs for s in rules.LIFECYCLE.steps if s.verb == verb)
    return scope.lock(actor, capability, Need.objects.all(), need_id)


def _step(actor: Actor, verb: str, need_id: UUID, *, unit_id: UUID | None = None, **facts: Any) -> Need:
    need = _locked(actor, verb, need_id)
    step = _checked(verb, need.state, facts)
    _move(need, verb, by=actor, to=step.after(need.state), unit_id=unit_id, note=str(facts.get("note", "")))
    return need


@transaction.atomic
def accept(actor: Actor, need_id: UUID) -> NeedRow:
    """Take a matter on. Raises NotFound, NotNow."""
    return NeedRow.of(_step(actor, "accept", need_id))


@transaction.atomic
def note(actor: Actor, need_id: UUID, *, note: str) -> NeedRow:
    """Add an internal note that residents never see. Raises NotFound, NotNow, Invalid."""
    return NeedRow.of(_step(actor, "note", need_id, note=note))


@transaction.atomic
def withdraw(actor: Actor, need_id: UUID) -> NeedRow:
    """Let the resident take the matter back; it stays in the register. Raises NotFound, NotNow."""
    return NeedRow.of(_step(actor, "withdraw", need_id))


def _above(need: Need) -> UUID:
    """Return the next unit above the holder where somebody may answer, whatever the gaps between."""
    barred = frozenset(Barred.objects.filter(need=need).values_list("user_id", flat=True))
    unit = next_above(atlas.current(), need.unit_id, barred, complaint=need.kind == "complaint_staff")
    if unit is None:
        raise NotNow("There is no office above this one.", hint="Answer it, or pass it on to a unit below.")
    return unit.id


@transaction.atomic
def hand_up(actor: Actor, need_id: UUID, *, note: str) -> NeedRow:
    """Hand a matter up one level, saying why. Raises NotFound, NotNow, Invalid."""
    need = _locked(actor, "hand_up", need_id)
    step = _checked("hand_up", need.state, {"note": note})
    _move(need, "hand_up", by=actor, to=step.after(need.state), unit_id=_above(need), note=note)
    return NeedRow.of(need)


@transaction.atomic
def pass_on(actor: Actor, need_id: UUID, *, unit_id: UUID | None, note: str = "") -> NeedRow:
    """Pass a matter to a unit within the actor's reach. Raises NotFound, NotNow, Invalid."""
    need = _locked(actor, "pass_on", need_id)
    step = _checked("pass_on", need.state, {"unit": unit_id})
    target = atlas.current().get(unit_id)
    reaches = target and any(target.path.startswith(p) for p in actor.paths("need.pass_on"))
    if target is None or not reaches or target.ended_on is not None:
        raise Invalid.of(unit="Please choose a unit within your reach.")
    if target.id == need.unit_id:
        raise Invalid.of(unit="This unit holds the matter already.")
    if need.kind == "complaint_staff":
        raise NotNow("A complaint about a member of staff is not passed down.", hint="Answer it, or hand it up.")
    _move(need, "pass_on", by=actor, to=step.after(need.state), unit_id=target.id, note=note)
    return NeedRow.of(need)


def _check_reachable(need: Need, way: str) -> None:
    if way not in rules.WAYS:
        raise Invalid.of(way="Please choose how the answer reaches the resident.")
    if way == "email" and not Contact.objects.filter(need=need).exclude(email_cipher="").exists():
        raise Invalid.of(way="No e-mail address was left. Please choose another way.")


@transaction.atomic
def answer(actor: Actor, need_id: UUID, *, text: str, way: str, seen_at: str = "") -> NeedRow:
    """Write the answer and say how it reaches the resident; it goes out when the time to undo is over.

    `seen_at` is the matter's `changed_at` as the writer saw it, ISO 8601: a change in between raises
    AlreadyAnswered instead of overwriting a colleague's answer. Raises NotFound, NotNow, Invalid.
    """
    need = _locked(actor, "answer", need_id)
    if seen_at and seen_at != need.changed_at.isoformat():
        raise AlreadyAnswered()
    step = _checked("answer", need.state, {"text": text, "way": way})
    _check_reachable(need, way)
    if actor.user_id is None:
        raise NotFound()
    earlier = Answer.objects.filter(need=need, void_at__isnull=True).first()
    Answer.objects.filter(need=need, void_at__isnull=True).update(void_at=clock.now())
    written = Answer.objects.create(
        need=need,
        replaces=earlier,
        text=text.strip(),
        way=way,
        written_at=clock.now(),
        written_by_id=actor.user_id,
        unit_id=need.unit_id,
    )
    _move(need, "answer", by=actor, to=step.after(need.state))
    events.emit(NeedAnswered(need.id, written.id))
    return NeedRow.of(need)


@transaction.atomic
def send_answer(actor: Actor, *, answer_id: UUID) -> str:
    """Send what is to be sent for an answer, unless it was undone; returns the way, "" when void."""
    written = Answer.objects.select_related("need").filter(pk=answer_id, void_at__isnull=True).first()
    contact = Contact.objects.filter(need_id=written.need_id).first() if written else None
    if written is None:
        return ""
    need = written.need
    code, link, about = rules.spoken_code(need.code), bearing.link_of(need.id, need.code), f"need:{need.id}"
    with override(need.language):
        subject = _("Answer to your matter %(code)s") % {"code": code}
        told = _("Your matter %(code)s has been answered. Read the answer here: %(link)s") % {
            "code": code,
            "link": link,
        }
    if contact and written.way == "email" and contact.email_cipher:
        address = crypto.decrypt(contact.email_cipher)
        letter = notify.Letter("email", address, subject, f"{written.text}\n\n{link}", about)
        notify.send(actor, letter, effect_key=f"answer:{written.id}")
    elif contact and written.way == "page" and contact.phone_cipher:
        letter = notify.Letter("sms", crypto.decrypt(contact.phone_cipher), "", told, about)
        notify.send(actor, letter, effect_key=f"answer.told:{written.id}")
    return written.way


def _delivered(need: Need, *, by: Actor, note: str) -> None:
    counting = Answer.objects.filter(need=need, void_at__isnull=True, delivered_at__isnull=True)
    counting.update(
        delivered_at=clock.now(),
        delivered_by_id=by.user_id if by.is_staff else None,
        delivered_note=note[:200],
    )
    _move(need, "deliver", by=by, to=rules.LIFECYCLE.step("deliver", need.state).after(need.state), note=note)


@transaction.atomic
def deliver(actor: Actor, need_id: UUID, *, note: str = "") -> NeedRow:
    """Record that the answer reached the resident, by phone, visit or paper. Raises NotFound, NotNow."""
    need = _locked(actor, "deliver", need_id)
    rules.LIFECYCLE.step("deliver", need.state)
    _delivered(need, by=actor, note=note)
    return NeedRow.of(need)


@transaction.atomic
def seen_by_resident(actor: Actor, need_id: UUID) -> bool:
    """Record an answer on the page as delivered once the resident has it on screen; False when there is none."""
    need = scope.lock(actor, "need.read", Need.objects.all(), need_id)
    waits = need.state == "answer" and Answer.objects.filter(need=need, void_at__isnull=True, way="page").exists()
    if waits:
        _delivered(need, by=actor, note="")
    return waits


@transaction.atomic
def email_accepted(actor: Actor, *, answer_id: UUID) -> bool:
    """Record an answer by e-mail as delivered once the mail server took it; for the system's jobs."""
    written = Answer.objects.filter(pk=answer_id, void_at__isnull=True).first()
    need = Need.objects.select_for_update().filter(pk=written.need_id, state="answer").first() if written else None
    if need is None:
        return False
    _delivered(need, by=actor, note="")
    return True


def _take_back_answer(need: Need) -> None:
    """Void the answer just written; the one it had replaced counts again and is sent, if it was not yet."""
    undone = Answer.objects.filter(need=need, void_at__isnull=True).first()
    if undone is None:
        return
    Answer.objects.filter(pk=undone.pk).update(void_at=clock.now())
    if undone.replaces_id:
        Answer.objects.filter(pk=undone.replaces_id).update(void_at=None)
        events.emit(NeedAnswered(need.id, undone.replaces_id))


@transaction.atomic
def undo(actor: Actor, need_id: UUID) -> NeedRow:
    """Take back one's own last step within seconds; the history keeps both. Raises NotFound, UndoOver."""
    need = scope.lock(actor, "need.read", Need.objects.all(), need_id)
    last = Move.objects.filter(need=need).order_by("-id").first()
    if last is None or last.by_id != actor.user_id or last.verb not in rules.UNDOABLE:
        raise UndoOver()
    if clock.now() - last.at > timedelta(seconds=rules.UNDO_WITHIN_S):
        raise UndoOver()
    holder = atlas.current().get(last.from_unit_id)
    if holder is None or holder.ended_on is not None:
        raise UndoOver()
    if last.verb == "answer":
        _take_back_answer(need)
    _move(need, "undo", by=actor, to=last.from_state, unit_id=last.from_unit_id)
    return NeedRow.of(need)
