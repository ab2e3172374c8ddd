"""The dashboard of a unit and month: figures kept beforehand, what stands open now, each with the list it counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from huiyin.command import composing, rules
from huiyin.command.queries import unit
from huiyin.command.rules import Month
from huiyin.needs import rules as needs_rules
from huiyin.needs.queries import Filter, figures
from huiyin.needs.queries.rolled import Rolled, rolled
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow
from huiyin.platform import clock

BARS_MOST = 15
NOW = ("open", "today", "overdue")


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure with what it is compared with. `url` leads to the list that it counts, when there is one."""

    label: str
    text: str
    url: str
    note: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, beside the month before; None where there is no data."""

    label: str
    now: int
    before: int | None
    url: str
    short: str = ""  # under a column


@dataclass(frozen=True, slots=True)
class Panel:
    """A chart with its table."""

    key: str
    title: str
    said: str
    shape: str  # columns over time, or bars
    bars: Sequence[Bar]
    labels: tuple[str, str]

    @property
    def script_id(self) -> str:
        """Where the page keeps what the script draws."""
        return f"board-{self.key}"

    @property
    def drawn(self) -> dict[str, Any]:
        """What the script draws."""
        return {
            "shape": self.shape, "names": list(self.labels), "labels": [b.short or b.label for b in self.bars],
            "now": [b.now for b in self.bars], "before": [b.before for b in self.bars], "urls": [b.url for b in self.bars],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard as it is shown."""

    unit: UnitRow
    month: Month
    running: bool  # the month is not over
    as_of: datetime | None
    tiles: Sequence[Tile]
    panels: Sequence[Panel]


def offered(today: date) -> list[Month]:
    """Return the months one may choose: this one, and those of the brief."""
    return [Month.of(today), *rules.offered(today)]


def chosen(text: str, today: date) -> Month:
    """Return the month an address asks for, this one when it asks for none or for another."""
    return {month.key: month for month in offered(today)}.get(text, Month.of(today))


def board(actor: Actor, unit_id: UUID | None, *, month: Month) -> Board:
    """Return the dashboard of a unit within reach. Raises NotFound."""
    here, reader = unit(actor, unit_id), actor.only_with("brief.read")
    months = [month.back(n) for n in reversed(range(rules.YEAR + 1))]
    compared = (month, month.back(1))
    kept = rolled(reader, here.id, months=[m.first for m in months], split=[m.first for m in compared])
    now = figures.counted(reader, lists={which: Filter(which, home=here.id) for which in NOW})
    return Board(
        here, month, month.last >= clock.today(), kept.as_of,
        [*_now_tiles(here, now), *_month_tiles(kept, here, month)],
        [_by_month(kept, here, months[1:]), _by_category(kept, here, month), _by_place(kept, here, month), _by_channel(kept, here, month)],
    )  # fmt: skip


def _now_tiles(here: UnitRow, now: Mapping[str, int]) -> list[Tile]:
    said = {"open": _("To do now"), "today": _("Due today"), "overdue": _("Overdue now")}
    states = {"today": "soon", "overdue": "over"}
    return [
        Tile(
            said[w],
            str(now[w]),
            composing.address(Filter(w, home=here.id)) if now[w] else "",
            _("now"),
            states.get(w, "") if now[w] else "",
        )
        for w in NOW
    ]


def _listed(here: UnitRow, month: Month, **more: Any) -> str:
    return composing.address(Filter("all", home=here.id, since=month.first, until=month.last, **more))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else _("no data")


