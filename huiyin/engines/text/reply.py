"""Does an answer speak to the question, and is it whole? Hints for the clerk, never a block."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .clean import MOST_CHARACTERS, plain


class Hint(StrEnum):
    """What an answer may lack."""

    EMPTY = "empty"
    OFF_QUESTION = "off_question"
    NOTHING_DONE = "nothing_done"
    NO_TIME = "no_time"
    NO_CONTACT = "no_contact"
    EMPTY_PHRASES = "empty_phrases"


DONE = re.compile(
    r"(?:已经?|现已|经|于.{0,12})(?:[^。；]{0,12})(?:修|换|清|拆|整改|处罚|核实|调查|查看|安装|完成|解决|协调|约谈|发放|办理|退还|恢复|联系|到现场|上门|回复|通知)|现答复|根据.{2,40}(?:规定|条例|办法|通知)|可以|不(?:能|予|符合)|计划于"
)
WHEN = re.compile(
    r"\d{1,4}\s?年|\d{1,2}\s?月|\d{1,2}\s?[日号]|今天|昨天|明天|本周|下周|本月|下月|年底|月底|当[天日]|\d{1,4}\s?个?(?:工作日|小时|天)|[一二三四五六七八九十]{1,3}个?(?:工作日|天内|月)"
)
WHOM = re.compile(
    r"[0-9]{3,4}-?[0-9]{7,8}|1[3-9][0-9*]{9}|12345|热线|电话|联系人|窗口|咨询(?!的问题)|办公室.{0,10}(?:号|室)"
)
HOLLOW = re.compile(
    r"高度重视|正在(?:研究|处理|协调)中?|积极(?:推进|协调|配合)|进一步(?:加强|加大|核实)|加大.{0,8}力度|感谢您?(?:的|对).{0,16}(?:支持|理解|关注|监督)|请(?:您?耐心|继续).{0,8}(?:等待|关注)|尽快(?:处理|解决|落实|安排)|逐步(?:解决|完善|落实)|纳入.{0,8}(?:考虑|规划)|敬请谅解"
)
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_ORDINARY = re.compile(
    r"您好|你好|尊敬的|网友|领导|反映|问题|收悉|答复如下|现将|情况|有关|感谢|谢谢|来信|留言|请求|希望"
)
LEAST_SHARED = 0.08


@dataclass(frozen=True, slots=True)
class Marked:
    """Characters [start, end) of the answer as given that a hint speaks of."""

    hint: Hint
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Checked:
    """Hints in a fixed order, the places they speak of, and the share of the question's word pairs that return.

    Hints only: an answer is never held back for them. What is lacking has no place; hollow phrases are marked whether or
    not they outweigh the rest.
    """

    hints: tuple[Hint, ...]
    marks: tuple[Marked, ...]
    spoken_to: float


def check(question: str, answer: str) -> Checked:
    """Return what an answer may lack: what was done, when, whom to ask, whether it speaks to the question at all.

    Works by word lists and shared pairs of characters; it does not understand, and says so by being a hint only.
    """
    said = plain(answer)
    if len("".join(said.split())) < 8:
        return Checked((Hint.EMPTY,), (), 0.0)
    share = _shared(question, said)
    marks = tuple(Marked(Hint.EMPTY_PHRASES, m.start(), m.end()) for m in HOLLOW.finditer(answer[:MOST_CHARACTERS]))
    missing = (
        (Hint.OFF_QUESTION, share < LEAST_SHARED), (Hint.NOTHING_DONE, not DONE.search(said)),
        (Hint.NO_TIME, not WHEN.search(said)), (Hint.NO_CONTACT, not WHOM.search(said)),
        (Hint.EMPTY_PHRASES, _hollow(_SENTENCE.findall(said))),
    )  # fmt: skip
    return Checked(tuple(hint for hint, lacks in missing if lacks), marks, share)


def _hollow(sentences: Sequence[str]) -> bool:
    """Return whether at least half of the sentences hold a hollow phrase and nothing done."""
    empty = sum(bool(HOLLOW.search(s)) and not (DONE.search(s) and WHEN.search(s)) for s in sentences)
    return empty * 2 >= max(len(sentences), 1)


def _shared(question: str, answer: str) -> float:
    asked, said = _pairs(question), _pairs(answer)
    return len(asked & said) / len(asked) if asked else 1.0


def _pairs(text: str) -> set[str]:
    bare = _ORDINARY.sub(" ", plain(text)[:2000])
    return {bare[i : i + 2] for i in range(len(bare) - 1) if bare[i : i + 2].isalnum()}
