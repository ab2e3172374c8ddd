"""What a matter's words name: a place of the address register, a telephone, a time, an organisation; and how they lean."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from huiyin.needs import rules
from huiyin.needs.rules import sorting
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import Actor
from huiyin.platform.errors import NotFound

if TYPE_CHECKING:
    from huiyin.engines.text import entities

_BUILDING = re.compile(r"\s*[0-9０-９]{1,3}\s*(?:号楼|栋|幢|座|号)")
WORDS_SHOWN, NAMED_MOST = 3, 6
URGENT_LABEL = "It cannot wait"


@dataclass(frozen=True, slots=True)
class Filled:
    """What one press would type into a field of the form, and the words it comes from."""

    field: str
    value: str
    label: str
    words: Sequence[str] = ()
    community_id: UUID | None = None  # of a place


@dataclass(frozen=True, slots=True)
class Read:
    """What was read out of a matter's words. `tone` is negative, positive or neutral, from a list of words."""

    fills: Sequence[Filled]
    named: Sequence[str]
    tone: str
    tone_words: Sequence[str]


def read(actor: Actor, *, words: str) -> Read:
    """Return what the words name and how they lean. Nothing is kept; NotFound for who neither registers nor analyses."""
    if not (actor.can("need.register") or actor.can("need.sort")):
        raise NotFound()
    from huiyin.engines.text import entities, leaning  # read when somebody asks

    text = words[: rules.WORDS_MOST]
    estates = dict(org.estate_homes(actor, _around(actor)))
    found = entities.entities(
        text, gazetteer=entities.Gazetteer.of([(name, str(key)) for name, key in estates.items()])
    )
    phones = [Filled("phone", span.text, span.text) for span in found if span.kind is entities.Kind.PHONE][:1]
    named = [s.text for s in found if s.kind in {entities.Kind.TIME, entities.Kind.ORGANISATION}]
    tone = leaning.sentiment("", text)
    return Read(
        [*_places(actor, text, found), *phones, *_leanings(text)], list(dict.fromkeys(named))[:NAMED_MOST],
        tone.value, tone.words[:WORDS_SHOWN],
    )  # fmt: skip


def _around(actor: Actor) -> UUID:
    """Return the unit whose places count: the actor's street, or all there is."""
    here = atlas.current()
    street = here.street_of(actor.office[0]) if actor.office else None
    return (
        street.id if street else next(u.id for u in here.units.values() if u.parent_id is None and u.tree == "office")
    )


def _places(actor: Actor, text: str, found: "Sequence[entities.Span]") -> list[Filled]:
    """Return the first place named, with its building when the address register knows it."""
    for span in found:
        if span.kind == "place":
            community = UUID(span.key)
            number = _BUILDING.match(text, span.end)
            typed = text[span.start : number.end()] if number else span.text
            known = org.building_named(actor, community, typed=typed) if number else None
            said = known.text if known else "".join(typed.split())
            return [Filled("place", said, said, (typed,), community)]
    return []


def _leanings(text: str) -> list[Filled]:
    """Return the dimension and the urgency that a list of words speaks for; nobody trained it."""
    from huiyin.engines.text import leaning  # as above

    dimension, urgency = leaning.dimension("", text), leaning.urgency("", text)
    found = []
    if dimension.value in sorting.DIMENSIONS:
        found.append(
            Filled("dimension", dimension.value, sorting.DIMENSIONS[dimension.value], dimension.words[:WORDS_SHOWN])
        )
    if urgency.value == "urgent":
        found.append(Filled("urgent", "on", URGENT_LABEL, urgency.words[:WORDS_SHOWN]))
    return found
