"""Every read of this room: the figures of a month, counted by needs within the reader's reach."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from huiyin.command import rules
from huiyin.command.rules import Line, Month, Quote
from huiyin.needs.queries import Filter, asked, figures
from huiyin.needs.queries.asked import CommonRow
from huiyin.needs.rules.measures import MEASURE_LABELS
from huiyin.needs.rules.sorting import first_level
from huiyin.notify import queries as notify
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow
from huiyin.platform import clock, condition, metrics
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.errors import NotFound

KINDS = {"street", "village", "community"}
AT_THE_END = ("waiting", "overdue", "again", "still")  # as it stood when the month ended
COMMON_MOST = 8


@dataclass(frozen=True, slots=True)
class Brief:
    """The month of a unit. Lines stand in the order in which they are shown; `numbers` are by measure."""

    unit: UnitRow
    month: Month
    as_of: datetime
    began: Month | None
    months: Sequence[tuple[Month, int | None]]
    total: Line
    categories: Sequence[Line]
    channels: Sequence[Line]
    places: Sequence[Line]
    fresh: Sequence[Line]
    grown: Sequence[Line]
    common: Sequence[CommonRow]
    numbers: Mapping[str, int]
    lists: Mapping[str, Filter]  # behind each number
    quotes: Sequence[Quote]


def _reader(actor: Actor) -> Actor:
    return actor.only_with("brief.read")


def units(actor: Actor) -> list[UnitRow]:
    """Return the units of which the actor may read the brief: those of their posts, streets and communities below."""
    here, paths = atlas.current(), actor.paths("brief.read")
    return [
        unit for unit in here.units.values()
        if unit.tree == "office" and unit.ended_on is None
        and (unit.path in paths or (unit.kind in KINDS and any(unit.path.startswith(p) for p in paths)))
    ]  # fmt: skip


def unit(actor: Actor, unit_id: UUID | None) -> UnitRow:
    """Return the unit a brief is asked for: the actor's own office when none is named. Raises NotFound."""
    may = {u.id: u for u in units(actor)}
    office = _reader(actor).office
    found = may.get(unit_id) if unit_id else may.get(office[0] if office else UUID(int=0))
    if found is None:
        raise NotFound()
    return found


def _began(actor: Actor, home: Filter) -> Month | None:
    first = figures.first_received(actor, home)
    return Month.of(first.astimezone(clock.OFFICE_ZONE).date()) if first else None


@dataclass(frozen=True, slots=True)
class _Compared:
    """Turns counts by month into lines; a month before the first matter has no data."""

    month: Month
    began: Month | None

    def known(self, month: Month, count: int) -> int | None:
        return count if self.began and self.began <= month else None

    def line(self, key: str, counts: Mapping[Month, int]) -> Line:
        before, year_ago = self.month.back(1), self.month.back(rules.YEAR)
        return Line(
            key, counts.get(self.month, 0), self.known(before, counts.get(before, 0)),
            self.known(year_ago, counts.get(year_ago, 0)),
        )  # fmt: skip

    def lines(self, counts: Mapping[tuple[str, Month], int], *, every: Iterable[str] = ()) -> list[Line]:
        """Return a line for each key that counts something in one of the months shown, the biggest first."""
        keyed: dict[str, dict[Month, int]] = {key: {} for key in every}
        for (key, month), count in counts.items():
            keyed.setdefault(key, {})[month] = count
        lines = [self.line(key, by_month) for key, by_month in keyed.items()]
        kept = [x for x in lines if x.now or x.before or x.year_ago or x.key in set(every)]
        return sorted(kept, key=lambda x: (-x.now, -(x.before or 0), x.key))


def _categories(actor: Actor, home: Filter, month: Month) -> Counter[tuple[str, Month]]:
    since = month.back(rules.YEAR)
    which = Filter("all", home=home.home, since=since.first, until=month.last)
    return Counter({(c.category, Month(c.month)): c.count for c in figures.by_category(actor, which)})


def _summed(counts: Mapping[tuple[str, Month], int]) -> Counter[tuple[str, Month]]:
    """Return the same by the first level of the categories."""
    sums: Counter[tuple[str, Month]] = Counter()
    for (category, month), count in counts.items():
        sums[first_level(category), month] += count
    return sums


def _expected(here: UnitRow) -> list[str]:
    """Return the parts of a unit that are shown even when nothing came from them: communities, grids."""
    tree = atlas.current()
    kinds = {"village", "community", "grid"}
    children = (tree.units[key] for key in tree.children.get(here.id, ()))
    return [str(u.id) for u in children if u.kind in kinds]


def _places(
    actor: Actor, home: Filter, here: UnitRow, month: Month
) -> tuple[Counter[tuple[str, Month]], Counter[tuple[str, Month]]]:
    months = (month, month.back(1), month.back(rules.YEAR))
    spans = [(m.first, m.back(-1).first) for m in months]
    channels: Counter[tuple[str, Month]] = Counter()
    places: Counter[tuple[str, Month]] = Counter()
    for row in figures.by_place(actor, home, months=spans):
        channels[row.channel, Month(row.month)] += row.count
        places[str(atlas.current().part_of(here, row.home_id).id), Month(row.month)] += row.count
    return channels, places


