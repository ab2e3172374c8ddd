"""What this room does: a brief goes out as a document. Each is audited."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language

from huiyin.command import charts, composing, queries
from huiyin.command.errors import NoChineseFont, NotWritten
from huiyin.command.press import NO_FONT
from huiyin.command.rules import Month
from huiyin.command.sheet import Chart, Sheet
from huiyin.org.actors import Actor
from huiyin.platform import audit
from huiyin.platform.errors import NotFound

FORMS = ("pdf", "docx")
LONGEST_S = 30
_ROOT = Path(__file__).resolve().parents[2]


def _plain(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as the press reads it: drawings as SVG, colours in place of classes, no addresses."""
    plain = asdict(sheet) | {"language": "zh" if (get_language() or "zh").startswith("zh") else "en"}
    for section, given in zip(plain["sections"], sheet.sections, strict=True):
        for block, chart in zip(section["blocks"], given.blocks, strict=True):
            if isinstance(chart, Chart):
                said = {"kind": "chart", "said": chart.drawing.said, "svg": charts.on_paper(chart.drawing)}
                block.clear()
                block.update(said, legend=[(charts.PAPER[looks], words) for looks, words in chart.legend])
    return plain


def _pressed(sheet: Sheet, *, form: str) -> bytes:
    """Return the document, made in a process of its own: typst would stay in the web's memory, 60 MB of it.

    Raises NoChineseFont, NotWritten.
    """
    given = json.dumps({"form": form, "sheet": _plain(sheet)}).encode()
    command = [sys.executable, "-m", "huiyin.command.press"]
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=LONGEST_S, cwd=_ROOT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotWritten() from error
    if done.returncode == NO_FONT:
        raise NoChineseFont()
    if done.returncode or not done.stdout:
        raise NotWritten() from RuntimeError(done.stderr.decode(errors="replace")[-800:])
    return done.stdout


@transaction.atomic
def take(actor: Actor, unit_id: UUID | None, *, month: Month, form: str) -> tuple[str, bytes]:
    """Return the brief of a unit as a document with its name, and record who took it.

    Raises NotFound, NoChineseFont, NotWritten.
    """
    if form not in FORMS:
        raise NotFound()
    brief = queries.brief(actor, unit_id, month=month)
    sheet = composing.compose(brief)
    document = _pressed(sheet, form=form)
    audit.record(actor, "brief.take", f"unit:{brief.unit.id}", month=month.key, form=form)
    return f"{sheet.title} {sheet.unit} {sheet.month}.{form}", document
