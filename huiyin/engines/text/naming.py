"""A name for a group of requests, made of their own words."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .clean import plain
from .names import holds_name, names_in

LONGEST, SHORTEST = 12, 2
SHARE = 0.4  # of the group's titles must hold a phrase
MOST_TITLES = 60
PLACE = re.compile(
    r".{1,10}?(?:小区|社区|街道|花园|广场|大道|公寓|家园|新城|学校|中学|小学|大学|学院|医院|公园|车站|村|镇|乡|路|街|巷|桥|苑|城)"
)
_PIECES = re.compile(r"[0-9A-Za-z\u3400-\u9fff]+")
_WEAK_ENDS = frozenset("的了在是和与及或等对把被将为以从到于有不没也都就请很之其该这那个我你他")


@dataclass(frozen=True, slots=True)
class Phrases:
    """How many of all texts hold each run of two to four characters."""

    held: Counter[str]
    texts: int

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Phrases":
        """Return the counts over these texts (their first 300 characters)."""
        held: Counter[str] = Counter()
        for text in texts:
            held.update({run for n in (2, 4) for run in _runs(plain(text)[:300], n)})
        return cls(held=held, texts=len(texts))

    def rarity(self, phrase: str) -> float:
        """Return ln(texts / texts that may hold the phrase): of its parts of four characters the rarest counts."""
        n = 4 if len(phrase) >= 4 else 2
        least = min((self.held[run] for run in _runs(phrase, n)), default=0)
        return math.log((1 + self.texts) / (1 + least))

    def name(self, titles: Sequence[str], texts: Sequence[str]) -> tuple[str, str]:
        """Return the name of a group (up to three phrases with a point between) and its place, or an empty place."""
        sources = [plain(t) for t in sorted(titles)[:MOST_TITLES]]
        found = self._phrases(sources) or self._phrases([plain(t)[:200] for t in sorted(texts)[:MOST_TITLES]])
        if not found:
            return (max(sources, key=lambda s: (len(s) > 0, -len(s)), default="")[:20], "")
        ranked = sorted(found, key=lambda p: (-found[p] * self.rarity(p) * math.sqrt(len(p)), p))
        chosen: list[str] = []
        for phrase in ranked:
            if not any(_overlap(phrase, other) for other in chosen):
                chosen.append(phrase)
            if len(chosen) == 3:
                break
        places = [m.group() for p in ranked[:10] if (m := PLACE.search(p)) and len(m.group()) > 2]
        return "·".join(chosen), places[0] if places else ""

    def _phrases(self, sources: Sequence[str]) -> dict[str, float]:
        """Return the longest phrases that enough of the texts hold, and the share that does."""
        names = names_in(sources)
        held: Counter[str] = Counter()
        for source in sources:
            held.update({run for n in range(SHORTEST, LONGEST + 1) for run in _runs(source, n)})
        least = max(2, math.ceil(SHARE * len(sources)))
        often = {run: n for run, n in held.items() if n >= least and not holds_name(run, names)}
        inner: dict[str, int] = {}
        for run, n in often.items():
            for part in (run[1:], run[:-1]):
                inner[part] = max(inner.get(part, 0), n)
        whole = {r: n for r, n in often.items() if inner.get(r, 0) < n * 0.8}
        return {
            r: n / len(sources) for r, n in whole.items() if r[0] not in _WEAK_ENDS and r[-1] not in _WEAK_ENDS
        }  # fmt: skip


def _runs(text: str, n: int) -> list[str]:
    return [p[i : i + n] for p in _PIECES.findall(text) for i in range(len(p) - n + 1)]


def _overlap(one: str, other: str) -> bool:
    return any(one[i : i + 2] in other for i in range(len(one) - 1))
