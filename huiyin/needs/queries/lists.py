"""Lists of matters: what each holds, by whom it is narrowed, and the figures above it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import IsNull

from huiyin.needs import bearing, rules
from huiyin.needs.models import Answer, Mention, Need, OrderNeed, Seen
from huiyin.needs.queries import searching
from huiyin.needs.queries.measures import Days
from huiyin.needs.queries.rows import COPY_COUNT, PHOTO_COUNT, NeedRow, Page
from huiyin.needs.queries.searching import Sift
from huiyin.needs.rules.measures import MEASURE_LABELS
from huiyin.needs.rules.orders import LIVE_STATES
from huiyin.needs.rules.searching import Term
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock

LIST_MOST = 50
COUNT_MOST = 1000
CHANGED_DAYS = 14


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures above the list: each a link."""

    overdue: int
    today: int
    fresh: int
    open: int
    out: int
    undelivered: int
    rating: int
    word: int


@dataclass(frozen=True, slots=True)
class ForMe:
    """What calls this very person: matters changed since they looked, notes that name them."""

    changed: int
    called: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows. Empty fields do not narrow."""

    which: str = "open"
    channel: str = ""
    text: str = ""
    category: str = ""  # a path of the tree and everything below it
    unit: UUID | None = None  # held by this unit or below
    theme: UUID | None = None
    urgent: bool = False
    since: date | None = None  # received on this day or later; with a measure, the days that it counts
    until: date | None = None
    home: UUID | None = None  # fell first to this unit or below, whoever holds it now
    direct: bool = False  # fell to `home` itself, to nothing below
    measure: str = ""  # of rules.measures: counted as the figures do
    filed: bool = False  # by the category model, not confirmed yet
    exact: bool = False  # the typed words alone, no near ones
    building: UUID | None = None
    unplaced: bool = False  # open, and on no map: nobody said more than the community


def _running() -> Exists:
    """Somebody works on an order of the outer matter, or is asked to."""
    live = OrderNeed.objects.filter(need_id=OuterRef("pk"), left_at=None, order__state__in=LIVE_STATES).exclude(
        order__state="returned"
    )
    return Exists(live)


def _worded() -> Exists:
    """The closing word of the outer matter's round is written."""
    return Exists(
        Answer.objects.filter(need_id=OuterRef("pk"), kind="closing", round=OuterRef("round"), void_at__isnull=True)
    )


def _word_stands() -> IsNull:
    """Return the same as `_worded`, asked matter by matter: PostgreSQL would read every closing word there is at once."""
    written = Answer.objects.filter(
        need_id=OuterRef("pk"), kind="closing", round=OuterRef("round"), void_at__isnull=True
    )
    return IsNull(Subquery(written.values("pk")[:1]), False)


def _conditions() -> dict[str, Q]:
    """Return what each list holds; `_lists_of` says the same of one matter, for the figures."""
    today = clock.today()
    waits = Q(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES)
    alone = Q(closed_at__isnull=True, duplicate_of__isnull=True)  # a duplicate is worked on with its original
    here = alone & Q(state__in=("collect", "analyse", "carry_out")) & (~Q(state="carry_out") | ~Q(_running()))
    carried = alone & Q(state="carry_out")
    word = Q(closed_at__isnull=True, state="feedback")
    return {
        "open": here,
        "overdue": waits & Q(promised_on__lt=today),
        "today": waits & Q(promised_on=today),
        "fresh": alone & Q(state="collect"),
        "out": (alone & Q(state="match")) | (carried & Q(_running())),
        "undelivered": Q(closed_at__isnull=True, state="answer") | (word & Q(_worded())),
        "rating": Q(closed_at__isnull=True, state="evaluate"),
        "word": word & ~Q(_worded()),
    }


def _which(which: str) -> Q:
    if which in {"closed", "all"}:
        return Q(closed_at__isnull=False) if which == "closed" else Q()
    conditions = _conditions()
    return conditions.get(which, conditions["open"])


def _mine(actor: Actor, which: str) -> "QuerySet[Need]":
    """Return the rows of a list: of what waits for somebody, only what the actor may act on; the rest is followed."""
    read = scope.within(actor, "need.read", Need.objects.all())
    if which in {"closed", "all"}:
        return read.filter(_which(which))
    if which == "changed":
        return read.filter(pk__in=_looked(actor)).filter(_changed(actor))
    if which == "called":
        return read.filter(_called(actor))
    act = scope.within(actor, "need.answer", Need.objects.all())
    if which == "followed":
        return read.filter(closed_at__isnull=True).exclude(pk__in=act.filter(closed_at__isnull=True).values("pk"))
    return act.filter(_which(which))


