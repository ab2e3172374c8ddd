"""What this room refuses."""

from huiyin.platform.errors import Invalid, NotFound, NotNow


class NoSuchCode(NotFound):
    """One answer for a wrong code, a wrong PIN and none at all."""

    code = "no_such_code"
    default = "No matter was found for this number and PIN."
    advice = "Check the eleven digits and the PIN on your receipt, or call the community office."


class NotPlaced(Invalid):
    """Nothing says where the matter belongs."""

    code = "not_placed"
    default = "Please say where it is: choose your community, or tap the map."


class UndoOver(NotNow):
    """The seconds for taking a step back are over."""

    code = "undo_over"
    default = "This can no longer be undone."
    advice = "Open the matter; a further step can still put it right."


class AlreadyAnswered(NotNow):
    """Two people answered at once, or the page is old."""

    code = "changed_meanwhile"
    default = "Somebody else has changed this matter meanwhile."
    advice = "Your text is kept below. Look at the matter as it stands now, then send again if it is still needed."
