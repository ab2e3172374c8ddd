"""A pasted excerpt of a chat group, taken apart into who said what. Plain Python.

Read are the shapes in which WeChat, WeCom and QQ give their messages to the clipboard: a line with name and time, or time
and name, or a name with a colon, before the words; «name: words» on one line; and, when none of these is found, paragraphs.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

MESSAGES_MOST = 60
NAME_MOST = 20
_NAME = rf"(?P<name>[^\s:：,，。！!?？;；][^:：,，。！!?？;；\n]{{0,{NAME_MOST - 1}}}?)"
_DAY = r"(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{1,2}[-/月]\d{1,2}日?|今天|昨天|前天|(?:星期|周)[一二三四五六日天])"
_TIME = rf"(?P<at>(?:{_DAY}\s*)?(?:(?:上午|下午|晚上|凌晨|中午)\s*)?\d{{1,2}}:\d{{2}}(?::\d{{2}})?)"
_HEADS = (
    re.compile(rf"^{_NAME}\s+[(（\[]?{_TIME}[)）\]]?\s*[:：]?$"),
    re.compile(rf"^[(（\[]?{_TIME}[)）\]]?\s+{_NAME}\s*[:：]?$"),
    re.compile(rf"^{_NAME}\s*[:：]$"),
)
_INLINE = (
    re.compile(rf"^[(（\[]?{_TIME}[)）\]]?\s*{_NAME}\s*[:：]\s*(?P<words>\S.*)$"),
    re.compile(r"^(?P<name>[^\s:：,，。！!?？;；\d][^\s:：,，。！!?？;；]{0,11})\s*[:：]\s*(?P<words>\S.*)$"),
)
_ALONE = re.compile(rf"(?:{_DAY}\s*)?(?:{_TIME})?")
_RULE = "-—=· "  # stands around a time between messages
_LABELS = frozenset(
    {
        "地址",
        "地点",
        "位置",
        "时间",
        "电话",
        "联系电话",
        "手机",
        "姓名",
        "联系人",
        "诉求",
        "问题",
        "内容",
        "情况",
        "原因",
        "备注",
        "注",
        "另外",
        "补充",
    }
)  # what stands before a colon in the words themselves
_CHATTER = frozenset(
    {
        "收到", "好的", "好", "谢谢", "感谢", "辛苦了", "嗯", "嗯嗯", "哦", "ok", "1", "+1", "同意", "赞同", "同问", "支持", "顶",
        "是的", "对",
        "知道了", "明白", "大家好", "早上好", "晚上好", "在吗", "没事", "不客气", "谢谢书记", "谢谢主任", "已撤回", "撤回了一条消息",
    }
)  # fmt: skip
_SIGNS = re.compile(r"\[[^\[\]]{1,8}\]|【[^【】]{1,8}】")  # [强] [图片]
LIKELY_FROM = 5


@dataclass(frozen=True, slots=True)
class Said:
    """What one person said, in their words; `likely` when it may be a matter."""

    name: str
    at: str
    words: str
    likely: bool


def _plain(words: str) -> str:
    bare = _SIGNS.sub("", words)
    return "".join(c for c in bare if unicodedata.category(c)[0] in "LN").casefold()


def _likely(words: str, name: str, colleagues: Collection[str]) -> bool:
    plain = _plain(words)
    return len(plain) >= LIKELY_FROM and plain not in _CHATTER and not any(c and c in name for c in colleagues)


def _begins(line: str, *, inline: bool) -> tuple[str, str, str] | None:
    """Return name, time and first words when a line begins a message, else None."""
    for shape in _HEADS:
        if found := shape.match(line):
            return found["name"].strip(), found.groupdict().get("at") or "", ""
    for shape in _INLINE if inline else ():
        found = shape.match(line)
        if found and found["name"].strip() not in _LABELS:
            return found["name"].strip(), found.groupdict().get("at") or "", found["words"]
    return None


def _messages(lines: Iterable[str], *, inline: bool) -> list[tuple[str, str, list[str]]]:
    found: list[tuple[str, str, list[str]]] = []
    for line in lines:
        text = line.strip()
        if begun := _begins(text, inline=inline):
            name, at, words = begun
            if found and found[-1][0] == name:
                found[-1][2].extend([words] if words else [])
            else:
                found.append((name, at, [words] if words else []))
        elif text and (not _ALONE.fullmatch(text.strip(_RULE)) or (found and not found[-1][2])):  # «8:30» is an answer
            if not found:
                found.append(("", "", []))
            found[-1][2].append(text)
    return found


def _with_words(messages: Iterable[tuple[str, str, list[str]]]) -> list[tuple[str, str, str]]:
    """Return the messages that say something; «name:» at which nobody spoke was no name but words."""
    found: list[tuple[str, str, str]] = []
    for name, at, lines in messages:
        words = "\n".join(lines).strip()
        if words:
            found.append((name, at, words))
        elif name and not at:
            before = found.pop() if found else ("", "", "")
            found.append((before[0], before[1], f"{before[2]}\n{name}：".strip()))
    return found


def _paragraphs(text: str) -> list[tuple[str, str, list[str]]]:
    parts = [p.strip() for p in re.split(r"\n\s*\n", text)]
    return [("", "", [part]) for part in parts if part]


def taken_apart(text: str, *, colleagues: Collection[str] = ()) -> list[Said]:
    """Return the messages of an excerpt in their order, what one person says in a row as one; at most 60.

    Nothing said is left out: what is no message of a known shape stays with the one before. `colleagues` are names whose
    messages are no matters.
    """
    clean = "".join(
        c
        for c in text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
        if c == "\n" or unicodedata.category(c)[0] != "C"
    )
    lines = clean.split("\n")
    named = [begun for line in lines if (begun := _begins(line.strip(), inline=True))]
    messages = _messages(lines, inline=True) if named else _paragraphs(clean)
    kept = _with_words(messages)
    if len(kept) > MESSAGES_MOST:
        rest = "\n".join(words for _name, _at, words in kept[MESSAGES_MOST - 1 :])
        kept = [*kept[: MESSAGES_MOST - 1], ("", "", rest)]
    return [Said(name, at, words, _likely(words, name, colleagues)) for name, at, words in kept]
