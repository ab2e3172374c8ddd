"""Invented names: people (with pinyin for user names), estates, village groups, and telephone numbers.

Names are put together by chance from common syllables; nobody is meant by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Each character with its spelling. Characters that make up many names of people in public life are left out,
# and so are given names of one character, which are too few to miss everybody.
_SURNAMES = _words(
    """
    王wang 李li 张zhang 刘liu 陈chen 杨yang 黄huang 赵zhao 吴wu 周zhou 徐xu 孙sun 胡hu 朱zhu 高gao
    林lin 何he 郭guo 罗luo 梁liang 宋song 郑zheng 谢xie 唐tang 冯feng 邓deng 曹cao 彭peng 曾zeng
    肖xiao 田tian 董dong 潘pan 袁yuan 蔡cai 余yu 杜du 叶ye 程cheng 魏wei 苏su 丁ding 沈shen 姜jiang
    范fan 傅fu 钟zhong 卢lu 廖liao 熊xiong 邹zou 聂nie 付fu 章zhang 涂tu 万wan 饶rao 黎li 龚gong 喻yu
    """
)
_GIVEN = _words(
    """
    桂gui 兰lan 秀xiu 英ying 红hong 海hai 燕yan 玉yu 梅mei 华hua 斌bin 琴qin 根gen 水shui 生sheng
    霞xia 冬dong 青qing 家jia 俊jun 敏min 雨yu 婷ting 涵han 欣xin 怡yi 宏hong 荣rong 芳fang 细xi
    毛mao 木mu 香xiang 银yin 花hua 福fu 寿shou 安an 启qi 远yuan 航hang 佳jia 慧hui 静jing 雅ya
    锋feng 磊lei 旭xu 凤feng 仙xian 菊ju 莲lian 娥e 良liang 发fa 财cai 兴xing 旺wang 娟juan 勤qin
    满man 贵gui 禾he 禄lu 招zhao 保bao 火huo 炳bing 茂mao 松song 筱xiao 珍zhen 淑shu 瑶yao 芸yun
    """
)

# Estate and hamlet names are combined from these; none is taken from a map.
_ESTATE_FIRST = _words(
    """
    翠湖 金桂 书香 怡景 银杏 紫薇 棠苑 望江 春晖 锦程
    东篱 朝阳 水岸 雅居 清溪 安康 同心 百合 松竹 星河
    """
)
_ESTATE_LAST = _words("花园 小区 家园 佳苑 新村 公寓 名居 里")
_ESTATE_OLD = _words(
    """
    粮油厂宿舍 供销社家属院 二轻局宿舍 农机厂家属院 棉纺厂一生活区 棉纺厂二生活区
    水运公司宿舍 搬运站宿舍 竹器社宿舍 食品站家属院 林业站宿舍 酒厂宿舍
    """
)
_HAMLET_FIRST = _words(
    """
    李家 熊家 邹家 聂家 涂家 黎家 罗家 曾家 袁家 廖家
    上屋 下屋 老屋 新屋 塘背 桥头 樟树 枫树 竹山 坝上
    """
)
_HAMLET_LAST = _words("湾 坪 垅 墩 坑 洲 坊 岭 塅 埠")
ROADS = _words(
    """
    书院路 青棠大道 棉纺路 文笔街 滨河路 桂花路 北塔街
    码头街 新桥路 南垣路 和畅路 望棠街 棠阴路 蓼花路
    """
)

# No Chinese subscriber number begins with 10. Of the 10x numbers those are left out at which an exchange may
# connect after the first digits: 100, 101 (carriers' services), 106 (text messages), 108 (operators abroad).
_PHONE_PREFIXES = ("102", "103", "104", "105", "107", "109")


class Register:
    """Hands out names, user names and telephone numbers, none of them twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def person(self) -> tuple[str, str]:
        """Return a name in characters and the same name in pinyin, as a user name."""
        while True:
            parts = [self._rng.choice(_SURNAMES)]
            parts += self._rng.sample(_GIVEN, 2)
            name = "".join(part[0] for part in parts)
            if name not in self._taken:
                self._taken.add(name)
                return name, self._unused("".join(part[1:] for part in parts))

    def phone(self) -> str:
        """Return eleven digits that belong to nobody and cannot be dialled."""
        while True:
            number = f"{self._rng.choice(_PHONE_PREFIXES)}{self._rng.randrange(10**8):08d}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def _unused(self, spelling: str) -> str:
        candidate, n = spelling, 2
        while candidate in self._taken:
            candidate, n = f"{spelling}{n}", n + 1
        self._taken.add(candidate)
        return candidate


def estate_names(rng: Random) -> Iterator[str]:
    """Yield names of estates in a town, each once."""
    names = [first + last for first in _ESTATE_FIRST for last in _ESTATE_LAST] + list(_ESTATE_OLD)
    rng.shuffle(names)
    yield from names


def hamlet_names(rng: Random) -> Iterator[str]:
    """Yield names of villagers' groups, each once."""
    names = [f"{first}{last}组" for first in _HAMLET_FIRST for last in _HAMLET_LAST]
    rng.shuffle(names)
    yield from names
