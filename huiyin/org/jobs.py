"""Work done by the worker."""

from procrastinate.contrib.django import app

from huiyin.org import actions
from huiyin.org.actors import SYSTEM


@app.periodic(cron="37 3 * * *")
@app.task(name="org.forget_replies", queueing_lock="org.forget_replies")
def forget_replies(timestamp: int) -> None:
    """Forget what programs were answered, when nobody sends the same again."""
    actions.forget_replies(SYSTEM)
