"""Seeds the demo in a process of its own, so that the supervisor keeps none of its memory.

    python -m huiyin.config.seeding LIKE MATTERS

Prints one line for each step, `LABEL DONE TOTAL`, for whoever draws the progress.
"""

import os
import sys

from huiyin.config import serve

SIDE_BY_SIDE = 2  # processes: the database has work of its own to do for each


def _say(label: str, done: int, total: int) -> None:
    print(label, done, total, flush=True)


def main(arguments: list[str]) -> int:
    """Seed the county, or go on with one that was interrupted; return the exit code."""
    like, matters = arguments[0], int(arguments[1])
    serve.set_up()
    from huiyin.demo.seed import seed

    seed(like=like, matters=matters, say=_say, processes=min(SIDE_BY_SIDE, os.cpu_count() or 1))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
