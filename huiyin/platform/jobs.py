"""House-keeping by the worker: jobs of a killed worker run again; what has served its time is thrown away."""

from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException

from huiyin.platform import clock, limits, logs, sessions

log = logs.logger("huiyin.platform")
STALLED_AFTER_S = 30
FINISHED_JOBS_KEPT_H = 72
# 2, 4, 8 ... seconds between the tries, an hour in all: a mail server's short rest costs no message.
PATIENT = RetryStrategy(max_attempts=10, exponential_wait=2)


@app.periodic(cron="* * * * *")
@app.task(name="platform.retry_stalled", queueing_lock="platform.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Run again what a killed worker left undone: procrastinate marks such jobs but never takes them up by itself."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_S):
        log.warning("stalled job runs again", extra={"job": job.id, "task": job.task_name})
        try:
            await manager.retry_job(job)
        except ConnectorException:  # it ended in the meantime, or has a twin waiting under its queueing lock
            log.warning("stalled job left alone", extra={"job": job.id, "task": job.task_name})


@app.periodic(cron="41 3 * * *")
@app.task(name="platform.tidy_jobs", queueing_lock="platform.tidy_jobs", pass_context=True)
async def tidy_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that succeeded three days ago; failed ones stay to be looked at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=FINISHED_JOBS_KEPT_H)


@app.periodic(cron="43 3 * * *")
@app.task(name="platform.tidy_rows", queueing_lock="platform.tidy_rows")
def tidy_rows(timestamp: int) -> None:
    """Delete counted tries and sessions whose time is over."""
    limits.forget_old()
    sessions.forget_expired(clock.now())
