"""A brief put into words: what the queries counted, as the sheet that page and papers show."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.dateformat import format as format_date
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from huiyin.command import charts, rules
from huiyin.command.queries import Brief
from huiyin.command.rules import Line, Month
from huiyin.command.sheet import Block, Cell, Chart, Lines, Quotes, Said, Section, Sheet, Table
from huiyin.needs import rules as needs_rules
from huiyin.needs.queries import Filter
from huiyin.needs.rules.evaluation import REASONS
from huiyin.org import atlas
from huiyin.platform import clock
from huiyin.platform.templatetags.web import local_month

SIGNS = {1: "+", 0: "", -1: "−"}


def month_name(month: Month) -> str:
    """Return a month as an office writes it: `2026年10月`."""
    return local_month(month.first)


def address(which: Filter) -> str:
    given = {key: str(value) for key, value in asdict(which).items() if value and value is not True}
    if which.direct:
        given["direct"] = "1"
    return f"{reverse('today')}?{urlencode(given)}"


def _during(home: UUID, month: Month, **more: object) -> str:
    which = Filter("all", home=home, since=month.first, until=month.last)
    return address(replace(which, **more))  # type: ignore[arg-type]  # by their names


def _number(count: int | None, url: str) -> Cell:
    if count is None:
        return Cell(_("no data"))
    return Cell(str(count), url if count else "")


def _change(now: int, before: int | None) -> Cell:
    if before is None:
        return Cell(_("no data"))
    more = now - before
    sign = SIGNS[(more > 0) - (more < 0)]
    share = f" ({sign}{abs(more) / before:.0%})" if before >= 10 and more else ""  # a share of a few says nothing
    return Cell(f"{sign}{abs(more)}{share}")


def _compared_columns(first: str) -> list[str]:
    return [first, _("This month"), _("Month before"), _("More or less"), _("A year ago")]


def _row(brief: Brief, line: Line, label: str, *, most: int = 0, **narrowing: object) -> list[Cell]:
    """Return a line of a comparing table; its bar is drawn against the greatest of its column."""
    home, month = narrowing.pop("home", brief.unit.id), brief.month
    at = [_during(home, m, **narrowing) for m in (month, month.back(1), month.back(rules.YEAR))]  # type: ignore[arg-type]  # a UUID
    bars = (line.now / most, (line.before or 0) / most) if most else (None, None)
    return [
        Cell(label, bar=bars[0], bar_before=bars[1]), _number(line.now, at[0]), _number(line.before, at[1]),
        _change(line.now, line.before), _number(line.year_ago, at[2]),
    ]  # fmt: skip


def _most(lines: Sequence[Line]) -> int:
    return max((max(x.now, x.before or 0) for x in lines), default=0)


def _came(brief: Brief) -> Section:
    most = _most(brief.categories)
    categories = [
        _row(brief, x, x.key or _("No category yet"), most=most, **({"category": x.key} if x.key else {"measure": "unsorted"}))
        for x in brief.categories
    ]  # fmt: skip
    labels = needs_rules.CHANNELS
    channels = [
        _row(brief, x, _(labels.get(x.key, x.key)), most=_most(brief.channels), channel=x.key) for x in brief.channels
    ]
    nothing = _("Nothing came in.")
    blocks: list[Block] = [
        Table(_("In all"), _compared_columns(_("Matters")), [_row(brief, brief.total, _("Received"))]),
        *_twelve_months(brief),
        Table(_("By category"), _compared_columns(_("Category")), categories, nothing),
        Table(_("By channel"), _compared_columns(_("Received through")), channels, nothing),
    ]
    return Section(_("What came"), blocks)


def short(month: Month) -> str:
    """Return a month as it stands under a column: `10月`."""
    return format_date(month.first, pgettext("short month format", "M"))


def _twelve_months(brief: Brief) -> list[Block]:
    drawn = []
    rows = []
    for month, count in brief.months:
        number = _number(count, _during(brief.unit.id, month))
        said = _("%(month)s: %(number)s") % {"month": month_name(month), "number": number.text}
        drawn.append(charts.Column(short(month), count, said, number.url))
        rows.append([Cell(month_name(month)), number])
    said = _("Matters received in each of the last twelve months")
    return [
        Chart(charts.columns(drawn, said=said)),
        Table(said, [_("Month"), _("How many")], list(reversed(rows)), folded=True),
    ]


def _path(category: str) -> str:
    return category.replace("/", " › ")


def _news(brief: Brief) -> Section:
    columns = _compared_columns(_("Category"))
    fresh = [_row(brief, x, _path(x.key), category=x.key) for x in brief.fresh]
    grown = [_row(brief, x, _path(x.key), category=x.key) for x in brief.grown]
    new_common = [
        row.name for row in brief.common if row.since.astimezone(clock.OFFICE_ZONE).date() >= brief.month.first
    ]
    blocks: list[Block] = []
    if brief.began is None or brief.began >= brief.month:
        return Section(_("What is new, what grew"), [Lines([_("There is no earlier month to compare with.")])])
    since = max(brief.began, brief.month.back(rules.YEAR))
    blocks.append(Table(_("New categories"), columns, fresh, _("Nothing new came up.")))
    blocks.append(
        Lines([_("New: a category that did not come up from %(since)s to the month before.") % {"since": month_name(since)}], quiet=True)
    )  # fmt: skip
    if new_common:
        blocks.append(Lines([_("Asked by many for the first time: %(names)s") % {"names": "、".join(new_common)}]))
    blocks.append(Table(_("Grew most"), columns, grown, _("Nothing grew that much.")))
    rule = {"more": rules.GROWN_LEAST_MORE, "times": rules.GROWN_LEAST_TIMES, "most": rules.GROWN_MOST}
    said = _(
        "Grew: at least %(more)s more and %(times)s times as many as the month before; at most %(most)s are shown."
    )
    blocks.append(Lines([said % rule], quiet=True))
    return Section(_("What is new, what grew"), blocks)


def _where(brief: Brief) -> Section:
    here, tree = brief.unit, atlas.current()
    drawn, rows = [], []
    most = _most(brief.places)
    for line in brief.places:
        part = tree.units[UUID(line.key)]
        own = part.id == here.id
        name = _("%(unit)s itself") % {"unit": part.name} if own else part.name
        narrowing = {"home": part.id, **({"direct": True} if own else {})}
        row = _row(brief, line, name, most=most, **narrowing)
        rows.append(row)
        if part.boundary and not own:
            said = _("%(unit)s: %(number)s") % {"unit": name, "number": row[1].text}
            drawn.append(charts.Place(part.boundary, line.now, said, row[1].url))
    picture = charts.choropleth(
        drawn, said=_("Matters received, by where they fell; the stronger the colour, the more")
    )
    shown: list[Block] = []
    if picture:
        highest = max(p.value for p in drawn)
        legend = [(f"level-{key}", str(a) if a == b else f"{a}–{b}") for key, a, b in charts.steps(highest)]
        shown.append(Chart(picture, legend))
    elif rows:
        shown.append(Lines([_("No part of this unit has a boundary yet, so there is no map.")], quiet=True))
    shown.append(Table(_("By community and grid"), _compared_columns(_("Area")), rows, _("Nothing came in.")))
    return Section(_("Where it came from"), shown)


def _asked(brief: Brief) -> Section:
    rows = [
        [
            Cell(row.name), Cell(str(row.people)), Cell(str(row.matters), reverse("common_need", args=[row.id])),
            Cell(_day(row.since.astimezone(clock.OFFICE_ZONE).date())),
        ]
        for row in brief.common
    ]  # fmt: skip
    columns = [_("What is asked for"), _("How many people"), _("Matters within your reach"), _("Since")]
    empty = _("In that month nothing was asked for by several people.")
    blocks: list[Block] = [Table(_("Asked by many"), columns, rows, empty)]
    if brief.common:
        as_of = {"moment": _moment(brief.common[0].found_at)}
        blocks.append(
            Lines([_("In the whole street, found by the words of half a year; as of %(moment)s.") % as_of], quiet=True)
        )
    return Section(_("What many ask for"), blocks)


def _day(day: date) -> str:
    return format_date(day, pgettext("full date format", "j M Y"))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else _("no data")


def _measured(brief: Brief, key: str, label: str, of: str = "") -> list[Cell]:
    part = _number(brief.numbers[key], address(brief.lists[key]))
    if not of:
        return [Cell(label), part, Cell(""), Cell("")]
    whole = _number(brief.numbers[of], address(brief.lists[of]))
    return [Cell(label), part, whole, Cell(_share(brief.numbers[key], brief.numbers[of]))]


def _unsolved(brief: Brief) -> Section:
    end = {"day": _day(brief.month.last)}
    rows = [
        _measured(brief, "waiting", _("Unanswered at the end of %(day)s") % end),
        _measured(brief, "overdue", _("of them overdue"), "waiting"),
        _measured(brief, "again", _("of them opened again"), "waiting"),
        _measured(brief, "still", _("of them still unanswered now"), "waiting"),
        _measured(brief, "kept", _("Answered within the promise"), "promised"),
        _measured(brief, "unsolved", _("Told that it cannot be solved"), "told"),
        _measured(brief, "satisfied", _("Satisfied"), "rated"),
        _measured(brief, "unhappy", _("Not satisfied"), "rated"),
        _measured(brief, "no_opinion", _("No opinion given (counted neither way)")),
        _measured(brief, "explained", _("Ended as explained, not satisfied")),
    ]
    columns = [_("Measure"), _("How many"), _("Of"), _("Share")]
    blocks: list[Block] = [Table(_("Unsolved and unhappy"), columns, rows)]
    reasons = [
        _measured(brief, f"no_{key}", _(label), "unsolved")
        for key, label in REASONS.items()
        if brief.numbers[f"no_{key}"]
    ]
    if reasons:
        blocks.append(Table(_("Why it cannot be solved"), [_("Reason"), *columns[1:]], reasons))
    notes = [
        _("«Now» is as of %(moment)s.") % {"moment": _moment(brief.as_of)},
        _("The promise: of what was promised for a day of this month, how much had its result by that day."),
        _("Told and rated: in this month; of each matter the last result and the last rating count, once."),
    ]
    blocks.append(Lines(notes, quiet=True))
    return Section(_("What stays unsolved"), blocks)


def _quotes(brief: Brief) -> Section:
    said = [Said(q.words, _path(q.about), reverse("matter", args=[q.need_id])) for q in brief.quotes]
    blocks: list[Block] = [Quotes(said, _("No short words to quote came in."))]
    if said:
        blocks.append(
            Lines(
                [_("Personal data are hidden by the program, which may miss some: read before you share.")], quiet=True
            )
        )
    return Section(_("In residents' words"), blocks)


def compose(brief: Brief) -> Sheet:
    """Return the brief in the reader's language."""
    unit, month = atlas.current().title(brief.unit.id), month_name(brief.month)
    count = brief.total.now
    foot = ngettext("%(n)s matter received", "%(n)s matters received", count) % {"n": count}
    return Sheet(
        title=_("Brief"), unit=unit, month=month, as_of=_("as of %(moment)s") % {"moment": _moment(brief.as_of)}, foot=foot,
        page_of=_("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
        sections=[part(brief) for part in (_came, _news, _where, _asked, _unsolved, _quotes)],
    )  # fmt: skip


def _moment(at: datetime) -> str:
    """Return a moment as paper needs it: «today» would be wrong tomorrow."""
    here = at.astimezone(clock.OFFICE_ZONE)
    return f"{_day(here.date())} {here:%H:%M}"
