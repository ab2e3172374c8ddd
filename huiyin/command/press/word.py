"""A sheet as a Word document, by python-docx: A4, Chinese fonts by name, tables with bars of signs, charts as pictures."""

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from huiyin.command.press import pdf

BODY, HEADS, LATIN = "宋体", "黑体", "Arial"  # every Chinese office has them; others substitute
QUIET, ACCENT = RGBColor(0x44, 0x52, 0x5D), RGBColor(0x0B, 0x6B, 0x7D)
BAR, BAR_MOST = "█", 12
PROPERTY_MOST = 255


def _faced(run: Any, name: str = BODY, size: float = 10.5, colour: RGBColor | None = None) -> Any:
    """Set the fonts of a run: the East Asian one has an attribute of its own that python-docx does not set."""
    run.font.name, run.font.size = LATIN, Pt(size)
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _style(document: Any) -> None:
    """Give the styles their fonts, the paper its size."""
    for style, name, size in (
        ("Normal", BODY, 10.5),
        ("Title", HEADS, 20),
        ("Heading 1", HEADS, 14),
        ("Heading 2", HEADS, 11),
    ):
        face = document.styles[style]
        face.font.name, face.font.size = LATIN, Pt(size)
        fonts = face.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), name)
        face.font.color.rgb = RGBColor(0x18, 0x22, 0x2A) if style != "Heading 1" else ACCENT
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2)
    page.top_margin, page.bottom_margin = Cm(2.5), Cm(2)


def _field(paragraph: Any, code: str) -> None:
    """Add a field that Word fills in, such as the page's number."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = _faced(paragraph.add_run(), size=9, colour=QUIET)
        if kind:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        else:
            element = OxmlElement("w:instrText")
            element.text = text
        run._element.append(element)


def _around(document: Any, sheet: dict[str, Any]) -> None:
    """Write what stands above and below each page."""
    page = document.sections[0]
    head = page.header.paragraphs[0]
    said = f"{sheet['unit']}　{sheet['month']} {sheet['title']}　{sheet['as_of']}"
    _faced(head.add_run(said), size=9, colour=QUIET)
    foot = page.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, _page, rest = sheet["page_of"].partition("{page}")
    between, _pages, after = rest.partition("{pages}")
    for text, code in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _faced(foot.add_run(text), size=9, colour=QUIET)
        if code:
            _field(foot, code)


def _repeats(row: Any) -> None:
    """Let a row stand again at the head of each page."""
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _first_cell(paragraph: Any, cell: dict[str, Any]) -> None:
    _faced(paragraph.add_run(cell["text"]))
    if cell["bar"] is not None:
        bar = BAR * max(1 if cell["bar"] else 0, round(cell["bar"] * BAR_MOST))
        paragraph.add_run().add_break()
        _faced(paragraph.add_run(bar or " "), size=6, colour=ACCENT)


def _table(document: Any, block: dict[str, Any]) -> None:
    document.add_heading(block["caption"], level=2)
    if not block["rows"]:
        _faced(document.add_paragraph().add_run(block["empty"]), colour=QUIET)
        return
    columns = block["columns"]
    table = document.add_table(rows=1, cols=len(columns), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    wide = 2.6 if len(columns) > 2 else 6.0
    widths = [Cm(17 - wide * (len(columns) - 1)), *[Cm(wide)] * (len(columns) - 1)]
    _repeats(table.rows[0])
    for i, name in enumerate(columns):
        paragraph = table.rows[0].cells[i].paragraphs[0]
        _faced(paragraph.add_run(name), HEADS, 9, QUIET)
    for row in block["rows"]:
        cells = table.add_row().cells
        for i, cell in enumerate(row):
            if i == 0:
                _first_cell(cells[0].paragraphs[0], cell)
            else:
                _faced(cells[i].paragraphs[0].add_run(cell["text"]))
    for row in table.rows:
        for i, cell in enumerate(row.cells):
            cell.width = widths[i]
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if i else WD_ALIGN_PARAGRAPH.LEFT


def _chart(document: Any, block: dict[str, Any], font: str) -> None:
    picture = document.add_picture(io.BytesIO(pdf.picture(block["svg"], font)), width=Cm(15))
    picture._inline.docPr.set("descr", block["said"])
    document.paragraphs[-1].alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _faced(caption.add_run(block["said"]), size=9, colour=QUIET)
    for colour, words in block["legend"]:
        _faced(caption.add_run("　■"), size=9, colour=RGBColor.from_string(colour.lstrip("#").upper()))
        _faced(caption.add_run(words), size=9, colour=QUIET)


def _quotes(document: Any, block: dict[str, Any]) -> None:
    for quote in block["said"]:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(0.6)
        _faced(paragraph.add_run(f"“{quote['words']}”"))
        paragraph.add_run().add_break()
        _faced(paragraph.add_run(quote["about"]), size=9, colour=QUIET)
    if not block["said"]:
        _faced(document.add_paragraph().add_run(block["empty"]), colour=QUIET)


def _block(document: Any, block: dict[str, Any], font: str | None) -> None:
    if block["kind"] == "table":
        if not (block["folded"] and font):  # without pictures the numbers stand in the table
            _table(document, block)
    elif block["kind"] == "chart":
        if font:
            _chart(document, block, font)
    elif block["kind"] == "quotes":
        _quotes(document, block)
    else:
        for text in block["texts"]:
            quiet = block["quiet"]
            _faced(document.add_paragraph().add_run(text), size=9 if quiet else 10.5, colour=QUIET if quiet else None)


def written(sheet: dict[str, Any], font: str | None) -> bytes:
    """Return the document; without a font here its charts are tables."""
    document = Document()
    _style(document)
    _around(document, sheet)
    title = f"{sheet['unit']} {sheet['month']} {sheet['title']}"
    document.core_properties.title = title[:PROPERTY_MOST]
    document.core_properties.author = sheet["unit"][:PROPERTY_MOST]
    document.add_paragraph(title, style="Title")
    _faced(document.add_paragraph().add_run(f"{sheet['as_of']} · {sheet['foot']}"), size=9, colour=QUIET)
    for section in sheet["sections"]:
        document.add_heading(section["title"], level=1)
        for block in section["blocks"]:
            _block(document, block, font)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
