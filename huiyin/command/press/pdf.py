"""A sheet as PDF, and a drawing as a picture, by typst. What residents wrote goes in as JSON, never as source."""

import json
from pathlib import Path
from typing import Any

import typst

from huiyin.command.charts import PAPER_FONT

_SOURCE = (Path(__file__).parent / "brief.typ").read_bytes()
_PICTURE = b"""#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: 16cm)
"""
PICTURE_PPI = 200


def printed(sheet: dict[str, Any], font: str) -> bytes:
    """Return the PDF."""
    text = json.dumps(sheet, ensure_ascii=False).replace(PAPER_FONT, font)
    return typst.compile(_SOURCE, format="pdf", sys_inputs={"sheet": text, "font": font})


def picture(svg: str, font: str) -> bytes:
    """Return a drawing as PNG."""
    svg = svg.replace(PAPER_FONT, font)
    return typst.compile(_PICTURE, format="png", ppi=PICTURE_PPI, sys_inputs={"svg": svg})