def _lists(unit_id: UUID, month: Month) -> dict[str, Filter]:
    """Return the list behind each measure of a month."""
    return {
        key: Filter(
            "all", home=unit_id, measure=key, since=None if key in AT_THE_END else month.first, until=month.last
        )
        for key in MEASURE_LABELS
    }


def _common(actor: Actor, here: UnitRow, month: Month) -> list[CommonRow]:
    """Return what many ask for in the unit's street, of what was asked in that month, the hottest first."""
    tree, zone = atlas.current(), clock.OFFICE_ZONE
    around = {u.id for u in tree.above(here.id)}
    return [
        row for row in asked.common_needs(actor)
        if (row.unit_id in around or tree.units[row.unit_id].path.startswith(here.path))
        and row.since.astimezone(zone).date() <= month.last and row.last.astimezone(zone).date() >= month.first
    ][:COMMON_MOST]  # fmt: skip


def _quotes(
    actor: Actor, home: Filter, month: Month, categories: Sequence[str], common: Sequence[CommonRow]
) -> list[Quote]:
    from huiyin.engines.text.entities import redact  # who reads no brief does not load it

    which = Filter("all", home=home.home, since=month.first, until=month.last)
    lengths, most = rules.QUOTE_LENGTHS, rules.QUOTES_MOST
    spoken = figures.spoken_in(actor, which, categories=categories, lengths=lengths, most=most) if categories else []
    own = [[Quote(s.need_id, s.words, c) for s in spoken if s.category == c] for c in categories]
    named = {row.id: row.name for row in common}
    said = figures.spoken_of(actor, which, group_ids=list(named), lengths=lengths, most=200) if named else []
    first = {s.group_id: Quote(s.need_id, s.words, named[s.group_id]) for s in reversed(said) if s.group_id in named}
    hottest = [first[key] for key in named if key in first]
    return rules.quoted(hottest[: rules.QUOTED_COMMON], own, redact)


def brief(actor: Actor, unit_id: UUID | None, *, month: Month) -> Brief:
    """Return the brief of a unit within reach. Raises NotFound."""
    here, reader = unit(actor, unit_id), _reader(actor)
    home = Filter("all", home=here.id)
    began = _began(reader, home)
    compared = _Compared(month, began)
    leaves = _categories(reader, home, month)
    totals = Counter[tuple[str, Month]]()
    for (_category, of), count in leaves.items():
        totals["", of] += count
    channels, places = _places(reader, home, here, month)
    fresh, seen = _fresh(compared, leaves)
    lists = _lists(here.id, month)
    common = _common(actor, here, month)
    biggest = [x.key for x in compared.lines(leaves) if x.now and x.key][: rules.QUOTED_CATEGORIES]
    return Brief(
        unit=here, month=month, as_of=clock.now(), began=began,
        months=[(m, compared.known(m, totals["", m])) for m in (month.back(n) for n in reversed(range(rules.YEAR)))],
        total=compared.line("", _of("", totals)), categories=compared.lines(_summed(leaves)),
        channels=compared.lines(channels), places=compared.lines(places, every=_expected(here)),
        fresh=fresh[: rules.NEW_MOST], grown=rules.grown(seen), common=common,
        numbers=figures.counted(reader, lists=lists), lists=lists,
        quotes=_quotes(reader, home, month, biggest, common),
    )  # fmt: skip


def _of(key: str, counts: Mapping[tuple[str, Month], int]) -> dict[Month, int]:
    return {month: count for (own, month), count in counts.items() if own == key}


def _fresh(compared: _Compared, leaves: Mapping[tuple[str, Month], int]) -> tuple[list[Line], list[Line]]:
    """Return the categories that did not come up in the twelve months before, and those that did."""
    before = {category for (category, month) in leaves if month < compared.month}
    lines = [x for x in compared.lines(leaves) if x.key and x.now]
    if compared.began is None or compared.began >= compared.month:
        return [], []  # nothing to compare with: all of it would be new
    return [x for x in lines if x.key not in before], [x for x in lines if x.key in before]


@dataclass(frozen=True, slots=True)
class Condition:
    """How the house stands: jobs, messages, disk, database, backups, calendar. Nothing of residents or their matters."""

    jobs: Sequence[condition.JobRow]
    worker_seen_at: datetime | None
    messages: Sequence[notify.Traffic]
    disk: condition.Disk | None
    database_bytes: int
    tables: Sequence[condition.Table]
    upkeep: Mapping[str, condition.UpkeepRow]
    calendar: WorkCalendar
    slow: int
    postgresql: str


def condition_of_house(actor: Actor) -> Condition:
    """Return how the house stands, for who looks after it. Raises NotFound."""
    if not actor.can("status.read"):
        raise NotFound()
    database_bytes, tables = condition.database()
    return Condition(
        jobs=condition.jobs(),
        worker_seen_at=condition.worker_seen_at(),
        messages=notify.traffic(actor),
        disk=condition.disk(),
        database_bytes=database_bytes,
        tables=tables,
        upkeep=condition.upkeep(),
        calendar=atlas.current().calendar,
        slow=metrics.slow_so_far(),
        postgresql=condition.postgresql(),
    )
