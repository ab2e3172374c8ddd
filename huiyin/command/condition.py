"""How the house stands, judged: each line a state, what it is, and what to do. Facts come from the queries."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin import __version__
from huiyin.command.queries import Condition
from huiyin.platform import clock, condition
from huiyin.platform.calendar import WorkCalendar
from huiyin.platform.templatetags.web import local_day, local_moment

WAITS_LONG = timedelta(minutes=10)
BACKUP_OLD = timedelta(hours=36)  # one each night, and a morning to notice
ROOM_SHORT = 5 * 1024**3
WAY_LABELS = {"sms": "Text messages", "email": "E-mails"}  # English message ids


@dataclass(frozen=True, slots=True)
class Line:
    """One thing looked at: its name, whether it is in order, how it stands, what to do when it is not.

    `codes` are what stands in no language: commands to type, a version. `more` are details.
    """

    label: str
    fine: bool
    words: str
    advice: str = ""
    codes: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


def lines(found: Condition) -> list[Line]:
    """Return everything that was looked at, what needs attention first."""
    made = [
        _worker(found), _queue(found), _failed(found), *_messages(found), *_held(found), *_disk(found),
        _database(found), _backup(found), *_restored(found), _holidays(found.calendar, clock.today()), _transport(),
        _slow(found), Line(_("Version"), True, "", codes=(f"Huiyin {__version__}", f"PostgreSQL {found.postgresql}")),
    ]  # fmt: skip
    return sorted(made, key=lambda line: line.fine)


def _ago(at: datetime) -> str:
    minutes = max(0, int((clock.now() - at).total_seconds() // 60))
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    hours = minutes // 60
    return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}


def size(count: float) -> str:
    """Return a number of bytes as people read it."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while count >= 1000 and len(units) > 1:
        count /= 1000
        units.pop(0)
    return f"{count:.0f} {units[0]}" if count >= 10 or units[0] == "B" else f"{count:.1f} {units[0]}"


def _worker(found: Condition) -> Line:
    label = _("Background worker")
    if condition.worker_lives(found.worker_seen_at):
        return Line(label, True, _("At work"))
    seen_at = found.worker_seen_at
    words = _("Silent for %(time)s") % {"time": _ago(seen_at)} if seen_at else _("None has ever run")
    return Line(label, False, words, _("Start it; messages and answers wait until it runs:"), ("huiyin worker",))


def _queue(found: Condition) -> Line:
    waiting = [row for row in found.jobs if row.status == "todo"]
    label, count = _("Jobs waiting"), sum(row.count for row in waiting)
    if not count:
        return Line(label, True, _("None"))
    oldest = min((row.oldest_at for row in waiting if row.oldest_at), default=clock.now())
    words = _("%(n)s, the oldest for %(time)s") % {"n": f"{count:,}", "time": _ago(oldest)}
    late = clock.now() - oldest > WAITS_LONG
    return Line(label, not late, words, _("See whether the worker runs; start a second one.") if late else "")


def _failed(found: Condition) -> Line:
    failed = [row for row in found.jobs if row.status == "failed"]
    label = _("Jobs that failed")
    if not failed:
        return Line(label, True, _("None"))
    newest = max((row.failed_at for row in failed if row.failed_at), default=None)
    given = {"n": f"{sum(row.count for row in failed):,}", "when": local_moment(newest) or "–"}
    advice = _("Find the task's name in the worker's log, put the cause right, then run it again:")
    codes, more = ("huiyin manage procrastinate shell",), tuple(f"{row.task} · {row.count}" for row in failed[:8])
    return Line(label, False, _("%(n)s, the last one %(when)s") % given, advice, codes, more)


def _messages(found: Condition) -> Iterator[Line]:
    for way, label in WAY_LABELS.items():
        counts = {row.state: row.count for row in found.messages if row.way == way}
        waits, failed = counts.get("queued", 0) + counts.get("deferred", 0), counts.get("failed", 0)
        given = {"sent": f"{counts.get('sent', 0):,}", "waits": f"{waits:,}", "failed": f"{failed:,}"}
        words = _("%(sent)s sent in 30 days, %(waits)s wait, %(failed)s failed") % given
        if failed:
            advice = _("Reach these residents by telephone, and check how messages leave:")
            yield Line(_(label), False, words, advice, ("huiyin check --deploy",))
        else:
            yield Line(_(label), True, words)


def _held(found: Condition) -> Iterator[Line]:
    held = sum(row.count for row in found.messages if row.state == "held")
    if held:
        advice = _("They may have been sent before the restore. Send them, or drop them:")
        yield Line(_("Messages held"), False, f"{held:,}", advice, ("huiyin held --send", "huiyin held --drop"))


def _disk(found: Condition) -> Iterator[Line]:
    if found.disk is None:
        return
    words = _("%(free)s of %(total)s are free") % {"free": size(found.disk.free), "total": size(found.disk.total)}
    fine = found.disk.free > ROOM_SHORT
    yield Line(_("Disk"), fine, words, "" if fine else _("Make room: move old backups to another machine."))


def _database(found: Condition) -> Line:
    biggest = tuple(f"{table.name} · {size(table.size)}" for table in found.tables)
    return Line(_("Database"), True, size(found.database_bytes), more=biggest)


def _backup(found: Condition) -> Line:
    label, last = _("Backup"), found.upkeep.get("backup")
    nightly = _("Let this run each night, and keep backups on another machine:")
    codes = ("huiyin backup --verify --keep 14",)
    if last is None:
        return Line(label, False, _("None yet"), nightly, codes)
    words = _("%(when)s, %(size)s") % {"when": local_moment(last.about), "size": size(last.size_bytes)}
    checked = _("verified by a restore on trial") if last.verified else _("never restored on trial")
    if last.faults:
        advice = _("Photos were missing or damaged; what it said names them.")
        return Line(label, False, f"{words} · {checked}", advice)
    if last.verified and clock.now() - last.about < BACKUP_OLD:
        return Line(label, True, f"{words} · {checked}")
    return Line(label, False, f"{words} · {checked}", nightly, codes)


def _restored(found: Condition) -> Iterator[Line]:
    if last := found.upkeep.get("restore"):
        given = {"when": local_moment(last.at), "about": local_moment(last.about)}
        yield Line(_("Restored"), True, _("%(when)s, as it was at %(about)s") % given)


def _holidays(calendar: WorkCalendar, today: date) -> Line:
    label, words = _("Public holidays"), _("Known until %(day)s") % {"day": local_day(calendar.coverage_ends)}
    if calendar.lacks_next_year(today):
        advice = _("Bring the software up to date, or enter next year's days under «Working days».")
        return Line(label, False, words, advice)
    return Line(label, True, words)


def _transport() -> Line:
    label = _("Encrypted transport")
    if settings.SECURE_TLS:
        return Line(label, True, _("Encrypted, and browsers insist on it"))
    advice = _("Put a proxy in front that encrypts, and set the address:")
    return Line(label, False, _("The public address is not encrypted"), advice, ("HUIYIN_URL=https://…",))


def _slow(found: Condition) -> Line:
    return Line(_("Slow statements"), True, _("%(n)s since the server started") % {"n": f"{found.slow:,}"})
