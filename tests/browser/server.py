"""The site on loopback, in this process: a thread a connection, each with a database connection of its own.

A thread's connection reads `connections.settings["default"]` when it opens, the very dictionary that `committed`
points at the test's database; it is closed after each request, so the next test's requests open the next database.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler


class _Quiet(WSGIRequestHandler):
    """What fails is logged once by platform.http, with its reference number."""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Site(ThreadedWSGIServer):
    """The address at which visitors find the site."""

    request_queue_size = 64

    @property
    def base(self) -> str:
        """The site's first part of every address, without a slash at its end."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving() -> Iterator[Site]:
    """Serve the site on a free port until the block ends."""
    from huiyin.config.wsgi import application

    server = Site(("127.0.0.1", 0), _Quiet)
    server.set_app(application)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
