"""Events go up: a lower room emits, one job a handler, in the same transaction, at least once."""

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_handlers: dict[type, list[str]] = defaultdict(list)


def connect(event: type, *task_names: str) -> None:
    """Let each named task receive every `event`; called by config.wiring only."""
    _handlers[event] = list(task_names)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value.isoformat() if isinstance(value, datetime) else value


def emit(event: "DataclassInstance") -> None:
    """Queue one job for each handler of this event, in the caller's transaction."""
    payload = {k: _plain(v) for k, v in asdict(event).items()}
    for name in _handlers[type(event)]:
        defer(name, **payload)


def defer(task_name: str, *, at: datetime | None = None, **payload: Any) -> None:
    """Queue one job in the caller's transaction, to run now or at a moment."""
    from procrastinate.contrib.django import app  # the app is made when Django is ready
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.manager import JobManager

    # Not `.defer()`: within the worker the app's own connector commits at once, whatever becomes of the transaction.
    job = app.configure_task(task_name, schedule_at=at).make_new_job(**{k: _plain(v) for k, v in payload.items()})
    JobManager(DjangoConnector()).defer_job(job)
