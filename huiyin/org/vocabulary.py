"""An organisation's own names for the eight canonical stages: the five columns of docs/systems.md, as data.

The engine knows the canonical stages only; a unit's preset renames them on screen for everything it holds, and is
inherited down the tree. A stage without a name in a column keeps the usual one.
"""

from collections.abc import Mapping

STAGES = ("collect", "analyse", "plan", "match", "carry_out", "evaluate", "answer", "improve")


def _column(*names: str) -> Mapping[str, str]:
    return {stage: name for stage, name in zip(STAGES, names, strict=True) if name}


PRESETS: Mapping[str, Mapping[str, str]] = {
    "steps": _column("需求", "分析", "策划", "对接", "实施", "评估", "反馈", "提升"),
    "orders": _column("群众点单", "中心制单", "中心制单", "所站派单", "志愿者接单", "双向评单", "双向评单", ""),
    "collecting": _column("征单", "梳单", "梳单", "派单", "接单", "", "", ""),
    "talks": _column("巡、访、记", "记", "报", "报", "报", "答", "答", ""),
    "contact": _column("问需", "问需", "议策", "接单", "接单", "评效", "评效", "评效"),
}
PRESET_LABELS: Mapping[str, str] = {  # English message ids
    "steps": "Eight steps",
    "orders": "Point, make, dispatch, take, review",
    "collecting": "Collecting orders",
    "talks": "Bench talks",
    "contact": "Party contact",
}


def name_of(preset: str, stage: str) -> str:
    """Return a preset's name for a canonical stage, "" when it has none of its own."""
    return PRESETS.get(preset, {}).get(stage, "")
