"""Open311 services: the first level of the subject tree, under codes that stay when a class is renamed."""

from collections.abc import Mapping

from huiyin.needs.rules import sorting

# By-hand numbers: a service code is kept by other people's programs.
SERVICES: Mapping[str, str] = {
    "01": "城乡建设", "02": "环境保护", "03": "交通运输", "04": "教育文体", "05": "劳动和社会保障", "06": "民政",
    "07": "卫生计生", "08": "商贸旅游", "09": "政法", "10": "农村农业", "11": "国土资源", "12": "经济管理",
    "13": "科技与信息产业", "14": "党务政务", "15": "纪检监察",
}  # fmt: skip
OTHER = "99"  # for what fits none of them: a person files it
CODES: Mapping[str, str] = {name: code for code, name in SERVICES.items()}
WINDOW_DAYS = 90  # GeoReport v2: when nothing else is asked, and at most


def code_of(category: str) -> str:
    """Return the service code of a category's path."""
    return CODES.get(sorting.first_level(category), OTHER)


def kinds_of(code: str) -> list[str]:
    """Return the second level below a service, in the order of the tree."""
    first = SERVICES.get(code)
    paths = [path.split("/") for path in sorting.categories()]
    return [path[1] for path in paths if len(path) == 2 and path[0] == first]
