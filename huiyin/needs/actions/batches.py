"""The same step for many matters, in the background: each by itself, refused ones named, stopped when asked."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from huiyin.needs import queries, rules
from huiyin.needs.actions.grouping import group
from huiyin.needs.actions.importing import CHUNK_ROWS, FAILED, UNEXPECTED, load_row, log
from huiyin.needs.actions.orders import Lead, NewOrder, make_order
from huiyin.needs.actions.telling import answer
from huiyin.needs.models import Batch, BatchItem, ImportFile, Need
from huiyin.needs.rules import replies
from huiyin.needs.telling import usual_way
from huiyin.org import queries as org
from huiyin.org import scope
from huiyin.org.actors import SYSTEM, Actor
from huiyin.platform import clock, crypto, events, ids
from huiyin.platform.errors import Invalid, Message, NotFound, NotNow, Refusal

MOST = 1000
_NEEDS: Mapping[str, str] = {"answer": "need.answer", "order": "order.make", "theme": "need.sort"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with each matter: told `text`, ordered from `lead`, put into `theme`."""

    kind: str
    text: str = ""
    way: str = ""
    theme: str = ""
    unit_id: str = ""
    worker_id: str = ""
    outside_id: str = ""
    open_to: str = ""
    due_on: str = ""

    @property
    def lead(self) -> Lead:
        """Whom an order goes to."""
        return Lead(*(ids.parsed(text) for text in (self.unit_id, self.worker_id, self.outside_id)))


def _checked(wish: Wish) -> None:
    if wish.kind == "answer":
        if not wish.text.strip():
            raise Invalid.of(text="Please write what the resident is to be told.")
        if wish.way and wish.way not in rules.WAYS:
            raise Invalid.of(way="Please choose how the answer reaches the resident.")
        if unknown := replies.unknown_fields(wish.text):
            raise Invalid.of(text=Message("No such field: %(names)s", {"names": "、".join(unknown)}))
    elif wish.kind == "order" and not (wish.lead or wish.open_to):
        raise Invalid.of(lead="Please choose who leads it.")
    elif wish.kind == "theme" and not wish.theme.strip():
        raise Invalid.of(theme="Please name the theme.")


@transaction.atomic
def start_batch(actor: Actor, *, label: str, wish: Wish, need_ids: Sequence[UUID]) -> UUID:
    """Begin the same step for up to a thousand matters within reach and return the batch's key. Raises NotFound, Invalid."""
    needed = _NEEDS.get(wish.kind)
    if needed is None or not actor.can(needed):
        raise NotFound()
    _checked(wish)
    wanted = list(dict.fromkeys(need_ids))
    if not wanted:
        raise Invalid.of(needs="Please choose at least one matter.")
    if len(wanted) > MOST:
        raise Invalid.of(needs=Message("At most %(most)s matters at once. Please narrow the list.", {"most": MOST}))
    mine = set(scope.within(actor, "need.read", Need.objects.filter(pk__in=wanted)).values_list("pk", flat=True))
    if mine != set(wanted):
        raise NotFound()
    batch = Batch.objects.create(
        user_id=actor.person_id, kind=wish.kind, label=label[:120], wish_cipher=crypto.encrypt(json.dumps(asdict(wish))),
        total=len(wanted), made_at=clock.now(),
    )  # fmt: skip
    BatchItem.objects.bulk_create(BatchItem(batch=batch, position=i, need_id=pk) for i, pk in enumerate(wanted))
    events.defer("needs.run_batch", batch_id=batch.id)
    return batch.id


def _answer(actor: Actor, need_id: UUID, wish: Wish) -> None:
    row = queries.need(actor, need_id)
    text = replies.filled(wish.text, row.reply_facts)
    if left := replies.unfilled(text):
        raise Invalid.of(text=Message("Nothing is known for the field: %(names)s", {"names": "、".join(left)}))
    answer(actor, need_id, text=text, way=wish.way or usual_way(Need.objects.get(pk=need_id)))


