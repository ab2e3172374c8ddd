"""The local outbox: the message is kept where an operator, or a person trying the demo, reads it."""


def send(to: str, subject: str, body: str) -> None:
    """Do nothing: the stored message is itself what the outbox page shows."""
