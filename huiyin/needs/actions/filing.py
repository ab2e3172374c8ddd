"""What staff confirmed teaches each street's category model at night; above its threshold the model files by itself."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.needs import rules
from huiyin.needs.at_work import SHIPPED, model_of, unpacked
from huiyin.needs.models import CategoryModel, Filing, Move, Need
from huiyin.needs.rules import learning as learning_rules
from huiyin.needs.rules import sorting
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor, Kind
from huiyin.org.atlas import UnitRow
from huiyin.platform import audit, chores, clock
from huiyin.platform.errors import Invalid, NotFound, NotNow

if TYPE_CHECKING:
    from huiyin.engines.text.learning import Learned, Lesson
    from huiyin.engines.text.machines import Labelled

SWEPT_AGAIN = timedelta(minutes=5)  # a registration that took long to commit is not missed
FILED_MOST = 2000  # in one sweep


def _of_street(street: UnitRow) -> "QuerySet[Need]":
    """Return the matters of a street that the model may read: never complaints about staff, never what was erased."""
    rows = Need.objects.filter(unit__path__startswith=street.path, erased_at=None)
    return rows.exclude(kind=sorting.COMPLAINT_STAFF)


def _labelled(rows: "QuerySet[Need]") -> "list[Labelled]":
    from huiyin.engines.text.machines import Labelled  # loads NumPy: only the job that learns pays for it

    confirmed = rows.filter(filed_alone=False).exclude(category="").order_by("-received_at")
    picked = confirmed.values_list("category", "words")[: learning_rules.MATTERS_MOST]
    return [Labelled(sorting.first_level(category), "", words) for category, words in picked]


def _record(street: UnitRow, reason: str, lesson: "Lesson | None" = None, *, data: bytes | None = None) -> None:
    """Keep what came of a lesson: the model at work goes before it, or only a line that says why none was kept."""
    figures: dict[str, Any] = {}
    if lesson:
        pairs = (("old", lesson.old), ("new", lesson.new))
        figures = {name: asdict(scores) for name, scores in pairs if scores is not None}
    if data is not None:
        _make_way(street)
    CategoryModel.objects.create(
        unit_id=street.id, state="record" if data is None else "current", data=data, reason=reason,
        confirmed=lesson.confirmed if lesson else 0, held_out=lesson.held_out if lesson else 0, figures=figures,
        made_at=clock.now(),
    )  # fmt: skip


def _make_way(street: UnitRow) -> None:
    """Let the model at work be the one before; when there is none yet, the shipped one, so that it can be put back."""
    rows = CategoryModel.objects.filter(unit_id=street.id)
    rows.filter(state="previous").update(state="record", data=None)
    if not rows.filter(state="current").update(state="previous"):
        rows.create(
            unit_id=street.id, state="previous", data=SHIPPED, reason="shipped", confirmed=0, held_out=0,
            made_at=clock.now(),
        )  # fmt: skip


def _kept(street: UnitRow) -> dict[str, CategoryModel]:
    """Return the model at work and the one before, locked: two who change them do so one after the other."""
    rows = CategoryModel.objects.select_for_update().filter(unit_id=street.id).exclude(state="record").order_by("id")
    return {m.state: m for m in rows}


def _swap(rows: dict[str, CategoryModel]) -> None:
    """Let the model before work again; the present one becomes the one before."""
    current, previous = rows["current"], rows["previous"]
    fields = ("reason", "confirmed", "held_out", "figures", "made_at")
    before = {name: getattr(current, name) for name in fields}
    for name in fields:
        setattr(current, name, getattr(previous, name))
        setattr(previous, name, before[name])
    current.data, previous.data = bytes(previous.data or SHIPPED), bytes(current.data or SHIPPED)
    current.save()
    previous.save()


@transaction.atomic
def _fallen_behind(street: UnitRow) -> bool:
    """Put the model before back when it does better on what was confirmed since the present one went to work, or was put back."""
    from huiyin.engines.text import learning, suggesting  # as above

    rows = _kept(street)
    if len(rows) < 2:
        return False
    steps_back = CategoryModel.objects.filter(unit_id=street.id, reason__in=learning_rules.STEPS_BACK)
    since = max([rows["current"].made_at, *steps_back.values_list("made_at", flat=True)])
    sorted_since = Exists(Move.objects.filter(need_id=OuterRef("pk"), verb="sort", at__gt=since))
    fresh = _labelled(_of_street(street).filter(Q(registered_at__gt=since) | sorted_since))
    if len(fresh) < learning_rules.ENOUGH_NEW:
        return False
    before, now = (unpacked(bytes(rows[state].data or SHIPPED)) for state in ("previous", "current"))
    lesson = learning.compared(before or suggesting.shipped(), now or suggesting.shipped(), fresh, confirmed=0)
    if lesson.is_new:
        return False
    _swap(rows)
    _record(street, "fell_behind", lesson)
    return True


def _present(street: UnitRow) -> "Learned":
    from huiyin.engines.text import suggesting  # as above

    return model_of(street.id) or suggesting.shipped()


def _learn(street: UnitRow) -> None:
    """Train on what a street's staff confirmed; the better of the new model and the one at work stays."""
    from huiyin.engines.text import codec, learning, suggesting  # as above
    from huiyin.engines.text.machines import fold_of

    rows = _labelled(_of_street(street))
    held_out = [row for row in rows if fold_of(row.text) == 0]
    confirmed = [row for row in rows if fold_of(row.text) != 0]
    if len(rows) < learning_rules.MATTERS_MOST and not _more_to_learn(street, len(rows)):
        return
    at_work = _at_work(street)
    lesson = learning.learn(_present(street), confirmed, held_out, back_off=suggesting.shipped())
    enough = len(confirmed) >= learning_rules.LEAST_CONFIRMED
    data = codec.packed(lesson.kept) if enough and lesson.is_new and lesson.kept else None
    with transaction.atomic():
        _kept(street)
        if _at_work(street) != at_work:
            return  # another went to work meanwhile: this one was not compared with it
        _record(street, str(lesson.reason) if enough else "too_few", lesson, data=data)
        _forget_old_records(street)


