"""Workbooks written: what stands in them, how much memory that takes, and that they read as they were written."""

# ruff: noqa: DTZ001  # cells hold no time zone

import io
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from huiyin.platform import sheets
from huiyin.platform.clock import OFFICE_ZONE
from huiyin.platform.sheets import Column, writing

FOUR = [Column("姓名"), Column("次数", 8, "number"), Column("日期", 12, "day"), Column("受理时间", 18, "moment")]

_MEASURED = """
import re, sys
from datetime import UTC, date, datetime
from huiyin.platform.sheets import Column, read, write
path, rows, width = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
kinds = ["text", "text", "number", "day", "moment"]
columns = [Column(f"列{n}", 16, kinds[n % 5]) for n in range(width)]
day, moment = date(2026, 11, 2), datetime(2026, 11, 2, 1, 30, tzinfo=UTC)
def lines():
    for n in range(rows):
        yield [{"text": f"第{n}号楼道路灯不亮{c}", "number": n / 4, "day": day, "moment": moment}[columns[c].kind]
               for c in range(width)]
def read_all():
    with open(path, "rb") as file:
        return sum(1 for _ in read(file).find_header({"one": ["列0"]}).sheet.rows)
count = read_all() if sys.argv[4] == "read" else write(path, title="清单", columns=columns, rows=lines())
with open("/proc/self/status") as status:  # not ru_maxrss: it begins with that of the process that forked
    print(count, int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) // 1024)
"""


def measured(path: Path, rows: int, width: int, what: str) -> tuple[int, int]:
    """Write or read a workbook in a process of its own; return the rows and the most memory it took, in MB."""
    said = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(path), str(rows), str(width), what],
        check=True, capture_output=True, text=True, cwd=Path(__file__).resolve().parents[3],
    ).stdout.split()  # fmt: skip
    return int(said[0]), int(said[1])


def written(*rows: list[object], columns: list[Column] | None = None, title: str = "清单") -> io.BytesIO:
    out = io.BytesIO()
    assert sheets.write(out, title=title, columns=columns or [Column("甲")], rows=rows) == len(rows)
    return out


def xml(file: io.BytesIO, name: str = "worksheets/sheet1") -> str:
    return zipfile.ZipFile(file).read(f"xl/{name}.xml").decode()


def only(file: io.BytesIO) -> sheets.Cell:
    """Return the one cell below the header."""
    [row] = sheets.read(file).rows
    return row.cells[0]


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "http://a.example", "007", "{=1}"])
def test_a_text_stays_text_whatever_it_begins_with(text: str) -> None:
    file = written([text])
    assert only(file) == text
    assert "<f>" not in xml(file)
    assert "<hyperlink" not in xml(file)
    assert 'formatCode="@"' in xml(file, "styles")  # and stays text when somebody edits it


def test_what_xml_forbids_is_left_out_and_line_ends_are_one() -> None:
    assert only(written(["甲\x00\x0b乙\ud800\uffff\t丙\r\n丁\r戊"])) == "甲乙\t丙\n丁\n戊"


def test_a_text_too_long_for_a_cell_ends_in_an_ellipsis() -> None:
    assert only(written(["字" * 32_767])) == "字" * 32_767
    assert only(written(["字" * 32_768])) == "字" * 32_766 + "…"
    assert only(written(["😀" * 20_000])) == "😀" * 16_383 + "…"


def test_days_and_moments_are_excel_dates_in_beijing_time() -> None:
    late = datetime(2026, 11, 1, 16, 30, 45, 999, tzinfo=UTC)
    [row] = sheets.read(written([None, None, late, late], columns=FOUR)).rows
    assert row.cells == (None, None, date(2026, 11, 2), datetime(2026, 11, 2, 0, 30, 45))


def test_a_moment_without_its_zone_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    target = tmp_path / "清单.xlsx"
    with pytest.raises(ValueError, match="time zone"):
        sheets.write(target, title="清单", columns=FOUR, rows=[[None, None, None, datetime(2026, 11, 2)]])
    assert not target.exists()


def test_a_number_that_excel_cannot_hold_is_written_as_text() -> None:
    columns = [Column("号码", 20, "number")]
    assert only(written([440106199001011234], columns=columns)) == "440106199001011234"
    assert only(written([float("nan")], columns=columns)) == "nan"
    assert only(written(["不详"], columns=columns)) == "不详"
    assert only(written([12.5], columns=columns)) == 12.5


