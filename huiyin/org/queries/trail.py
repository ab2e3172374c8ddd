"""The record of who looked at and changed what, within the units whose record one may read."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse

from huiyin.org import atlas, subjects
from huiyin.org.actors import Actor
from huiyin.org.models import User
from huiyin.org.subjects import Subject
from huiyin.platform import audit, clock, ids
from huiyin.platform.errors import Invalid, NotFound

DAYS = 30
PAGE = 50
EXPORT_MOST = 10_000
PEOPLE_MOST = 50


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asks the record: a person's name, an action, a matter's number, days."""

    person: str = ""
    action: str = ""
    subject: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def first_on(self) -> date:
        """The first day: 30 days ago when nothing was said."""
        return self.since or (self.until or clock.today()) - timedelta(days=DAYS - 1)


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry with the name of what it is about."""

    entry: audit.Entry
    about: Subject
    office: str


def _wanted(actor: Actor, search: Search) -> audit.Wanted | None:
    paths = actor.paths("audit.read")
    if not paths:
        raise NotFound()
    if search.since and search.until and search.until < search.since:
        raise Invalid.of(until="The last day lies before the first.")
    units = [u.id for u in atlas.current().units.values() if any(u.path.startswith(p) for p in paths)]
    until = clock.day_begins((search.until or clock.today()) + timedelta(days=1))
    wanted = audit.Wanted(units, clock.day_begins(search.first_on), until, action=search.action)
    if search.person:
        people = User.objects.filter(kind="staff", name__icontains=search.person).values_list("pk", flat=True)
        wanted = replace(wanted, user_ids=list(people[:PEOPLE_MOST]))
    if search.subject:
        found = subjects.find(actor, search.subject)
        return replace(wanted, subject=found) if found else None
    return wanted


def _keys(entries: Sequence[audit.Entry]) -> Mapping[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for entry in entries:
        kind, _, key = entry.subject.partition(":")
        if parsed := ids.parsed(key):
            found[kind].append(parsed)
    return found


def _people(keys: Sequence[UUID]) -> Mapping[UUID, Subject]:
    rows = User.objects.filter(pk__in=set(keys)).values_list("pk", "name") if keys else ()
    return {key: Subject(name, reverse("person", args=[key])) for key, name in rows}


def _units(keys: Sequence[UUID]) -> Mapping[UUID, Subject]:
    here = atlas.current()
    return {key: Subject(here.title(key), reverse("unit", args=[key])) for key in keys if here.get(key)}


def _named(actor: Actor, entries: Sequence[audit.Entry]) -> list[TrailRow]:
    keys = _keys(entries)
    names: dict[str, Mapping[UUID, Subject]] = {
        kind: subjects.names(actor, kind, found) for kind, found in keys.items()
    }
    names |= {"user": _people(keys.get("user", ())), "unit": _units(keys.get("unit", ()))}
    rows, here = [], atlas.current()
    for entry in entries:
        kind, _, key = entry.subject.partition(":")
        parsed = ids.parsed(key)
        about = names.get(kind, {}).get(parsed) if parsed else None
        office = here.title(entry.unit_id) if entry.unit_id and here.get(entry.unit_id) else entry.unit_name
        rows.append(TrailRow(entry, about or Subject(key if kind == "day" else ""), office))
    return rows


def trail(
    actor: Actor, search: Search, *, before: tuple[datetime, int] | None = None, most: int = PAGE
) -> list[TrailRow]:
    """Return the entries within reach, newest first, from before one of them. Raises NotFound, Invalid."""
    wanted = _wanted(actor, search)
    return _named(actor, audit.entries(wanted, before=before, most=most)) if wanted else []


def whole_trail(actor: Actor, search: Search) -> Iterator[TrailRow]:
    """Yield every entry within reach, a thousand at a time, 10,000 and one at most. Raises NotFound, Invalid."""
    before: tuple[datetime, int] | None = None
    for _page in range(EXPORT_MOST // 1000 + 1):
        rows = trail(actor, search, before=before, most=1000)
        yield from rows
        if len(rows) < 1000:
            return
        before = (rows[-1].entry.at, rows[-1].entry.id)
