"""Read a sheet, write a document."""

import json
import sys
from typing import Any

from huiyin.command.press import NO_FONT, fonts, pdf, word


def printed(given: dict[str, Any]) -> bytes | None:
    """Return the document, None when a PDF is asked for and no font here has Chinese."""
    font = fonts.chinese(ignored=frozenset(given.get("ignored_fonts", ())))
    if given["form"] == "docx":
        return word.written(given["sheet"], font)
    return pdf.printed(given["sheet"], font) if font else None


def main() -> int:
    """Print what stands on the standard input."""
    made = printed(json.load(sys.stdin.buffer))
    if made is None:
        return NO_FONT
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
