"""Ways of working in the background: asked for once, each row for itself, or in a process of its own."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from typing import TypeVar

from django.db import transaction

from huiyin.platform import events, logs

T = TypeVar("T")
R = TypeVar("R")
log = logs.logger("huiyin.platform")


def apart(path: str) -> None:
    """Call a function without arguments, given as `package.module.name`, in a process of its own and wait for it.

    What needs much memory gives it back so.
    The process has Django set up and its own database connection. It is ended when this one ends; when this one is
    killed it works on, so what it does must be able to stand twice. Raises RuntimeError when it did
    not end well; what went wrong stands in its log lines.
    """
    process = get_context("spawn").Process(target=_call, args=(path,), name=path, daemon=True)
    process.start()
    process.join()
    code = process.exitcode
    process.close()
    if code:
        raise RuntimeError(f"{path} ended with {code}")


def ask_once(task: str) -> None:
    """Queue a task that has a queueing lock, unless it waits already: that one does what this one would."""
    from procrastinate.exceptions import AlreadyEnqueued

    with suppress(AlreadyEnqueued), transaction.atomic():
        events.defer(task)


def each(rows: Iterable[T], work: Callable[[T], R]) -> list[R]:
    """Return what `work` gives for each row; one that fails is logged and keeps the others from nothing.

    Raises the last failure when all were tried.
    """
    done: list[R] = []
    failed: Exception | None = None
    for row in rows:
        try:
            done.append(work(row))
        except Exception as error:  # whatever it is: the next office has nothing to do with it
            log.exception("failed for one", extra={"row": str(getattr(row, "pk", getattr(row, "id", "")))})
            failed = error
    if failed is not None:
        raise failed
    return done


def _call(path: str) -> None:
    import django  # here: who only starts such a process needs none

    django.setup()
    module, _dot, name = path.rpartition(".")
    getattr(import_module(module), name)()
