"""A list goes out as a workbook: at once when it is short, by the worker when it is long. Each is audited."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language, override

from huiyin.needs.models import Batch
from huiyin.needs.queries import Filter, registers
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM, Actor
from huiyin.platform import audit, clock, crypto, events, ids, parcels, sheets
from huiyin.platform.errors import Invalid, Message, NotFound

AT_ONCE_MOST = 2000
TOLD_EVERY = 1000


def _sized(actor: Actor, which: Filter) -> int:
    if not actor.can("need.export"):
        raise NotFound()
    size = registers.register_size(actor, which)
    if size > registers.ROWS_MOST:
        most = {"most": registers.ROWS_MOST}
        raise Invalid.of(which=Message("More than %(most)s matters. Please narrow the list by its days.", most))
    return size


def export_now(
    actor: Actor, which: Filter, *, title: str, target: "str | Path | BinaryIO", verbatim: bool = False
) -> bool:
    """Write a short list to `target` and record it; False, and nothing written, when it is too long for that.

    Personal data in what residents say is hidden unless `verbatim`, which the audit keeps. Raises NotFound, Invalid.
    """
    size = _sized(actor, which)
    if size > AT_ONCE_MOST:
        return False
    rows = registers.register_rows(actor, which, verbatim=verbatim)
    sheets.write(target, title=title, columns=registers.columns(actor), rows=rows)
    audit.record(actor, "need.export", f"user:{actor.person_id}", rows=size, which=which.which, verbatim=verbatim)
    return True


@transaction.atomic
def start_export(actor: Actor, which: Filter, *, title: str, verbatim: bool = False) -> UUID:
    """Let the worker write a long list, and return the batch under which it is fetched. Raises NotFound, Invalid."""
    size = _sized(actor, which)
    posts = [str(g.unit_id) for g in actor.grants]
    wish = {
        "which": {k: str(v) if v else "" for k, v in asdict(which).items()},
        "language": get_language(),
        "posts": posts,
        "verbatim": verbatim,
    }
    batch = Batch.objects.create(
        user_id=actor.person_id, kind="export", label=title[:120], total=size, made_at=clock.now(),
        wish_cipher=crypto.encrypt(json.dumps(wish)),
    )  # fmt: skip
    audit.record(actor, "need.export", f"batch:{batch.id}", rows=size, which=which.which, verbatim=verbatim)
    events.defer("needs.run_export", batch_id=batch.id)
    return batch.id


def _filter(given: dict[str, str]) -> Filter:
    days = {k: date.fromisoformat(given[k]) if given[k] else None for k in ("since", "until")}
    keys = {k: ids.parsed(given.get(k, "")) for k in ("unit", "theme", "home", "building")}
    texts = {k: given.get(k, "") for k in ("which", "channel", "text", "category", "measure")}
    ticks = {k: given.get(k) == "True" for k in ("urgent", "direct", "filed", "exact", "unplaced")}
    return Filter(**texts, **days, **keys, **ticks)  # type: ignore[arg-type]  # by their names


def _counted(rows: Iterator[Sequence[object]], batch_id: UUID) -> Iterator[Sequence[object]]:
    """Yield the rows, and tell now and then how far it is."""
    count = 0
    for count, row in enumerate(rows, 1):
        if count % TOLD_EVERY == 0:
            Batch.objects.filter(pk=batch_id).update(done=count)
        yield row
    Batch.objects.filter(pk=batch_id).update(done=count, total=count)


def run_export(actor: Actor, *, batch_id: UUID) -> None:
    """Write a list as the person who asked for it, with the grants they have now, unless it was stopped before.

    For the system's jobs.
    """
    batch = Batch.objects.filter(pk=batch_id, kind="export", ended_at__isnull=True).first()
    if batch is None or actor is not SYSTEM:
        return
    if batch.stopped:
        Batch.objects.filter(pk=batch_id).update(ended_at=clock.now(), wish_cipher="")
        return
    wish = json.loads(crypto.decrypt(batch.wish_cipher))
    person = org.actor_of(SYSTEM, batch.user_id).in_posts(frozenset(UUID(text) for text in wish["posts"]))
    with override(wish["language"]), parcels.packing(batch_id) as target:
        rows = registers.register_rows(person, _filter(wish["which"]), verbatim=wish.get("verbatim", False))
        sheets.write(target, title=batch.label, columns=registers.columns(actor), rows=_counted(rows, batch_id))
    Batch.objects.filter(pk=batch_id).update(ended_at=clock.now(), wish_cipher="")
