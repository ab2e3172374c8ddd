"""Install what a new Debian machine lacks for the tests: PostgreSQL, Chromium, a Chinese font. As root only.

Elsewhere nothing is changed: what is missing is named, and the tests that need it say so.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# program or file: Debian package
NEEDED = {
    "chromium": "chromium",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
    "pgbench": "postgresql",
}
_SERVER_BINARIES = "postgresql/*/bin"


def _has(thing: str) -> bool:
    if thing == "pgbench":
        return any(Path("/usr/lib").glob(f"{_SERVER_BINARIES}/initdb"))
    return Path(thing).exists() if thing.startswith("/") else shutil.which(thing) is not None


def main() -> int:
    """Return 0; print what could not be installed."""
    missing = sorted({package for thing, package in NEEDED.items() if not _has(thing)})
    if not missing:
        return 0
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"缺少 · missing: {' '.join(missing)}", file=sys.stderr)
        return 0
    print(f"正在安装 · installing: {' '.join(missing)}", flush=True)
    quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-q"], check=False, **quiet)  # type: ignore[call-overload]  # two keywords
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *missing], check=False, **quiet)  # type: ignore[call-overload]  # as above
    return 0


if __name__ == "__main__":
    sys.exit(main())
