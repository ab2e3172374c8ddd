"""Work done by the worker."""

from datetime import timedelta
from uuid import UUID

from procrastinate.contrib.django import app

from huiyin.needs import actions, rules
from huiyin.org.actors import SYSTEM
from huiyin.platform import chores, clock, events, parcels
from huiyin.platform.jobs import PATIENT


@app.task(name="needs.on_answered", retry=PATIENT)
def on_answered(need_id: str, answer_id: str) -> None:
    """Send the answer when the seconds for taking it back are over."""
    later = clock.now() + timedelta(seconds=rules.UNDO_WITHIN_S)
    events.defer("needs.send_answer", at=later, answer_id=answer_id)


@app.task(name="needs.send_answer", retry=PATIENT)
def send_answer(answer_id: str) -> None:
    """Send one answer on its way; a repeated run sends nothing twice."""
    actions.send_answer(SYSTEM, answer_id=UUID(answer_id))


@app.task(name="needs.on_message_sent", retry=PATIENT)
def on_message_sent(effect_key: str, about: str, sent_at: str) -> None:
    """An answer by e-mail is delivered when the mail server took it."""
    kind, _, key = effect_key.partition(":")
    if kind == "answer":
        actions.email_accepted(SYSTEM, answer_id=UUID(key))


@app.task(name="needs.run_batch", retry=PATIENT)
def run_batch(batch_id: str) -> None:
    """Take the same step for many matters; run again it goes on where it stopped."""
    actions.run_batch(SYSTEM, batch_id=UUID(batch_id))


@app.task(name="needs.run_import", retry=PATIENT)
def run_import(batch_id: str) -> None:
    """Load a table row by row; run again it goes on where it stopped."""
    actions.run_import(SYSTEM, batch_id=UUID(batch_id))


@app.task(name="needs.run_export", retry=PATIENT)
def run_export(batch_id: str) -> None:
    """Write a long list as a workbook; run again it begins anew."""
    actions.run_export(SYSTEM, batch_id=UUID(batch_id))


@app.periodic(cron="23 18 * * *")  # 02:23 in the office
@app.task(name="needs.find_common", queueing_lock="needs.find_common", lock="needs.find_common")
def find_common(timestamp: int = 0) -> None:
    """Find what many ask for; at night, and when somebody asks."""
    chores.apart("huiyin.needs.nightly.find_common")


@app.periodic(cron="41 18 * * *")  # 02:41 in the office
@app.task(name="needs.learn_categories", queueing_lock="needs.learn_categories", lock="needs.learn_categories")
def learn_categories(timestamp: int = 0) -> None:
    """Let each street's category model learn from what was confirmed; at night, and when somebody asks."""
    chores.apart("huiyin.needs.nightly.learn")


@app.periodic(cron="*/10 * * * *")
@app.task(name="needs.count_lately", queueing_lock="needs.count_lately", lock="needs.count_figures")
def count_lately(timestamp: int = 0) -> None:
    """Count the figures of this month and the one before anew."""
    actions.count_lately(SYSTEM)


@app.periodic(cron="59 17 * * *")  # 01:59 in the office
@app.task(name="needs.count_all", queueing_lock="needs.count_all", lock="needs.count_figures")
def count_all(timestamp: int = 0) -> None:
    """Count every month anew, three years back."""
    actions.count_all(SYSTEM)


@app.periodic(cron="* * * * *")
@app.task(name="needs.file_new", queueing_lock="needs.file_new", lock="needs.file_new")
def file_new(timestamp: int) -> None:
    """File what came in without a category, where a street lets the model do so."""
    actions.file_new(SYSTEM)


@app.periodic(cron="7 * * * *")
@app.task(name="needs.close_unrated", queueing_lock="needs.close_unrated")
def close_unrated(timestamp: int) -> None:
    """Close what nobody rated within seven days, as no opinion."""
    actions.close_unrated(SYSTEM)


@app.periodic(cron="11 16 * * *")  # 00:11 in the office, whose days begin at 16:00 UTC
@app.task(name="needs.begin_day", queueing_lock="needs.begin_day")
def begin_day(timestamp: int) -> None:
    """Resume orders whose day has come; return those of units where nobody is left; throw away what was for a day."""
    actions.resume_due(SYSTEM)
    actions.return_orphans(SYSTEM)
    actions.forget_tables(SYSTEM)
    parcels.forget_old()
