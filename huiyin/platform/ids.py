"""Keys and references made outside the database."""

import secrets
import uuid

import uuid6

# Crockford's alphabet: no I, L, O, U, so that a reference read over the phone is heard right
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562): ordered by time, so that index pages stay warm."""
    return uuid.UUID(int=uuid6.uuid7().int)


def new_reference() -> str:
    """Return a request's reference number, 40 random bits as eight characters in two groups: `7K3M-92QF`."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def parsed(text: str) -> uuid.UUID | None:
    """Return a key typed or sent as text, None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