def _at_work(street: UnitRow) -> tuple[UUID, datetime] | None:
    return CategoryModel.objects.filter(unit_id=street.id, state="current").values_list("pk", "made_at").first()


def _more_to_learn(street: UnitRow, matters: int) -> bool:
    """Return whether enough was confirmed since the last lesson: one matter, or twenty once a model was put back."""
    lessons = CategoryModel.objects.filter(unit_id=street.id).order_by("-made_at")
    newest, last = lessons.first(), lessons.exclude(reason__in=learning_rules.NO_LESSONS).first()
    wanted = learning_rules.ENOUGH_NEW if newest and newest.reason in learning_rules.NO_LESSONS else 1
    return matters > 0 and (last is None or abs(matters - last.confirmed - last.held_out) >= wanted)


def _forget_old_records(street: UnitRow) -> None:
    records = CategoryModel.objects.filter(unit_id=street.id, state="record").order_by("-made_at")
    records.exclude(pk__in=records.values("pk")[:100]).delete()


def learn_categories(actor: Actor) -> None:
    """Let each street's model learn from what its staff confirmed. For the system's jobs, at night."""
    if actor.kind is not Kind.SYSTEM:
        raise NotFound()
    chores.each(atlas.current().streets(), lambda street: None if _fallen_behind(street) else _learn(street))


@transaction.atomic
def ask_learning(actor: Actor) -> None:
    """Let the worker learn now, not only at night. Raises NotFound."""
    if not actor.can("filing.edit"):
        raise NotFound()
    chores.ask_once("needs.learn_categories")


def _reached(actor: Actor, unit_id: UUID) -> UnitRow:
    """Return a street over which the actor decides what the model may do. Raises NotFound."""
    unit = atlas.current().get(unit_id)
    if unit is None or unit.kind != "street" or not any(unit.path.startswith(p) for p in actor.paths("filing.edit")):
        raise NotFound()
    return unit


