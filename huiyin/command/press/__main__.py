"""Read a sheet, write a document."""

import json
import re
import sys
from typing import Any

from huiyin.command.press import NO_FONT, fonts, pdf, word

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold


def legible(given: Any) -> Any:
    """Return the same without the characters that neither document can hold."""
    if isinstance(given, dict):
        return {key: legible(value) for key, value in given.items()}
    if isinstance(given, list | tuple):
        return [legible(value) for value in given]
    return _UNPRINTABLE.sub("", given) if isinstance(given, str) else given


def printed(given: dict[str, Any]) -> bytes | None:
    """Return the document, None when a PDF is asked for and no font here has Chinese."""
    font = fonts.chinese(ignored=frozenset(given.get("ignored_fonts", ())))
    if given["form"] == "docx":
        return word.written(legible(given["sheet"]), font)
    return pdf.printed(legible(given["sheet"]), font) if font else None


def main() -> int:
    """Print what stands on the standard input."""
    made = printed(json.load(sys.stdin.buffer))
    if made is None:
        return NO_FONT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
