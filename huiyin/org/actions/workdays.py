"""Days an office edits: above the national calendar, for all units of the installation."""

from datetime import date

from django.db import transaction

from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.models import WorkDay
from huiyin.platform import audit
from huiyin.platform.errors import Invalid, NotFound


def _allowed(actor: Actor) -> None:
    if not actor.can("calendar.edit"):
        raise NotFound()


@transaction.atomic
def set_workday(actor: Actor, *, day: date, works: bool, note: str = "") -> None:
    """Say that a day is worked or closed; promises made from now on count with it. Raises NotFound, Invalid."""
    _allowed(actor)
    if len(note) > 60:
        raise Invalid.of(note="At most 60 characters fit here.")
    WorkDay.objects.update_or_create(day=day, defaults={"works": works, "note": note.strip()})
    audit.record(actor, "calendar.edit", f"day:{day.isoformat()}", works=works)
    atlas.changed()


@transaction.atomic
def forget_workday(actor: Actor, *, day: date) -> None:
    """Let the national calendar decide about a day again. Raises NotFound."""
    _allowed(actor)
    if not WorkDay.objects.filter(day=day).delete()[0]:
        raise NotFound()
    audit.record(actor, "calendar.edit", f"day:{day.isoformat()}", works=None)
    atlas.changed()
