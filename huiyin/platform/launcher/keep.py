"""Keeps our PostgreSQL running as one of the supervisor's programs, and stops it when told to end.

    python -m huiyin.platform.launcher.keep DATA_DIR [--choice system|embedded] [--port 5432]

The server has a session of its own and survives this process being killed; the next one finds it running.
"""

import argparse
import signal
import sys
import threading
from pathlib import Path

from huiyin.platform.launcher import processes
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.errors import LauncherError

_LOOK_S = 0.5


def keep(cluster: Cluster, ended: threading.Event) -> None:
    """Start the server, start it again whenever it falls, and stop it once `ended` is set.

    Raises LauncherError, and then leaves the server as it is: it may be recovering.
    """
    while not ended.is_set():
        pid = cluster.start().pid
        while pid and processes.is_postgres_in(pid, cluster.pgdata) and not ended.wait(_LOOK_S):
            pass
    cluster.stop()


def main(arguments: list[str]) -> int:
    """Keep the server running until TERM or INT. Return 0, or 1 after telling why it cannot run."""
    parser = argparse.ArgumentParser(prog="huiyin.platform.launcher.keep")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--choice", default="", choices=["", "system", "embedded"])
    parser.add_argument("--port", type=int, default=5432)
    given = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        keep(Cluster(given.data_dir, choice=given.choice, port=given.port), ended)
    except LauncherError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
