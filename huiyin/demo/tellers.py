"""Processes that tell the shares of a county side by side, each with a connection of its own.

Imports no model: a process begins here before Django is ready in it.
"""

import gc
import multiprocessing
import signal
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection, wait
from typing import Any, cast
from uuid import UUID

from huiyin.demo.world import World


class TellerError(RuntimeError):
    """A process that told matters ended before it had told them all."""


def _tell(world: World, ids: Mapping[str, UUID], share: int, already: int, line: "Connection[int, Any]") -> None:
    """Tell one share in a process of its own; each matter told is said on `line`, which breaks when nobody listens."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the one that started us tells of it
    import django

    django.setup()
    from django.db import connection

    from huiyin.demo.telling import tell_share

    gc.freeze()  # the world stays as it is: the collector need not look through it again and again
    gc.set_threshold(20_000, 20, 20)
    # Within a matter's transaction an action needs no savepoint of its own: one that fails ends this process.
    connection.features.uses_savepoints = False
    try:
        tell_share(world, ids, share, already=already, told=lambda: line.send(1))
    except BrokenPipeError:
        raise SystemExit(1) from None


def tell_side_by_side(
    world: World, ids: Mapping[str, UUID], *, already: Mapping[int, int], told: Callable[[], None]
) -> None:
    """Tell all shares at once, calling `told` for each matter. Raises TellerError; then the others end as well."""
    context = multiprocessing.get_context("spawn")  # fork would copy open connections and the pool's threads
    lines: list[Connection[Any, int]] = []
    tellers = []
    try:
        for share, done in already.items():
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(target=_tell, args=(world, ids, share, done, theirs), daemon=True)
            process.start()
            theirs.close()
            lines.append(ours)
            tellers.append(process)
        _listen(lines, told)
        for process in tellers:
            process.join()
            if process.exitcode:
                raise TellerError(f"exit code {process.exitcode}")
    finally:
        for process in tellers:
            process.terminate()


def _listen(lines: "list[Connection[Any, int]]", told: Callable[[], None]) -> None:
    while lines:
        for line in cast("list[Connection[Any, int]]", wait(lines)):
            try:
                line.recv()
            except EOFError:
                lines.remove(line)
            else:
                told()
