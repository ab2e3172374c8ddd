"""Migrations run as the owner; pages and jobs never do."""

import os
import subprocess
import sys

from huiyin.config import keys, settings


def environment() -> dict[str, str]:
    """Return this process's environment with the owner's database address, for a process of its own."""
    own = {"DATABASE_URL": settings.OWNER_URL, "DJANGO_SETTINGS_MODULE": "huiyin.config.settings"}
    if (
        settings.LOCAL_DATABASE and not settings.KEYS_GIVEN
    ):  # told an address, it would take the database for a foreign one, whose keys are given
        own["HUIYIN_KEYS"] = f"@{keys.path_in(settings.DATA_DIR)}"
    return {**os.environ, **own}


def pending() -> bool:
    """Return whether the database is older than this version. Needs Django set up."""
    from huiyin.platform import health

    return health.migrations_pending()


def run(*, quiet: bool = False) -> int:
    """Migrate in a process of its own and return its exit code: this process keeps the app's role."""
    command = [sys.executable, "-m", "django", "migrate", "--no-input", "--verbosity", "0" if quiet else "1"]
    return subprocess.run(command, env=environment(), check=False).returncode
