"""Search within matters: words of two characters and more by an index, near words, initials of pinyin."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.functions import Left
from django.db.models.lookups import Contains

from huiyin.needs import rules
from huiyin.needs.models import Need, NeedIndex, Ticket
from huiyin.needs.rules import searching, sorting
from huiyin.needs.rules.searching import Term
from huiyin.org import atlas, scope
from huiyin.org import queries as org
from huiyin.org.actors import Actor

RECENT_MOST = 2000  # matters in whose words typed letters are looked for
TICKET_LEAST = 6
CHARACTERS_MOST = 300  # of each
TICKETS_MOST = 50


class _Plain(Func):
    """Text as search compares it (migration 0013)."""

    function = "needs_plain"
    output_field = TextField()


def terms(actor: Actor, *, text: str, near: bool = True) -> list[Term]:
    """Return the words of a search with what is looked for beside each: near words, and what letters may stand for.

    Letters are the initials of pinyin (`ld` finds 路灯): of places and units, of the subject tree, of what the newest
    matters within reach say most; words that are known as such come first.
    """
    words = searching.terms(text)
    if not near:
        return [Term(word) for word in words]
    letters = [word for word in words if searching.LETTERS.fullmatch(word)]
    known, said = (list(_names(actor)), list(_said(actor))) if letters else ([], [])
    return [Term(w, searching.near_words(w), _sounding(w, known, said) if w in letters else ()) for w in words]


def _sounding(letters: str, known: Iterable[str], said: Iterable[str]) -> list[str]:
    from huiyin.engines.text import characters  # its tables are read when somebody types letters

    def sounding(texts: Iterable[str]) -> Iterator[str]:
        return (text[a:b] for text in texts for a, b in characters.begin(letters, text))

    return searching.meant(words=sounding(known), said=sounding(said))


def _said(actor: Actor) -> Iterator[str]:
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


def _one(term: Term) -> Iterator[Q]:
    """Yield what narrows the index, then what decides: the pairs alone may stand in another order."""
    indexed, said = Q(), Q()
    for text in term.every:
        pair = Q(index__grams__contains=searching.pairs(text))
        indexed |= pair
        said |= pair if len(text) == 2 else _stands(text)
    if all(len(text) > 1 for text in term.every):
        yield indexed
    if any(len(text) != 2 for text in term.every):  # a pair is what it is
        yield said


def _conditions(wanted: Iterable[Term], *, text: str) -> Iterator[Q]:
    """Yield the conditions of a search: a code, a ticket's number, else each word somewhere.

    A telephone is not searched for: what one looks for stands in the address, and so in logs.
    """
    typed = text.strip()
    if code := rules.plain_code(typed):
        yield Q(code=code) | Q(pk__in=_with_ticket(typed))
    elif typed.isascii() and len(typed) >= TICKET_LEAST and any(c.isdecimal() for c in typed):
        numbered, sought = _with_ticket(typed), searching.plain(typed)
        holding = Q(grams__contains=searching.pairs(sought)) | Q(need_id__in=numbered)
        yield Q(pk__in=NeedIndex.objects.filter(holding).values("need_id"))
        yield _stands(sought) | Q(pk__in=numbered)
    else:
        for term in wanted:
            yield from _one(term)


def _with_ticket(number: str) -> list[UUID]:
    return list(Ticket.objects.filter(number=number).values_list("need_id", flat=True)[:TICKETS_MOST])


def narrowed(actor: Actor, rows: "QuerySet[Need]", *, wanted: Iterable[Term], text: str) -> "QuerySet[Need]":
    """Return the rows that a search finds, of rows within the actor's reach; for this room's lists."""
    for condition in _conditions(wanted, text=text):
        rows = rows.filter(condition)
    return rows
