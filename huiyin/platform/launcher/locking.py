"""One launcher at a time per data directory."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.platform.launcher.errors import LauncherError


@contextmanager
def held(path: Path, *, patience_s: float) -> Iterator[None]:
    """Hold an exclusive lock on `path`; the kernel lets go of it when the process dies, however it dies.

    Raises LauncherError when another process keeps it for `patience_s`, OSError when it cannot be opened.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(handle, path, patience_s)
        yield
    finally:
        os.close(handle)


def _acquire(handle: int, path: Path, patience_s: float) -> None:
    until = time.monotonic() + patience_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise LauncherError(
                    f"另一个启动程序占用数据目录已超过 {patience_s:.0f} 秒：{path}。请先结束它。",
                    f"Another launcher has held the data directory for over {patience_s:.0f} s: {path}. End it first.",
                ) from None
            time.sleep(0.05)
        else:
            return