def _changed(actor: Actor) -> Exists:
    """The person had it open, and somebody else has changed it since, within two weeks."""
    lately = clock.now() - timedelta(days=CHANGED_DAYS)
    seen = Seen.objects.filter(user_id=actor.person_id, need_id=OuterRef("pk"), at__lt=OuterRef("changed_at"))
    return Exists(seen.filter(need__changed_at__gte=lately))


def _looked(actor: Actor) -> Any:
    return Seen.objects.filter(user_id=actor.person_id).values("need_id")


def _called(actor: Actor) -> Exists:
    """A note calls the person, who has not opened the matter since."""
    return Exists(Mention.objects.filter(user_id=actor.person_id, need_id=OuterRef("pk"), answered_at=None))


def for_me(actor: Actor) -> ForMe:
    """Return how much calls this person."""
    read = scope.within(actor, "need.read", Need.objects.all())
    called = Mention.objects.filter(user_id=actor.person_id, answered_at=None).values("need_id")
    changed = read.filter(pk__in=_looked(actor)).filter(_changed(actor)).count()
    return ForMe(changed, read.filter(pk__in=called).count())


def _days(which: Filter) -> Q:
    """Return the condition on the days: of what a measure counts, else of receiving."""
    since = clock.day_begins(which.since) if which.since else None
    before = clock.day_begins(which.until + timedelta(days=1)) if which.until else None
    if which.measure in MEASURE_LABELS:
        return Days(since, before or clock.now()).counted(which.measure)
    return (Q(received_at__gte=since) if since else Q()) & (Q(received_at__lt=before) if before else Q())


def _narrowed(which: Filter) -> Iterator[Q]:
    """Yield one condition for each field that narrows."""
    if which.channel in rules.CHANNELS:
        yield Q(channel=which.channel)
    if which.category:
        yield Q(category=which.category) | Q(category__startswith=f"{which.category}/")
    if unit := atlas.current().get(which.unit):
        yield Q(unit__in=scope.units_below(unit.path))
    if which.theme:
        yield Q(theme_id=which.theme)
    if which.building:
        yield Q(building_id=which.building)
    yield Q(urgent=True) if which.urgent else Q()
    yield Q(filed_alone=True, closed_at__isnull=True) if which.filed else Q()
    yield Q(lon__isnull=True, closed_at__isnull=True) if which.unplaced else Q()
    if home := atlas.current().get(which.home):
        yield Q(home_id=home.id) if which.direct else Q(home__in=scope.units_below(home.path))
    yield _days(which)


def wanted(actor: Actor, *, which: Filter) -> list[Term]:
    """Return the words that a list's filter looks for, with what is looked for beside each."""
    return searching.terms(actor, text=which.text, near=not which.exact)


def sifted(actor: Actor, *, which: Filter, sought: Sequence[Term] | None = None) -> Sift | None:
    """Return what the index has found of a list's words, None without words. `sought`: what `wanted` gave, if asked."""
    if not which.text.strip():
        return None
    terms = wanted(actor, which=which) if sought is None else sought
    return searching.sift(actor, wanted=terms, text=which.text, since=None if which.measure else which.since)


def found(
    actor: Actor, which: Filter, *, sought: Sequence[Term] | None = None, sift: Sift | None = None
) -> "QuerySet[Need]":
    """Return the matters of a list within reach, narrowed, in the order of the list; for this room's queries.

    `sought`, `sift`: what `wanted` and `sifted` gave, when they were asked already.
    """
    rows = _mine(actor, which.which)
    for condition in _narrowed(which):
        rows = rows.filter(condition)
    sift = sift or sifted(actor, which=which, sought=sought)
    if sift:
        rows = rows.filter(sift.condition)
    if which.which in {"changed", "called"}:
        return rows.order_by("-changed_at", "id")
    newest_first = which.which in {"closed", "all"}
    return rows.order_by(*(["-received_at", "id"] if newest_first else ["promised_on", "received_at", "id"]))


def every_id(actor: Actor, *, which: Filter, most: int = COUNT_MOST) -> list[UUID]:
    """Return the keys of the matters of a list within reach, `most` at the most, in the order of the list."""
    return list(found(actor, which).values_list("pk", flat=True)[:most])


