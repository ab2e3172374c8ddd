"""How things are said in a place: a village has no property manager."""

from __future__ import annotations

from huiyin.demo.world.gazetteer import Gazetteer

# The banks speak of communities; in a village the same thing has another name.
_IN_A_VILLAGE = (
    ("社区门口", "村部门口"),
    ("社区一楼", "村部一楼"),
    ("社区二楼", "村部二楼"),
    ("社区医生", "村医"),
    ("社区食堂", "互助食堂"),
    ("社区", "村里"),
    ("单元门", "公告栏"),
    ("楼长", "组长"),
    ("小区", "组里"),
    ("物业经理", "组长"),
    ("物业", "组里"),
    ("业主", "户主"),
    ("绿化带", "树丛"),
    ("全楼", "前后几家"),
)


def local_speech(text: str, gazetteer: Gazetteer, community_key: str) -> str:
    """Return the text as it is said in that place, a village having no property manager."""
    if gazetteer.units[community_key].kind == "village":
        for town, village in _IN_A_VILLAGE:
            text = text.replace(town, village)
    return text
