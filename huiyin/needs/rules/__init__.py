"""Rules of the closed loop: states, the tracking code, the promise, where a matter falls. No Django, no database."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.machine import Machine, Step

_NEW = frozenset({"collect", "analyse"})
_OPEN = _NEW | {"carry_out"}  # nobody else works on it
_IN_WORK = _OPEN | {"match"}
_ALL = _IN_WORK | {"answer", "evaluate", "feedback"}
_TOLD = frozenset({"answer", "evaluate", "feedback", "closed"})

LIFECYCLE = Machine(
    "need",
    Step("accept", frm=_NEW, to="carry_out", needs="need.accept", key="a", label="Take it on"),
    Step("sort", frm=frozenset({"collect"}), to="analyse", needs="need.sort", key="y", label="Analyse"),
    Step("sort", frm=_ALL - {"collect"}, to=None, needs="need.sort", key="y", label="Analyse"),
    Step("dispatch", frm=_IN_WORK, to="match", needs="order.make", asks=("what",), key="d", label="Make an order"),
    # What follows from the orders (rules.orders.state_after); nobody presses these.
    Step("start", frm=frozenset({"match", "analyse"}), to="carry_out", needs="order.work"),
    Step("recall", frm=frozenset({"match", "carry_out"}), to="analyse", needs="order.work"),
    Step("rematch", frm=frozenset({"carry_out", "analyse"}), to="match", needs="order.work"),
    Step("finish", frm=_IN_WORK, to="answer", needs="order.work"),
    Step(
        "answer",
        frm=_OPEN | {"answer"},
        to="answer",
        needs="need.answer",
        asks=("text", "way"),
        key="f",
        label="Answer",
    ),
    Step(
        "deliver", frm=frozenset({"answer"}), to="evaluate", needs="need.deliver", key="v", label="Record as delivered"
    ),
    Step(
        "deliver", frm=frozenset({"feedback"}), to="closed", needs="need.deliver", key="v", label="Record as delivered"
    ),
    Step("rate", frm=frozenset({"evaluate"}), to="feedback", needs="need.rate", key="g", label="Rating by telephone"),
    Step("reopen", frm=frozenset({"evaluate"}), to="analyse", needs="need.rate"),
    Step("lapse", frm=frozenset({"evaluate"}), to="feedback", needs="need.lapse"),
    Step(
        "conclude",
        frm=frozenset({"feedback"}),
        to="feedback",
        needs="need.answer",
        asks=("text", "way"),
        key="f",
        label="Closing word",
    ),
    Step(
        "explain",
        frm=frozenset({"analyse", "carry_out"}),
        to="feedback",
        needs="need.explain",
        asks=("text", "way"),
        key="x",
        label="End as explained",
    ),
    Step("hand_up", frm=_OPEN, to="collect", needs="need.hand_up", asks=("note",), key="u", label="Escalate"),
    Step("pass_on", frm=_OPEN, to="collect", needs="need.pass_on", asks=("unit",), key="p", label="Pass on"),
    Step("merge", frm=_IN_WORK, to=None, needs="need.sort", asks=("original",), key="b", label="Same as another"),
    Step("separate", frm=_IN_WORK, to="analyse", needs="need.sort", key="e", label="Separate again"),
    Step("join", frm=_IN_WORK, to=None, needs="need.sort"),
    Step("group", frm=_ALL, to=None, needs="need.sort", asks=("theme",), key="t", label="Put into a theme"),
    Step("ungroup", frm=_ALL, to=None, needs="need.sort"),
    Step("learn", frm=_TOLD, to=None, needs="need.learn", asks=("text",), key="l", label="Keep a lesson"),
    Step("note", frm=_ALL, to=None, needs="need.note", asks=("note",), key="n", label="Internal note"),
    Step("withdraw", frm=_IN_WORK, to="withdrawn", needs="need.withdraw", label="Withdraw"),
    start="collect",
)
UNANSWERED_STATES = ("collect", "analyse", "match", "carry_out")
UNDO_WITHIN_S = 15  # ten seconds are offered; five are for a slow line
UNDOABLE = frozenset({"accept", "answer", "conclude", "hand_up", "pass_on"})

# The canonical stage of each state (docs/systems.md). Telling the result (答复) opens the evaluation; the closing word
# is the stage «answer» (反馈). «plan» is a project's, «improve» follows when a lesson is kept.
STAGE_OF: Mapping[str, str] = {
    "collect": "collect", "analyse": "analyse", "match": "match", "carry_out": "carry_out", "answer": "evaluate",
    "evaluate": "evaluate", "feedback": "answer", "closed": "answer", "withdrawn": "answer",
}  # fmt: skip
STATE_LABELS: Mapping[str, str] = {  # English message ids, as staff read them
    "collect": "Received",
    "analyse": "Being analysed",
    "match": "Orders out",
    "carry_out": "Being worked on",
    "answer": "Answered",
    "evaluate": "Waiting for the rating",
    "feedback": "Closing word due",
    "closed": "Closed",
    "withdrawn": "Withdrawn",
}
# Residents see four stages; each state stands under one of them.
RESIDENT_STAGES = ("collect", "carry_out", "answer", "closed")
RESIDENT_STAGE_OF: Mapping[str, str] = {
    "collect": "collect", "analyse": "collect", "match": "carry_out", "carry_out": "carry_out", "answer": "answer",
    "evaluate": "answer", "feedback": "answer", "closed": "closed", "withdrawn": "withdrawn",
}  # fmt: skip

CHANNELS: Mapping[str, str] = {
    "web": "Web page",
    "phone": "Telephone",
    "desk": "Counter",
    "visit": "Home visit",
    "chat_group": "Chat group",
    "meeting": "Meeting",
    "superior": "Superior system",
}
STAFF_CHANNELS = ("phone", "desk", "visit", "chat_group", "meeting")
WAYS: Mapping[str, str] = {
    "page": "On the progress page",
    "email": "E-mail",
    "phone": "Telephone",
    "visit": "Home visit",
    "paper": "On paper",
}


def usual_way(channel: str, *, has_phone: bool, has_email: bool) -> str:
    """Return how a resident is told when nobody chose: as the matter came in."""
    if channel in {"phone", "chat_group"} and has_phone:
        return "phone"
    if channel == "visit":
        return "visit"
    return "email" if has_email and not has_phone else "page"


ERASE_REASONS: Mapping[str, str] = {  # keys are kept in the audit, never a person's words
    "request": "The resident asks for it (PIPL, article 47)",
    "purpose": "The purpose is fulfilled or the time of keeping is over",
    "order": "A court or authority orders it",
}
OLDEST_DAYS = 366  # what came in earlier belongs into an archive, not into a promise
PROMISE_WORK_DAYS = 5  # until deadline rules exist
WORDS_MOST = 5000

# Words that call for help at once, not for a form. Wrong alarms are cheap, a missed one is not.
EMERGENCY_WORDS = (
    "着火", "起火", "失火", "火灾", "冒浓烟", "爆炸", "煤气泄漏", "燃气泄漏", "煤气味", "漏煤气", "触电", "溺水", "落水",
    "自杀", "轻生", "跳楼", "不想活", "割腕", "昏倒", "昏迷", "晕倒", "叫不醒", "没有呼吸", "大出血", "中毒", "心梗",
    "抢劫", "持刀", "行凶", "打人", "砍人", "绑架", "家暴", "被困电梯", "困在电梯", "坍塌", "倒塌",
    "着了火", "烧起来", "冒烟", "燃气漏", "漏气", "触了电", "跳河", "跳江", "寻短见", "自残", "喝农药", "服毒", "没气了",
    "喘不上气", "胸口疼", "中风", "休克", "抽搐", "流了好多血", "煤气漏", "救命", "打架", "起不来", "晕过去", "走失", "走丢", "失踪",
    "拿刀", "捅人", "性侵", "强奸", "猥亵",
    "被打", "虐待", "决堤", "山体滑坡", "塌方", "火災", "燃氣洩漏", "瓦斯外洩", "觸電", "跳樓", "輕生",
)  # fmt: skip


_EMERGENCY_ENGLISH = re.compile(
    r"\b(fire|gas leak|gas smell|smell of gas|not breathing|unconscious|suicide|kill (him|her|my)self|drowning|heart attack"
    r"|bleeding|knife|help me|missing child)\b",
    re.IGNORECASE,
)


def is_emergency(words: str) -> bool:
    """Return whether the words may tell of an emergency."""
    plain = re.sub(r"\s+", "", words)
    return any(word in plain for word in EMERGENCY_WORDS) or bool(_EMERGENCY_ENGLISH.search(words))


def check_digit(ten: str) -> str:
    """Return the check digit of ten digits by ISO/IEC 7064, MOD 11,10: it tells every single wrong digit."""
    product = 10
    for digit in ten:
        total = (product + int(digit)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def tracking_code(number: int) -> str:
    """Return the tracking code of a number below 10**10: eleven digits, the last a check digit."""
    ten = f"{number:010d}"
    if len(ten) != 10:
        raise ValueError("a tracking code has ten digits before its check digit")
    return ten + check_digit(ten)


def plain_code(text: str) -> str | None:
    """Return what was typed as eleven digits, or None when it cannot be a tracking code."""
    folded = text.translate({0xFF10 + i: str(i) for i in range(10)})
    digits = re.sub(r"[\s\-—–－·.]", "", folded)
    if not re.fullmatch(r"\d{11}", digits, re.ASCII) or check_digit(digits[:10]) != digits[10]:
        return None
    return digits


def spoken_code(code: str) -> str:
    """Return the code in groups as it is printed and said: `4821-7730-615`."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def rest_of_place(typed: str, building: str) -> str:
    """Return what of a typed place follows the building's name, white space in the name aside."""
    at = 0
    for letter in building:
        while at < len(typed) and typed[at].isspace():
            at += 1
        if at >= len(typed) or typed[at] != letter:
            return typed.strip()
        at += 1
    return typed[at:].strip()


