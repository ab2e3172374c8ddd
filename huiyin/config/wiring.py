"""What the rooms do not know of one another: which task hears which event, and what the desk's menu holds."""

from typing import Any

from huiyin.needs import queries as needs
from huiyin.needs.events import NeedAnswered
from huiyin.needs.queries import trail
from huiyin.notify.events import MessageSent
from huiyin.org import subjects, ties
from huiyin.platform import events
from huiyin.platform.errors import Message

HANDLERS: dict[type, tuple[str, ...]] = {
    NeedAnswered: ("needs.on_answered",),
    MessageSent: ("needs.on_message_sent",),
}


def connect() -> None:
    """Connect every event to its handlers."""
    for event, tasks in HANDLERS.items():
        events.connect(event, *tasks)
    ties.connect(Message("open matters"), needs.open_in)
    subjects.connect("need", named=trail.named, found=trail.found)


def on_app_ready(app: Any) -> None:
    """Called by procrastinate when its app is made: tasks from every room's jobs.py are known by then."""
    connect()
