"""One program under its shim, as the supervisor holds it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TextIO, cast

from huiyin.platform.launcher import shim


@dataclass
class Running:
    """A started program. `line` is our end of the shim's socket: closing it, or dying, ends the program."""

    shim: "subprocess.Popen[str]"
    line: socket.socket
    output: TextIO | None
    pid: int | None = None  # of the program and of its process group, once the shim has told it

    @classmethod
    def begin(cls, argv: Sequence[str], env: Mapping[str, str], *, grace_s: float, log: Path | None) -> Self:
        """Start the program. Its output goes to the file `log`, else to `output`. Raises OSError."""
        ours, theirs = socket.socketpair()
        target = log.open("a") if log else None
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", shim.__file__, str(theirs.fileno()), str(grace_s), *argv],
                env=dict(env),
                stdin=subprocess.DEVNULL,
                stdout=target or subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                errors="replace",
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        finally:
            theirs.close()
            if target:
                target.close()
        ours.setblocking(False)
        return cls(process, ours, cast("TextIO | None", process.stdout))

    def ended(self) -> bool:
        """Read what the shim says. Return True when it is gone, False when it told the program's pid."""
        try:
            said = self.line.recv(64)
        except BlockingIOError:
            return False
        except OSError:
            return True
        if said:
            self.pid = int(said)
        return not said

    def let_go(self) -> None:
        """Ask the shim to end the group, without waiting for it."""
        while not self.ended() and self.pid is None and self.alive():
            time.sleep(0.005)  # the pid is still needed should the shim be stuck
        self.line.close()

    def alive(self) -> bool:
        """Return whether the shim, and so perhaps the program, is there."""
        return self.shim.poll() is None

    def clear_away(self) -> int:
        """Kill whatever is left of the program's group and of its shim. Return the exit code.

        The shim normally leaves nothing; this is for a shim that was itself killed.
        """
        with suppress(subprocess.TimeoutExpired):
            self.shim.wait(0 if self.line.fileno() == -1 else 0.5)
        if self.shim.returncode is None or self.shim.returncode < 0:
            self._kill_group()
        self.shim.kill()
        self.line.close()
        return self.shim.wait()

    def _kill_group(self) -> None:
        until = time.monotonic() + 2
        with suppress(ProcessLookupError, PermissionError):
            while self.pid and time.monotonic() < until:
                os.killpg(self.pid, signal.SIGKILL)
                time.sleep(0.02)
                with suppress(ChildProcessError):
                    os.waitpid(-self.pid, os.WNOHANG)  # ours to bury when we are pid 1
