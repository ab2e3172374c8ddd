"""The web server, the worker, and the check that comes before both."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend, in Chinese and English, as an operator reads either.

    A fatal one forbids serving; one that is `unfit` should keep residents out until it is mended.
    """

    fatal: bool
    zh: str
    en: str
    unfit: bool = False

    def __str__(self) -> str:
        mark = "✗" if self.fatal or self.unfit else "!"
        return f"{mark} {self.zh}\n  {self.en}"


def set_up() -> None:
    """Make Django ready in this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
    import django

    django.setup()


def _roles() -> Iterator[Finding]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolname FROM pg_roles WHERE rolname = current_user")
        superuser, name = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        owned = cursor.fetchone()[0]
    if superuser or owned:
        yield Finding(
            True,
            f"数据库账号「{name}」是超级用户或表的所有者，不能用来提供服务。请在 DATABASE_URL 中使用应用账号。",
            f"Role {name!r} is a superuser or owns tables and must not serve. Use the app role in DATABASE_URL.",
        )


def _migrations() -> Iterator[Finding]:
    from huiyin.config import migrate

    if migrate.pending():
        yield Finding(
            True,
            "数据库结构不是当前版本。请先运行 huiyin migrate。",
            "The database is not at this version. Run huiyin migrate first.",
        )


def _calendar() -> Iterator[Finding]:
    from datetime import timedelta

    from huiyin.org import atlas
    from huiyin.platform import clock

    calendar = atlas.current().calendar
    if not calendar.covers(clock.today() + timedelta(days=60)):
        yield Finding(
            False,
            f"节假日安排只到 {calendar.coverage_ends}，之后按周一至周五计算。请更新 chinesecalendar，或在工作日表中补录。",
            f"Public holidays are known until {calendar.coverage_ends}; after that Monday to Friday is assumed. "
            "Update chinesecalendar or enter the days.",
        )


def _inspection() -> Iterator[Finding]:
    from huiyin.org import atlas

    here = atlas.current()
    units = [u for u in here.units.values() if u.kind == "inspection" and u.ended_on is None]
    if here.units and not any(here.is_staffed(u.id) for u in units):
        yield Finding(
            False,
            "还没有纪检监察岗位：对街道负责人的投诉没有人接收。请设立并任命。",
            "No inspector is appointed: complaints about the head of the street reach nobody. Appoint one.",
        )


def _second_factor() -> Iterator[Finding]:
    from django.conf import settings

    from huiyin.org.roles import ROLES

    if unknown := sorted(settings.SECOND_FACTOR_ROLES - set(ROLES)):
        names, known = "、".join(unknown), ", ".join(ROLES)
        yield Finding(
            True,
            f"HUIYIN_SECOND_FACTOR_ROLES 中的角色「{names}」不存在。可用：{known}。",
            f"HUIYIN_SECOND_FACTOR_ROLES names unknown roles: {names}. Known: {known}.",
        )


def _front_end() -> Iterator[Finding]:
    from django.conf import settings

    if not (settings.PACKAGE / "platform" / "static" / "vendor" / "huiyin-door.css").exists():
        yield Finding(
            True, "页面资源还没有生成。请运行 make setup。", "The front-end assets are missing. Run make setup."
        )


def findings(*, deploy: bool = False) -> list[Finding]:
    """Return what is to be mended, fatal first; with `deploy` also what is unfit for residents."""
    from django.db import OperationalError
    from psycopg_pool import PoolTimeout

    from huiyin.config import fitness

    try:
        found = [*_front_end(), *_second_factor(), *_roles(), *_migrations()]
        usable = not any(f.fatal for f in found)
        if usable:
            found += [*_calendar(), *_inspection()]
        if deploy:
            found += fitness.findings(database=usable)
    except (OperationalError, PoolTimeout) as error:
        found = [Finding(True, "连不上数据库。请检查 DATABASE_URL。", f"The database cannot be reached: {error}")]
        found += fitness.findings(database=False) if deploy else ()
    return sorted(found, key=lambda f: (not f.fatal, not f.unfit))


def check(*, deploy: bool = False, fatal_only: bool = False) -> int:
    """Print the findings; return 1 when one of them forbids serving, or with `deploy` is unfit for residents."""
    set_up()
    found = [f for f in findings(deploy=deploy) if f.fatal or not fatal_only]
    for finding in found:
        print(finding, file=sys.stderr)
    if not found and not fatal_only:
        print("检查通过 · All is well")
    return int(any(f.fatal or f.unfit for f in found))


def _counting(port: int) -> None:
    """Give the web processes an empty directory in memory for their counts; see platform.metrics."""
    memory = Path("/dev/shm")  # noqa: S108  # ours alone: made with mode 0700, or another one is
    place = (memory if memory.is_dir() else Path(tempfile.gettempdir())) / f"huiyin-metrics-{port}"
    shutil.rmtree(place, ignore_errors=True)
    try:
        place.mkdir(mode=0o700)
    except OSError:
        place = Path(tempfile.mkdtemp(prefix="huiyin-metrics-"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(place)  # prometheus-client reads it when it is imported


def _become(*arguments: str) -> NoReturn:
    os.execv(sys.executable, [sys.executable, *arguments])  # noqa: S606  # this very Python, fixed arguments


def web(*, host: str, port: int, workers: int) -> int:
    """Become the web server: granian, WSGI, threads. Returns only when the check forbids it."""
    if failed := check():
        return failed
    _counting(port)
    arguments = [
        "-m", "granian", "huiyin.config.wsgi:application", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", "4", "--backlog", "1024", "--http", "1",
        "--respawn-failed-workers", "--workers-kill-timeout", "5s", "--log-level", "warning",
    ]  # fmt: skip
    _become(*arguments)


def worker() -> int:
    """Become the worker: procrastinate on the same database."""
    if failed := check(fatal_only=True):  # the web server tells the rest
        return failed
    _become("-m", "django", "procrastinate", "worker", "--concurrency", "2")
