"""Reading the record is recorded too."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, BinaryIO

from django.db import transaction

from huiyin.org.actors import Actor
from huiyin.org.queries import trail as queries
from huiyin.org.queries.trail import Search, TrailRow
from huiyin.platform import audit, sheets
from huiyin.platform.errors import Invalid, Message, NotFound
from huiyin.platform.sheets import Column


def _noted(actor: Actor, action: str, search: Search, **more: Any) -> None:
    office = actor.only_with("audit.read").office
    if office is None:
        raise NotFound()
    asked: dict[str, Any] = {
        "person": search.person, "asked": search.action, "matter": search.subject,
        "since": search.since.isoformat() if search.since else "",
        "until": search.until.isoformat() if search.until else "",
    }  # fmt: skip
    audit.record(actor, action, f"unit:{office[0]}", **{k: v for k, v in asked.items() if v}, **more)


@transaction.atomic
def read_trail(actor: Actor, search: Search, *, before: tuple[datetime, int] | None = None) -> list[TrailRow]:
    """Return a page of the record and one row more when there is another page. Raises NotFound, Invalid."""
    rows = queries.trail(actor, search, before=before, most=queries.PAGE + 1)
    _noted(actor, "audit.read", search)
    return rows


@transaction.atomic
def take_trail(
    actor: Actor,
    search: Search,
    *,
    title: str,
    columns: Sequence[Column],
    cells: Callable[[TrailRow], Sequence[object]],
    target: BinaryIO,
) -> int:
    """Write the record to `target` as a workbook and return how many rows. Raises NotFound, Invalid."""
    rows = list(queries.whole_trail(actor, search))
    if len(rows) > queries.EXPORT_MOST:
        most = {"most": queries.EXPORT_MOST}
        raise Invalid.of(since=Message("More than %(most)s entries. Please choose fewer days.", most))
    sheets.write(target, title=title, columns=columns, rows=(cells(row) for row in rows))
    _noted(actor, "audit.export", search, rows=len(rows))
    return len(rows)
