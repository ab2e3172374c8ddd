"""A table of matters or tickets is read, looked at, and loaded when told: row by row, each once, refused ones named."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, InternalError, ProgrammingError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huiyin.needs import rules
from huiyin.needs.actions.intake import NewNeed, NewTicket, faults_of, register
from huiyin.needs.models import Batch, BatchItem, ImportChunk, ImportFile, Need
from huiyin.needs.rules import registers, sorting
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.platform import audit, clock, crypto, events, logs, sheets
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow, Refusal
from huiyin.platform.sheets import Broken, Cell, Row

log = logs.logger("huiyin.needs")
# One item that nobody foresaw is named and left out; a database that is gone (OperationalError) lets the job run again.
UNEXPECTED = (DataError, IntegrityError, InternalError, ProgrammingError, LookupError, TypeError, ValueError)
FAILED = "Something went wrong on our side."  # i18n
CHUNK_ROWS = 500
FAULTS_MOST = 500
KEPT_HOURS = 24
_NO_COMMUNITY = "There is no such village or community within your reach."  # i18n
_NO_CATEGORY = "This category is not in the tree."  # i18n
_NO_CHANNEL = "This way of receiving is not known. Write 电话, 窗口, 走访, 微信群 or 会议."  # i18n
_EMPTY_CELL = "Something has to stand here."  # i18n
_TOO_LONG = "This is too long."  # i18n
_BROKEN_CELL = "The formula in this cell has no result. Open the file in Excel, put it right and save it again."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: the row as Excel counts it, the column's name, a message id and its values."""

    row: int
    column: str
    said: str
    values: Mapping[str, Any]


class _Faulty(Exception):  # noqa: N818  # an outcome of reading a cell, not an error of ours
    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


def _text(cell: Cell, most: int) -> str:
    text = sheets.text_of(cell)
    if len(text) > most:
        raise _Faulty(_TOO_LONG)
    return text


class _Reader:
    """Turns the rows of one table into matters, and what is wrong with them into faults."""

    def __init__(self, actor: Actor, kind: str, system: str) -> None:
        self.actor, self.kind, self.system = actor, kind, system
        self._communities = _communities(actor)
        self._alone = next(iter(self._communities.values())) if len(set(self._communities.values())) == 1 else ""
        self._seen: Counter[str] = Counter()
        office = actor.office
        self._office = str(office[0]) if office else ""

    def _moment(self, cell: Cell) -> str:
        return sheets.moment_of(cell).isoformat() if cell is not None else ""

    def _community(self, cell: Cell) -> str:
        name = "".join(sheets.text_of(cell).split())
        if not name:
            return self._alone
        if name not in self._communities:
            raise _Faulty(_NO_COMMUNITY)
        return self._communities[name]

    def _category(self, cell: Cell) -> str:
        path = sorting.category_named(sheets.text_of(cell))
        if path is None:
            raise _Faulty(_NO_CATEGORY)
        return path

    def _channel(self, cell: Cell) -> str:
        text = sheets.text_of(cell)
        found = registers.channel_said(text)
        if text and not found:
            raise _Faulty(_NO_CHANNEL)
        return "phone" if found in {"", "web"} else found  # what a resident sent by the web is here already

    def _deadline(self, cell: Cell) -> str:
        """Return the deadline; a day alone lasts until its evening."""
        moment = sheets.moment_of(cell)
        whole = moment.hour == moment.minute == moment.second == 0
        return (moment + timedelta(hours=23, minutes=59) if whole else moment).isoformat()

    def _value(self, field: str, cell: Cell) -> str:
        parsers: Mapping[str, Callable[[Cell], str]] = {
            "received_at": self._moment, "community": self._community, "category": self._category,
            "channel": self._channel, "deadline": self._deadline,
        }  # fmt: skip
        mosts = {"words": rules.WORDS_MOST, "place": 120, "name": 60, "phone": 30, "number": registers.NUMBER_MOST}
        return parsers[field](cell) if field in parsers else _text(cell, mosts[field])

    def read(self, row: Row, columns: Mapping[str, int]) -> tuple[dict[str, str], list[Fault]]:
        """Return a row's values by field, with its faults."""
        values: dict[str, str] = {"row": str(row.number)}
        faults: list[Fault] = []
        for field in registers.FIELDS[self.kind]:
            cell = row.cells[columns[field]] if field in columns else None
            try:
                if isinstance(cell, Broken):
                    raise _Faulty(_BROKEN_CELL)  # noqa: TRY301  # one place tells of a faulty cell
                blank = cell is None or not str(cell).strip()
                if blank and field in registers.NEEDED[self.kind]:
                    raise _Faulty(_EMPTY_CELL)  # noqa: TRY301  # as above
                values[field] = "" if blank and field not in {"community", "channel"} else self._value(field, cell)
            except (_Faulty, ValueError) as fault:
                faults.append(Fault(row.number, registers.LABELS[field], str(fault), {}))
        return values, faults or self._refused(row.number, values)

    def _refused(self, number: int, values: dict[str, str]) -> list[Fault]:
        """Return what registering this row would refuse; and give the row its source, so that it is loaded once."""
        if self.kind == "tickets":
            source = registers.ticket_source(self.system, values["number"])
            nth = self._seen[source]
            if nth:
                return [Fault(number, registers.LABELS["number"], "This number stands in an earlier row too.", {})]
        else:
            first = registers.row_source(values, office=self._office, nth=0)
            nth = self._seen[first]
            source = registers.row_source(values, office=self._office, nth=nth)
        self._seen[source if self.kind == "tickets" else first] += 1
        values["source"] = source
        if not values["community"]:
            return [Fault(number, registers.LABELS["community"], _EMPTY_CELL, {})]
        wrong = faults_of(self.actor, _new_need(values, kind=self.kind, system=self.system))
        label = {
            "words": "words",
            "phone": "phone",
            "received_at": "received_at",
            "place_text": "place",
            "name": "name",
        }
        found = []
        for name, said in wrong.items():
            message = said if isinstance(said, Message) else Message(said)
            column = registers.LABELS[label.get(name, "words")]
            found.append(Fault(number, column, message.text, dict(message.params)))
        return found


