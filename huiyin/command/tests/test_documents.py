"""The brief as PDF and Word document: hostile words stay words, no font is said, both hold what the page holds."""

import io
import json
import subprocess
import sys
import zipfile
from typing import Any

import docx
import pytest
import typst
from django.test import Client
from django.utils.translation import override

from huiyin.command import actions as command
from huiyin.command import charts
from huiyin.command.errors import NoChineseFont, NotWritten
from huiyin.command.press import NO_FONT, fonts
from huiyin.command.press.__main__ import printed
from huiyin.command.sheet import Cell, Chart, Lines, Quotes, Said, Section, Sheet, Table
from huiyin.command.tests.make import NOISE, came, october, on
from huiyin.command.tests.test_figures import OCTOBER, READ_ON
from huiyin.org.tests.make import Town
from huiyin.platform import audit
from huiyin.platform.errors import NotFound

HOSTILE = r'#panic("x") #sys.exit $ x^2 $ @ref <label> \ ] } ) " ; // /* = - + `raw` #{1/0} #image("/etc/passwd") %(x)s {page}'


def sheet(words: str) -> Sheet:
    """Return a sheet that says the same words everywhere."""
    drawing = charts.columns([charts.Column(words[:3], 4, words, words)], said=words)
    blocks = (
        Table(words, [words, words], [[Cell(words, bar=0.5, bar_before=1.0), Cell(words)]], words),
        Table(words, [words], [], words), Chart(drawing, [("level-1", words)]), Lines([words], quiet=True),
        Quotes([Said(words, words)]), Quotes([], words),
    )  # fmt: skip
    return Sheet(words, words, words, words, words, "{page}/{pages} " + words, [Section(words, blocks)])


def texts(document: bytes) -> str:
    """Return what a Word document says: paragraphs, tables, head and foot."""
    found = docx.Document(io.BytesIO(document))
    lines = [p.text for p in found.paragraphs]
    lines += [p.text for table in found.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    lines += [p.text for part in (found.sections[0].header, found.sections[0].footer) for p in part.paragraphs]
    return "\n".join(lines)


@pytest.mark.parametrize("form", command.FORMS)
def test_hostile_words_stay_words(form: str) -> None:
    made = printed({"form": form, "sheet": command._plain(sheet(HOSTILE))})
    assert made is not None
    assert made.startswith(b"%PDF-" if form == "pdf" else b"PK")
    if form == "docx":
        assert texts(made).count(HOSTILE) > 8


def test_the_same_words_as_source_would_stop_it() -> None:
    with pytest.raises(typst.TypstError):
        typst.compile(HOSTILE.encode())


@pytest.mark.parametrize(
    "words",
    ["", "民" * 2000, "W" * 300, "a\x00b\x0b😀\ud800\uffff", "龘𠮷"],
)
def test_empty_long_and_strange_words_are_printed(words: str) -> None:
    for form in command.FORMS:
        assert printed({"form": form, "sheet": command._plain(sheet(words))})


def test_without_a_chinese_font_a_pdf_is_refused_and_a_word_document_has_tables_instead() -> None:
    plain = command._plain(sheet("民情"))
    assert printed({"form": "pdf", "sheet": plain, "ignored_fonts": ["*"]}) is None
    made = printed({"form": "docx", "sheet": plain, "ignored_fonts": ["*"]})
    assert made is not None
    names = zipfile.ZipFile(io.BytesIO(made)).namelist()
    assert not [name for name in names if name.startswith("word/media/")]


def test_a_font_without_chinese_is_not_taken_for_one() -> None:
    face = next(f for f in fonts._faces() if "DejaVu Sans" in f.family or "Liberation" in f.family)
    assert face.path
    assert not fonts.covers(face.path, face.index, "民")
    assert fonts.covers(face.path, face.index, "abc")
    assert not fonts.covers("/nowhere.ttf", 0, "a")
    assert fonts.chinese()


def test_the_press_is_a_program_that_says_when_it_has_no_font() -> None:
    given = {"form": "pdf", "sheet": command._plain(sheet("民情")), "ignored_fonts": ["*"]}
    command_line = [sys.executable, "-m", "huiyin.command.press"]
    done = subprocess.run(command_line, input=json.dumps(given).encode(), capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (NO_FONT, b"")


def no_font(*_args: Any, **_given: Any) -> Any:
    """Stand in for the press on a machine without a Chinese font."""
    return subprocess.CompletedProcess([], NO_FONT, b"", b"")


@pytest.mark.parametrize(("language", "said"), [("", "没有中文字体"), ("/en", "no Chinese font")])
def test_who_cannot_have_a_pdf_is_told_in_their_language_and_what_to_do(
    town: Town, client: Client, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setattr(subprocess, "run", no_font)
    client.force_login(town.people["head"])
    answer = client.post(f"{language}/desk/brief/pdf/")
    assert answer.status_code == 503
    assert said in answer.content.decode()
    assert "Word" in answer.content.decode()
    assert audit.looks(f"unit:{town.units['lake'].id}", ["brief.take"]) == []


def test_a_press_that_fails_or_takes_too_long_is_a_refusal(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*args: Any, **given: Any) -> Any:
        raise subprocess.TimeoutExpired("press", 30)

    for stand_in in (late, lambda *args, **given: subprocess.CompletedProcess([], 1, b"", b"why")):
        monkeypatch.setattr(subprocess, "run", stand_in)
        with pytest.raises(NotWritten):
            command.take(town.actor("head"), None, month=OCTOBER, form="pdf")
    monkeypatch.setattr(subprocess, "run", no_font)
    with pytest.raises(NoChineseFont):
        command.take(town.actor("head"), None, month=OCTOBER, form="pdf")


@pytest.mark.parametrize("form", command.FORMS)
def test_a_document_is_taken_by_its_reader_and_that_is_recorded(town: Town, client: Client, form: str) -> None:
    october(town)
    client.force_login(town.people["head"])
    with on(READ_ON):
        answer: Any = client.post(f"/desk/brief/{form}/", {"month": "2025-10"})
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "%E6%B0%91%E6%83%85%E7%AE%80%E6%8A%A5" in answer["Content-Disposition"]
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"%PDF-" if form == "pdf" else b"PK")
    (look,) = audit.looks(f"unit:{town.units['lake'].id}", ["brief.take"])
    assert look.user_name == "何主任"
    if form == "docx":
        said = texts(content)
        assert "2025年10月" in said
        assert "环境保护" in said
        assert "截至2025年10月31日未答复" in said
        assert zipfile.ZipFile(io.BytesIO(content)).read("word/styles.xml").decode().count("宋体") >= 1


def test_another_form_or_another_office_is_not_found(town: Town) -> None:
    for unit, form in ((town.units["hill"].id, "pdf"), (town.units["lake"].id, "exe")):
        with pytest.raises(NotFound):
            command.take(town.actor("head"), unit, month=OCTOBER, form=form)


def test_in_english_the_document_is_english(town: Town) -> None:
    came(town, "2025-10-13", NOISE)
    with on(READ_ON), override("en"):
        name, content = command.take(town.actor("head"), None, month=OCTOBER, form="docx")
    assert name == "Brief 莲花社区 October 2025.docx"
    assert "Answered within the promise" in texts(content)


def test_the_web_loads_neither_typst_nor_docx() -> None:
    said = "import sys, django; django.setup(); import huiyin.config.urls; print({'typst', 'docx'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
