"""Make the two tables of characters that the text engine reads: traditional to simplified, and initials of pinyin.

    python tools/characters.py TSCharacters.txt pinyin_dict.json

TSCharacters.txt comes from OpenCC (Apache-2.0; the copy in opencc-python-reimplemented 0.1.7 was used),
pinyin_dict.json from pypinyin 0.55 (MIT). Neither is needed at run time. See docs/decisions/0010.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

TABLES = Path(__file__).resolve().parents[1] / "huiyin" / "engines" / "text" / "tables"
FIRST, LAST = 0x4E00, 0x9FFF
WIDTH = 100


def simplified(source: str) -> list[tuple[str, str]]:
    """Return (traditional, simplified) of the basic plane; one that may also stay as it is, is left out."""
    pairs = []
    for line in source.splitlines():
        old, _, new = line.partition("\t")
        choices = new.split()
        if len(old) == 1 and choices and old not in choices and max(map(ord, old + choices[0])) < 0x10000:
            pairs.append((old, choices[0]))
    return sorted(pairs)


def initials(readings: str) -> str:
    """Return the first letters of a character's readings, the usual reading's first, without repetition."""
    letters = (unicodedata.normalize("NFD", reading)[0] for reading in readings.split(",") if reading)
    return "".join(dict.fromkeys(letter for letter in letters if "a" <= letter <= "z"))


def main(opencc: Path, pypinyin: Path) -> None:
    """Write both tables."""
    pairs = simplified(opencc.read_text(encoding="utf-8"))
    lines = ["".join(part) for part in ("".join(a for a, _ in pairs), "".join(b for _, b in pairs))]
    TABLES.mkdir(exist_ok=True)
    (TABLES / "traditional.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    read = {int(code): initials(text) for code, text in json.loads(pypinyin.read_text(encoding="utf-8")).items()}
    first = "".join((read.get(code) or "-")[0] for code in range(FIRST, LAST + 1))
    more = "".join(f"{chr(c)}{read[c][1:]}" for c in range(FIRST, LAST + 1) if len(read.get(c, "")) > 1)
    folded = [first[i : i + WIDTH] for i in range(0, len(first), WIDTH)]
    (TABLES / "initials.txt").write_text("\n".join([more, *folded]) + "\n", encoding="utf-8")
    print(f"{len(pairs)} characters, {len(first) - first.count('-')} initials")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
