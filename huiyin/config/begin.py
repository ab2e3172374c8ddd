"""`huiyin begin`: the first unit and the first administrator of an empty installation."""

import getpass
import sys


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("密码 · password: ")
    if getpass.getpass("再输一次 · again: ") != first:
        raise SystemExit("两次输入不一致  ·  the two are not the same")
    return first


def run(*, county: str, username: str, name: str) -> int:
    """Make the county and its administrator, who makes everything else on the pages; 1 when there is one already."""
    from django.db import OperationalError, transaction

    from huiyin.config import serve

    serve.set_up()
    from huiyin.org import actions
    from huiyin.org.actions import loading
    from huiyin.org.actions.people import NewPerson
    from huiyin.org.actors import SYSTEM
    from huiyin.org.atlas import current
    from huiyin.platform.errors import Invalid

    try:
        units = current().units
    except OperationalError:
        print(
            "数据库没有运行，请先启动 huiyin up  ·  the database does not run: start `huiyin up` first", file=sys.stderr
        )
        return 1
    if units:
        print("已有组织，不再新建  ·  there are units already: nothing was made", file=sys.stderr)
        return 1
    try:
        with transaction.atomic():
            made = loading.load_units(SYSTEM, units=[loading.LoadUnit("county", None, "office", "county", county)])
            person = NewPerson(username, name, _password())
            actions.invite(SYSTEM, made["county"], person=person, role="county_admin")
    except Invalid as refusal:
        print("; ".join(f"{field}: {fault.said()}" for field, fault in refusal.fields.items()), file=sys.stderr)
        return 1
    print(f"已建立「{county}」和管理员 {username}  ·  made; sign in at /desk/ and change the password")
    return 0
