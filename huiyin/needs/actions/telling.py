"""What residents are told: the result, and after the rating the closing word; and how it reached them."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.needs import bearing, rules
from huiyin.needs.following import follow_answer
from huiyin.needs.models import Answer, Contact, Need
from huiyin.needs.moving import alone, checked, locked, locked_with_copies, move
from huiyin.needs.queries import NeedRow
from huiyin.needs.telling import Told, check_outcome, check_reachable, delivered, waits_on_page, write
from huiyin.notify import actions as notify
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform import crypto
from huiyin.platform.errors import NotFound


@transaction.atomic
def answer(
    actor: Actor,
    need_id: UUID,
    *,
    text: str,
    way: str,
    outcome: str = "solved",
    reason: str = "",
    who_else: str = "",
    seen_at: str = "",
) -> NeedRow:
    """Tell the result; it goes out when the time to undo is over.

    Raises NotFound, NotNow, Invalid; OrdersRunning while others work on it; AlreadyAnswered when it changed since
    `seen_at`, instead of overwriting a colleague's answer.
    """
    told = Told(text, way, outcome, reason, who_else)
    need, copies = locked_with_copies(actor, "answer", need_id, seen_at=seen_at)
    checked(rules.LIFECYCLE, "answer", need.state, {"text": told.text, "way": told.way})
    alone(need)
    check_reachable(need, told.way)
    check_outcome(told.outcome, told.reason, told.who_else)
    if actor.user_id is None:
        raise NotFound()
    write(need, told, by=actor)
    move(need, "answer", by=actor)
    follow_answer(copies, need, told, by=actor)
    return NeedRow.of(need)


@transaction.atomic
def conclude(actor: Actor, need_id: UUID, *, text: str, way: str, seen_at: str = "") -> NeedRow:
    """Write the closing word: what the rating changed. Raises NotFound, NotNow, Invalid, AlreadyAnswered."""
    need = locked(actor, "conclude", need_id, seen_at=seen_at)
    checked(rules.LIFECYCLE, "conclude", need.state, {"text": text, "way": way})
    check_reachable(need, way)
    write(need, Told(text, way), by=actor, kind="closing")
    move(need, "conclude", by=actor)
    return NeedRow.of(need)


def _letter(need: Need, written: Answer, contact: Contact) -> notify.Letter | None:
    code, link, about = rules.spoken_code(need.code), bearing.link_of(need.id, need.code), f"need:{need.id}"
    rate = bearing.rating_link(need.id, need.code, need.round)
    with override(need.language):
        said = {"code": code, "link": link, "rate": rate}
        told = _("Your matter %(code)s has been answered: %(link)s Are you satisfied? %(rate)s") % said
        if written.kind == "closing":
            told = _("There is a closing word on your matter %(code)s: %(link)s") % said
        subject = _("Answer to your matter %(code)s") % said
        more = "" if written.kind == "closing" else _("Are you satisfied? %(rate)s") % said
    if written.way == "email" and contact.email_cipher:
        body = "\n\n".join(t for t in (written.text, link, more) if t)
        return notify.Letter("email", crypto.decrypt(contact.email_cipher), subject, body, about)
    if written.way == "page" and contact.phone_cipher:
        return notify.Letter("sms", crypto.decrypt(contact.phone_cipher), "", told, about)
    return None


@transaction.atomic
def send_answer(actor: Actor, *, answer_id: UUID) -> str:
    """Send what is to be sent for an answer, unless it was undone; returns the way, "" when void."""
    written = Answer.objects.select_related("need").filter(pk=answer_id, void_at__isnull=True).first()
    if written is None:
        return ""
    contact = Contact.objects.filter(need_id=written.need_id).first()
    letter = _letter(written.need, written, contact) if contact else None
    if letter:
        kind = "answer" if letter.way == "email" else "answer.told"
        notify.send(actor, letter, effect_key=f"{kind}:{written.id}")
    return written.way


@transaction.atomic
def deliver(actor: Actor, need_id: UUID, *, note: str = "", seen_at: str = "") -> NeedRow:
    """Record that the answer reached the resident, by phone, visit or paper. Raises NotFound, NotNow."""
    need = locked(actor, "deliver", need_id, seen_at=seen_at)
    delivered(need, by=actor, note=note)
    return NeedRow.of(need)


@transaction.atomic
def seen_by_resident(actor: Actor, need_id: UUID) -> bool:
    """Record an answer on the page as delivered once the resident has it on screen; False when there is none."""
    need = scope.lock(actor, "need.read", Need.objects.all(), need_id)
    waits = waits_on_page(need)
    if waits:
        delivered(need, by=actor)
    return waits


@transaction.atomic
def email_accepted(actor: Actor, *, answer_id: UUID) -> bool:
    """Record an answer by e-mail as delivered once the mail server took it; for the system's jobs."""
    written = Answer.objects.filter(pk=answer_id, void_at__isnull=True, delivered_at__isnull=True).first()
    if written is None:
        return False
    state = "feedback" if written.kind == "closing" else "answer"
    need = Need.objects.select_for_update().filter(pk=written.need_id, state=state, round=written.round).first()
    if need is None:
        return False
    delivered(need, by=actor)
    return True