def _order(actor: Actor, need_id: UUID, wish: Wish) -> None:
    row = queries.need(actor, need_id)
    due_on = date.fromisoformat(wish.due_on) if wish.due_on else None
    new = NewOrder(what=wish.text.strip() or row.words, lead=wish.lead, open_to=wish.open_to, due_on=due_on)
    make_order(actor, [need_id], new=new)


_STEPS: Mapping[str, Callable[[Actor, UUID, Wish], object]] = {
    "answer": _answer,
    "order": _order,
    "theme": lambda actor, need_id, wish: group(actor, need_id, theme=wish.theme),
}


def _take(actor: Actor, item: BatchItem, wish: Wish) -> None:
    if item.need_id is None:
        raise NotFound()
    _STEPS[wish.kind](actor, item.need_id, wish)


def _said(refusal: Refusal) -> str:
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    return " ".join(m.said(_) for m in fields.values()) or f"{refusal.said(_)} {refusal.hinted(_)}".strip()


@transaction.atomic
def _next(batch_id: UUID, actor: Actor, wish: Wish) -> bool:
    """Take the step for the next matter that waits; False when none does, or somebody stopped it."""
    batch = Batch.objects.get(pk=batch_id)
    waiting = BatchItem.objects.filter(batch_id=batch_id, state="waiting").order_by("position")
    item = None if batch.stopped else waiting.select_for_update(skip_locked=True).first()
    if item is None:
        return False
    try:
        with transaction.atomic():
            _take(actor, item, wish)
        item.state = "done"
    except (NotNow, NotFound, Invalid) as refusal:
        item.state, item.said = "refused", _said(refusal)
    except UNEXPECTED:
        log.exception("an item of a batch failed", extra={"batch": str(batch_id), "position": item.position})
        item.state, item.said = "refused", _(FAILED)
    item.save(update_fields=["state", "said"])
    counted = {"done": F("done") + 1} if item.state == "done" else {"refused": F("refused") + 1}
    Batch.objects.filter(pk=batch_id).update(**counted)
    return True


def run_batch(actor: Actor, *, batch_id: UUID) -> None:
    """Do what a batch asks for, matter by matter, as the person who asked, with the grants they have now.

    For the system's jobs; run again it goes on where it stopped. A step and its mark are one transaction.
    """
    batch = Batch.objects.filter(pk=batch_id, kind__in=list(_STEPS), ended_at__isnull=True).first()
    if batch is None or actor is not SYSTEM:
        return
    wish = Wish(**json.loads(crypto.decrypt(batch.wish_cipher)))
    with override("zh-hans"):  # the person is asked for anew each time: a post may end while it runs
        while _next(batch_id, org.actor_of(SYSTEM, batch.user_id), wish):
            pass
    Batch.objects.filter(pk=batch_id).update(ended_at=clock.now(), wish_cipher="")


def _rows_left(file: ImportFile, after: int) -> Iterator[dict[str, str]]:
    """Yield the rows of a table that come after so many; one chunk is in memory at a time."""
    for chunk in file.chunks.filter(first__gt=after - CHUNK_ROWS).order_by("first").iterator(chunk_size=1):
        rows: list[dict[str, str]] = json.loads(crypto.decrypt(chunk.rows_cipher))
        yield from rows[max(0, after - chunk.first) :]


def run_import(actor: Actor, *, batch_id: UUID) -> None:
    """Load the rows of a table one by one, as the person who asked; run again it goes on where it stopped."""
    file = ImportFile.objects.filter(batch_id=batch_id, batch__ended_at__isnull=True).select_related("batch").first()
    if file is None or file.batch is None or actor is not SYSTEM:
        return
    with override("zh-hans"):
        first = file.batch.done + file.batch.refused
        for nth, row in enumerate(_rows_left(file, first), first):
            if not load_row(org.actor_of(SYSTEM, file.batch.user_id), file, row, nth=nth, said=_said):
                break
    Batch.objects.filter(pk=batch_id).update(ended_at=clock.now())
    file.chunks.all().delete()


@transaction.atomic
def stop_batch(actor: Actor, batch_id: UUID) -> None:
    """Stop one's own batch that runs; what was done stays done. Raises NotFound."""
    if not Batch.objects.filter(pk=batch_id, user_id=actor.person_id, ended_at=None).update(stopped=True):
        raise NotFound()