def promised_on(received_on: date, calendar: WorkCalendar) -> date:
    """Return the date promised to the resident: five working days, counted from the day after."""
    return calendar.add_work_days(received_on, PROMISE_WORK_DAYS)


_TITLES = "主任|书记|网格员|网格长|村长|组长|站长|所长|主席|委员|局长|科长|经理|老师|同志|师傅|社工|专干|会计|干部|工作人员|先生|女士"


def fold(text: str) -> str:
    """Return a name as it is compared: full-width folded, white space, dots and invisible characters left out."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and c not in "·•." and unicodedata.category(c) != "Cf")


def names(text: str, person: str) -> bool:
    """Return whether a text names a person: the whole name somewhere, a part of it, or the surname with a title."""
    said, name = fold(text), fold(person)
    if not said or not name:
        return False
    if name in said or (len(said) >= 2 and said in name):
        return True
    return any(said.startswith(name[:n]) and re.match(_TITLES, said[n:]) for n in (1, 2) if len(name) > n)


@dataclass(frozen=True, slots=True)
class Rung:
    """A unit on the way up: who in it may read matters today."""

    unit_id: UUID
    readers: frozenset[UUID]


def rung_above(accused: frozenset[UUID], ladder: Iterable[Rung]) -> UUID | None:
    """Return the first unit above the accused in which somebody else may read matters; None above the top.

    `ladder` starts at the parent of the highest unit in which an accused person holds a post and goes up.
    """
    return next((rung.unit_id for rung in ladder if rung.readers - accused), None)
