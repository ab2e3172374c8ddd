"""How a message leaves the house: one module a carrier, each a function `send(to, subject, body)`.

A carrier raises CarrierFault for what a later try may mend. Without one configured, messages stay on the outbox page.
"""

from collections.abc import Callable

from django.conf import settings

from huiyin.notify.carriers import outbox, smtp

Send = Callable[[str, str, str], None]


def carrier_for(way: str) -> Send:
    """Return the carrier of a way: SMTP when a mail server is set, otherwise the local outbox."""
    if settings.OUTBOX_ONLY or (way == "email" and not settings.EMAIL_URL):
        return outbox.send
    return {"email": smtp.send}.get(way, outbox.send)
