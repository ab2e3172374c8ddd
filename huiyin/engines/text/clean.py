"""One reading of any text, however it was typed or pasted."""

import html
import re
import unicodedata

from .characters import simplified

MOST_CHARACTERS = 20_000  # what is read of one text; the rest of a pasted book says nothing new
_TAG = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->|</?[a-zA-Z][^<>]{0,300}>", re.S | re.I)
_ADDRESS = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+", re.I)
_CODED_PLACE = re.compile(r"[a-z]\d*(?=[市县区])")
_DIGITS = re.compile(r"\d+")


def plain(text: str) -> str:
    """Return the text without HTML, control and invisible characters, full-width forms folded (NFKC).

    At most 20,000 characters are read. Line breaks become one space.
    """
    text = text[:MOST_CHARACTERS]
    if "<" in text or "&" in text:
        text = _TAG.sub(" ", html.unescape(text))
    text = unicodedata.normalize("NFKC", text)
    kept = "".join(c if c.isprintable() else " " for c in text) if not text.isprintable() else text
    return " ".join(kept.split())


def folded(text: str) -> str:
    """Return the text as the models read it: plain, simplified, lower case, no spaces, web addresses out, numbers as 0.

    A letter that stands for a place (A市, B3区) becomes one letter, so that no model learns places by their code.
    """
    text = _ADDRESS.sub(" ", simplified(plain(text)).lower())
    text = _CODED_PLACE.sub("a", "".join(text.split()))
    return _DIGITS.sub("0", text)
