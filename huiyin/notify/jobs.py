"""Work done by the worker."""

from procrastinate.contrib.django import app

from huiyin.notify import actions
from huiyin.org.actors import SYSTEM
from huiyin.platform.jobs import PATIENT


@app.task(name="notify.deliver", retry=PATIENT)
def deliver(effect_key: str) -> None:
    """Hand one message to its carrier."""
    actions.deliver(SYSTEM, effect_key=effect_key)


@app.periodic(cron="17 3 * * *")
@app.task(name="notify.forget_old", queueing_lock="notify.forget_old")
def forget_old(timestamp: int) -> None:
    """Forget messages past their retention, each night."""
    actions.forget_old(SYSTEM)