@transaction.atomic
def put_model_back(actor: Actor, unit_id: UUID, *, seen_at: str = "") -> None:
    """Let the model before the present one work again. Raises NotFound, also when there is none, NotNow.

    `seen_at`: when the model that was shown at work had been made; pressed twice it is put back once.
    """
    street = _reached(actor, unit_id)
    rows = _kept(street)
    if len(rows) < 2:
        raise NotFound()
    if seen_at and seen_at != rows["current"].made_at.isoformat():
        raise NotNow("Another model has gone to work meanwhile.", hint="Please look at the page again.")
    _swap(rows)
    _record(street, "put_back")
    audit.record(actor, "filing.put_back", f"unit:{street.id}")


@transaction.atomic
def set_filing(actor: Actor, unit_id: UUID, *, percent: int | None) -> None:
    """Say from how likely on the model files by itself in a street; None: never. Raises NotFound, Invalid."""
    street = _reached(actor, unit_id)
    least, most = learning_rules.LEAST_PERCENT, learning_rules.MOST_PERCENT
    if percent is not None and not least <= percent <= most:
        raise Invalid.of(
            percent="Please choose between 50 and 99 per cent, or leave it empty: then a person files each."
        )
    if percent is None:
        Filing.objects.filter(unit_id=street.id).delete()
    else:
        now = clock.now()
        Filing.objects.update_or_create(
            unit_id=street.id, defaults={"percent": percent, "changed_at": now},
            create_defaults={"percent": percent, "changed_at": now, "swept_at": now},
        )  # fmt: skip
    audit.record(actor, "filing.set", f"unit:{street.id}", percent=percent)


def file_new(actor: Actor) -> int:
    """File what came in lately without a category, where a street allows it; returns how many. For the system's jobs."""
    if actor.kind is not Kind.SYSTEM:
        raise NotFound()
    return sum(chores.each(Filing.objects.all(), lambda filing: _sweep(actor, filing)))


def _sweep(actor: Actor, filing: Filing) -> int:
    street, begun = atlas.current().units[filing.unit_id], clock.now()
    rows = _of_street(street).filter(category="", state__in=rules.UNANSWERED_STATES)
    rows = rows.filter(registered_at__gt=filing.swept_at - SWEPT_AGAIN).order_by("registered_at", "pk")
    fresh = list(rows.values_list("pk", "words", "registered_at")[:FILED_MOST])
    sure = _sure_of(street, [(key, words) for key, words, _at in fresh], percent=filing.percent)
    filed = sum(_file(actor, need_id, category) for need_id, category in sure)
    # What it is unsure of waits for a person: the next sweep goes on after it.
    swept = begun if len(fresh) < FILED_MOST else fresh[-1][2] + SWEPT_AGAIN
    Filing.objects.filter(pk=filing.pk).update(swept_at=min(begun, swept))
    return filed


def _sure_of(street: UnitRow, fresh: Sequence[tuple[UUID, str]], *, percent: int) -> list[tuple[UUID, str]]:
    """Return the matters of which the model is sure enough, with their category."""
    from huiyin.engines.text import suggesting  # as above

    found: list[tuple[UUID, str]] = []
    model = _present(street) if fresh else None
    for need_id, words in fresh:
        answer = suggesting.suggest("", words, model=model, top=1)
        for best in answer.suggestions:
            sure = learning_rules.may_file(percent=percent, likely=best.probability, known=answer.known)
            if sure and best.category in sorting.categories():
                found.append((need_id, best.category))
    return found


@transaction.atomic
def _file(actor: Actor, need_id: UUID, category: str) -> bool:
    """Give a matter its category, marked as filed by the model. What a person chose meanwhile stands.

    `changed_at` stays: who has the matter open is not held up by it.
    """
    need = scope.lock(actor, "need.sort", Need.objects.all(), need_id)
    if need.category or need.state not in rules.UNANSWERED_STATES:
        return False
    need.category, need.filed_alone = category, True
    need.save(update_fields=["category", "filed_alone"])
    Move.objects.create(
        need=need, at=clock.now(), verb="file", from_state=need.state, to_state=need.state, from_unit_id=need.unit_id,
        unit_id=need.unit_id, by_kind=actor.kind_name, note=category,
    )  # fmt: skip
    return True
