"""`huiyin demo` and `huiyin up`: one command starts database, server and worker; Ctrl-C stops what it started."""

import os
import sys
import time
from urllib.request import urlopen

from huiyin.config import migrate, serve, settings
from huiyin.platform.launcher.cluster import Cluster
from huiyin.platform.launcher.errors import LauncherError
from huiyin.platform.launcher.running import Running
from huiyin.platform.launcher.supervise import Program, Supervisor

ACCOUNTS = (
    ("secretary", "街道书记", "street secretary"),
    ("dispatcher", "街道派单员", "dispatcher"),
    ("head", "社区负责人", "head of the community"),
    ("clerk", "全科社工", "generalist clerk"),
    ("grid", "网格员", "grid worker"),
    ("team", "志愿服务队队长", "leader of a service team"),
    ("inspector", "纪检监察", "inspector"),
    ("admin", "管理员", "administrator"),
)


def _say(zh: str, en: str) -> None:
    print(f"{zh}  ·  {en}", flush=True)


def _bar(label: str, done: int, total: int) -> None:
    """Draw one line of progress, over itself on a terminal, at the end only elsewhere."""
    if not sys.stdout.isatty() and done < total:
        return
    filled = 24 * done // max(total, 1)
    end = "\n" if done == total else ""
    print(f"\r  {label:<10} [{'█' * filled}{'·' * (24 - filled)}] {done}/{total}", end=end, flush=True)


def _draw(line: str) -> None:
    """Draw what the seeding says of its progress; pass on anything else it says."""
    label, *counts = line.split()[:3] or [""]
    if label in {"register", "matters"} and len(counts) == 2:
        _bar(label, int(counts[0]), int(counts[1]))
    else:
        print(line, end="", file=sys.stderr, flush=True)


def _seed(like: str, matters: int) -> int:
    """Invent the county in a process of its own, unless it is there; return the exit code."""
    from huiyin.demo import seeding

    if seeding.is_seeded():
        return 0
    _say("正在生成示范街道（人物、电话、地点、诉求均为虚构）", "Inventing a county")
    _let_go()
    command = [sys.executable, "-m", "huiyin.config.seeding", like, str(matters)]
    unlimited = {**os.environ, "HUIYIN_RATE_LIMITS": "0"}  # a year's residents in a minute flood nobody
    running = Running.begin(command, unlimited, grace_s=5.0, log=None)
    try:
        for line in running.output or ():
            _draw(line)
    finally:
        running.let_go()
        code = running.clear_away()
    return code


def _answers(port: int) -> bool:
    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
        return bool(answer.status == 200)


def _programs(cluster: Cluster | None, port: int) -> list[Program]:
    env = {"PYTHONUNBUFFERED": "1"}
    me = [sys.executable, "-m", "huiyin.config.cli"]
    web = Program("web", [*me, "serve", "--port", str(port)], env, ready=lambda: _answers(port))
    programs = [web, Program("worker", [*me, "worker"], env)]
    if cluster:
        keep = [sys.executable, "-m", "huiyin.platform.launcher.keep", str(cluster.data_dir)]
        if settings.PG_CHOICE:
            keep += ["--choice", settings.PG_CHOICE]
        programs.insert(0, Program("database", keep, env, ready=lambda: cluster.status().running, base=True))
    return programs


def _hello(port: int, began: float, *, demo: bool) -> None:
    print()
    _say(f"已就绪（{time.monotonic() - began:.1f} 秒）", "ready")
    _say(f"居民端  http://127.0.0.1:{port}/", "residents")
    _say(f"工作台  http://127.0.0.1:{port}/desk/", "the desk")
    if demo:
        from huiyin.demo.seeding import PASSWORD

        _say(f"短信与邮件  http://127.0.0.1:{port}/outbox/", "what would be sent")
        print(f"\n演示账号 · demo accounts（密码 · password: {PASSWORD}）")
        for username, zh, en in ACCOUNTS:
            print(f"  {username:<12}{zh} · {en}")
    _say("\n按 Ctrl-C 停止", "Ctrl-C stops everything")


def _cluster() -> Cluster | None:
    return Cluster(settings.DATA_DIR, choice=settings.PG_CHOICE) if settings.LOCAL_DATABASE else None


def _let_go() -> None:
    """Close this process's connections: the supervisor that it becomes asks the database nothing."""
    from django.db import connections

    connections["default"].close_pool()  # type: ignore[attr-defined]  # of the PostgreSQL backend


def _run(*, port: int, demo: bool, like: str = "", matters: int = 0, open_only: bool = False) -> int:
    began = time.monotonic()
    cluster = _cluster()
    if cluster:
        _say("正在启动数据库", "starting PostgreSQL")
        cluster.start()
    try:
        serve.set_up()
        if migrate.pending() and (failed := migrate.run(quiet=True)):
            return failed
        if demo and (failed := _seed(like, matters)):
            return failed
        _let_go()
        if open_only:
            return 0
        Supervisor(_programs(cluster, port), on_ready=lambda: _hello(port, began, demo=demo)).run()
    finally:
        if cluster:
            cluster.stop()
    return 0


def _guarded(*, port: int, demo: bool, like: str = "", matters: int = 0, open_only: bool = False) -> int:
    try:
        return _run(port=port, demo=demo, like=like, matters=matters, open_only=open_only)
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run(*, like: str, matters: int, port: int, open_only: bool) -> int:
    """Start everything with an invented county; return the exit code."""
    return _guarded(port=port, demo=True, like=like, matters=matters, open_only=open_only)


def up(*, port: int) -> int:
    """Start everything on one machine for real use, without inventing anything; return the exit code."""
    return _guarded(port=port, demo=False)
