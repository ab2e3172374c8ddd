"""Databases beside one another: made, looked at, exchanged by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from huiyin.platform.backup.errors import BackupError, Refused
from huiyin.platform.backup.tables import Connection
from huiyin.platform.launcher import bootstrap

_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of one server, as the tables' owner sees them."""

    owner_url: str
    app_role: str

    @property
    def name(self) -> str:
        """The name of the database in use."""
        return str(conninfo_to_dict(self.owner_url)["dbname"])

    def url(self, name: str) -> str:
        """Return the owner's address of another database of the server."""
        return make_conninfo(self.owner_url, dbname=name)

    @contextmanager
    def server(self) -> Iterator[Connection]:
        """Give a connection outside of all our databases."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            yield connection

    def exists(self, name: str) -> bool:
        """Return whether there is a database of this name."""
        with self.server() as connection:
            return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None

    def major(self) -> int:
        """Return the server's major version."""
        with self.server() as connection:
            return connection.info.server_version // 10000

    def owner(self) -> str:
        """Return the role that owns the tables."""
        with self.server() as connection:
            row = connection.execute("SELECT current_user").fetchone()
        return str(row[0]) if row else ""

    def is_free(self, name: str) -> bool:
        """Return whether nothing has been begun in a database: it is not there, or holds no unit."""
        if not self.exists(name):
            return True
        with psycopg.connect(self.url(name)) as connection:
            if connection.execute("SELECT to_regclass('public.org_unit')").fetchone() == (None,):
                return True
            return connection.execute("SELECT 1 FROM public.org_unit LIMIT 1").fetchone() is None

    def refuse_when_used(self, name: str) -> None:
        """Raise Refused while somebody is connected to a database: their next word would be lost."""
        with self.server() as connection:
            row = connection.execute(_OTHERS, [name]).fetchone()
        if row and row[0]:
            raise Refused(
                f"数据库 {name} 正在使用（{row[0]} 个连接）。请先停止 huiyin serve、worker 或 up。",
                f"The database {name} is in use ({row[0]} connections). Stop huiyin serve, worker or up first.",
            )

    def make(self, name: str) -> None:
        """Make an empty database with the app's rights. Raises BackupError when the owner may not."""
        with self.server() as connection:
            try:
                connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(_id(name)))
            except psycopg.errors.InsufficientPrivilege as error:
                raise BackupError(
                    "表的所有者不能新建数据库。请以超级用户执行：ALTER ROLE … CREATEDB",
                    "The tables' owner may not create databases. As a superuser run: ALTER ROLE … CREATEDB",
                ) from error
            connection.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(_id(name)))
        self.grant(name)

    def grant(self, name: str) -> None:
        """Give the app its rights on what is there and what will be made."""
        bootstrap.grant_app(self.url(name), app=self.app_role)

    def drop(self, name: str) -> None:
        """Drop a database, if it is there."""
        with self.server() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_id(name)))

    def exchange(self, new: str, *, old_becomes: str) -> bool:
        """Give `new` the name in use; what had it is called `old_becomes`. Both or neither; return whether one had it."""
        had = self.exists(self.name)
        with self.server() as connection, connection.transaction():
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            if had:
                connection.execute(rename.format(_id(self.name), _id(old_becomes)))
            connection.execute(rename.format(_id(new), _id(self.name)))
        return had


def _id(name: str) -> sql.Identifier:
    return sql.Identifier(name)
