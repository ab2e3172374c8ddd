"""The first matters that a search finds, and how many there are: counted up to a thousand, no further."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from huiyin.needs.queries.lists import COUNT_MOST, Filter, found, sifted
from huiyin.needs.queries.rows import COPY_COUNT, PHOTO_COUNT, NeedRow
from huiyin.needs.queries.searching import Sift
from huiyin.needs.rules.searching import Term
from huiyin.org.actors import Actor


@dataclass(frozen=True, slots=True)
class Found:
    """The newest matters of a search. `count` stops at COUNT_MOST, and then there are `more`."""

    rows: Sequence[NeedRow]
    count: int
    more: bool


def matters_like(actor: Actor, *, which: Filter, sought: Sequence[Term], most: int = 10) -> Found:
    """Return the newest matters within reach that a search finds, and how many there are."""
    sift = sifted(actor, which=which, sought=sought)
    rows = found(actor, which, sift=sift)
    first = [NeedRow.of(n) for n in rows.annotate(photo_count=PHOTO_COUNT, copy_count=COPY_COUNT)[:most]]
    count = _count(actor, which, sift) if len(first) == most else len(first)
    return Found(first, min(count, COUNT_MOST), count > COUNT_MOST)


def count_like(actor: Actor, *, which: Filter, sought: Sequence[Term]) -> int:
    """Return how many matters within reach a search finds, one more than COUNT_MOST for many."""
    return _count(actor, which, sifted(actor, which=which, sought=sought))


def _count(actor: Actor, which: Filter, sift: Sift | None) -> int:
    if sift and len(sift.sure) > COUNT_MOST and not sift.whole:  # enough of those may be within reach
        count = _counted(actor, which, replace(sift, maybe=(), whole=True))
        if count > COUNT_MOST:
            return count
    return _counted(actor, which, sift)


def _counted(actor: Actor, which: Filter, sift: Sift | None) -> int:
    count: int = found(actor, which, sift=sift).order_by()[: COUNT_MOST + 1].count()
    return count