def _communities(actor: Actor) -> dict[str, str]:
    """Return the villages and communities in which the actor registers, by their names and short names."""
    here, paths = atlas.current(), actor.paths("need.import")
    mine = [
        u for u in here.units.values()
        if u.kind in {"village", "community"} and u.ended_on is None
        and any(u.path.startswith(p) or p.startswith(u.path) for p in paths)
    ]  # fmt: skip
    found = {"".join(u.name.split()): str(u.id) for u in mine}
    short: Counter[str] = Counter()
    for name in list(found):
        short[name.removesuffix("社区").removesuffix("村")] += 1
    for name, unit_id in list(found.items()):
        plain = name.removesuffix("社区").removesuffix("村")
        if short[plain] == 1:
            found.setdefault(plain, unit_id)
    return found


def _new_need(row: Mapping[str, str], *, kind: str, system: str) -> NewNeed:
    """Return the matter that a row becomes."""
    ticket = None
    if kind == "tickets":
        ticket = NewTicket(system, row["number"], datetime.fromisoformat(row["deadline"]))
    received = row.get("received_at", "")
    return NewNeed(
        words=row["words"], channel=registers.SUPERIOR if ticket else row["channel"], source=row["source"],
        community_id=UUID(row["community"]), place_text=row.get("place", ""), name=row.get("name", ""),
        phone=row.get("phone", ""), category=row.get("category", ""), ticket=ticket, quiet=True,
        received_at=datetime.fromisoformat(received) if received else None,
    )  # fmt: skip


def _asked(kind: str, system: str) -> str:
    if kind not in registers.KINDS:
        raise Invalid.of(kind="Please choose what the table holds.")
    plain = " ".join(system.split())
    if kind == "tickets" and not plain:
        raise Invalid.of(system="Please name the system that the tickets come from, as in 12345.")
    if len(plain) > registers.SYSTEM_MOST:
        raise Invalid.of(system=Message("At most %(most)s characters fit here.", {"most": registers.SYSTEM_MOST}))
    return plain if kind == "tickets" else ""


def _headed(upload: Any, kind: str) -> sheets.Headed:
    headed = sheets.read(upload).find_header({field: registers.COLUMNS[field] for field in registers.FIELDS[kind]})
    missing = [registers.LABELS[f] for f in registers.NEEDED[kind] if f in headed.missing]
    if missing:
        has = "、".join(text for text in headed.sheet.header if text)[:200]
        said = Message(
            "The table lacks the column %(missing)s. Its first line has: %(has)s. Rename the columns, or use our form.",
            {"missing": "、".join(missing), "has": has or "–"},
        )
        raise Invalid.of(file=said)
    return headed


def _keep_rows(file: ImportFile, reader: _Reader, headed: sheets.Headed) -> Iterator[Fault]:
    """Keep the good rows encrypted, a chunk in memory at a time, and count both; yield what is wrong with the others."""
    chunk: list[dict[str, str]] = []

    def keep() -> None:
        cipher = crypto.encrypt(json.dumps(chunk, ensure_ascii=False))
        ImportChunk.objects.create(file=file, first=file.good, rows_cipher=cipher)
        file.good += len(chunk)
        chunk.clear()

    for row in headed.sheet.rows:
        values, wrong = reader.read(row, headed.columns)
        if wrong:
            file.bad += 1
            yield from wrong
            continue
        chunk.append(values)
        if len(chunk) == CHUNK_ROWS:
            keep()
    if chunk:
        keep()


