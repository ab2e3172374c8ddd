"""Codes of authenticator apps (RFC 6238): six digits that change every 30 seconds."""

import secrets
from base64 import b32decode, b32encode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

from huiyin.platform import clock, crypto

STEP_S = 30
DRIFT_STEPS = 1  # a telephone's clock is seldom wrong by more


def new_secret() -> str:
    """Return a secret for an authenticator app: 160 random bits in base 32."""
    return b32encode(secrets.token_bytes(20)).decode()


def plain_code(code: str) -> str:
    """Return a typed code as digits alone, full-width ones folded."""
    folded = code.translate({0xFF10 + i: str(i) for i in range(10)})
    return "".join(c for c in folded if c.isascii() and c.isdigit())


def code_of(secret: str, *, step: int) -> str:
    """Return the six digits an app shows in a step of 30 seconds. SHA-1 is what the apps know (RFC 6238, 1.2)."""
    return HOTP(b32decode(secret), 6, SHA1(), enforce_key_length=False).generate(step).decode()  # noqa: S303


def step_of(secret: str, code: str, *, after: int = 0) -> int | None:
    """Return the step whose code this is, one before or after now at most and later than `after`; None for none."""
    now = int(clock.now().timestamp()) // STEP_S
    near = [now + drift for drift in range(-DRIFT_STEPS, DRIFT_STEPS + 1)]
    return next((s for s in near if s > after and crypto.same(code, code_of(secret, step=s))), None)