def held(
    actor: Actor, *, which: Filter, page: int = 1, most: int = LIST_MOST, sought: Sequence[Term] | None = None
) -> Page[NeedRow]:
    """Return a page of the matters within reach: what is due first stands first, closed ones newest first."""
    start = (max(page, 1) - 1) * most
    rows = found(actor, which, sought=sought).annotate(photo_count=PHOTO_COUNT, copy_count=COPY_COUNT)
    read = list(rows[start : start + most + 1])
    shown = [NeedRow.of(n) for n in read[:most]]
    more = len(read) > most
    return Page(shown, max(page, 1), more, f"{start + len(shown)}{'+' if more else ''}")


def counts(actor: Actor) -> Counts:
    """Return the figures above the list, in one statement over the open matters within reach.

    The matters are grouped by what the conditions of the lists ask, which costs a third of counting each condition
    (docs/performance.md); a test holds both to the same figures.
    """
    today = clock.today()
    rows = scope.within(actor, "need.answer", Need.objects.filter(closed_at__isnull=True)).order_by()
    sorted_rows = rows.annotate(
        day=Case(When(promised_on__lt=today, then=Value("0")), When(promised_on=today, then=Value("1")), default=Value("2")),
        copy=Case(When(duplicate_of__isnull=False, then=Value("y")), default=Value("n")),
        running=Case(When(Q(state="carry_out") & _running(), then=Value("y")), default=Value("n")),
        worded=Case(When(Q(state="feedback") & Q(_word_stands()), then=Value("y")), default=Value("n")),
        # as one text: the database sorts by one column rather than by five
        sort=Func(F("day"), F("copy"), F("running"), F("worded"), F("state"), template="(%(expressions)s)",
                  arg_joiner=" || ", output_field=CharField()),
    )  # fmt: skip
    figures: Counter[str] = Counter()
    for sort, count in sorted_rows.values_list("sort").annotate(n=Count("pk")):
        day, copy, running, worded, state = sort[0], sort[1] == "y", sort[2] == "y", sort[3] == "y", sort[4:]
        for key in _lists_of(state, day=int(day), copy=copy, running=running, worded=worded):
            figures[key] += count
    return Counts(**{key.name: figures[key.name] for key in fields(Counts)})


def _lists_of(state: str, *, day: int, copy: bool, running: bool, worded: bool) -> Iterator[str]:
    """Yield the lists in which a matter like this stands; the same as `_conditions`, of one matter."""
    if state in rules.UNANSWERED_STATES and day < 2:
        yield ("overdue", "today")[day]
    if state == "feedback":
        yield "undelivered" if worded else "word"
    elif state in {"answer", "evaluate"}:
        yield "undelivered" if state == "answer" else "rating"
    elif not copy:
        yield "out" if state == "match" or running else "open"
        if state == "collect":
            yield "fresh"


def next_after(actor: Actor, need_id: UUID) -> UUID | None:
    """Return the matter to open after this one: the next due that the actor may answer, None when all is done."""
    rows = scope.within(actor, "need.answer", Need.objects.filter(_which("open"))).exclude(pk=need_id)
    return rows.order_by("promised_on", "received_at", "id").values_list("pk", flat=True).first()


def mine(actor: Actor, *, most: int = 100) -> list[NeedRow]:
    """Return the matters of a proven phone or a signed-in resident, newest first."""
    rows = scope.within(actor, "need.read", Need.objects.all())
    return [NeedRow.of(n) for n in rows.annotate(photo_count=PHOTO_COUNT).order_by("-received_at")[:most]]


def link_path(actor: Actor, row: NeedRow) -> str:
    """Return the address of a matter's own page, for whoever already reaches the matter."""
    return f"/m/{row.code}/{bearing.token_of(row.id)}/"


def unanswered_on(actor: Actor, *, day: date) -> Mapping[UUID, int]:
    """Return per holding unit how many matters promised before or on `day` wait; for reminders."""
    rows = scope.within(
        actor,
        "need.read",
        Need.objects.filter(closed_at__isnull=True, state__in=rules.UNANSWERED_STATES, promised_on__lte=day),
    )
    grouped: Any = rows.values("unit_id").annotate(n=Count("id"))
    return {r["unit_id"]: r["n"] for r in grouped}


def open_in(actor: Actor, unit_id: UUID) -> int:
    """Return how many open matters this very unit holds: it cannot end before they are with somebody else."""
    return scope.within(actor, "need.read", Need.objects.filter(unit_id=unit_id, closed_at__isnull=True)).count()
