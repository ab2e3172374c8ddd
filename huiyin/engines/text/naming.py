"""A name for a group of requests, made of their own words."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .clean import plain
from .names import holds_name, mentioned_in
from .nearness import NO_NAME

LONGEST, SHORTEST = 12, 2
SHARE = 0.4  # of the group's titles must hold a phrase
PLACE_SHARE = 0.4
MOST_PHRASES = 3
MOST_TITLES = 60
READ = 300
PLACE_READ = 80
FEW_TEXTS = 100
LEAST_RARITY = 1.5  # a phrase in more than a fifth of all texts names nothing
TORN = 0.8  # two characters followed by one and the same in this share of cases end in the middle of a word
_PLACE = re.compile(
    r"^[^的我你他们这那个各每某是有和与及到从被让请了不]{2,8}?(?:小区|社区|街道|花园|广场|大道|公寓|家园|新城|中学|小学|大学|公园|车站|村|镇|乡|路|街|巷|桥|苑|城|园)$"
)
_PIECES = re.compile(r"[0-9A-Za-z]+|[\u3400-\u9fff]")
_WEAK_ENDS = frozenset("而的了在是和与及或等对把被将为以从到于有不没也都就请很之其该这那个我你他们")
_LEADS = re.compile(
    r"^(?:投诉|反映|反应|请求|咨询|建议|关于|希望|要求|强烈|举报|请问|求助|恳请|再次|问题|附近|旁边?|附近的|请)"
)
_ENDS = re.compile(r"(?:问题|附近|旁边?|投诉|咨询|建议|反映|何时|如何|怎么|是否)$")


@dataclass(frozen=True, slots=True)
class Phrases:
    """How many of all texts hold each run of two, three or four pieces (a piece: one character, or 12, or A7)."""

    held: Counter[str]
    after: dict[str, int]
    before: dict[str, int]
    texts: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Phrases":
        """Return the counts over these texts (their first 300 characters)."""
        held: Counter[str] = Counter()
        for text in texts:
            held.update({run for n in (2, 3, 4) for run in _runs(plain(text)[:READ], n)})
        return cls(held, _most(held, after=True), _most(held, after=False), len(texts))

    def rarity(self, phrase: str) -> float:
        """Return ln(texts / texts that may hold the phrase): of its parts of four pieces the rarest counts."""
        n = 4 if len(_PIECES.findall(phrase)) >= 4 else 2
        least = min((self.held[run] for run in _runs(phrase, n)), default=0)
        return math.log((1 + self.texts) / (1 + least))

    def name(self, titles: Sequence[str], texts: Sequence[str]) -> tuple[str, tuple[str, ...]]:
        """Return the name of a group (up to three phrases with a point between, a place first) and its places."""
        sources = [plain(t) for t in sorted(titles)[:MOST_TITLES]]
        heads = [plain(t)[:READ] for t in sorted(texts)[:MOST_TITLES]]
        places = self._places(sources, heads)
        found = self._phrases(sources) or self._phrases([h[:200] for h in heads])
        if not found:
            return (max(sources, key=lambda s: (len(s) > 0, -len(s)), default="")[:20], places)
        ranked = sorted(found, key=lambda p: (-found[p] * self.rarity(p) * math.sqrt(len(p)), p))
        chosen = list(places[:1])
        for whole in ranked:
            phrase = whole.removeprefix(places[0]) if places else whole
            if len(phrase) >= SHORTEST and not any(_overlap(phrase, other) for other in chosen):
                chosen.append(phrase)
            if len(chosen) == MOST_PHRASES:
                break
        return "·".join(chosen), places

    def _places(self, titles: Sequence[str], heads: Sequence[str]) -> tuple[str, ...]:
        """Return up to three names with a place's usual ending that enough of the group hold, most often first."""
        joined = [f"{a}，{b[:PLACE_READ]}" for a, b in zip(titles, heads, strict=True)]
        names = mentioned_in(joined)
        held: Counter[str] = Counter()
        for text in joined:
            held.update(
                {run for n in range(3, 9) for run in _runs(text, n) if _PLACE.match(run) and run[-1] != run[-2]}
            )
        least = max(2, math.ceil(PLACE_SHARE * len(joined)))
        often = {r: n for r, n in held.items() if n >= least and self._whole(r) and not holds_name(r, names)}
        ranked = sorted(often, key=lambda r: (-often[r] * self.rarity(r) * math.sqrt(len(r)), r))
        chosen: list[str] = []
        for run in ranked:
            if self._tells(run) and not any(_overlap(run, other) for other in chosen):
                chosen.append(run)
        return tuple(chosen[:MOST_PHRASES])

    def _phrases(self, sources: Sequence[str]) -> dict[str, float]:
        """Return the longest phrases that enough of the texts hold, and the share that does."""
        names = mentioned_in(sources)
        held: Counter[str] = Counter()
        for source in sources:
            held.update({run for n in range(SHORTEST, LONGEST + 1) for run in _runs(source, n)})
        least = max(2, math.ceil(SHARE * len(sources)))
        often = {r: n for r, n in held.items() if n >= least and self._whole(r) and not holds_name(r, names)}
        outer = {r: max((m for other, m in often.items() if r != other and r in other), default=0) for r in often}
        return {
            r: n / len(sources) for r, n in often.items() if outer[r] < n * 0.8 and self._tells(r)
        }  # fmt: skip

    def _tells(self, phrase: str) -> bool:
        """Return whether a phrase is rare enough to tell one matter from another; among few texts any is."""
        return self.texts < FEW_TEXTS or self.rarity(phrase) > LEAST_RARITY

    def _whole(self, run: str) -> bool:
        """Return whether a run begins and ends where words do, and with none of the words every request has."""
        if run[0] in _WEAK_ENDS or run[-1] in _WEAK_ENDS or _LEADS.match(run) or _ENDS.search(run):
            return False
        pieces = _PIECES.findall(run)
        return not (self._torn("".join(pieces[-2:]), after=True) or self._torn("".join(pieces[:2]), after=False))

    def _torn(self, pair: str, *, after: bool) -> bool:
        held = self.held[pair]
        return held >= 3 and (self.after if after else self.before).get(pair, 0) >= TORN * held


def _most(held: Counter[str], *, after: bool) -> dict[str, int]:
    """Return for each pair of pieces how many texts hold it with the neighbour it has most often."""
    most: dict[str, int] = {}
    for run, n in held.items():
        units = _PIECES.findall(run)
        if len(units) == 3:
            pair = "".join(units[:2] if after else units[1:])
            most[pair] = max(most.get(pair, 0), n)
    return most


def _named(run: str) -> bool:
    """Return whether a run reads like the name of a place: 小塘路路 goes too far, 周边小区 is no name."""
    return bool(_PLACE.match(run)) and run[-1] != run[-2] and not NO_NAME.search(run)


def _runs(text: str, n: int) -> Iterator[str]:
    for piece in re.split(r"[^0-9A-Za-z\u3400-\u9fff]+", text):
        units = _PIECES.findall(piece)
        for i in range(len(units) - n + 1):
            yield "".join(units[i : i + n])


def _overlap(one: str, other: str) -> bool:
    return any(one[i : i + 2] in other for i in range(len(one) - 1))
