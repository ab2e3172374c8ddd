"""Work done by the worker."""

from uuid import UUID

from procrastinate.contrib.django import app

from huiyin.notify import actions
from huiyin.notify.actions import hooks
from huiyin.org.actors import SYSTEM
from huiyin.platform.jobs import PATIENT


@app.task(name="notify.deliver", retry=PATIENT)
def deliver(effect_key: str) -> None:
    """Hand one message to its carrier."""
    actions.deliver(SYSTEM, effect_key=effect_key)


@app.periodic(cron="17 3 * * *")
@app.task(name="notify.forget_old", queueing_lock="notify.forget_old")
def forget_old(timestamp: int) -> None:
    """Forget messages and calls past their retention, each night."""
    actions.forget_old(SYSTEM)
    hooks.forget_calls(SYSTEM)


@app.task(name="notify.call_hook", retry=PATIENT)
def call_hook(call_id: str) -> None:
    """Tell one event to one address; a failed try queues the next itself."""
    hooks.call_hook(SYSTEM, call_id=UUID(call_id))
