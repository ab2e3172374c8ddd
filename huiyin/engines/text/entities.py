"""Named things in a text: phones, times, organisations, places of a gazetteer, and what to hide."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from . import names


class Kind(StrEnum):
    """What a span of text is."""

    PHONE = "phone"
    IDENTITY = "identity"
    BANK_CARD = "bank_card"
    EMAIL = "email"
    PERSON = "person"
    PLATE = "plate"
    ACCOUNT = "account"
    HOME = "home"
    TIME = "time"
    ORGANISATION = "organisation"
    PLACE = "place"


PERSONAL = frozenset(
    {Kind.PHONE, Kind.IDENTITY, Kind.BANK_CARD, Kind.EMAIL, Kind.PERSON, Kind.PLATE, Kind.ACCOUNT, Kind.HOME}
)


@dataclass(frozen=True, slots=True)
class Span:
    """Characters [start, end) of the text as given; `key` is the gazetteer's, for a place."""

    kind: Kind
    start: int
    end: int
    text: str
    key: str = ""


_D = "[0-9０-９]"  # full-width digits are typed too
_CLOCK = r"(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里)?\s?(?:\d{1,2}[:：]\d{2}|\d{1,2}[点时](?:半|\d{1,2}分?)?)"
_DAY = r"(?:\d{4}\s?[年/.-]\s?\d{1,2}\s?[月/.-]\s?\d{1,2}\s?[日号]?|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}[日号])"
_NEAR = r"(?:今天|昨天|前天|昨晚|今晚|今早|上周[一二三四五六日天]?|本周[一二三四五六日天]?|周末|每天|每晚|去年|今年|上个月|本月)"
_BODY = (
    r"(?:物业(?:服务|管理)?(?:有限)?公司|有限责任公司|股份有限公司|有限公司|公司|集团|管理局|公安局|教育局|派出所|"
    r"居委会|村委会|业委会|街道办事处|街道办|医院|学校|小学|中学|幼儿园|大学|学院|物业)"
)
_PATTERNS = (
    (Kind.IDENTITY, rf"(?<!{_D}){_D}{{17}}[{_D[1:-1]}xXｘＸ](?!{_D})"),
    (Kind.PHONE, rf"(?<!{_D})(?:\+?86[- ]?)?[1１][3-9３-９]{_D}(?:[- ]?{_D}){{8}}(?!{_D})"),
    (Kind.PHONE, rf"(?<!{_D})[0０]{_D}{{2,3}}[-— ]?{_D}{{7,8}}(?!{_D})"),
    (Kind.BANK_CARD, rf"(?<!{_D}){_D}{{16,19}}(?!{_D})"),
    (Kind.EMAIL, r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}"),
    (
        Kind.PLATE,
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][·\s]?[A-Z0-9]{5,6}(?![A-Za-z0-9])",
    ),
    (Kind.ACCOUNT, r"(?:微信|QQ|qq|VX|vx|WX|wx)(?:号码?)?[:： ]{0,3}([A-Za-z0-9_-]{5,20})"),
    (Kind.HOME, rf"{_D}{{1,4}}(?:栋|幢|座|号楼)(?:{_D}{{1,2}}单元)?{_D}{{2,4}}(?:室|房|号)?(?!{_D})"),
    (Kind.TIME, rf"{_DAY}(?:\s?{_CLOCK})?|{_NEAR}(?:{_CLOCK})?|{_CLOCK}"),
    (Kind.ORGANISATION, rf"[\u4e00-\u9fffA-Za-z0-9]{{2,14}}?{_BODY}"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_PERSONAL_PATTERNS = sum(kind in PERSONAL for kind, _ in _PATTERNS)
_LEAD = re.compile(r"^.*(?:我们是|我是|投诉|反映|举报|关于|请求|来自|位于|联系|找到?|问过?|向|被|在|到|和|与|是|由|让)")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Names of an office's own places → their keys, found longest first."""

    keys: dict[str, str]
    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, places: Iterable[tuple[str, str]]) -> "Gazetteer":
        """Return the gazetteer of (name, key); names of one character are left out."""
        keys = {name.strip(): key for name, key in places if len(name.strip()) > 1}
        ordered = sorted(keys, key=lambda name: (-len(name), name))
        return cls(keys=keys, pattern=re.compile("|".join(map(re.escape, ordered))) if ordered else None)


def entities(text: str, *, gazetteer: Gazetteer | None = None) -> list[Span]:
    """Return the named things of a text in their order, none overlapping another; personal data win over the rest."""
    found, taken = _personal(text)
    if gazetteer and gazetteer.pattern:
        met = gazetteer.pattern.finditer(text)
        _take(found, taken, (Span(Kind.PLACE, m.start(), m.end(), m.group(), gazetteer.keys[m.group()]) for m in met))
    for kind, pattern in _COMPILED[_PERSONAL_PATTERNS:]:
        _take(found, taken, (_trimmed(Span(kind, m.start(), m.end(), m.group())) for m in pattern.finditer(text)))
    return sorted(found, key=lambda s: s.start)


def _personal(text: str) -> tuple[list[Span], bytearray]:
    """Return the personal data in a text, and which characters they take."""
    found: list[Span] = []
    taken = bytearray(len(text))
    for kind, pattern in _COMPILED[:_PERSONAL_PATTERNS]:
        _take(found, taken, (Span(kind, m.start(), m.end(), m.group()) for m in pattern.finditer(text)))
    called = names.mentioned_in([text])
    if called:  # whoever is named once is hidden wherever the name stands again
        again = re.compile("|".join(map(re.escape, sorted(called, key=lambda name: (-len(name), name)))))
        _take(found, taken, (Span(Kind.PERSON, m.start(), m.end(), m.group()) for m in again.finditer(text)))
    return found, taken


def _take(found: list[Span], taken: bytearray, fresh: Iterable[Span]) -> None:
    """Keep the spans of which no character is taken yet."""
    for span in fresh:
        if span.text and not any(taken[span.start : span.end]):
            found.append(span)
            taken[span.start : span.end] = b"\1" * (span.end - span.start)


def _trimmed(span: Span) -> Span:
    """Cut what leads up to an organisation's name."""
    lead = _LEAD.match(span.text[:-2]) if span.kind is Kind.ORGANISATION else None
    cut = lead.end() if lead else 0
    return Span(span.kind, span.start + cut, span.end, span.text[cut:])


def redact(text: str, *, mark: str = "＊") -> str:
    """Return the text with every character of personal data replaced by the mark; its length stays."""
    out = list(text)
    for span in _personal(text)[0]:
        out[span.start : span.end] = mark * (span.end - span.start)
    return "".join(out)
