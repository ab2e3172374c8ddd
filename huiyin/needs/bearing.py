"""PIN and link of a matter: derived from its key, never stored, the same each time they are asked for."""

from uuid import UUID

from django.conf import settings

from huiyin.platform import crypto

PIN_DIGITS = 4


def pin_of(need_id: UUID) -> str:
    """Return the four-digit PIN of a matter. Check it behind a rate limit only."""
    return crypto.derive_digits("need.pin", str(need_id), digits=PIN_DIGITS)


def token_of(need_id: UUID) -> str:
    """Return the 128-bit token of a matter's private link."""
    return crypto.derive_token("need.link", str(need_id))


def link_of(need_id: UUID, code: str) -> str:
    """Return the private link as it is sent to the resident."""
    return f"{settings.PUBLIC_URL}/m/{code}/{token_of(need_id)}/"


def rating_token(need_id: UUID, round_: int) -> str:
    """Return the token of the page that rates one result and shows nothing else."""
    return crypto.derive_token("need.rate", f"{need_id}:{round_}")


def rating_link(need_id: UUID, code: str, round_: int) -> str:
    """Return the link to that page as it is sent."""
    return f"{settings.PUBLIC_URL}/r/{code}/{round_}/{rating_token(need_id, round_)}/"


def order_token(order_id: UUID, party_id: UUID) -> str:
    """Return the token of one outside party's link to one order: given to another party, the first link ends."""
    return crypto.derive_token("order.link", f"{order_id}:{party_id}")


def order_link(order_id: UUID, party_id: UUID, *, number: int) -> str:
    """Return that link as it is sent or printed."""
    return f"{settings.PUBLIC_URL}/o/{number}/{order_token(order_id, party_id)}/"
