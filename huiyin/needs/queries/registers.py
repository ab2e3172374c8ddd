"""A list as a register: one row a matter, for a workbook. Never a contact: who needs one looks at the matter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from huiyin.needs import rules
from huiyin.needs.models import Answer, Batch, ImportChunk, ImportFile, Need, Rating
from huiyin.needs.queries.lists import Filter, found
from huiyin.needs.rules import evaluation, sorting
from huiyin.org import atlas
from huiyin.org.actors import Actor
from huiyin.platform import clock
from huiyin.platform.errors import NotFound
from huiyin.platform.sheets import Column

ROWS_MOST = 100_000
READ_AT_ONCE = 2000


def columns(actor: Actor) -> Sequence[Column]:
    """Return the columns of the register in the reader's language."""
    return (
        Column(_("Tracking code"), 16), Column(_("Time received"), 17, "moment"), Column(_("Received through"), 10),
        Column(_("Stage"), 10), Column(_("Held by"), 22), Column(_("Place"), 24), Column(_("Category"), 28),
        Column(_("Dimension"), 8), Column(_("Kind"), 8), Column(_("Urgent"), 6),
        Column(_("In the resident's own words"), 60), Column(_("Promised"), 12, "day"), Column(_("Days over"), 8, "number"),
        Column(_("Result"), 40), Column(_("Answered at"), 17, "moment"), Column(_("Is it solved?"), 10),
        Column(_("Stars"), 6, "number"), Column(_("What the resident says"), 30), Column(_("Opened again"), 8, "number"),
        Column(_("Theme"), 16), Column(_("Ticket number"), 20), Column(_("Closed at"), 17, "moment"),
    )  # fmt: skip


def _with_rest(rows: "QuerySet[Need]") -> "QuerySet[Need]":
    told = Answer.objects.filter(need_id=OuterRef("pk"), kind="result", void_at=None).order_by("-round")
    said = Rating.objects.filter(need_id=OuterRef("pk"), stars__isnull=False).order_by("-round")
    return rows.select_related("theme", "ticket").annotate(
        result=Subquery(told.values("text")[:1]),
        answered_at=Subquery(told.values("written_at")[:1]),
        stars=Subquery(said.values("stars")[:1]),
        said=Subquery(said.values("words")[:1]),
    )


def _row(need: Need, shown: Callable[[str], str]) -> Sequence[object]:
    today = clock.today()
    late = (today - need.promised_on).days if need.state in rules.UNANSWERED_STATES else 0
    ticket = getattr(need, "ticket", None)
    given: dict[str, object] = {name: getattr(need, name) for name in ("result", "answered_at", "stars", "said")}
    return (
        rules.spoken_code(need.code), need.received_at, _(rules.CHANNELS.get(need.channel, need.channel)),
        _(rules.STATE_LABELS[need.state]), atlas.current().title(need.unit_id), shown(need.place_text), need.category,
        _(sorting.DIMENSIONS[need.dimension]) if need.dimension else "", _(sorting.KINDS[need.kind]) if need.kind in sorting.KINDS else "",
        _("yes") if need.urgent else "", shown(need.words), need.promised_on, max(0, late) or None, shown(str(given["result"] or "")),
        given["answered_at"], _(evaluation.OUTCOMES[need.outcome]) if need.outcome in evaluation.OUTCOMES else "",
        given["stars"], shown(str(given["said"] or "")), need.round or None, need.theme.title if need.theme else "",
        ticket.number if ticket else "", need.closed_at,
    )  # fmt: skip


def register_size(actor: Actor, which: Filter) -> int:
    """Return how many rows the register of a list has, at most one more than may be written."""
    return found(actor.only_with("need.export"), which)[: ROWS_MOST + 1].count()


def register_rows(actor: Actor, which: Filter, *, verbatim: bool = False) -> Iterator[Sequence[object]]:
    """Yield the rows of a list that the actor may take out, a part of them in memory at a time.

    Telephones, names, doors and numbers in what residents say are hidden unless `verbatim` is asked for.
    """
    from huiyin.engines.text.entities import redact  # plain Python: no NumPy

    shown: Callable[[str], str] = str if verbatim else redact
    for need in _with_rest(found(actor.only_with("need.export"), which))[:ROWS_MOST].iterator(chunk_size=READ_AT_ONCE):
        yield _row(need, shown)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table sent in, as its page shows it before it is loaded."""

    id: UUID
    kind: str
    system: str
    name: str
    good: int
    bad: int
    faults: Sequence[tuple[int, str, str, dict[str, object]]]
    made_at: datetime
    batch_id: UUID | None
    waits: bool
    loaded_before: datetime | None


def table(actor: Actor, file_id: UUID) -> TableRow:
    """Return one's own table. Raises NotFound."""
    found_file = ImportFile.objects.filter(pk=file_id, user_id=actor.person_id).first()
    if found_file is None:
        raise NotFound()
    same = ImportFile.objects.filter(sha256=found_file.sha256, batch__isnull=False).exclude(pk=file_id)
    before = Batch.objects.filter(pk__in=same.values("batch_id"), done__gt=0).order_by("-made_at")
    return TableRow(
        found_file.id, found_file.kind, found_file.system, found_file.name, found_file.good, found_file.bad,
        [(row, column, said, values) for row, column, said, values in found_file.faults], found_file.made_at,
        found_file.batch_id, ImportChunk.objects.filter(file=found_file).exists(),
        before.values_list("made_at", flat=True).first(),
    )  # fmt: skip
