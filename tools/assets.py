"""Builds what browsers load, into huiyin/platform/static/vendor/ (git-ignored).

Run it after `npm ci` and after editing CSS. Copies htmx and Leaflet, joins our own CSS into one file per place
(door, desk, maps), and draws one SVG sprite of the Tabler outline icons named in ICON_NAMES. Prints the size of
each file; refuses when the door grows over its budget.
"""

import gzip
import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
SOURCE = ROOT / "huiyin" / "platform" / "static" / "web"
TARGET = ROOT / "huiyin" / "platform" / "static" / "vendor"

COPIES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.js": "leaflet.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/images": "images",
    "leaflet/LICENSE": "leaflet.LICENSE.txt",
    "echarts/dist/echarts.simple.min.js": "echarts.js",
    "echarts/LICENSE": "echarts.LICENSE.txt",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "@tabler/icons/LICENSE": "tabler-icons.LICENSE.txt",
}
SHARED = ["css/tokens", "css/base", "css/layout"]
BOTH = [
    "button",
    "chip",
    "dialog",
    "due",
    "emergency",
    "empty",
    "facts",
    "field",
    "flash",
    "pagination",
    "photos",
    "pills",
    "refusal",
    "stages",
    "timeline",
]
SHEETS = {
    "huiyin-docs.css": ["docs"],  # linked by the page that explains the API
    "huiyin-map.css": ["map"],  # linked, after leaflet.css, by pages with a map
    "huiyin-door.css": [*SHARED, "css/door", *BOTH, "contact", "receipt", "steps", "tiles", "css/print"],
    "huiyin-desk.css": [
        *SHARED,
        "css/desk",
        *BOTH,
        "account",
        "board",
        "brief",
        "docs",
        "filters",
        "matter",
        "menu",
        "panes",
        "progress",
        "status",
        "table",
        "toast",
        "tree",
        "receipt",
        "css/print",
    ],
}
DOOR_BUDGET = 25 * 1024  # bytes, before compression
ICON_NAMES = """
alert-circle alert-triangle arrow-back-up arrow-left arrow-right arrows-split at bell building building-community bulb
calendar calendar-check calendar-event camera chart-bar check chevron-down chevron-left chevron-right
circle-arrow-up checkbox circle-check clipboard-list clock clock-exclamation copy current-location dots download
external-link eye eye-off file-text filter flag hand-stop table-import table-export heart-handshake help-circle history home inbox
info-circle keyboard language list list-check lock login logout mail map-2 map-pin message-2
message-circle message-report pencil phone phone-call photo player-stop plus printer refresh search send settings
shield-check sitemap star tag tags text-size ticket trash upload user user-check user-circle users users-group
world x
"""


def sheet_path(name: str) -> Path:
    """Return the source file of a sheet part: `css/x` as given, a bare name is a component."""
    return SOURCE / (f"{name}.css" if "/" in name else f"components/{name}.css")


def squeeze(css: str) -> str:
    """Return CSS without comments and needless space; safe for our own plain CSS, not for any CSS."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    return css.replace(": ", ":").replace(";}", "}").strip()


def check_dark_twins(tokens: str) -> None:
    """Refuse when the two dark blocks of tokens.css (by system, by choice) differ."""
    blocks = re.findall(r"/\* dark \*/(.*?)/\* end \*/", tokens, flags=re.S)
    if len({squeeze(block) for block in blocks}) != 1:
        sys.exit("tokens.css: the two dark blocks differ")


def sprite() -> str:
    """Return one SVG file with a symbol per icon; colours and strokes come from the page's CSS."""
    symbols = []
    for name in ICON_NAMES.split():
        svg = (MODULES / "@tabler/icons/icons/outline" / f"{name}.svg").read_text(encoding="utf-8")
        body = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        body = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none" ?/>', "", body)
        drawing = "".join(body.split("\n")).strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def copy_vendor() -> None:
    """Copy third-party files as they are, with their licences."""
    for source, target in COPIES.items():
        origin = MODULES / source
        if origin.is_dir():
            shutil.copytree(origin, TARGET / target, dirs_exist_ok=True)
        else:
            shutil.copyfile(origin, TARGET / target)


def main() -> None:
    """Build everything and print sizes."""
    TARGET.mkdir(parents=True, exist_ok=True)
    copy_vendor()
    check_dark_twins(sheet_path("css/tokens").read_text(encoding="utf-8"))
    (TARGET / "icons.svg").write_text(sprite(), encoding="utf-8")
    for target, parts in SHEETS.items():
        css = "\n".join(squeeze(sheet_path(part).read_text(encoding="utf-8")) for part in parts)
        (TARGET / target).write_text(css + "\n", encoding="utf-8")
    for path in sorted(p for p in TARGET.iterdir() if p.is_file()):
        size = path.stat().st_size
        print(f"{path.name:28} {size:8,} bytes {len(gzip.compress(path.read_bytes())):8,} gzipped")
    if (TARGET / "huiyin-door.css").stat().st_size > DOOR_BUDGET:
        sys.exit(f"huiyin-door.css is over its budget of {DOOR_BUDGET:,} bytes")


if __name__ == "__main__":
    main()
