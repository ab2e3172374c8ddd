"""The last step of a restore, in the new database and as the app: what may have been sent since is held.

python -m huiyin.config.settling
"""

import sys

from huiyin.config import serve


def main() -> int:
    """Hold waiting messages; return the exit code."""
    serve.set_up()
    from huiyin.notify import actions
    from huiyin.org.actors import SYSTEM

    print(f"扣住待发消息 {actions.hold_waiting(SYSTEM)} 条  ·  waiting messages held", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
