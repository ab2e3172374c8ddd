"""`huiyin text`: works on files alone, and refuses in two languages."""

from pathlib import Path

import pytest

from huiyin.config import cli


def put(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_command_prints_three_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"水,水管漏水{n},楼下水管漏水请修{n}\n车,公交车晚点{n},公交车总是晚点{n}\n" for n in range(10))
    train = put(tmp_path, "a.csv", "category,title,text\n" + rows)
    assert cli.main(["text", "eval", "--train", str(train), "--test", str(train)]) == 0
    said = capsys.readouterr().out
    assert "macro-F1 1.0000" in said
    assert "ECE " in said


@pytest.mark.parametrize(
    ("train", "test", "said"),
    [
        (None, "水,题,文\n", "找不到文件"),
        ("水,题,文\n", "水,题,文\n", "只有一个类别"),
        ("水,题,文\n车,题,文\n", "别的,题,文\n", "一个也没有"),
        ("水,题,文\n车,题,文\n", "", "没有可用的行"),
    ],
)
def test_the_command_refuses_in_two_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], train: str | None, test: str, said: str
) -> None:
    head = "category,title,text\n"
    one = tmp_path / "none.csv" if train is None else put(tmp_path, "a.csv", head + train)
    other = put(tmp_path, "b.csv", head + test)
    assert cli.main(["text", "eval", "--train", str(one), "--test", str(other)]) == 2
    refused = capsys.readouterr().err
    assert said in refused
    assert "  ·  " in refused


def test_clusters_and_duplicates_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "东门菜市场旁边的排水沟堵了三个星期，污水流到人行道上，老人走路很容易滑倒，请派人清理"
    rows = "".join(f"{n},p{n},东门排水沟堵塞,{text}{n},2026-03-0{n}\n" for n in range(1, 5))
    file = put(tmp_path, "s.csv", "id,sender,title,text,received\n" + rows)
    assert cli.main(["text", "clusters", str(file)]) == 0
    assert "4 人" in capsys.readouterr().out
    assert cli.main(["text", "duplicates", str(file)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 6
