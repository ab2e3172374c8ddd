"""Load from a process of its own, so that it does not share our interpreter, by many hands at once."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def away(module: str, errand: dict[str, Any]) -> list[dict[str, Any]]:
    """Run `python -m MODULE` with the errand as JSON and return what it says, rows as JSON."""
    said = subprocess.run(
        [sys.executable, "-m", module], input=json.dumps(errand), capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout
    rows: list[dict[str, Any]] = json.loads(said)
    return rows


def at_once(count: int, work: Callable[[int], object]) -> None:
    """Let `count` threads work, each told its number, and wait for all."""
    hands = [threading.Thread(target=work, args=(i,)) for i in range(count)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