@transaction.atomic
def read_table(actor: Actor, *, upload: Any, kind: str, system: str = "", name: str = "") -> UUID:
    """Read a table, keep what is good of it for a day and what is wrong with the rest; nothing is loaded yet.

    Returns the key under which it is looked at. Raises NotFound, Invalid.
    """
    if not actor.can("need.import"):
        raise NotFound()
    plain = _asked(kind, system)
    headed = _headed(upload, kind)
    upload.seek(0)
    made = ImportFile.objects.create(
        user_id=actor.person_id, kind=kind, system=plain, name=name[-120:], made_at=clock.now(), good=0, bad=0,
        sha256=hashlib.file_digest(upload, "sha256").hexdigest(),
    )  # fmt: skip
    shown: list[Fault] = []
    for fault in _keep_rows(made, _Reader(actor, kind, plain), headed):
        if len(shown) < FAULTS_MOST:
            shown.append(fault)
    if not made.good and not made.bad:
        raise Invalid.of(file="The table has a header and no rows below it.")
    made.faults = [[f.row, f.column, f.said, dict(f.values)] for f in shown]
    made.save(update_fields=["good", "bad", "faults"])
    return made.id


@transaction.atomic
def load_table(actor: Actor, file_id: UUID) -> UUID:
    """Load the good rows of a table in the background and return the batch's key. Raises NotFound, NotNow."""
    found = ImportFile.objects.select_for_update().filter(pk=file_id, user_id=actor.person_id).first()
    if found is None or not actor.can("need.import"):
        raise NotFound()
    if found.batch_id is not None:
        return found.batch_id
    if not found.good:
        raise NotNow("This table has no row that could be loaded.", hint="Put the rows right and send the table again.")
    if not found.chunks.exists():
        raise NotNow("This table was read too long ago.", hint="Please send it again.")
    found.batch = Batch.objects.create(
        user_id=actor.person_id, kind="import", label=found.name[:120], total=found.good, made_at=clock.now()
    )
    found.save(update_fields=["batch"])
    audit.record(actor, "need.import", f"batch:{found.batch_id}", file=found.name, rows=found.good)
    events.defer("needs.run_import", batch_id=found.batch_id)
    return found.batch.id


def _load(actor: Actor, file: ImportFile, row: Mapping[str, str]) -> None:
    unit = atlas.current().get(UUID(row["community"]))
    if unit is None or not any(unit.path.startswith(p) or p.startswith(unit.path) for p in actor.paths("need.import")):
        raise NotFound()  # the person's post has changed since the table was read
    known = Need.objects.filter(source=row["source"]).values_list("code", flat=True).first()
    if known:
        raise Invalid.of(words=Message("Loaded already: %(code)s", {"code": rules.spoken_code(known)}))
    new = _new_need(row, kind=file.kind, system=file.system)
    place = org.building_named(actor, UUID(row["community"]), typed=row["place"]) if row.get("place") else None
    if place:
        rest = rules.rest_of_place(row["place"], place.text)
        new = replace(new, building_id=place.building_id, place_text=rest)
    register(actor, new=new)


@transaction.atomic
def load_row(
    actor: Actor, file: ImportFile, row: Mapping[str, str], *, nth: int, said: Callable[[Refusal], str]
) -> bool:
    """Load the n-th good row and count it, in one transaction; False when the batch has stopped or ended.

    A row that another worker has tried already, as the job is given out again, is passed over.
    """
    batch = Batch.objects.select_for_update().get(imported=file)
    if batch.stopped or batch.ended_at is not None:
        return False
    if nth < batch.done + batch.refused:
        return True
    try:
        with transaction.atomic():
            _load(actor, file, row)
        Batch.objects.filter(pk=batch.pk).update(done=F("done") + 1)
    except (NotFound, NotNow, Invalid) as refusal:
        _refuse(batch, row, said(refusal))
    except UNEXPECTED:
        log.exception("a row of a table failed", extra={"batch": str(batch.pk), "row": row["row"]})
        _refuse(batch, row, _(FAILED))
    return True


def _refuse(batch: Batch, row: Mapping[str, str], said: str) -> None:
    BatchItem.objects.create(batch=batch, position=int(row["row"]), state="refused", said=said)
    Batch.objects.filter(pk=batch.pk).update(refused=F("refused") + 1)


def forget_tables(actor: Actor) -> int:
    """Throw away the rows of tables that nobody loaded within a day; returns how many pieces. For the system's jobs."""
    before = clock.now() - timedelta(hours=KEPT_HOURS)
    loading = Batch.objects.filter(ended_at__isnull=True).values("pk")
    old = ImportChunk.objects.filter(file__made_at__lt=before).exclude(file__batch_id__in=loading)
    return old.delete()[0]
