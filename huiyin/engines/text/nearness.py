"""How near requests are to one another: by their words, by what they are about, and by the places they name."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from .characters import simplified
from .clean import plain
from .grams import F32, U64, Rows, Vocabulary, in_texts
from .weighing import stacked

READ = 300  # characters of the body: what is asked stands at the beginning
ORDINARY = 0.5  # a run in more than this share of the texts says nothing about one matter
COMMONEST = 0.3  # what a run that all texts hold would still count
TITLE, BODY = 0.8, 1.0
PLACE_READ = 150
PLACE_ORDINARY = 0.1
FEWEST_TOPICS, MOST_TOPICS, TEXTS_PER_TOPIC = 15, 40, 60
LEAST_TEXTS = 100  # fewer have no topics to speak of: their words are compared instead
TURNS = 6
SAME_TOPIC, SAME_PLACE, PLACE_OF_CENTRES = 0.1, 0.3, 0.2
_SEED = 20_261_122
_NUMBER = re.compile(r"\d+")
_PRIVATE, _PRIVATE_SIZE = 0xE000, 6_400
_PLACE = re.compile(
    "(?=([\u4e00-\u9fff\ue000-\uf8ff]{2,3}(?:小区|社区|街道|花园|广场|大道|公寓|家园|新城|中学|小学|大学|公园|车站|号线"
    "|村|镇|乡|路|街|巷|桥|苑|城|(?<!幼儿)园|湾|郡|庭|座|厦|寺|湖|山|河)))"
)
NO_NAME = re.compile("[的我你他们这那个各每某是有和与及而被让请了不边近望]|安置|住宅|其他|整个|老旧|普通|新建")


def _read(text: str) -> str:
    """Return the text without spaces, lower case, each number one character: line 7 is no neighbour of line 17."""
    bare = "".join(simplified(plain(text[: READ * 4])).lower().split())
    return _NUMBER.sub(lambda n: chr(_PRIVATE + int(n.group()[-9:]) % _PRIVATE_SIZE), bare)[:READ]


@dataclass(frozen=True, slots=True, eq=False)
class Requests:
    """One row a request, each of length 1 or 0: all words, the places named, and the words without those places."""

    words: Rows
    places: Rows
    things: Rows

    @classmethod
    def of(cls, titles: Sequence[str], texts: Sequence[str]) -> "Requests":
        """Return the rows of these requests; of each body the first 300 characters are read."""
        above, below = [_read(t) for t in titles], [_read(t) for t in texts]
        named = [_named(f"{t} {b[:PLACE_READ]}") for t, b in zip(above, below, strict=True)]
        places, known = _placed(named)
        without = ([_without(t, known) for t in side] for side in (above, below))
        return cls(_worded(above, below), places, _worded(*without))

    def some(self, rows: npt.NDArray[np.intp]) -> "Requests":
        """Return these rows alone."""
        return Requests(self.words[rows], self.places[rows], self.things[rows])


def _worded(titles: Sequence[str], texts: Sequence[str]) -> Rows:
    """Return the two- to four-character runs weighed by rarity, title and body."""
    parts = []
    for side, share in ((titles, TITLE), (texts, BODY)):
        grams, held = in_texts(side, least=2)
        kept = (held <= max(ORDINARY * len(side), 10)) & (grams >= np.uint64(1 << 16)) & ~_gaps(grams)
        vocabulary = Vocabulary.of(grams[kept])
        counts = vocabulary.count(side)
        rarity = np.log(len(side) / held[kept]).astype(np.float32) + COMMONEST
        counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
        parts.append(_unit(counts) * share)
    return _unit(stacked(parts))


def _gaps(grams: U64) -> npt.NDArray[np.bool_]:
    """Return which runs reach over a gap, where a place was cut out."""
    gap = np.zeros(len(grams), dtype=np.bool_)
    for shift in (0, 16, 32, 48):
        gap |= (grams >> np.uint64(shift)) & np.uint64(0xFFFF) == np.uint64(ord(" "))
    return gap


def _named(text: str) -> set[str]:
    """Return what reads like a place's name: our estate or the nearby road is none."""
    return {name for name in _PLACE.findall(text) if not NO_NAME.search(name)}


def _placed(named: Sequence[set[str]]) -> tuple[Rows, Set[str]]:
    """Return what stands before a place's usual ending, weighed by rarity, and all such names.

    No list of names: two or three characters before 小区, 路, 苑 and the like, as title and first sentences hold them.
    """
    held = Counter(name for names in named for name in names)
    most = max(PLACE_ORDINARY * len(named), 5)
    column = {name: i for i, name in enumerate(sorted(name for name, n in held.items() if 2 <= n <= most))}
    at = np.array([(i, column[n]) for i, ns in enumerate(named) for n in sorted(ns) if n in column], dtype=np.int64)
    at = at.reshape(-1, 2)
    rarity = np.array([np.log(len(named) / held[name]) for name in column], dtype=np.float32)
    shape = (len(named), len(column))
    return _unit(sparse.csr_matrix((rarity[at[:, 1]], (at[:, 0], at[:, 1])), shape=shape)), column.keys()


def _without(text: str, known: Set[str]) -> str:
    """Return the text with the places cut out."""
    kept = bytearray(b"\1" * len(text))
    for found in _PLACE.finditer(text):
        if found.group(1) in known:
            start, end = found.span(1)
            kept[start:end] = bytes(end - start)
    return "".join(c if k else " " for c, k in zip(text, kept, strict=True))


def closeness(requests: Requests) -> tuple[F32, F32]:
    """Return how near any two of these requests are, for pairs and for the centres of groups: each (n, n), 0 to 1.6.

    closeness = W + T^2 * (0.1 + 0.3 * sqrt(P)), each a cosine: W of the words, P of the places, T of the topics, which
    are the leading directions of the words without the places (latent semantic analysis, Deerwester and others,
    1990). Being about one thing counts for much only at one place. For centres 0.2 * P is added.
    """
    word, place, topic = (_cosines(rows) for rows in (requests.words, requests.places, requests.things))
    near = _topics(topic) ** 2
    near *= SAME_TOPIC + SAME_PLACE * np.sqrt(np.clip(place, 0, 1))
    near += word
    place *= PLACE_OF_CENTRES
    place += near
    return near, place


def _cosines(rows: Rows) -> F32:
    return np.asarray((rows @ rows.T).todense(), dtype=np.float32)


def _topics(word: F32) -> F32:
    """Return the cosines of the topics, never below 0, by subspace iteration; of few texts those of the words."""
    n = len(word)
    if n < LEAST_TEXTS:
        return word.copy()
    topics = min(MOST_TOPICS, max(FEWEST_TOPICS, n // TEXTS_PER_TOPIC))
    basis = np.random.default_rng(_SEED).standard_normal((n, topics + 10)).astype(np.float32)
    for _ in range(TURNS):
        basis, _ = np.linalg.qr(word @ basis)
    value, vector = np.linalg.eigh(basis.T @ (word @ basis))
    place = (basis @ vector[:, -topics:]) * np.sqrt(np.maximum(value[-topics:], 0))
    place /= np.maximum(np.linalg.norm(place, axis=1, keepdims=True), 1e-9)
    return np.asarray(np.maximum(place @ place.T, 0), dtype=np.float32)


def _unit(rows: Rows) -> Rows:
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return sparse.diags((1 / np.maximum(length, 1e-9)).astype(np.float32)) @ rows
