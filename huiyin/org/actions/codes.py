"""One-time codes: proof that a phone is in the hand of who types the code."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F

from huiyin.org import rules
from huiyin.org.actors import Actor
from huiyin.org.errors import WrongCode
from huiyin.org.models import PhoneCode
from huiyin.platform import clock, crypto
from huiyin.platform.errors import Invalid

VALID_FOR = timedelta(minutes=10)
MOST_TRIES = 5


def _index(phone: str) -> str:
    try:
        return crypto.blind_index("phone", rules.plain_phone(phone))
    except ValueError as error:
        raise Invalid.of(phone="This is not a telephone number. Please check the digits.") from error


def _hash(index: str, code: str) -> str:
    return hashlib.sha256(f"{index}|{code}".encode()).hexdigest()


@transaction.atomic
def issue_code(actor: Actor, *, phone: str) -> str:
    """Return a new six-digit code for a phone; older ones end. The caller sends it. Raises Invalid."""
    index, code = _index(phone), f"{secrets.randbelow(10**6):06d}"
    PhoneCode.objects.filter(phone_index=index).delete()
    PhoneCode.objects.create(phone_index=index, code_hash=_hash(index, code), expires_at=clock.now() + VALID_FOR)
    return code


def prove_phone(actor: Actor, *, phone: str, code: str) -> str:
    """Return the phone's blind index when the code is right. Raises Invalid, WrongCode.

    A wrong try counts even though it is refused, so the counting is a statement of its own.
    """
    index = _index(phone)
    digits = "".join(c for c in code.translate({0xFF10 + i: str(i) for i in range(10)}) if c.isdigit())
    live = PhoneCode.objects.filter(phone_index=index, used_at__isnull=True, expires_at__gt=clock.now())
    if not live.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
        raise WrongCode(field="code")
    # One conditional UPDATE spends the code: of two requests with the right code one wins.
    if not live.filter(code_hash=_hash(index, digits)).update(used_at=clock.now()):
        raise WrongCode(field="code")
    return index
