"""Dimension, urgency and sentiment from small lists of words. Nobody labelled such requests: nothing here is trained."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from .characters import TABLES, simplified
from .clean import plain

BASIS = "lexicon, not trained"
MOST_SURE = 0.6  # a list of words is never surer than this
READ = 2_000
DANGER = 3.0  # the weight of one word of danger to life, or of two lesser ones

_NOT = ("不", "没", "无", "未")


@cache
def _lists() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, Mapping[str, float]]]:
    """Return the words of each dimension, and of urgent, negative and positive each word's weight."""
    dimensions: dict[str, tuple[str, ...]] = {}
    weighed: dict[str, dict[str, float]] = {}
    for line in (TABLES / "leaning.txt").read_text(encoding="utf-8").splitlines()[1:]:
        name, value, *words = line.split()
        if name == "dimension":
            dimensions[value] = tuple(words)
        else:
            weighed.setdefault(name, {}).update(dict.fromkeys(words, float(value)))
    return dimensions, weighed


@dataclass(frozen=True, slots=True)
class Leaning:
    """A suggestion for a person to confirm: its value, how sure (0 to 0.6), the words for it, and what it rests on.

    An empty value: no word spoke.
    """

    value: str
    confidence: float
    words: tuple[str, ...]
    basis: str = BASIS


def dimension(title: str, text: str) -> Leaning:
    """Return life, family, development or emotion (生活、家庭、发展、情感); the words of the title count twice."""
    read = _read(title, text)
    weight: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    for name, listed in _lists()[0].items():
        words[name] = [word for word in listed if word in read]
        weight[name] = sum(1 + (word in title) for word in words[name])
    best = max(weight, key=lambda name: weight[name])
    if not weight[best]:
        return Leaning("", 0.0, ())
    lead = weight[best] - max(weight[name] for name in weight if name != best)
    return Leaning(best, _sure(lead), tuple(words[best]))


def urgency(title: str, text: str) -> Leaning:
    """Return urgent or ordinary. Urgent speaks of danger to life, or of two lesser dangers."""
    found = {word: worth for word, worth in _lists()[1]["urgent"].items() if word in _read(title, text)}
    total = sum(found.values())
    if total >= DANGER:
        return Leaning("urgent", _sure(total - 2), tuple(found))
    return Leaning("ordinary", _sure(1.0) if not found else _sure(0.5), tuple(found))


def sentiment(title: str, text: str) -> Leaning:
    """Return negative, positive or neutral; a word after 不, 没, 无 or 未 does not count."""
    read = _read(title, text)
    bad = {word: worth for word, worth in _lists()[1]["negative"].items() if _stands(word, read)}
    good = {word: worth for word, worth in _lists()[1]["positive"].items() if _stands(word, read)}
    lead = sum(bad.values()) - sum(good.values())
    if abs(lead) < 1:
        return Leaning("neutral", _sure(0.5), (*bad, *good))
    return Leaning("negative", _sure(lead), tuple(bad)) if lead > 0 else Leaning("positive", _sure(-lead), tuple(good))


def _read(title: str, text: str) -> str:
    return simplified(plain(f"{title}。{text[:READ]}"))


def _stands(word: str, text: str) -> bool:
    at = text.find(word)
    while at >= 0:
        if at == 0 or text[at - 1] not in _NOT:
            return True
        at = text.find(word, at + 1)
    return False


def _sure(lead: float) -> float:
    return round(MOST_SURE * (1 - math.exp(-max(lead, 0) / 2)), 2)
