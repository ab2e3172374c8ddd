"""An office's model: learned from what it confirmed, compared, written whole, put back."""

import os
from pathlib import Path

import numpy as np
import pytest

from huiyin.engines.text import codec
from huiyin.engines.text.blending import Blend
from huiyin.engines.text.category import Model
from huiyin.engines.text.learning import Reason, learn
from huiyin.engines.text.machines import Labelled
from huiyin.engines.text.training import train

THINGS = {
    "水": ["水管漏水", "自来水停水", "水表坏了", "水压太低"],
    "车": ["公交车晚点", "车站拥挤", "停车位不够", "车道堵塞"],
}
SCHOOL = ["学校午餐太贵", "老师补课收费", "学校操场关闭", "学校门口拥挤"]
PLACES = ["东门", "西门", "南门", "北门", "中心", "新村", "老街", "河边", "山脚", "桥头"]


def rows(things: dict[str, list[str]], places: list[str]) -> list[Labelled]:
    return [
        Labelled(c, t, f"{p}{t}，请派人看看，{n}号楼")
        for c, ts in things.items()
        for n, t in enumerate(ts)
        for p in places
    ]


@pytest.fixture(scope="module")
def model() -> Model:
    return train(rows(THINGS, PLACES))


def test_the_first_model_is_kept_and_its_figures_are_told() -> None:
    lesson = learn(None, rows(THINGS, PLACES[:7]), rows(THINGS, PLACES[7:]))
    assert (lesson.is_new, lesson.reason, lesson.confirmed, lesson.held_out) == (True, Reason.FIRST, 56, 24)
    assert lesson.new is not None
    assert lesson.new.macro_f1 > 0.9


def test_a_model_that_learned_a_new_category_replaces_the_old_one(model: Model) -> None:
    with_school = THINGS | {"学": SCHOOL}
    lesson = learn(model, rows(with_school, PLACES[:7]), rows(with_school, PLACES[7:]))
    assert (lesson.is_new, lesson.reason) == (True, Reason.BETTER)
    assert lesson.kept is not None
    assert "学" in lesson.kept.classes
    assert lesson.gain is not None
    assert lesson.gain[0] > 0


def test_a_worse_model_is_not_kept(model: Model) -> None:
    wrong = [Labelled("车" if r.category == "水" else "水", r.title, r.text) for r in rows(THINGS, PLACES[:5])]
    lesson = learn(model, wrong, rows(THINGS, PLACES[5:]))
    assert (lesson.kept, lesson.is_new, lesson.reason) == (model, False, Reason.WORSE)
    assert lesson.old is not None
    assert lesson.new is not None
    assert lesson.old.macro_f1 > lesson.new.macro_f1


def test_too_few_held_out_or_one_category_keep_the_old_model(model: Model) -> None:
    assert learn(model, rows(THINGS, PLACES), rows(THINGS, PLACES[:1])).reason is Reason.TOO_FEW
    one = learn(model, rows({"水": THINGS["水"]}, PLACES), rows(THINGS, PLACES))
    assert (one.kept, one.reason) == (model, Reason.ONE_CATEGORY)


def test_what_is_held_out_is_not_trained_on(model: Model) -> None:
    every = rows(THINGS, PLACES)
    assert learn(model, every, every).reason is Reason.ONE_CATEGORY
    assert learn(model, every, every[:20]).confirmed == 60


def test_ten_confirmed_matters_lean_on_the_model_that_knows_more(model: Model) -> None:
    few = [Labelled("学", t, f"{t}，希望管一管") for t in SCHOOL] + rows({"水": THINGS["水"][:2]}, PLACES[:3])
    assert len(few) == 10
    lesson = learn(None, few, [], back_off=model)
    assert isinstance(lesson.kept, Blend)
    assert lesson.kept.share > 0.9
    assert lesson.kept.classes == ("学", "水", "车")
    assert lesson.kept.predict("公交车晚点", "河边公交车晚点，请派人看看").suggestions[0].category == "车"
    chances = lesson.kept.chances(["公交车晚点", "", "学校午餐太贵"], ["公交车晚点", "", "学校午餐太贵，希望管一管"])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-4)
    answer = lesson.kept.predict("学校午餐太贵", "学校午餐太贵，希望管一管")
    assert "学" in [s.category for s in answer.suggestions]


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_an_interrupted_write_leaves_the_old_model(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "category.npz"
    codec.save(model, path)
    old = path.read_bytes()

    def cut_off(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, cut_off)
    with pytest.raises(KeyboardInterrupt):
        codec.save(train(rows(THINGS, PLACES[:6])), path)
    monkeypatch.undo()
    assert path.read_bytes() == old
    assert codec.load(path).trained_on == model.trained_on


def test_a_blend_is_written_with_its_share(model: Model) -> None:
    blend = Blend.of(train(rows(THINGS, PLACES[:3])), model)
    again = codec.unpacked(codec.packed(blend), other=lambda: model)
    assert isinstance(again, Blend)
    assert again.share == pytest.approx(blend.share)
    assert isinstance(codec.unpacked(codec.packed(blend)), Model)


@pytest.mark.parametrize("data", [b"", b"PK", b"\x93NUMPY", b"x" * 100])
def test_what_is_no_model_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="model"):
        codec.unpacked(data)
