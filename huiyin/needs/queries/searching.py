"""Search within matters: words of two characters and more by an index, near words, initials of pinyin."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import and_
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, QuerySet, TextField, UUIDField, Value
from django.db.models.functions import Left
from django.db.models.lookups import Contains

from huiyin.needs import rules
from huiyin.needs.models import Need, NeedIndex, Ticket
from huiyin.needs.rules import searching, sorting
from huiyin.needs.rules.searching import Term
from huiyin.org import atlas, scope
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.platform import clock

RECENT_MOST = 2000  # matters in whose words typed letters are looked for
TICKET_LEAST = 6
CHARACTERS_MOST = 300  # of each
TICKETS_MOST = 50
KEYS_MOST, KEYS_MOST_FEW = 1200, 5000  # of what the index finds, read by their keys: usually; in few units


class _Plain(Func):
    """Text as search compares it (migration 0013)."""

    function = "needs_plain"
    output_field = TextField()


def _among(keys: Sequence[UUID]) -> Q:
    """Return `pk__in` with the keys as one array: Django takes its time over thousands of parameters."""
    given = Value(list(keys), output_field=ArrayField(UUIDField()))
    return Q(Func(F("pk"), given, template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()))


def terms(actor: Actor, *, text: str, near: bool = True) -> list[Term]:
    """Return the words of a search with what is looked for beside each: near words, and what letters may stand for.

    Letters are the initials of pinyin (`ld` finds 路灯): of places and units, of the subject tree, of what the newest
    matters within reach say most; words that are known as such come first.
    """
    words = searching.terms(text)
    if not near:
        return [Term(word) for word in words]
    letters = [word for word in words if searching.LETTERS.fullmatch(word)]
    known, said = (list(_names(actor)), list(_lately(actor))) if letters else ([], [])
    return [Term(w, searching.near_words(w), _sounding(w, known, said) if w in letters else ()) for w in words]


def _sounding(letters: str, known: Iterable[str], said: Iterable[str]) -> list[str]:
    from huiyin.engines.text import characters  # its tables are read when somebody types letters

    def sounding(texts: Iterable[str]) -> Iterator[str]:
        return (text[a:b] for text in texts for a, b in characters.begin(letters, text))

    return searching.meant(words=sounding(known), said=sounding(said))


def _lately(actor: Actor) -> Iterator[str]:
    """Yield the beginning of the newest matters within reach, personal data hidden: no name is offered as a word."""
    from huiyin.engines.text.entities import redact  # as above

    recent = scope.within(actor, "need.read", Need.objects.all()).order_by("-received_at", "id")
    begun = recent.annotate(begun=Left("words", CHARACTERS_MOST)).values_list("begun", flat=True)[:RECENT_MOST]
    yield from (redact(words) for words in begun)


def _names(actor: Actor) -> Iterator[str]:
    """Yield what is surely a word: names of units, estates and categories, and the near words."""
    here = atlas.current()
    yield from (unit.name for unit in here.units.values() if unit.ended_on is None)
    street = here.street_of(actor.office[0]) if actor.office else None
    if street:
        yield from (name for name, _community in org.estate_homes(actor, street.id))
    yield from sorting.categories().values()
    yield from searching.vocabulary()


def _stands(text: str) -> Q:
    """The text stands in the words or the place, as search compares them; one character as it is, for speed."""
    if len(text) == 1:
        way = "icontains" if text.isascii() else "contains"
        return Q(**{f"words__{way}": text}) | Q(**{f"place_text__{way}": text})
    return Q(Contains(_Plain(F("words")), text)) | Q(Contains(_Plain(F("place_text")), text))


def _paired(texts: Iterable[str]) -> Q:
    """Return what finds any of the texts in the index by their pairs; nothing for none."""
    found = Q(need_id__in=[])
    for text in texts:
        found |= Q(grams__contains=searching.pairs(text))
    return found


def _said(term: Term) -> Q:
    """Return what decides whether a word of a search stands in a matter: pairs may stand in another order."""
    found = Q()
    for text in term.every:
        found |= Q(index__grams__contains=[text]) if len(text) == 2 else _stands(text)
    return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a search asks. Of the index: what may be meant, and what surely is; of the matters: whether it is said."""

    said: Q
    maybe: Q | None = None
    surely: Q = field(default_factory=lambda: Q(need_id__in=[]))


