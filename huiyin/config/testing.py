"""The environment of a test run, set before anything reads the settings; pytest loads it first (`-p`)."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHOICE = os.environ.get("HUIYIN_PG", "")
# One server a checkout and kind of binaries, kept between runs; short, as a socket path must be.
_PLACE = Path("/var/lib/huiyin") if os.geteuid() == 0 else Path("/tmp")  # noqa: S108  # sockets need a short path
DATA = _PLACE / f"hyt-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}{CHOICE[:1]}"

for _given in ("DATABASE_URL", "HUIYIN_OWNER_URL", "HUIYIN_KEYS", "HUIYIN_URL", "HUIYIN_HOSTS"):
    os.environ.pop(_given, None)
os.environ["HUIYIN_ENV"] = "test"
os.environ["HUIYIN_DATA"] = str(DATA)
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps a loop running in the test's thread
