"""Sessions in the database under the hash of their key: who reads the table can take over nobody's session."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone


def kept_as(key: str) -> str:
    """Return what the table holds instead of a session's key, as 40 hex digits."""
    return hashlib.sha256(f"session|{key}".encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's store, with the key hashed wherever it meets the table."""

    def _get_session_from_db(self) -> Session | None:
        found: Session | None = self._row(self.session_key or "").filter(expire_date__gt=timezone.now()).first()
        if found is None:
            self._session_key = None
        return found

    def _row(self, key: str) -> Any:
        return self.model.objects.filter(session_key=kept_as(key))

    def exists(self, session_key: str) -> bool:
        """Return whether a session of this key is kept."""
        return bool(self._row(session_key).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row to be saved."""
        row: Any = super().create_model_instance(data)
        row.session_key = kept_as(row.session_key)
        return row  # type: ignore[no-any-return]  # Django's stubs name the abstract class

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, this one by default."""
        if key := session_key or self.session_key:
            self._row(key).delete()


def end(hashes: list[str]) -> None:
    """End sessions by the hashes of their keys: whoever holds one is signed out at the next click."""
    Session.objects.filter(session_key__in=hashes).delete()


def forget_expired(now: datetime) -> None:
    """Delete sessions whose time is over."""
    Session.objects.filter(expire_date__lt=now).delete()
