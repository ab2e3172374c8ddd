"""Work of this room done by the worker."""

from procrastinate.contrib.django import app

from huiyin.org import actions
from huiyin.org.actors import SYSTEM


@app.periodic(cron="37 3 * * *")
@app.task(name="org.forget_replies", queueing_lock="org.forget_replies")
def forget_replies(timestamp: int) -> None:
    """Forget what programs were answered, when nobody sends the same again."""
    actions.forget_replies(SYSTEM)


@app.periodic(cron="47 19 * * *")  # 03:47 in the office
@app.task(name="org.forget_sessions", queueing_lock="org.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Delete sign-ins of half a year ago."""
    actions.forget_sessions(SYSTEM)