def _month_tiles(kept: Rolled, here: UnitRow, month: Month) -> list[Tile]:
    first, before = month.first, month.back(1).first
    came, came_before = kept.totals.get((first, "received"), 0), kept.totals.get((before, "received"), 0)
    tiles = [
        Tile(
            _("Received"),
            str(came),
            _listed(here, month) if came else "",
            _("month before: %(n)s") % {"n": came_before},
        )
    ]
    shares = (
        (_("Answered within the promise"), "kept", "promised"),
        (_("Share solved"), "solved", "told"),
        (_("Share satisfied"), "satisfied", "rated"),
    )  # fmt: skip
    for label, part, whole in shares:
        (top, of), (top_before, of_before) = (_pair(kept, m, part, whole) for m in (first, before))
        note = _("%(part)s of %(whole)s; month before: %(share)s") % {
            "part": top,
            "whole": of,
            "share": _share(top_before, of_before),
        }
        url = _listed(here, month, measure=whole if part == "solved" else part) if of else ""
        tiles.append(Tile(label, _share(top, of), url, note))
    return tiles


def _pair(kept: Rolled, month: date, part: str, whole: str) -> tuple[int, int]:
    of = kept.totals.get((month, whole), 0)
    top = of - kept.totals.get((month, "unsolved"), 0) if part == "solved" else kept.totals.get((month, part), 0)
    return top, of


def _by_month(kept: Rolled, here: UnitRow, months: Sequence[Month]) -> Panel:
    bars = []
    for month in months:
        came = kept.totals.get((month.first, "received"), 0)
        happy = kept.totals.get((month.first, "satisfied"), 0)
        url = _listed(here, month) if came else ""
        bars.append(Bar(composing.month_name(month), came, happy, url, composing.short(month)))
    said = _("Matters received in each of the last twelve months")
    return Panel("months", _("By month"), said, "columns", bars, (_("Received"), _("Satisfied")))


def _compared(kept: Rolled, month: Month, kind: str, keys: Sequence[str]) -> list[tuple[str, int, int]]:
    before = month.back(1).first
    found = [(k, kept.split.get((month.first, kind, k), 0), kept.split.get((before, kind, k), 0)) for k in keys]
    return sorted((row for row in found if row[1] or row[2]), key=lambda row: (-row[1], -row[2], row[0]))[:BARS_MOST]


def _names() -> tuple[str, str]:
    return _("This month"), _("Month before")


def _by_category(kept: Rolled, here: UnitRow, month: Month) -> Panel:
    keys = sorted({key for _month, kind, key in kept.split if kind == "category"})
    bars = [
        Bar(
            key or _("No category yet"),
            now,
            before,
            _listed(here, month, **({"category": key} if key else {"measure": "unsorted"})) if now else "",
        )
        for key, now, before in _compared(kept, month, "category", keys)
    ]
    return Panel(
        "categories",
        _("By category"),
        _("Matters received by category, beside the month before"),
        "bars",
        bars,
        _names(),
    )


def _by_channel(kept: Rolled, here: UnitRow, month: Month) -> Panel:
    labels = needs_rules.CHANNELS
    bars = [
        Bar(_(labels[key]), now, before, _listed(here, month, channel=key) if now else "")
        for key, now, before in _compared(kept, month, "channel", list(labels))
    ]
    return Panel(
        "channels", _("By channel"), _("Matters received by channel, beside the month before"), "bars", bars, _names()
    )


def _by_place(kept: Rolled, here: UnitRow, month: Month) -> Panel:
    counts: dict[UUID, list[int]] = {}
    for (first, home), n in kept.places.items():
        counts.setdefault(atlas.current().part_of(here, home).id, [0, 0])[first != month.first] += n
    tree = atlas.current()
    rows = sorted(counts.items(), key=lambda row: (-row[1][0], tree.units[row[0]].path))[:BARS_MOST]
    bars = []
    for key, (now, before) in rows:
        own = key == here.id
        which = Filter("all", home=key, direct=own, since=month.first, until=month.last)
        bars.append(
            Bar(
                _("the unit itself") if own else tree.units[key].name,
                now,
                before,
                composing.address(which) if now else "",
            )
        )
    return Panel("places", _("By area"), _("Matters received by area, beside the month before"), "bars", bars, _names())
