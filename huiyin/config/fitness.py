"""What `huiyin check --deploy` looks at before a house is opened to residents, each with what to do."""

import stat
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from huiyin.config import keys
from huiyin.config.serve import Finding
from huiyin.platform import clock, condition

KEY_LEAST = 32  # characters
TOKEN_LEAST = 20
CLOCK_MOST = timedelta(seconds=2)
BACKUP_MOST = timedelta(hours=36)
ROOM_LEAST = 5 * 1024**3
_ROLES = """
SELECT a.rolcreatedb OR a.rolcreaterole OR a.rolreplication OR a.rolbypassrls,
       has_schema_privilege(a.rolname, 'public', 'CREATE'), has_database_privilege(a.rolname, current_database(), 'TEMPORARY'),
       o.rolname, o.rolsuper, o.rolcreatedb
FROM pg_roles a, pg_class c JOIN pg_roles o ON o.oid = c.relowner
WHERE a.rolname = current_user AND c.oid = to_regclass('public.django_migrations')
"""
_SERVER = """
SELECT clock_timestamp(), current_setting('fsync') = 'on' AND current_setting('full_page_writes') = 'on',
       current_setting('synchronous_commit') <> 'off', current_setting('data_checksums') = 'on',
       pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database WHERE datname = current_database()
"""


def _unfit(zh: str, en: str) -> Finding:
    return Finding(False, zh, en, unfit=True)


def _note(zh: str, en: str) -> Finding:
    return Finding(False, zh, en)


def findings(*, database: bool) -> Iterator[Finding]:
    """Yield what is not fit for residents; without a database, what can be seen without one."""
    yield from _environment()
    yield from _address()
    yield from _keys()
    yield from _places()
    yield from _carriers()
    if database:
        yield from _roles()
        yield from _server()
        yield from _kept()
        yield from _holidays()


def _environment() -> Iterator[Finding]:
    if settings.DEBUG:
        yield _unfit(
            "DEBUG 已打开，出错页会泄露内部信息。请关闭。", "DEBUG is on: error pages tell too much. Turn it off."
        )
    if not settings.PRODUCTION:
        yield _unfit("HUIYIN_ENV 不是 production。请改正。", "HUIYIN_ENV is not production. Set it.")
    if not settings.RATE_LIMITS_ON:
        yield _unfit("HUIYIN_RATE_LIMITS 已关闭，无法防止猜密码。请删去。", "HUIYIN_RATE_LIMITS is off. Remove it.")
    if 0 < len(settings.METRICS_TOKEN) < TOKEN_LEAST:
        yield _unfit(
            f"HUIYIN_METRICS_TOKEN 太短，请至少用 {TOKEN_LEAST} 个随机字符。",
            f"HUIYIN_METRICS_TOKEN is short: use {TOKEN_LEAST} random characters at least.",
        )


def _address() -> Iterator[Finding]:
    if not settings.SECURE_TLS:
        yield _unfit(
            "HUIYIN_URL 不是 https 地址。请在前面设置加密代理并改正。",
            "HUIYIN_URL is not an https address. Put a TLS proxy in front and set it.",
        )
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    if "*" in settings.ALLOWED_HOSTS:
        yield _unfit("HUIYIN_HOSTS 含 *，任何域名都会接受。请写明。", "HUIYIN_HOSTS holds *: name the hosts instead.")
    elif not any(host == h or (h.startswith(".") and f".{host}".endswith(h)) for h in settings.ALLOWED_HOSTS):
        yield _unfit(
            f"HUIYIN_URL 的域名 {host} 不在 HUIYIN_HOSTS 中，网站打不开。请加上。",
            f"{host} of HUIYIN_URL is not among HUIYIN_HOSTS: nobody gets in. Add it.",
        )
    if settings.SECURE_TLS and not settings.TRUSTED_PROXIES:
        yield _unfit(
            "没有设置 HUIYIN_PROXIES：所有访客会被当作同一地址限流。请填代理的地址。",
            "HUIYIN_PROXIES is not set: every visitor counts as one address. Enter the proxy's.",
        )


def _keys() -> Iterator[Finding]:
    given = asdict(settings.KEYS)
    ones = [one for value in given.values() for one in value.split(",")]
    if any(len(one) < KEY_LEAST for one in ones) or len(set(ones)) < len(ones):
        yield _unfit(
            f"HUIYIN_KEYS 中有过短（少于 {KEY_LEAST} 个字符）或重复的密钥。请按运维手册重新生成。",
            f"HUIYIN_KEYS holds a key of less than {KEY_LEAST} characters, or one twice. Make them anew.",
        )
    yield from _private(keys.path_in(settings.DATA_DIR), "600")


