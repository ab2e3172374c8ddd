"""Rate limits, counted in PostgreSQL so that every process sees them."""

import hashlib
import ipaddress
from datetime import timedelta

from django.conf import settings
from django.db import connection

from huiyin.platform import clock
from huiyin.platform.errors import TooMany

_COUNT = """
INSERT INTO platform_hit AS h (key, tries, window_ends_at) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
  tries = CASE WHEN h.window_ends_at <= %s THEN 1 ELSE h.tries + 1 END,
  window_ends_at = CASE WHEN h.window_ends_at <= %s THEN EXCLUDED.window_ends_at ELSE h.window_ends_at END
RETURNING tries, window_ends_at
"""


def _one_line(who: str) -> str:
    """Return an IPv6 address as its /64, which is one household's or one attacker's; anything else as it is."""
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        return who
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else who


def _key(what: str, who: str) -> str:
    return hashlib.sha256(f"{what}|{_one_line(who)}".encode()).hexdigest()


def hit(what: str, who: str, *, most: int, per_s: int) -> None:
    """Count one try of `what` by `who`. Raises TooMany beyond `most` tries in `per_s` seconds.

    Call it outside the action's transaction: a refused action must still count.
    """
    if not settings.RATE_LIMITS_ON:
        return
    now = clock.now()
    key = _key(what, who)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [key, now + timedelta(seconds=per_s), now, now])
        tries, ends_at = cursor.fetchone()
    if tries > most:
        wait_s = max(1, int((ends_at - now).total_seconds()))
        raise TooMany(
            "Too many tries in a short time.",
            hint="Please wait %(minutes)s minutes and try again, or call the community office.",
            retry_after_s=wait_s,
            minutes=-(-wait_s // 60),
        )


def allows(what: str, who: str, *, most: int, per_s: int) -> bool:
    """Count one try and return whether it is within the limit, for what is left out rather than refused."""
    try:
        hit(what, who, most=most, per_s=per_s)
    except TooMany:
        return False
    return True


def forget(what: str, who: str) -> None:
    """Count from nothing again, as after a right code."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM platform_hit WHERE key = %s", [_key(what, who)])


def forget_old() -> None:
    """Delete counts whose window has ended."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM platform_hit WHERE window_ends_at < %s", [clock.now()])
