"""Contacts encrypted at rest, found by a keyed blind index; PINs and links derived, never stored."""

import base64
import hashlib
import hmac
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

TAIL = 4  # digits of a telephone by which it is looked for


def _derived(secret: str, purpose: str) -> bytes:
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).digest()


@cache
def _fernet() -> MultiFernet:
    # A comma-separated list rotates: the first key encrypts, all of them decrypt.
    secrets = settings.KEYS.contact.split(",")
    return MultiFernet([Fernet(base64.urlsafe_b64encode(_derived(s, "contact"))) for s in secrets])


def encrypt(text: str) -> str:
    """Return `text` encrypted (Fernet: AES-128-CBC with HMAC-SHA256), empty for empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def decrypt(cipher: str) -> str:
    """Return the text of `encrypt`. Raises cryptography.fernet.InvalidToken for a foreign key."""
    return _fernet().decrypt(cipher.encode()).decode() if cipher else ""


def blind_index(kind: str, text: str) -> str:
    """Return 32 hex digits that equal texts of one kind share and that tell nothing without the key."""
    key = _derived(settings.KEYS.index, kind)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def tail_index(digits: str) -> str:
    """Return the blind index by which telephones are found that end in these four digits."""
    return blind_index("phone_tail", digits[-TAIL:])


def phone_indexes(phone: str) -> tuple[str, str]:
    """Return the blind indexes of a telephone, whole and of its last four digits; both empty for none."""
    return (blind_index("phone", phone), tail_index(phone)) if phone else ("", "")


def derive_token(purpose: str, subject: str) -> str:
    """Return a 128-bit bearer token for `subject`, the same each time, as 22 URL-safe characters."""
    key = _derived(settings.KEYS.bearer, purpose)
    digest = hmac.new(key, subject.encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def derive_digits(purpose: str, subject: str, *, digits: int) -> str:
    """Return a decimal PIN for `subject`, the same each time. Guard its checks with a rate limit."""
    key = _derived(settings.KEYS.bearer, purpose)
    number = int.from_bytes(hmac.new(key, subject.encode(), hashlib.sha256).digest()[:8], "big")
    return str(number % 10**digits).zfill(digits)


def same(given: str, right: str) -> bool:
    """Return whether both are equal, in constant time."""
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())
