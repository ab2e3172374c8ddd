"""Older houses come up to this version."""

# Of the invented houses in this folder (tools/upgrade_fixture.py); they protect nothing.
KEYS = {name: f"invented-for-upgrade-tests-{name}-only" for name in ("session", "contact", "index", "bearer")}
MOST_BYTES = 300_000
