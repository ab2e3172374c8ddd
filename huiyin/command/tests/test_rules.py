"""Months, growth, the choice of quotes, and charts: no database."""

import itertools
import uuid
from datetime import date

import pytest

from huiyin.command import charts, rules
from huiyin.command.rules import Line, Month, Quote

TODAY = date(2026, 1, 5)


def month(year: int, number: int) -> Month:
    """Return a month."""
    return Month(date(year, number, 1))


def test_the_month_that_ended_last_is_the_usual_one_also_in_january() -> None:
    assert rules.last_complete(TODAY) == month(2025, 12)
    assert month(2026, 1).back(1).last == date(2025, 12, 31)
    assert month(2024, 2).last == date(2024, 2, 29)
    assert month(2025, 12).back(rules.YEAR) == month(2024, 12)


@pytest.mark.parametrize("text", ["", "2026-01", "2026-02", "1999-01", "2025-13", "x", "２０２５-11", "2025-11-01"])
def test_a_month_that_is_not_offered_is_the_usual_one(text: str) -> None:
    assert rules.chosen(text, TODAY) == month(2025, 12)


def test_an_earlier_month_is_taken_from_the_address() -> None:
    assert rules.chosen("2025-03", TODAY) == month(2025, 3)
    assert len(rules.offered(TODAY)) == rules.MONTHS_BACK


@pytest.mark.parametrize(
    ("now", "before", "grew"),
    [(4, 1, True), (3, 0, True), (2, 0, False), (3, 1, False), (9, 6, True), (10, 7, False), (30, 21, False), (5, None, False)],
)  # fmt: skip
def test_what_grew_has_three_more_and_half_as_many_again(now: int, before: int | None, grew: bool) -> None:
    assert rules.has_grown(Line("x", now, before, None)) is grew


def test_what_grew_by_most_stands_first_and_five_at_most_are_said() -> None:
    lines = [Line(f"c{n}", 10 + n, 1, None) for n in range(8)]
    assert [x.key for x in rules.grown(lines)] == ["c7", "c6", "c5", "c4", "c3"]


def quote(words: str, about: str = "") -> Quote:
    """Return something said."""
    return Quote(uuid.uuid4(), words, about)


def test_quotes_take_turns_between_the_biggest_and_none_comes_twice() -> None:
    lamp, first, second, third = quote("路灯坏了", "灯"), quote("太吵"), quote("太吵 了"), quote("太吵")
    own = [[first, second, third], [quote("垃圾"), lamp]]
    found = rules.quoted([lamp], own, lambda words: words)
    assert [q.words for q in found] == ["路灯坏了", "太吵", "垃圾", "太吵 了"]
    many = [[quote(f"{n} {m}") for m in range(9)] for n in range(3)]
    assert [q.words for q in rules.quoted([], many, str)] == ["0 0", "1 0", "2 0", "0 1", "1 1", "2 1"]


def test_what_is_hidden_is_hidden_before_words_are_compared() -> None:
    found = rules.quoted([quote("找张三"), quote("找李四")], [], lambda words: words[:1] + "＊＊")
    assert [q.words for q in found] == ["找＊＊"]


def square(west: float, south: float, side: float) -> dict[str, object]:
    """Return a square as GeoJSON."""
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def test_a_map_is_true_to_scale_and_what_lies_inside_is_drawn_last() -> None:
    inner, outer = square(115.505, 28.005, 0.004), square(115.50, 28.00, 0.02)
    drawing = charts.choropleth([charts.Place(inner, 9, "内"), charts.Place(outer, 1, "外")], said="图")
    assert drawing is not None
    assert [mark.said for mark in drawing.marks] == ["外", "内"]
    (looks, path) = (drawing.marks[0].shapes[0].looks, drawing.marks[0].shapes[0].d)
    assert looks == "level-1"
    points = [tuple(map(float, p.split())) for p in path.strip("Mz").split("L")]
    wide = max(p[0] for p in points) - min(p[0] for p in points)
    tall = max(p[1] for p in points) - min(p[1] for p in points)
    assert wide / tall == pytest.approx(0.883, abs=0.005), "a degree of longitude is shorter than one of latitude"


@pytest.mark.parametrize(
    "boundary", [{}, {"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": []}]
)
def test_without_a_boundary_there_is_no_map(boundary: dict[str, object]) -> None:
    assert charts.choropleth([charts.Place(boundary, 1, "")], said="") is None


def test_a_place_of_several_pieces_and_one_without_extent_are_drawn() -> None:
    pieces = {
        "type": "MultiPolygon",
        "coordinates": [square(1, 1, 0.1)["coordinates"], square(2, 2, 0.1)["coordinates"]],
    }
    line = {"type": "Polygon", "coordinates": [[[1, 1], [1, 1], [1, 1], [1, 1]]]}
    drawing = charts.choropleth([charts.Place(pieces, 0, ""), charts.Place(line, 3, "")], said="")
    assert drawing is not None
    assert drawing.marks[0].shapes[0].d.count("M") == 2
    assert "nan" not in charts.on_paper(drawing)


@pytest.mark.parametrize("most", [0, 1, 3, 4, 5, 9, 100])
def test_the_classes_of_the_legend_meet_without_gap_up_to_the_greatest(most: int) -> None:
    steps = charts.steps(most)
    assert steps[0] == (0, 0, 0)
    assert steps[-1][2] == most
    assert all(b[1] == a[2] + 1 for a, b in itertools.pairwise(steps))
    assert len(steps) <= 1 + charts.LEVELS


def test_columns_say_no_data_otherwise_than_zero_and_hostile_words_stay_words() -> None:
    columns = [charts.Column("1月", None, ""), charts.Column("2月", 0, ""), charts.Column("<b>&", 5, "")]
    drawing = charts.columns(columns, said="")
    texts = [shape.text for mark in drawing.marks for shape in mark.shapes if shape.looks == "value"]
    assert texts == ["–", "0", "5"]
    assert "&lt;b&gt;&amp;" in charts.on_paper(drawing)
