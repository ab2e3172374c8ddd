"""Whether a county is told, and how far: read by whoever starts the demo, without the world in its memory."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F

from huiyin.demo.models import Seeding, Share
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM
from huiyin.platform import clock

SHARES = 2  # told side by side; which matter is in which does not depend on how many processes there are
PASSWORD = "huiyin-2026"  # noqa: S105  # of invented people, printed at each start of the demo


@dataclass(frozen=True, slots=True)
class Begun:
    """A county whose register stands and whose matters are being told, as of `began_at`."""

    like: str
    matters: int
    began_at: datetime
    ids: Mapping[str, UUID]


def is_seeded() -> bool:
    """Return whether the database holds a county told to its end, or one that somebody brought otherwise."""
    told = Seeding.objects.values_list("ended_at", flat=True).first()
    if told or Seeding.objects.exists():
        return told is not None
    return bool(org.communities(SYSTEM))


def begun() -> Begun | None:
    """Return the county that was begun and not ended, None when there is none."""
    row = Seeding.objects.filter(ended_at__isnull=True).first()
    if row is None:
        return None
    return Begun(row.like, row.matters, row.began_at, {key: UUID(text) for key, text in row.ids.items()})


def begin(given: Begun) -> None:
    """Record, in the transaction that writes the register, what is going to be told."""
    Seeding.objects.create(
        like=given.like, matters=given.matters, began_at=given.began_at, ids={k: str(v) for k, v in given.ids.items()}
    )
    Share.objects.bulk_create(Share(number=number) for number in range(SHARES))


def told() -> dict[int, int]:
    """Return how many matters of each share are told."""
    return dict(Share.objects.values_list("number", "told"))


def count_one(share: int) -> None:
    """Count a matter of a share as told, in the transaction that tells it."""
    Share.objects.filter(number=share).update(told=F("told") + 1)


def end() -> None:
    """Record that all is told."""
    Seeding.objects.filter(ended_at__isnull=True).update(ended_at=clock.now(), ids={})
