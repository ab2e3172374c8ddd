"""Snapshots in memory that every process renews within two seconds of a change anywhere."""

import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connection

T = TypeVar("T")
LOOK_EVERY_S = 2.0


def bump(name: str) -> None:
    """Say, in the caller's transaction, that what `name` stands for has changed."""
    # A random number, not the next one: what a rolled-back change left in memory must never look current again.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_generation (name, number) VALUES (%s, %s) "
            "ON CONFLICT (name) DO UPDATE SET number = EXCLUDED.number",
            [name, secrets.randbits(62)],
        )


def _number(name: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM platform_generation WHERE name = %s", [name])
        row = cursor.fetchone()
    return row[0] if row else 0


class Snapshot(Generic[T]):
    """A value built by `build()` and rebuilt when the generation `name` is another."""

    def __init__(self, name: str, build: Callable[[], T]) -> None:
        self._name, self._build = name, build
        self._lock = threading.Lock()
        self._value: T | None = None
        self._built = -1
        self._looked_at = 0.0

    def current(self) -> T:
        """Return the value, at most two seconds old."""
        value = self._value
        if value is not None and time.monotonic() - self._looked_at < LOOK_EVERY_S:
            return value
        with self._lock:
            number = _number(self._name)  # read before building: a change in between is seen next time
            if self._value is None or number != self._built:
                self._value, self._built = self._build(), number
            self._looked_at = time.monotonic()
            return self._value

    def forget(self) -> None:
        """Drop the value, for this process: a writer wants to see its own change at once."""
        self._looked_at = 0.0
        self._built = -1
