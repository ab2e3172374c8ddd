"""Files as others keep them."""

from pathlib import Path

import pytest

from huiyin.engines.text.reading import Fault, Unfit, labelled, texts, voices

STREAM = (
    "id,sender,title,text,received,likes,against,more\n"
    "1,a,题,文一,2019/7/4 8:05:00,3,,x\n"
    "2,b,题,文二,2019-07-05,,0,x\n"
    "3,c,题,文三,some day,1,0,x\n"
    "1,d,题,文四,2019/7/4,1,0,x\n"
)


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    (folder / name).write_text(text, encoding=encoding)
    return folder / name


def test_a_stream_is_read_whatever_its_dates_look_like_and_what_is_left_out_is_counted(tmp_path: Path) -> None:
    heard, left_out = voices(put(tmp_path, "s.csv", STREAM, "utf-8-sig"))
    assert [(v.key, v.likes, v.against, v.at.day) for v in heard] == [("1", 3, 0, 4), ("2", 0, 0, 5)]
    assert left_out == 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", Fault.EMPTY),
        ("category,title,text\n", Fault.EMPTY),
        ("category,title,text\n,无类别,文\n", Fault.EMPTY),
        ("class,title\n水,题\n", Fault.COLUMNS),
    ],
)
def test_a_file_that_cannot_be_used_says_why(tmp_path: Path, content: str, fault: Fault) -> None:
    with pytest.raises(Unfit) as refused:
        labelled(put(tmp_path, "a.csv", content))
    assert refused.value.fault is fault


def test_other_encodings_and_absent_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unfit) as refused:
        labelled(put(tmp_path, "a.csv", "category,title,text\n水,水管漏水,请修\n", "gb18030"))
    assert refused.value.fault is Fault.NOT_TEXT
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Unfit) as refused:
            labelled(path)
        assert refused.value.fault is Fault.ABSENT


def test_texts_come_from_csv_and_from_jsonl(tmp_path: Path) -> None:
    assert texts(put(tmp_path, "a.csv", "n,text\n1,一\n")) == ["一"]
    assert texts(put(tmp_path, "a.jsonl", '{"text": "一"}\n\n')) == ["一"]
    with pytest.raises(Unfit):
        texts(put(tmp_path, "b.jsonl", "no json\n"))
