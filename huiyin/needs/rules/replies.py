"""Templates of replies and calls to colleagues: what stands in braces, what stands after an @. No Django."""

import re
from collections.abc import Iterable, Mapping

# The fields an office may write into a template, as it writes them; the key names what fills it.
FIELDS: Mapping[str, str] = {
    "编号": "code",
    "地点": "place",
    "类别": "category",
    "受理日期": "received",
    "承诺日期": "promised",
    "单位": "unit",
    "单位电话": "phone",
}
HINT_LABELS: Mapping[str, str] = {  # English message ids, by the codes of engines.text.reply
    "empty": "Nothing is said yet.",
    "off_question": "It does not take up what the resident asked.",
    "nothing_done": "It does not say what was done.",
    "no_time": "It names no day.",
    "no_contact": "It does not say whom to ask.",
    "empty_phrases": "Much of it is set phrases; say what happens.",
}
_BRACES = re.compile(r"[{｛][ \t\u3000]{0,9}([^{}｛｝\n]{1,20}?)[ \t\u3000]{0,9}[}｝]")
_AT = re.compile(r"[@＠]")


def unknown_fields(text: str) -> list[str]:
    """Return what stands in braces and is no field, each once."""
    return list(dict.fromkeys(name for name in _BRACES.findall(text) if name not in FIELDS))


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Return a template with its fields filled from `facts` (by the values of FIELDS); an unknown fact stays visible."""

    def put(found: re.Match[str]) -> str:
        key = FIELDS.get(found.group(1))
        return facts.get(key, "") or found.group(0) if key else found.group(0)

    return _BRACES.sub(put, text)


def unfilled(text: str) -> list[str]:
    """Return the fields that stand in a reply as they were typed: nobody sends braces to a resident."""
    return [name for name in _BRACES.findall(text) if name in FIELDS]


def mentions(text: str, names: Iterable[str]) -> list[str]:
    """Return the names that follow an @, each once, the longest that fits: `@王小丽请看` names 王小丽, not 王小."""
    known = sorted(names, key=len, reverse=True)
    found: list[str] = []
    for at in _AT.finditer(text):
        after = text[at.end() : at.end() + 40].lstrip()
        if name := next((n for n in known if n and after.startswith(n)), ""):
            found.append(name)
    return list(dict.fromkeys(found))
