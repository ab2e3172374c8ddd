"""Statements that take too long are logged with the reference of the request, without anybody's data."""

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from huiyin.platform import logs, metrics

log = logs.logger("huiyin.slow")
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_MOST = 2000


def shown(statement: Any) -> str:
    """Return a statement as a log may keep it: placeholders stand for values, texts written into it are left out."""
    if not isinstance(statement, str):  # composed by psycopg: may hold values
        return f"({type(statement).__name__})"
    return _LITERAL.sub("'…'", " ".join(statement.split()))[:_MOST]


def watch(execute: Callable[..., Any], statement: Any, params: Any, many: bool, context: Any) -> Any:
    """Run a statement, and log it when it took HUIYIN_SLOW_MS or more. For `connection.execute_wrappers`."""
    began = time.perf_counter()
    try:
        return execute(statement, params, many, context)
    finally:
        took_ms = (time.perf_counter() - began) * 1000
        if took_ms >= settings.SLOW_MS:
            log.warning("slow statement", extra={"ms": round(took_ms, 1), "statement": shown(statement)})
            metrics.count_slow()


def watched(connection: Any, **_: Any) -> None:
    """Watch a connection from its first statement on; it may be opened again and again."""
    if watch not in connection.execute_wrappers:
        connection.execute_wrappers.append(watch)
