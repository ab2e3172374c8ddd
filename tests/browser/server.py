"""The site on loopback, in this process: a thread a connection, each with a database connection of its own.

A thread's connection reads `connections.settings["default"]` when it opens, the very dictionary that `committed`
points at the test's database; it is closed after each request, so the next test's requests open the next database.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler

QUIET_WITHIN_S = 10


class _Quiet(WSGIRequestHandler):
    """What fails is logged once by platform.http, with its reference number."""

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


class _Counted:
    """The application, and how many requests it is at."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._at = 0
        self._changed = threading.Condition()

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        self._count(1)
        try:
            answer = self._application(environ, start_response)
            try:
                return list(answer)
            finally:
                answer.close()  # gives the database connection back
        finally:
            self._count(-1)

    def _count(self, by: int) -> None:
        with self._changed:
            self._at += by
            self._changed.notify_all()

    def rest(self) -> None:
        """Wait until no request is under way, so that the test's database can go."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._at, QUIET_WITHIN_S), "a request does not end"


class Site(ThreadedWSGIServer):
    """The address at which visitors find the site."""

    request_queue_size = 64
    application: _Counted

    @property
    def base(self) -> str:
        """The site's first part of every address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving() -> Iterator[Site]:
    """Serve the site on a free port until the block ends."""
    from huiyin.config.wsgi import application

    server = Site(("127.0.0.1", 0), _Quiet)
    server.application = _Counted(application)
    server.set_app(server.application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
