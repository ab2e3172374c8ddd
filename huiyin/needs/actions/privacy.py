"""Looking at personal data, and lawful erasure; each is audited."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.following import end_orders, hand_over
from huiyin.needs.models import Contact, Need, NotePhoto, Photo
from huiyin.needs.moving import lock_beside
from huiyin.needs.queries import NeedRow
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform import audit, crypto, files
from huiyin.platform.errors import Invalid


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """How to reach the resident, in the clear."""

    name: str
    phone: str
    email: str


@transaction.atomic
def look_at_contact(actor: Actor, need_id: UUID) -> ContactDetails:
    """Return the resident's contact details; the look is recorded and the resident can see it. Raises NotFound."""
    need = scope.find(actor, "need.contact", Need.objects.all(), need_id)
    contact = Contact.objects.filter(need=need).first()
    if contact is None:
        return ContactDetails("", "", "")
    audit.record(actor, "contact.read", f"need:{need.id}", about=need.unit_id)
    return ContactDetails(
        crypto.decrypt(contact.name_cipher),
        crypto.decrypt(contact.phone_cipher),
        crypto.decrypt(contact.email_cipher),
    )


@transaction.atomic
def find_by_phone(actor: Actor, *, digits: str, most: int = 50) -> list[NeedRow]:
    """Return the newest matters within reach of a telephone: whole, or all whose number ends in four digits.

    The search is recorded, without the digits; of a whole number with each matter, where its resident sees it.
    `digits` is as `rules.searching.phone_typed` gives it.
    """
    if len(digits) == crypto.TAIL:
        wanted = Q(contact__phone_tail=crypto.tail_index(digits))
    else:
        wanted = Q(contact__phone_index=crypto.blind_index("phone", digits))
    rows = scope.within(actor, "need.contact", Need.objects.filter(wanted))
    found = [NeedRow.of(n) for n in rows.order_by("-received_at", "id")[:most]]
    audit.record(actor, "contact.search", f"user:{actor.person_id}", found=len(found))
    if len(digits) > crypto.TAIL:
        for row in found:
            audit.record(actor, "contact.search", f"need:{row.id}", about=row.unit_id)
    return found


@transaction.atomic
def erase(actor: Actor, need_id: UUID, *, reason: str) -> None:
    """Replace a matter's personal content by a tombstone, lawfully and for good; an open one is withdrawn.

    `reason` is a key of rules.ERASE_REASONS. The database function is the only way past the triggers; it asks for the
    right once more and writes its own audit entry. Raises NotFound, Invalid, AlreadyAnswered.
    """
    if reason not in rules.ERASE_REASONS:
        raise Invalid.of(reason="Please choose the reason.")
    lock_beside(need_id)
    need = scope.lock(actor, "need.erase", Need.objects.all(), need_id)
    hand_over(need, by=actor)
    end_orders(need, by=actor)
    photos = set(Photo.objects.filter(need=need).values_list("file_id", flat=True))
    photos |= set(NotePhoto.objects.filter(move__need=need).values_list("file_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT huiyin_erase_need(%s, %s, %s)", [need.id, actor.user_id, reason])
    kept = set(Photo.objects.filter(file_id__in=photos).values_list("file_id", flat=True))
    kept |= set(NotePhoto.objects.filter(file_id__in=photos).values_list("file_id", flat=True))
    for sha256 in photos - kept:
        files.forget_photo(sha256)