@dataclass(frozen=True, slots=True)
class Sift:
    """What a search has found in the index: the first keys, all of them when `whole`.

    `sure` ones need no look at the words, of `maybe` ones `said` decides. Without an `index` it decides of all.
    """

    said: Q
    index: "QuerySet[NeedIndex] | None" = None
    sure: Sequence[UUID] = ()
    maybe: Sequence[UUID] = ()
    whole: bool = False

    @property
    def condition(self) -> Q:
        """What narrows the matters. Few are read by their keys; of many, the newest are met soon by walking back."""
        if self.index is None:
            return self.said
        if not self.whole:
            return Q(pk__in=self.index.values("need_id")) & self.said
        sure = _among(self.sure)
        return sure | (_among(self.maybe) & self.said) if self.maybe else sure


def _asked(wanted: Iterable[Term], *, text: str) -> _Asked:
    """Return what a search asks: for a code, a ticket's number, else for each word somewhere.

    Contacts are not looked into: what one looks for here stands in the address (actions.find_by_phone does).
    """
    typed = text.strip()
    if code := rules.plain_code(typed):
        return _Asked(Q(code=code) | Q(pk__in=_with_ticket(typed)))
    if typed.isascii() and len(typed) >= TICKET_LEAST and any(c.isdecimal() for c in typed):
        numbered, sought = _with_ticket(typed), searching.plain(typed)
        surely = Q(need_id__in=numbered)
        return _Asked(_stands(sought) | Q(pk__in=numbered), _paired([sought]) | surely, surely)
    terms = list(wanted)
    said = reduce(and_, map(_said, terms), Q())
    paired = [term for term in terms if all(len(text) > 1 for text in term.every)]
    if not paired:
        return _Asked(said)
    maybe = reduce(and_, (_paired(term.every) for term in paired))
    surely = reduce(and_, (_paired(t for t in term.every if len(t) == 2) for term in paired))
    return _Asked(said, maybe, surely) if len(paired) == len(terms) else _Asked(said, maybe)


def _with_ticket(number: str) -> list[UUID]:
    return list(Ticket.objects.filter(number=number).values_list("need_id", flat=True)[:TICKETS_MOST])


def _marks(few: Sequence[UUID] | None, since: date | None) -> Q:
    """Return what narrows the index before a matter is read; what is reached, and which days, others have said."""
    marks = Q()
    if few:
        marks &= Q(grams__overlap=[searching.mark(unit_id) for unit_id in few])
    if since and since.year >= searching.FIRST_YEAR:
        marks &= Q(grams__overlap=searching.quarters(clock.day_begins(since), clock.now()))
    return marks


def sift(actor: Actor, *, wanted: Iterable[Term], text: str, since: date | None = None) -> Sift:
    """Ask the index what a search finds. `since`: from when on it is looked for, which makes it faster."""
    asked = _asked(wanted, text=text)
    if asked.maybe is None:
        return Sift(asked.said)
    few = scope.few_units(*actor.paths("need.read"))
    most = KEYS_MOST_FEW if few else KEYS_MOST
    index = NeedIndex.objects.filter(asked.maybe, _marks(few, since))
    surely = ExpressionWrapper(asked.surely, output_field=BooleanField())
    found = list(index.annotate(sure=surely).values_list("need_id", "sure")[: most + 1])
    sure = [key for key, is_sure in found[:most] if is_sure]
    maybe = [key for key, is_sure in found[:most] if not is_sure]
    return Sift(asked.said, index, sure, maybe, len(found) <= most)
