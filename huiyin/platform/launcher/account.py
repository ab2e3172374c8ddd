"""Which user of the operating system runs the server: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from huiyin.platform.launcher.errors import LauncherError

OWN_USER = "huiyin-pg"
_KNOWN_USERS = ("postgres", "_postgres", OWN_USER)


@dataclass(frozen=True)
class Account:
    """A user of the operating system; `other` when it is not the one running this program."""

    name: str
    uid: int
    gid: int

    @property
    def other(self) -> bool:
        return self.uid != os.geteuid()

    def own(self, path: Path) -> None:
        """Give `path` to this user, when it is not ourselves."""
        if self.other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(pgdata: Path) -> Account:
    """Return who runs the server on `pgdata`: its owner when it exists, ourselves, or as root an own user.

    Raises LauncherError when the data belongs to somebody else, or root finds no user and cannot make one.
    """
    owner = pgdata.stat().st_uid if pgdata.exists() else None
    ourselves = os.geteuid()
    if ourselves != 0 and owner not in {None, ourselves}:
        raise LauncherError(
            f"数据库目录属于另一个用户（{_name(owner or 0)}）：{pgdata}。请用该用户或 root 启动。",
            f"The database directory belongs to another user ({_name(owner or 0)}): {pgdata}."
            " Start as that user or as root.",
        )
    if ourselves != 0:
        return _account(ourselves, os.getegid())
    if owner == 0:
        raise LauncherError(
            f"数据库目录不能属于 root：{pgdata}。请改回原来的用户，例如 chown -R postgres。",
            f"The database directory must not belong to root: {pgdata}. Give it back, for example chown -R postgres.",
        )
    return _account(owner, pgdata.stat().st_gid) if owner else _own_user()


def _own_user() -> Account:
    for name in _KNOWN_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    return _create()


def _create() -> Account:
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    try:
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", OWN_USER], check=True, capture_output=True, timeout=30
        )
        entry = pwd.getpwnam(OWN_USER)
    except (OSError, subprocess.SubprocessError, KeyError) as error:
        raise LauncherError(
            f"PostgreSQL 不能以 root 运行，也无法自动建立用户 {OWN_USER}。请先执行：useradd --system {OWN_USER}",
            f"PostgreSQL does not run as root, and the user {OWN_USER} could not be made."
            f" Run first: useradd --system {OWN_USER}",
        ) from error
    return Account(OWN_USER, entry.pw_uid, entry.pw_gid)


def _account(uid: int, gid: int) -> Account:
    return Account(_name(uid), uid, gid)


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # containers often run as a number without a name
        return str(uid)
