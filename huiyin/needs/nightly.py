"""What the worker lets a process of its own do: the text engine's great works, which take hundreds of megabytes."""

from huiyin.needs import actions
from huiyin.org.actors import SYSTEM


def find_common() -> None:
    """Find what many ask for."""
    actions.find_common_needs(SYSTEM)


def learn() -> None:
    """Let each street's category model learn."""
    actions.learn_categories(SYSTEM)
