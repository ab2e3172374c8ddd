"""The administrator's look at the machine: in order and not, on a phone and on a desk."""

from datetime import timedelta

from django.db import connection

from huiyin.notify import actions as notify
from huiyin.notify.models import Message
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.models import Upkeep
from tests.browser import staff
from tests.browser.conftest import Arrive


def _trouble() -> None:
    """Failed jobs of several tasks, failed and held messages, an old backup."""
    for number in range(3):
        notify.send(SYSTEM, notify.Letter("sms", "13800000000", "", "b"), effect_key=f"t:{number}")
    Message.objects.filter(effect_key="t:0").update(state="failed")
    Message.objects.filter(effect_key="t:1").update(state="held")
    at = clock.now() - timedelta(days=9)
    Upkeep.objects.create(
        kind="backup", at=at, about=at, place="/b", version="0.1.0", size_bytes=12_300_000, seconds=3, verified=False,
        faults=0,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed'")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "SELECT 'default', 'needs.a_task_with_quite_a_long_name_' || i, 'failed' FROM generate_series(1, 12) i"
        )


def test_the_state_of_the_house_is_read_with_what_to_do(arrive: Arrive, town: Town, width: int) -> None:
    admin = staff.seat(arrive(width), town, "admin")
    admin.open("/desk/status/")
    admin.look("fresh")
    _trouble()
    admin.open("/desk/status/")
    admin.sees("huiyin held --drop")
    admin.look("trouble")
