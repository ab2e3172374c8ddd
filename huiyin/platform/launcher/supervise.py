"""Keeps the processes of one machine running: starts them in order, restarts what falls, stops all together.

Each program runs in its own session and process group under a shim (see `shim`), so it never outlives us.
"""

import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from huiyin.platform.launcher.running import Running

GRACE_S = 8.0
READY_S = 60.0
_FIRST_BACKOFF_S, _LAST_BACKOFF_S = 0.2, 5.0
_STEADY_S = 10.0  # who ran this long begins again with the first pause
_LOOK_S = 0.1
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """A command to keep running. `env` is added to our own environment.

    `ready` says whether it serves; an exception means not yet. `base` marks what the others stand on, such as
    the database: it is ended after them.
    """

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    base: bool = False


@dataclass
class _Slot:
    program: Program
    running: Running | None = None
    pause_s: float = _FIRST_BACKOFF_S
    due: float = 0.0  # monotonic time of the next start
    began: float = 0.0
    is_ready: bool = False
    complained: bool = False


class Supervisor:
    """Runs `programs`, each started when the one before is ready; output to `log`, else to our stderr."""

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        log: Path | None = None,
        on_ready: Callable[[], None] | None = None,
        grace_s: float = GRACE_S,
    ) -> None:
        self._slots = [_Slot(program) for program in programs]
        self._log = log
        self._on_ready = on_ready
        self._grace_s = grace_s
        self._stops = 0
        self._wake, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake, selectors.EVENT_READ)

    def run(self) -> None:
        """Keep the programs running until SIGINT, SIGTERM, SIGHUP or `stop()`; then end all and return.

        They get TERM, and KILL after the grace; a second signal kills at once. Signals are only heard in the
        main thread. Raises OSError when the log cannot be opened.
        """
        with self._output() as output, self._hearing_signals():
            self._sink = output
            try:
                while not self._stops:
                    self._step()
            finally:
                self._end([slot for slot in self._slots if not slot.program.base])
                self._end([slot for slot in self._slots if slot.program.base])
                self._selector.close()
                self._wake.close()
                self._woken.close()

    def stop(self) -> None:
        """Make `run` end everything and return. From any thread; a second call kills at once."""
        self._stops += 1
        with suppress(OSError):
            self._woken.send(b".")

    def pids(self) -> dict[str, int]:
        """Return the pid, which is also the process group, of every program that runs now, by name."""
        return {s.program.name: s.running.pid for s in self._slots if s.running and s.running.pid}

    # --- one turn -----------------------------------------------------------------------------------------

    def _step(self) -> None:
        for slot in self._slots:
            if slot.running is None and time.monotonic() >= slot.due:
                self._begin(slot)
            if not self._look_ready(slot):
                break  # the next one waits for this one
        self._announce()
        for key, _ in self._selector.select(self._pause()):
            if key.data is None:
                self._wake.recv(512)
            elif key.data.running and key.data.running.ended():
                self._fell(key.data)

    def _begin(self, slot: _Slot) -> None:
        program, slot.began = slot.program, time.monotonic()
        try:
            slot.running = Running.begin(
                program.argv, {**os.environ, **program.env}, grace_s=self._grace_s, log=self._log
            )
        except OSError as error:  # no memory or no more processes just now
            self._put_off(slot, error)
            return
        self._selector.register(slot.running.line, selectors.EVENT_READ, slot)
        if slot.running.output is not None:
            threading.Thread(target=_copy, args=(slot.running.output, program.name, self._sink), daemon=True).start()

    def _fell(self, slot: _Slot) -> None:
        """Clear away what is left of a program that ended."""
        assert slot.running is not None  # noqa: S101 - the caller looked
        self._selector.unregister(slot.running.line)
        code = slot.running.clear_away()
        slot.running = None
        self._put_off(slot, code)

    def _put_off(self, slot: _Slot, why: object) -> None:
        """Set when a program that fell starts again."""
        if time.monotonic() - slot.began >= _STEADY_S:
            slot.pause_s = _FIRST_BACKOFF_S
        slot.due = time.monotonic() + slot.pause_s
        self._say(
            f"{slot.program.name} 意外退出（{why}），{slot.pause_s:.1f} 秒后重启。",
            f"{slot.program.name} ended unexpectedly ({why}); it restarts in {slot.pause_s:.1f} s.",
        )
        slot.pause_s = min(slot.pause_s * 2, _LAST_BACKOFF_S)

    def _look_ready(self, slot: _Slot) -> bool:
        """Return whether the program has been ready once, so that its followers may start."""
        if slot.is_ready or slot.running is None:
            return slot.is_ready
        with suppress(Exception):  # a probe of something that isn't up yet fails in many ways
            slot.is_ready = slot.program.ready is None or slot.program.ready()
        if not slot.is_ready and not slot.complained and time.monotonic() - slot.began > READY_S:
            slot.complained = True
            self._say(
                f"{slot.program.name} 已启动 {READY_S:.0f} 秒仍未就绪，继续等待。",
                f"{slot.program.name} is not ready after {READY_S:.0f} s; still waiting.",
            )
        return slot.is_ready

    def _announce(self) -> None:
        if self._on_ready is not None and all(slot.is_ready for slot in self._slots):
            call, self._on_ready = self._on_ready, None
            call()

    def _pause(self) -> float | None:
        """Return how long nothing is due: until a restart, or a short look while something isn't ready."""
        if not all(slot.is_ready for slot in self._slots):
            return _LOOK_S
        waiting = [slot.due - time.monotonic() for slot in self._slots if slot.running is None]
        return max(0.0, min(waiting)) if waiting else None

    # --- the end ------------------------------------------------------------------------------------------

    def _end(self, slots: list[_Slot]) -> None:
        """Let the shims end their groups together; kill when asked again or when the grace is over."""
        running = [slot.running for slot in slots if slot.running]
        for one in running:
            one.let_go()
        until = time.monotonic() + self._grace_s + 1
        while any(one.alive() for one in running) and time.monotonic() < until and self._stops < 2:
            time.sleep(0.03)
        for one in running:
            one.clear_away()
        for slot in slots:
            slot.running = None

    @contextmanager
    def _hearing_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, lambda *_: self.stop()) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def _output(self) -> Iterator[TextIO]:
        if self._log is None:
            yield sys.stderr
            return
        with self._log.open("a") as log:
            yield log

    def _say(self, zh: str, en: str) -> None:
        with suppress(OSError, ValueError):  # a closed terminal must not end the service
            print(f"{zh}\n{en}", file=self._sink, flush=True)


def _copy(source: TextIO, name: str, sink: TextIO) -> None:
    """Copy lines, named. Without a terminal it reads on all the same, or the program would block."""
    for line in source:
        with suppress(OSError, ValueError):
            sink.write(f"{name} | {line if line.endswith(chr(10)) else line + chr(10)}")
            sink.flush()
    source.close()
