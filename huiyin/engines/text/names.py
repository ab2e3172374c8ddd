"""Personal names as they stand in requests, so that no model keeps one and lists can hide them."""

import re
from collections.abc import Iterable

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔贺赖龚文欧阳肖向柳聂晏凌颜"
)
TITLES = (
    "书记|市长|县长|区长|省长|厅长|局长|处长|科长|所长|镇长|乡长|主任|主席|院长|校长|部长|队长|站长|行长|经理|老板|医生|老师"
    "|律师|法官|警官|先生|女士|小姐|同志|师傅|阿姨|叔叔|大爷|大妈|总"
)
_TITLED = re.compile(rf"[{SURNAMES}](?:{TITLES})")
_NAMED = re.compile(
    rf"(?:我叫|本人叫|姓名[:：]?|联系人[:：]?|名叫|法人代表|法定代表人|当事人|我是)([{SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    rf"|([{SURNAMES}][\u4e00-\u9fff]{{1,2}})(?:{TITLES})"
)
_HOME = r"天天|每天|每晚|经常|总是|老是|一直|半夜|夜里|晚上|早上"
_NEIGHBOUR = re.compile(
    rf"(?:邻居|楼上|楼下|对门|隔壁|业主|户主|住户|租户|村民|房东|丈夫|妻子|老公|老婆|儿子|女儿|父亲|母亲|爷爷|奶奶)(?:是|叫)?"
    rf"([{SURNAMES}][\u4e00-\u9fff]{{1,2}}?)(?=天天|经常|每天|总是|老是|一直|家|说|把|不|，|。|、|！|？|的|$)"
    rf"|([{SURNAMES}][\u4e00-\u9fff]{{2}})家(?={_HOME})"
)
_NO_GIVEN_NAME = frozenset("上下面法声度温水电价款费额来去后前时间些么向")
_ORDINARY = frozenset("的是在了一不有人这我们住从到个名和与及为所市县区镇村局长级部门办公街道社区学校业主居民")


def spans(text: str) -> Iterable[tuple[int, int]]:
    """Yield (start, end) of what reads like a person's name beside a title or a phrase that introduces one."""
    for found in _NAMED.finditer(text):
        group = 1 if found.group(1) else 2
        name = found.group(group)
        given = [c for c in name[1:] if c not in _ORDINARY]
        if len(given) == len(name) - 1:
            yield found.span(group)


def neighbours(text: str) -> Iterable[tuple[int, int]]:
    """Yield (start, end) of what reads like a person's name after a word for a neighbour or a relative.

    Less sure than `spans`: for hiding, where one word too many does no harm.
    """
    for found in _NEIGHBOUR.finditer(text):
        group = 1 if found.group(1) else 2
        if not (_ORDINARY | _NO_GIVEN_NAME).intersection(found.group(group)[1:]):
            yield found.span(group)


def mentioned_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that `spans` and `neighbours` find in any of the texts: what no title may hold."""
    return frozenset(text[a:b] for text in texts for find in (spans, neighbours) for a, b in find(text))


def names_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the names that `spans` finds in any of the texts."""
    return frozenset(text[a:b] for text in texts for a, b in spans(text))


def holds_name(run: str, names: frozenset[str]) -> bool:
    """Return whether a short run of characters holds a known name, or a surname before a title."""
    if _TITLED.search(run):
        return True
    return any(run[i : i + n] in names for n in (2, 3) for i in range(len(run) - n + 1))
