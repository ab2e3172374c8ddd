"""The category model at work in each street: read from its row once, and again when another has gone to work.

Mechanics of this room's actions and queries: nothing outside the room calls it.
"""

from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from huiyin.needs.models import CategoryModel
from huiyin.platform import logs

if TYPE_CHECKING:
    from huiyin.engines.text.learning import Learned

SHIPPED = b""  # in the place of a model's bytes: the one that comes with Huiyin
_lock = Lock()
_loaded: "dict[UUID, tuple[UUID, datetime, Learned | None]]" = {}
log = logs.logger("huiyin.needs")


def model_of(street_id: UUID) -> "Learned | None":
    """Return a street's own model, None while the one that comes with Huiyin is at work."""
    at_work = CategoryModel.objects.filter(unit_id=street_id, state="current").values_list("pk", "made_at").first()
    if at_work is None:
        return None
    with _lock:
        known = _loaded.get(street_id)
        if known is None or known[:2] != at_work:
            held = CategoryModel.objects.filter(pk=at_work[0]).values_list("data", flat=True).first()
            known = _loaded[street_id] = (*at_work, unpacked(bytes(held or SHIPPED)))
    return known[2]


def unpacked(data: bytes) -> "Learned | None":
    """Return a kept model; None for the one that comes with Huiyin, and for one that cannot be read any more."""
    from huiyin.engines.text import codec, suggesting  # loads NumPy: who asks for nothing pays nothing

    if not data:
        return None
    try:
        return codec.unpacked(data, other=suggesting.shipped)
    except ValueError:
        log.exception("a category model cannot be read; the shipped one works in its place")
        return None