def _places() -> Iterator[Finding]:
    yield from _private(Path(settings.FILES_DIR), "700")
    yield from _private(settings.BACKUP_DIR, "700")
    disk = condition.disk()
    if disk and disk.free < ROOM_LEAST:
        yield _unfit(
            f"数据目录所在磁盘只剩 {disk.free / 1e9:.1f} GB。请腾出空间。",
            f"Only {disk.free / 1e9:.1f} GB are free where data lies. Make room.",
        )
    both = settings.BACKUP_DIR, settings.DATA_DIR
    if all(place.exists() for place in both) and len({place.stat().st_dev for place in both}) == 1:
        yield _note(
            "备份与数据在同一块磁盘上。请再存一份到另一台机器。",
            "Backups lie on the same disk as the data. Keep a copy on another machine.",
        )


def _private(path: Path, mode: str) -> Iterator[Finding]:
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & ~int(mode, 8) & 0o077:
        yield _unfit(
            f"{path} 可被其他账号读取。请执行：chmod {mode} {path}",
            f"Other accounts can read {path}. Run: chmod {mode} {path}",
        )


def _carriers() -> Iterator[Finding]:
    from huiyin.notify import queries as notify
    from huiyin.org.actors import SYSTEM

    if not notify.sends(SYSTEM, way="sms"):
        yield _note(
            "没有短信通道：短信不会发出，请用电话、上门或书面答复。",
            "No SMS carrier is set: no text message leaves. Answer by telephone, visit or paper.",
        )
    if not settings.EMAIL_URL:
        yield _unfit(
            "没有设置 HUIYIN_EMAIL_URL，邮件不会发出。请设置。",
            "HUIYIN_EMAIL_URL is not set: no e-mail leaves. Set it.",
        )


def _asked(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return tuple(cursor.fetchone() or ())


def _roles() -> Iterator[Finding]:
    extra, creates, temporary, owner, superuser, may_restore = _asked(_ROLES)
    if extra or creates:
        yield _unfit(
            "应用账号的权限过大（建库、建角色、复制或在 public 中建表）。请收回。",
            "The app's role may do too much (databases, roles, replication, or tables in public). Revoke it.",
        )
    if temporary:
        yield _unfit(
            "应用账号能建临时表。请由所有者执行：REVOKE TEMPORARY ON DATABASE … FROM PUBLIC",
            "The app's role may make temporary tables. As the owner run: REVOKE TEMPORARY ON DATABASE … FROM PUBLIC",
        )
    if superuser:
        yield _unfit(
            f"表的所有者「{owner}」是超级用户。请换用普通账号。",
            f"The tables' owner {owner!r} is a superuser. Use a plain role.",
        )
    elif not may_restore:
        yield _unfit(
            f"表的所有者「{owner}」不能建库，无法恢复或试恢复备份。请执行：ALTER ROLE {owner} CREATEDB",
            f"The tables' owner {owner!r} may not create databases, which a restore needs. Run: ALTER ROLE {owner} CREATEDB",
        )


def _server() -> Iterator[Finding]:
    at, durable, commits, checksums, utf8 = _asked(_SERVER)
    apart = abs(at - datetime.now(UTC))
    if apart > CLOCK_MOST:
        yield _unfit(
            f"数据库与本机的时钟相差 {apart.total_seconds():.0f} 秒。请校准时间（NTP）。",
            f"The database's clock differs by {apart.total_seconds():.0f} s from this machine's. Set both by NTP.",
        )
    if not durable or not commits:
        yield _unfit(
            "数据库关闭了 fsync、full_page_writes 或 synchronous_commit，断电会丢数据。请打开。",
            "fsync, full_page_writes or synchronous_commit is off: a power cut loses data. Turn them on.",
        )
    if not utf8:
        yield _unfit("数据库不是 UTF-8 编码。请重建。", "The database's encoding is not UTF-8. Make it anew.")
    if not checksums:
        yield _note(
            "数据库没有启用数据校验和，磁盘损坏不易发现。可停机执行 pg_checksums --enable。",
            "The server has no data checksums: a failing disk stays unseen. Stop it and run pg_checksums --enable.",
        )


def _kept() -> Iterator[Finding]:
    last = condition.upkeep().get("backup")
    if last is None or clock.now() - last.about > BACKUP_MOST:
        yield _unfit(
            "36 小时内没有备份。请每晚运行 huiyin backup --verify。",
            "There is no backup of the last 36 hours. Run huiyin backup --verify each night.",
        )
    elif not last.verified or last.faults:
        yield _unfit(
            "最近的备份没有试恢复核对，或缺少照片。请运行 huiyin backup --verify 并查看提示。",
            "The last backup was never restored on trial, or lacks photos. Run huiyin backup --verify and read what it says.",
        )


def _holidays() -> Iterator[Finding]:
    from huiyin.org import atlas

    if atlas.current().calendar.lacks_next_year(clock.today()):
        yield _unfit(
            "还没有明年的节假日安排，期限会算错。请更新回音，或在“工作日安排”中录入。",
            "Next year's public holidays are not known: deadlines will be wrong. Update Huiyin, or enter the days.",
        )
