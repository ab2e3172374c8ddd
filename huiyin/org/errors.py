"""What this room refuses."""

from huiyin.platform.errors import Invalid, NotNow


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
