"""Registers in and out: which columns a table may have, under which names; what an imported row becomes. No Django."""

import hashlib
from collections.abc import Mapping, Sequence

KINDS: Mapping[str, str] = {  # English message ids
    "needs": "Matters from a register of our own",
    "tickets": "Tickets from a superior system, with their number and deadline",
}
# The first name is the one our form carries; the others are what offices and hotlines call the same.
COLUMNS: Mapping[str, Sequence[str]] = {
    "words": ("诉求内容", "内容", "诉求", "工单内容", "反映内容", "问题描述", "来电内容", "诉求描述", "主要内容"),
    "received_at": ("受理时间", "受理日期", "来电时间", "登记时间", "登记日期", "反映时间", "日期", "时间", "派单时间"),
    "channel": ("来源渠道", "渠道", "来源", "诉求来源", "反映渠道"),
    "community": ("社区", "村社区", "所属社区", "村居", "社区村", "承办单位", "办理单位", "责任社区"),
    "place": ("地点", "地址", "详细地址", "事发地址", "位置", "诉求地址", "事发地点"),
    "name": ("姓名", "诉求人", "联系人", "来电人", "反映人", "市民姓名"),
    "phone": ("电话", "联系电话", "手机", "手机号", "来电号码", "联系方式", "手机号码"),
    "category": ("类别", "分类", "诉求类别", "问题类别"),
    "number": ("工单编号", "工单号", "编号", "受理编号", "单号"),
    "deadline": ("办理期限", "办结期限", "截止时间", "期限", "办理时限", "要求办结时间", "截止日期"),
}
LABELS: Mapping[str, str] = {field: names[0] for field, names in COLUMNS.items()}
FIELDS: Mapping[str, Sequence[str]] = {
    "needs": ("words", "received_at", "channel", "community", "place", "name", "phone", "category"),
    "tickets": ("number", "deadline", "words", "received_at", "community", "place", "name", "phone", "category"),
}
NEEDED: Mapping[str, Sequence[str]] = {"needs": ("words",), "tickets": ("number", "deadline", "words")}
CHANNELS_SAID: Mapping[str, str] = {
    "电话": "phone", "来电": "phone", "热线": "phone", "窗口": "desk", "来访": "desk", "前台": "desk", "走访": "visit",
    "上门": "visit", "入户": "visit", "微信群": "chat_group", "群聊": "chat_group", "网格群": "chat_group", "会议": "meeting",
    "座谈": "meeting", "网页": "web", "网上": "web", "小程序": "web", "上级交办": "superior", "12345": "superior",
}  # fmt: skip
SUPERIOR = "superior"
NUMBER_MOST, SYSTEM_MOST = 60, 40


def channel_said(text: str) -> str:
    """Return the key of the channel that a cell names, "" when it names none we know."""
    plain = "".join(text.split())
    return next((key for word, key in CHANNELS_SAID.items() if word in plain), "")


def ticket_source(system: str, number: str) -> str:
    """Return what makes a ticket sent twice the same matter."""
    return "ticket:" + hashlib.sha256(f"{system}\n{number}".encode()).hexdigest()[:40]


def row_source(row: Mapping[str, str], *, office: str, nth: int) -> str:
    """Return what makes a row imported twice the same matter; the n-th row of one content is the n-th matter of it."""
    said = "\n".join(row.get(field, "") for field in ("words", "received_at", "place", "name", "phone"))
    return "import:" + hashlib.sha256(f"{office}\n{nth}\n{said}".encode()).hexdigest()[:40]