def test_the_header_is_frozen_and_filters_every_row() -> None:
    text = xml(written(["张三", 1, None, None], ["李四", 2, None, None], columns=FOUR))
    assert '<pane ySplit="1" topLeftCell="A2"' in text
    assert '<autoFilter ref="A1:D3"/>' in text
    assert '<c r="A1" s="' in text


def test_a_row_of_another_length_is_a_mistake() -> None:
    with pytest.raises(ValueError):
        sheets.write(io.BytesIO(), title="清单", columns=FOUR, rows=[["张三"]])


def test_more_rows_than_excel_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_ROWS_BELOW_HEADER", 2)
    with pytest.raises(ValueError, match="at most 2 rows"):
        sheets.write(io.BytesIO(), title="清单", columns=[Column("甲")], rows=[["a"], ["b"], ["c"]])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("11/2 [诉求]*", "11 2  诉求"),
        ("字" * 40, "字" * 31),
        ("", "Sheet1"),
        ("'History'", "Sheet1"),
        ("😀" * 20, "😀" * 15),
    ],
)
def test_a_title_becomes_a_name_that_excel_allows(title: str, name: str) -> None:
    assert sheets.read(written(["张三"], title=title)).name == name


def test_a_file_can_be_written_by_its_name(tmp_path: Path) -> None:
    for target in (tmp_path / "a.xlsx", str(tmp_path / "b.xlsx")):
        assert sheets.write(target, title="清单", columns=[Column("甲")], rows=[["张三"]]) == 1
        assert only(io.BytesIO(Path(target).read_bytes())) == "张三"


def test_a_template_hands_in_nothing_until_it_is_filled_in() -> None:
    out = io.BytesIO()
    with translation.override("en"):
        sheets.template(
            out, columns=FOUR, note="一行一件。\n日期写作 2026-11-02。", example_rows=[["张三", 1, None, None]]
        )
    headed = sheets.read(out).find_header({"name": ("姓名",)})
    assert (headed.sheet.name, headed.sheet.header[0], list(headed.sheet.rows)) == ("Form", "姓名", [])
    guide = xml(out, "worksheets/sheet2")
    assert [text in guide for text in ("一行一件。", "日期写作 2026-11-02。", "受理时间", "张三")] == [True] * 4


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=30)
_ROW = st.tuples(
    _TEXTS.filter(str.strip),
    st.none() | st.integers(-(10**15) + 1, 10**15 - 1) | st.integers(-(10**6), 10**6).map(lambda n: n / 8),
    st.none() | st.dates(date(1900, 3, 1), date(2199, 12, 31)),
    st.none() | st.datetimes(datetime(1950, 1, 1), datetime(2199, 12, 31)).map(lambda m: m.replace(microsecond=0)),
)


@settings(deadline=timedelta(seconds=5), max_examples=60)
@given(st.lists(_ROW, max_size=8))
def test_what_is_written_reads_the_same(rows: list[tuple[str, float | None, date | None, datetime | None]]) -> None:
    out = io.BytesIO()
    given_rows = [(*row[:3], row[3] and row[3].replace(tzinfo=OFFICE_ZONE)) for row in rows]
    sheets.write(out, title="清单", columns=FOUR, rows=given_rows)
    headed = sheets.read(out).find_header({column.label: [column.label] for column in FOUR})
    assert list(headed.columns.values()) == [0, 1, 2, 3]
    back = [
        (
            row.cells[0],
            row.cells[1],
            row.cells[2] and sheets.day_of(row.cells[2]),
            row.cells[3] and sheets.moment_of(row.cells[3]),
        )
        for row in headed.sheet.rows
    ]
    assert back == given_rows


def test_ten_thousand_rows_are_written_and_read_in_little_memory(tmp_path: Path) -> None:
    assert (count := measured(tmp_path / "a.xlsx", 10_000, 20, "write"))[0] == 10_000
    assert count[1] < 100
    assert (count := measured(tmp_path / "a.xlsx", 10_000, 20, "read"))[0] == 10_000
    assert count[1] < 200


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_written_and_read_in_bounded_memory(tmp_path: Path) -> None:
    assert (count := measured(tmp_path / "a.xlsx", 100_000, 20, "write"))[0] == 100_000
    assert count[1] < 200
    assert measured(tmp_path / "b.xlsx", 100_000, 12, "write")[0] == 100_000
    assert (count := measured(tmp_path / "b.xlsx", 100_000, 12, "read"))[0] == 100_000
    assert count[1] < 400
