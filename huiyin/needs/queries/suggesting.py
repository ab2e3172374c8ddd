"""What the text engine suggests for a matter: its category, whether it repeats another, hints on a reply. Nothing is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.models import Answer, Need
from huiyin.needs.queries.learning import model_for
from huiyin.needs.queries.rows import NeedRow
from huiyin.needs.rules import likeness, searching, sorting
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

if TYPE_CHECKING:
    from huiyin.engines.text import meeting

LEAST_PERCENT = 5
ALIKE_DAYS, ALIKE_MOST, RECENT_MOST = 60, 5, 1000
LEAST_LIKELY = 0.5
WORDS_SHOWN = 3
SOLVED_DAYS, SOLVED_MOST, LEAST_LIKE = 730, 3, 0.12


@dataclass(frozen=True, slots=True)
class Suggested:
    """A category with how likely it is and the words that spoke for it."""

    category: str
    percent: int
    words: Sequence[str]
    known: bool  # whether the text is of a kind the model has seen at all


@dataclass(frozen=True, slots=True)
class Solved:
    """A matter alike that was solved, and what its resident was told."""

    id: UUID
    code: str
    words: str
    answer: str
    unit_name: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Alike:
    """An open matter that says nearly the same, and what differs."""

    id: UUID
    code: str
    words: str
    percent: int
    same_place: bool
    days_apart: int


def categories_for(actor: Actor, *, words: str) -> list[Suggested]:
    """Return up to three categories for a resident's words, the likeliest first; none for who registers nothing.

    The street's own model, or the one of the package, which knows 7 of the 15 first classes (docs/model-card.md): a
    suggestion, never a rule.
    """
    if not (actor.can("need.register") or actor.can("need.sort")):
        raise NotFound()
    if len(words.strip()) < 2:
        return []
    from huiyin.engines.text import suggesting  # loads NumPy and the model: who asks for nothing pays nothing

    answer = suggesting.suggest("", words[: rules.WORDS_MOST], model=model_for(actor))
    found = [s for s in answer.suggestions if s.category in sorting.categories()]
    shown = [Suggested(s.category, round(100 * s.probability), s.words[:WORDS_SHOWN], answer.known) for s in found]
    return [s for s in shown if s.percent >= LEAST_PERCENT]


def alike(actor: Actor, row: NeedRow) -> list[Alike]:
    """Return the waiting matters within reach that say nearly the same as this one, the likeliest first.

    Words, place and time weigh in (engines.text.meeting); only what came in within sixty days of it is compared.
    """
    from huiyin.engines.text import meeting  # as above

    days = timedelta(days=ALIKE_DAYS)
    waiting = Need.objects.filter(
        state__in=rules.UNANSWERED_STATES, duplicate_of__isnull=True,
        received_at__range=(row.received_at - days, row.received_at + days),
    )  # fmt: skip
    rows = scope.within(actor, "need.sort", waiting).exclude(pk=row.id).exclude(kind=sorting.COMPLAINT_STAFF)
    recent = list(rows.only("id", "code", "words", "place_text", "received_at").order_by("-received_at")[:RECENT_MOST])
    by_key = {str(n.id): n for n in recent}
    matters = [meeting.Matter(key, "", n.words, n.received_at, n.place_text) for key, n in by_key.items()]
    new = meeting.Matter(str(row.id), "", row.words, row.received_at, row.place_text)
    found = meeting.near(new, matters, least=LEAST_LIKELY, most=ALIKE_MOST)
    return [_alike(by_key[str(c.key)], c, received_at=row.received_at) for c in found]


def _alike(need: Need, found: "meeting.Candidate", *, received_at: datetime) -> Alike:
    days = round(abs((need.received_at - received_at) / timedelta(days=1)))
    return Alike(need.id, need.code, need.words, round(100 * found.likelihood), bool(found.same_place), days)


def solved_like(actor: Actor, row: NeedRow) -> list[Solved]:
    """Return up to three solved matters within reach whose words are nearest, and what their residents were told.

    Compared are the newest solved ones of two years, of the same first class where the matter has one.
    """
    since = row.received_at - timedelta(days=SOLVED_DAYS)
    solved = Need.objects.filter(outcome="solved", received_at__gte=since, erased_at=None).exclude(pk=row.id)
    if first := sorting.first_level(row.category):
        solved = solved.filter(Q(category=first) | Q(category__startswith=f"{first}/"))
    rows = scope.within(actor, "need.read", solved.exclude(kind=sorting.COMPLAINT_STAFF)).order_by("-received_at")
    grams = dict(rows.values_list("pk", "index__grams")[:RECENT_MOST])
    own = searching.pairs(searching.plain(row.words))
    best = likeness.nearest(own, grams, least=LEAST_LIKE, most=SOLVED_MOST)
    told = Answer.objects.filter(need_id__in=[key for key, _ in best], kind="result", void_at=None).order_by("round")
    texts = {a.need_id: a.text for a in told.only("need_id", "text")}
    needs = {n.id: n for n in rows.filter(pk__in=list(texts))}
    kept = [needs[key] for key, _share in best if key in needs]
    return [Solved(n.id, n.code, n.words, texts[n.id], atlas.current().title(n.unit_id), n.received_at) for n in kept]


def reply_hints(actor: Actor, row: NeedRow, *, text: str) -> list[str]:
    """Return the codes of what a reply lacks (rules.replies.HINTS), for a matter the actor has read; a hint, no block."""
    from huiyin.engines.text import reply  # as above

    return list(reply.check(row.words, text).hints) if text.strip() else []
