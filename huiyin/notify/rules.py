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
