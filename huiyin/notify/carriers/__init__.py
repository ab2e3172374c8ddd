"""How a message leaves the house: one module a carrier, each a function `send(to, subject, body)`.

A carrier raises CarrierFault for what a later try may mend. In the demo, messages stay on the outbox page.
"""

from collections.abc import Callable

from django.conf import settings

from huiyin.notify.carriers import outbox, smtp
from huiyin.notify.errors import CarrierFault

Send = Callable[[str, str, str], None]


def _none(to: str, subject: str, body: str) -> None:
    raise CarrierFault("no carrier is configured for this way")


def sends(way: str) -> bool:
    """Return whether messages of this way leave the house, or in the demo reach its outbox."""
    return carrier_for(way) is not _none


def carrier_for(way: str) -> Send:
    """Return the carrier of a way; without one configured a message waits and at last fails, never pretends."""
    if settings.OUTBOX_ONLY:
        return outbox.send
    if way == "email" and settings.EMAIL_URL:
        return smtp.send
    return _none
