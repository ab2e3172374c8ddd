"""Stands between the supervisor and one program, so that the program ends when the supervisor does.

    python shim.py SOCKET GRACE_S program arguments...

SOCKET is the number of an inherited socket whose other end only the supervisor holds. The shim writes the
program's pid to it, which is also its process group. When the other end closes, by will or because the
supervisor was killed, the group gets TERM, and KILL after GRACE_S seconds. When the program itself dies, what it
left in its group is ended too before the shim exits with the program's code: granian's workers outlive a killed
parent and would go on serving. The kernel's parent-death signal won't do, as it never reaches grandchildren.

Run by path with `-I -S`, so it starts in some 10 ms and imports nothing but the standard library.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType

_ORPHAN_GRACE_S = 1.0
_PR_SET_CHILD_SUBREAPER = 36


def main(arguments: list[str]) -> int:
    """Run the program to its end. Return its code, 128 + n when signal n ended it, 127 when it cannot run."""
    supervisor, grace_s, command = int(arguments[0]), float(arguments[1]), arguments[2:]
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    asked = _Asked()
    _adopt_orphans()
    try:
        program = subprocess.Popen(command, start_new_session=True)
    except OSError as error:
        print(f"{command[0]}: {error}", file=sys.stderr)
        return 127
    with suppress(OSError):
        os.write(supervisor, f"{program.pid}\n".encode())
    while not _reap(program) and not asked.to_stop and not _gone(supervisor, wake):
        pass
    _end_group(program, grace_s if program.returncode is None else _ORPHAN_GRACE_S)
    code = program.wait()
    return code if code >= 0 else 128 - code


class _Asked:
    """Remembers TERM, INT and HUP; a handler, not SIG_IGN, because the program would inherit that."""

    def __init__(self) -> None:
        self.to_stop = False
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._note)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)  # only to be woken

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.to_stop = True


def _adopt_orphans() -> None:
    """On Linux become the parent of orphaned descendants, to bury them where pid 1 doesn't."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _gone(supervisor: int, wake: int) -> bool:
    """Wait for a signal or the supervisor's end. Return whether it was the latter."""
    ready, _, _ = select.select([supervisor, wake], [], [])
    if wake in ready:
        os.read(wake, 512)
    if supervisor not in ready:
        return False
    try:
        return os.read(supervisor, 64) == b""
    except ConnectionResetError:
        return True


def _end_group(program: "subprocess.Popen[bytes]", grace_s: float) -> None:
    until = time.monotonic() + grace_s
    _signal_group(program.pid, signal.SIGTERM)
    while _group_lives(program) and time.monotonic() < until:
        time.sleep(0.02)
    while _signal_group(program.pid, signal.SIGKILL) and _group_lives(program):
        time.sleep(0.02)
        if time.monotonic() > until + 5:  # stuck in the kernel; nothing more can be done
            return


def _group_lives(program: "subprocess.Popen[bytes]") -> bool:
    _reap(program)
    return _signal_group(program.pid, 0)


def _reap(program: "subprocess.Popen[bytes]") -> bool:
    """Bury adopted orphans. Return whether the program itself has ended; its exit code is kept."""
    if sys.platform == "linux":
        with suppress(ChildProcessError):
            while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if dead.si_pid == program.pid:
                    program.poll()
                else:
                    os.waitpid(dead.si_pid, 0)
    return program.poll() is not None


def _signal_group(group: int, number: int) -> bool:
    """Send to everyone in the group; on macOS a group of zombies answers with PermissionError."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
