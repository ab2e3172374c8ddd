"""Is the process alive; is it ready to serve."""

import shutil
import threading

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

ROOM_NEEDED = 32 * 1024 * 1024  # two log segments of PostgreSQL: below that it stops
_migrated = threading.Event()


def alive(request: HttpRequest) -> HttpResponse:
    """Answer at once, without the database: the process runs."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, is at this version, and the disk has room; otherwise 503 and what lacks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # a database that is away is a refusal of 503
    lacks = "migrations" if migrations_pending() else "disk" if free_bytes() < ROOM_NEEDED else ""
    return HttpResponse(f"{lacks or 'ok'}\n", content_type="text/plain", status=503 if lacks else 200)


def migrations_pending() -> bool:
    """Return whether the database is older than this version; once it is not, it stays so for this process."""
    from django.db.migrations.executor import MigrationExecutor

    if not _migrated.is_set():
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return True
        _migrated.set()
    return False


def free_bytes() -> int:
    """Return how much may still be written where data lies."""
    try:
        return shutil.disk_usage(settings.DATA_DIR).free
    except FileNotFoundError:  # a web server whose data all lies elsewhere
        return ROOM_NEEDED
