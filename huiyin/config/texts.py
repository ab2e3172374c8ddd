"""`huiyin text eval | clusters | duplicates`: the text engine on files, without a database."""

import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from huiyin.engines.text.reading import Fault, Unfit

SENTENCES = {
    Fault.ABSENT: ("找不到文件「{name}」", "there is no file {name!r}"),
    Fault.NOT_TEXT: (
        "「{name}」不是 UTF-8 编码的 CSV 文件，请另存为“CSV UTF-8”",
        "{name!r} is no CSV file in UTF-8",
    ),
    Fault.COLUMNS: ("「{name}」缺少列：{detail}", "{name!r} lacks the columns {detail}"),
    Fault.EMPTY: ("「{name}」没有可用的行", "{name!r} has no row that can be used"),
    Fault.ONE_CLASS: (
        "「{name}」只有一个类别（{detail}），至少需要两个",
        "{name!r} has one category only ({detail}); two are needed",
    ),
    Fault.UNKNOWN_CLASSES: (
        "「{name}」的类别（{detail}）在训练文件中一个也没有",
        "none of the categories of {name!r} ({detail}) occurs in the training file",
    ),
}
MOST_TITLES = 5


def evaluate(train_on: str, test_on: str) -> int:
    """Print macro-F1, accuracy and ECE of a model trained on one file and measured on another."""
    from huiyin.engines.text import evaluation

    try:
        scores = evaluation.evaluate(Path(train_on), Path(test_on))
    except Unfit as wrong:
        return _refused(wrong)
    print(f"macro-F1 {scores.macro_f1:.4f}")
    print(f"accuracy {scores.accuracy:.4f}")
    print(f"ECE {scores.ece:.4f}")
    print(f"最有把握的八成中正确 · right among the most confident 80 % {scores.confident:.4f}")
    print(f"条数 · requests {scores.n}")
    return 0


def clusters(file: str, *, most: int) -> int:
    """Print the hottest common needs of a file, each with its figures and its first titles."""
    from huiyin.engines.text.reading import voices
    from huiyin.engines.text.shared_needs import shared_needs

    try:
        heard, left_out = voices(Path(file))
    except Unfit as wrong:
        return _refused(wrong)
    if left_out:
        print(f"{left_out} 行时间无法识别或编号重复，未计入 · {left_out} rows left out", file=sys.stderr)
    title = {voice.key: voice.title.strip() for voice in heard}
    for n, need in enumerate(islice((n for n in shared_needs(heard) if n.common), most), 1):
        print(f"{n}. {need.name}")
        print(f"   {need.since:%Y-%m-%d}–{need.last:%Y-%m-%d}  {'、'.join(need.places)}")
        print(
            f"   {len(need.keys)} 件 {need.people} 人 · requests and people; 赞 likes {need.likes}, 反对 against "
            f"{need.against}; 热度 heat {need.heat:.2f}"
        )
        print("   ids " + " ".join(map(str, need.keys)))
        _titles([title[key] for key in need.keys])
    return 0


def duplicates(file: str) -> int:
    """Print the pairs of near duplicates of a file, one a line: similarity, row, row (from 0), then their number."""
    from huiyin.engines.text import reading
    from huiyin.engines.text.duplicates import near_duplicates

    try:
        texts = reading.texts(Path(file))
    except Unfit as wrong:
        return _refused(wrong)
    found = near_duplicates(texts)
    for first, second, similarity in zip(found.first, found.second, found.similarity, strict=True):
        print(f"{similarity:.3f}\t{first}\t{second}")
    print(f"{len(texts)} 条中有 {len(found.first)} 对 · pairs", file=sys.stderr)
    return 0


def _titles(titles: Sequence[str]) -> None:
    for title in titles[:MOST_TITLES]:
        print(f"     {title}")
    if len(titles) > MOST_TITLES:
        print(f"     … +{len(titles) - MOST_TITLES}")


def _refused(wrong: Unfit) -> int:
    chinese, english = (s.format(name=wrong.name, detail=wrong.detail) for s in SENTENCES[wrong.fault])
    print(f"{chinese}  ·  {english}", file=sys.stderr)
    return 2
