"""Outside parties: property managers, utilities and suppliers that an office gives orders to."""

from uuid import UUID

from django.db import IntegrityError, transaction

from huiyin.needs.models import Order, OutsideParty
from huiyin.needs.rules import orders as order_rules
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.org.rules import plain_phone
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound, NotNow


def _checked(kind: str, name: str, phone: str) -> dict[str, str]:
    if kind not in order_rules.OUTSIDE_KINDS:
        raise Invalid.of(kind="Please choose one of the list.")
    if not name.strip() or len(name.strip()) > 60:
        raise Invalid.of(name="Please give the name, at most 60 characters.")
    try:
        plain = plain_phone(phone) if phone.strip() else ""
    except ValueError as error:
        raise Invalid.of(phone="This is not a telephone number. Please check the digits.") from error
    return {"kind": kind, "name": name.strip(), "phone": plain}


@transaction.atomic
def add_outside_party(actor: Actor, unit_id: UUID, *, kind: str, name: str, phone: str = "") -> UUID:
    """Register a property manager, utility or supplier and return its key. Raises NotFound, Invalid."""
    unit = atlas.current().get(unit_id)
    if unit is None or not any(unit.path.startswith(p) for p in actor.paths("outside.edit")):
        raise NotFound()
    given = _checked(kind, name, phone)
    try:
        with transaction.atomic():
            return OutsideParty.objects.create(unit_id=unit_id, **given).id
    except IntegrityError as error:
        raise Invalid.of(name="This name is taken already.") from error


@transaction.atomic
def change_outside_party(actor: Actor, party_id: UUID, *, kind: str, name: str, phone: str = "") -> None:
    """Put name, kind or telephone of an outside party right. Raises NotFound, Invalid."""
    rows = OutsideParty.objects.filter(ended_on__isnull=True)
    party = scope.lock(actor, "outside.edit", rows, party_id)
    given = _checked(kind, name, phone)
    try:
        with transaction.atomic():
            OutsideParty.objects.filter(pk=party.pk).update(**given)
    except IntegrityError as error:
        raise Invalid.of(name="This name is taken already.") from error


@transaction.atomic
def end_outside_party(actor: Actor, party_id: UUID) -> None:
    """Take an outside party out of the lists. Raises NotFound; NotNow while orders are with it."""
    rows = OutsideParty.objects.filter(ended_on__isnull=True)
    party = scope.lock(actor, "outside.edit", rows, party_id)
    if Order.objects.filter(outside=party, state__in=order_rules.LIVE_STATES).exists():
        raise NotNow("Orders are with this party.", hint="Recall them or give them to somebody else first.")
    OutsideParty.objects.filter(pk=party.pk).update(ended_on=clock.today())
