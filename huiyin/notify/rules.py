"""Ways and delivery states of a message."""

from huiyin.platform.machine import Machine, Step

WAYS = ("sms", "email")  # how the house itself can send; phone, visit and paper are done by people

DELIVERY = Machine(
    "delivery",
    Step("send", frm=frozenset({"queued", "deferred"}), to="sent", needs="system"),
    Step("put_off", frm=frozenset({"queued", "deferred"}), to="deferred", needs="system"),
    Step("give_up", frm=frozenset({"queued", "deferred"}), to="failed", needs="system"),
    # After a restore: what waited may have been sent since the backup, so a person decides.
    Step("hold", frm=frozenset({"queued", "deferred"}), to="held", needs="system"),
    Step("let_go", frm=frozenset({"held"}), to="queued", needs="system"),
    Step("drop", frm=frozenset({"held"}), to="failed", needs="system"),
    start="queued",
)
MOST_TRIES = 6


def wait_minutes(tries: int) -> int:
    """Return how long to wait before the next try: 1, 2, 4, 8 … minutes, at most two hours."""
    return int(min(2**tries, 120))


EVENT_LABELS: dict[str, str] = {
    "matter.registered": "A matter came in",
    "matter.changed": "A matter moved",
    "matter.answered": "A result was written",
    "matter.closed": "A matter was closed or withdrawn",
}
CALLS_KEPT_DAYS = 30
# Seconds before each further try, as Standard Webhooks suggests: three days in all.
CALL_WAITS_S = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)


def event_of(verb: str, to_state: str) -> str:
    """Return which event a step of a matter is."""
    if verb == "register":
        return "matter.registered"
    if to_state in {"closed", "withdrawn"}:
        return "matter.closed"
    return "matter.answered" if verb in {"answer", "finish", "explain"} else "matter.changed"
