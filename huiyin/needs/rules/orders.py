"""Rules of orders: their machine, who may lead one, what their matter does when they move."""

from collections.abc import Iterable, Mapping

from huiyin.platform.machine import Machine, Step

_HELD = frozenset({"assigned", "working", "suspended"})

LIFECYCLE = Machine(
    "order",
    Step("claim", frm=frozenset({"open"}), to="working", needs="order.claim", key="a", label="Take the order"),
    Step("sign", frm=frozenset({"assigned"}), to="working", needs="order.work", key="a", label="Sign for it"),
    Step(
        "complete",
        frm=frozenset({"assigned", "working"}),
        to="done",
        needs="order.work",
        asks=("result",),
        key="f",
        label="Complete",
    ),
    Step("return", frm=_HELD, to="returned", needs="order.work", asks=("note",), key="b", label="Return"),
    Step(
        "transfer",
        frm=frozenset({"assigned", "working", "returned"}),
        to="assigned",
        needs="order.transfer",
        asks=("lead",),
        key="t",
        label="Transfer",
    ),
    Step(
        "suspend",
        frm=frozenset({"working"}),
        to="suspended",
        needs="order.work",
        asks=("note", "until"),
        key="w",
        label="Suspend",
    ),
    Step("resume", frm=frozenset({"suspended"}), to="working", needs="order.work", key="w", label="Go on"),
    Step(
        "extend",
        frm=_HELD,
        to=None,
        needs="order.work",
        asks=("note", "until"),
        key="e",
        label="Ask for more time",
    ),
    Step("grant", frm=_HELD, to=None, needs="order.approve", key="g", label="Grant more time"),
    Step("refuse", frm=_HELD, to=None, needs="order.approve", asks=("note",), key="r", label="Refuse more time"),
    Step(
        "note",
        frm=_HELD | {"open", "returned"},
        to=None,
        needs="order.note",
        asks=("note",),
        key="n",
        label="Internal note",
    ),
    Step(
        "cancel",
        frm=_HELD | {"open", "returned"},
        to="cancelled",
        needs="order.make",
        asks=("note",),
        key="x",
        label="Recall the order",
    ),
    start="open",
)
ASSIGNED = "assigned"  # where an order starts that is given to somebody; «open» waits for whoever claims it
LIVE_STATES = ("open", "assigned", "working", "suspended", "returned")
HELD_STATES = ("assigned", "working", "suspended")

STATE_LABELS: Mapping[str, str] = {  # English message ids
    "open": "Open for claiming",
    "assigned": "To be signed for",
    "working": "In work",
    "suspended": "Suspended",
    "returned": "Returned",
    "done": "Done",
    "cancelled": "Recalled",
}
OPEN_TO: Mapping[str, str] = {
    "": "Give it to somebody",
    "offices": "Open it to offices and grids",
    "everyone": "Open it to everybody who may claim",
}
OUTSIDE_KINDS: Mapping[str, str] = {"property": "Property manager", "utility": "Utility", "supplier": "Supplier"}
DUE_MOST_DAYS = 366
SUSPEND_MOST_DAYS = 90
EXTEND_MOST_DAYS = 90
COST_MOST_FEN = 10_000_000_00


def state_after(orders: Iterable[str]) -> str:
    """Return the state of a matter whose orders stand like this; «answer» when the last of them is done.

    Somebody working beats somebody asked; an order that came back, or none left, calls for the dispatcher.
    """
    held = set(orders)
    if held & {"working", "suspended"}:
        return "carry_out"
    if held & {"open", "assigned"}:
        return "match"
    if "returned" in held or "done" not in held:
        return "analyse"
    return "answer"


FOLLOWS: Mapping[str, str] = {"carry_out": "start", "match": "rematch", "analyse": "recall"}  # state: the verb into it
