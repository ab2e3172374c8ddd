"""Search within matters: words of two characters and more by an index, near words, initials of pinyin."""

from collections.abc import Iterable, Iterator

from django.db.models import F, Func, Q, QuerySet, TextField
from django.db.models.lookups import Contains

from huiyin.needs import rules
from huiyin.needs.models import Need
from huiyin.needs.rules import searching, sorting
from huiyin.needs.rules.searching import Term
from huiyin.org import atlas, scope
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.org.rules import plain_phone
from huiyin.platform import crypto

RECENT_MOST = 2000  # matters in whose words typed letters are looked for
TICKET_LEAST = 6
CHARACTERS_MOST = 300  # of each


class _Plain(Func):
    """Text as search compares it (migration 0013)."""

    function = "needs_plain"
    output_field = TextField()


def terms(actor: Actor, *, text: str, near: bool = True) -> list[Term]:
    """Return the words of a search with what is looked for beside each: near words, and what letters may stand for.

    Letters are the initials of pinyin (`ld` finds 路灯): of places and units, of the subject tree, of what the newest
    matters within reach say most; words that are known as such come first.
    """
    found = []
    for word in searching.terms(text):
        letters = searching.LETTERS.fullmatch(word) is not None
        sound = _sounding(actor, word) if letters and near else []
        found.append(Term(word, searching.near_words(word) if near else (), sound))
    return found


def _sounding(actor: Actor, letters: str) -> list[str]:
    from huiyin.engines.text import characters  # its tables are read when somebody types letters

    def sounding(texts: Iterable[str]) -> Iterator[str]:
        return (text[a:b] for text in texts for a, b in characters.begin(letters, text))

    return searching.meant(words=sounding(_names(actor)), said=sounding(_said(actor)))


def _said(actor: Actor) -> Iterator[str]:
    """Yield the beginning of the newest matters within reach."""
    recent = scope.within(actor, "need.read", Need.objects.all()).order_by("-received_at", "id")
    yield from (words[:CHARACTERS_MOST] for words in recent.values_list("words", flat=True)[:RECENT_MOST])


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
    """Yield the conditions of a search: a code, a ticket's number, a telephone as a whole, else each word somewhere."""
    typed = text.strip()
    if code := rules.plain_code(typed):
        yield Q(code=code) | Q(ticket__number=typed) | _by_phone(typed)
    elif typed.isascii() and len(typed) >= TICKET_LEAST and any(c.isdecimal() for c in typed):
        said = Q(Contains(_Plain(F("words")), searching.plain(typed)))
        yield said | Q(place_text__icontains=typed) | Q(ticket__number=typed) | _by_phone(typed)
    else:
        for term in wanted:
            yield from _one(term)


def _by_phone(typed: str) -> Q:
    """Whoever knows the whole number finds its matters; the number itself is not shown by it."""
    try:
        return Q(contact__phone_index=crypto.blind_index("phone", plain_phone(typed)))
    except ValueError:
        return Q(pk__in=[])


def narrowed(actor: Actor, rows: "QuerySet[Need]", *, wanted: Iterable[Term], text: str) -> "QuerySet[Need]":
    """Return the rows that a search finds, of rows within the actor's reach; for this room's lists."""
    for condition in _conditions(wanted, text=text):
        rows = rows.filter(condition)
    return rows
