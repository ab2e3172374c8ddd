"""What this room refuses."""

from huiyin.platform.errors import Invalid, NotNow, Refusal


class NameTaken(Invalid):
    """Two units of one parent cannot share a name; two people cannot share a username."""

    code = "name_taken"
    default = "This name is taken already."


class StillInUse(NotNow):
    """A unit with units, posts or addresses under it cannot end."""

    code = "still_in_use"
    default = "This unit still has %(what)s."
    advice = "Move or end them first; then end the unit."


class WrongCode(Invalid):
    """The one-time code is wrong, used or too old."""

    code = "wrong_code"
    default = "This code is wrong or has expired."
    advice = "Ask for a new code and enter it within 10 minutes."


class KeyUsed(NotNow):
    """A program asks something else under a key it used before."""

    code = "key_used"
    default = "This Idempotency-Key was used for another request."
    advice = "Use a new key for a new request; use the same key only to repeat the very same one."


class NoScope(Refusal):
    """A program's token does not carry what it asks for."""

    status = 403
    code = "no_scope"
    default = "This token does not carry the scope %(scope)s."
    advice = "Ask the office that gave it out for a token with this scope."


class WrongFactorCode(Invalid):
    """The code of the second step is wrong, used or too old."""

    code = "wrong_factor_code"
    default = "This code is wrong or was used already."
    advice = "Wait for the next code in the app, or enter a recovery code that was not used yet."


class FactorNeeded(NotNow):
    """A post that must have a second factor keeps its last one."""

    code = "factor_needed"
    default = "Your post must have a second factor, and this is your last one."
    advice = "Set up another one first; then remove this one."


class PasskeyRefused(Invalid):
    """The browser's answer does not fit what was asked, or the passkey is unknown here."""

    code = "passkey_refused"
    default = "This passkey was not accepted."
    advice = "Please try again, or sign in with your password."
