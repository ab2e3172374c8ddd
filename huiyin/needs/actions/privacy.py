"""Looking at personal data, and lawful erasure; each is audited."""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from huiyin.needs.models import Contact, Need
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.platform import audit, clock, crypto


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
    audit.record(actor, "contact.read", f"need:{need.id}")
    return ContactDetails(
        crypto.decrypt(contact.name_cipher),
        crypto.decrypt(contact.phone_cipher),
        crypto.decrypt(contact.email_cipher),
    )


@transaction.atomic
def erase(actor: Actor, need_id: UUID, *, reason: str) -> None:
    """Replace a matter's personal content by a tombstone, lawfully and for good. Raises NotFound.

    The database function is the only way past the triggers; it runs as the owner and writes its own audit entry.
    """
    need = scope.lock(actor, "need.erase", Need.objects.all(), need_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT huiyin_erase_need(%s, %s, %s, %s)", [need.id, actor.user_id, reason[:200], clock.now()])
