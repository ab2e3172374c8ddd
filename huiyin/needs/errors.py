"""What this room refuses."""

from huiyin.platform.errors import Invalid, NotFound, NotNow, Refusal


class NoSuchCode(NotFound):
    """One answer for a wrong code, a wrong PIN and none at all."""

    code = "no_such_code"
    default = "No matter was found for this number and PIN."
    advice = "Check the eleven digits and the PIN on your receipt, or call the community office."


class NotPlaced(Invalid):
    """Nothing says where the matter belongs."""

    code = "not_placed"
    default = "Please say where it is: choose your community, or tap the map."


class OutsideReach(Invalid):
    """A program sends a matter of a place that its token does not cover."""

    code = "outside_reach"
    default = "This place is outside the area of the token."
    advice = "Send it to the office that answers for the place, or ask for a token of the unit above."


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


class OrdersRunning(NotNow):
    """Somebody still works on this matter's orders, or one came back and waits for a decision."""

    code = "orders_running"
    default = "Orders of this matter are not at their end."
    advice = "Wait until they are done, or give a returned one to somebody else, or recall them first."


class SettledTogether(NotNow):
    """A duplicate is settled with its original, not by itself."""

    code = "settled_together"
    default = "This matter is settled together with the one it repeats."
    advice = "Act on that one, or separate the two first."


class OrderTaken(NotNow):
    """Somebody else was quicker, or the order was recalled."""

    code = "order_taken"
    default = "Somebody else has just taken this order."
    advice = "Look at the list: other orders are open."


class OrderOver(NotNow):
    """An outside party opens its link after the order has ended."""

    code = "order_over"
    default = "This order is at its end. Thank you."
    advice = "Nothing more is to be done. If something is wrong with it, call the office that sent it."


class NothingToDeliver(NotNow):
    """Nothing written waits to reach the resident."""

    code = "nothing_to_deliver"
    default = "Nothing waits to be delivered here."
    advice = "Write the closing word first."


class RatedBefore(NotNow):
    """One rating a round: a forwarded link rates nothing twice."""

    code = "rated_before"
    default = "This result has been rated already."
    advice = "Every result is rated once. If it was not you, call the community office."


class NoKey(Refusal):
    """A request is sent without a token, or with one that does not carry it."""

    status = 403
    code = "no_key"
    default = "An api_key that may send matters is needed."
    advice = "Ask the office for a token with the scope matters.write."
