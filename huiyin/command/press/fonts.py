"""Which font of this machine has Chinese. Typst prints boxes without a word when none has: so we look first."""

from collections.abc import Iterator

import typst
from PIL import ImageFont

# Sans serif before serif, mainland forms before others; any other family that has the characters will do.
PREFERRED = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Noto Serif CJK SC", "Source Han Serif SC", "SimSun",
)  # fmt: skip
SAMPLE = "民情简报诉求社区网格月增减龘，。"  # of everyday characters and a rare one
_NO_CHARACTER = "\uffff"


def _faces() -> Iterator[typst.FontInfo]:
    """Yield a regular face of each family that lies in a file, the preferred first."""
    families: dict[str, typst.FontInfo] = {}
    for face in typst.Fonts(include_embedded_fonts=False).fonts():
        if face.path and (face.family not in families or (face.weight, face.style) == (400, "normal")):
            families[face.family] = face
    order = {name: place for place, name in enumerate(PREFERRED)}
    yield from sorted(families.values(), key=lambda f: (order.get(f.family, len(order)), f.family))


def covers(path: str, index: int, text: str) -> bool:
    """Return whether a face draws each character otherwise than one it does not have."""
    try:
        face = ImageFont.truetype(path, 24, index=index)
    except OSError:
        return False
    missing = bytes(face.getmask(_NO_CHARACTER))
    return all((drawn := bytes(face.getmask(c))) and drawn != missing for c in text)


def chinese(*, ignored: frozenset[str] = frozenset()) -> str | None:
    """Return the family to print Chinese with, None when no font here has it. `ignored` families do not count."""
    kept = (face for face in _faces() if face.family not in ignored and "*" not in ignored)
    return next((face.family for face in kept if face.path and covers(face.path, face.index, SAMPLE)), None)
