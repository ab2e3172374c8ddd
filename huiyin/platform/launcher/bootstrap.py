"""Roles, database and grants. The owner migrates, the app runs; neither is a superuser.

Everything may be run again at any time and by two processes at once.
"""

from psycopg import Connection, connect, errors, sql
from psycopg.conninfo import make_conninfo

OWNER = "huiyin_owner"
APP = "huiyin_app"
_LOCK = 7_240_115  # any number: callers of this module wait for one another
_FORBIDDEN = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
_RIGHTS = {OWNER: f"LOGIN CREATEDB {_FORBIDDEN}", APP: f"LOGIN NOCREATEDB {_FORBIDDEN}"}
_GRANTS = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {app}",
    "GRANT USAGE ON SCHEMA public TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA public TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON ROUTINES TO {app}",
)


def prepare(superuser_conninfo: str, dbname: str) -> None:
    """Make the two roles, the database `dbname` owned by the owner, and the app's grants in it.

    `superuser_conninfo` is a libpq string or URL; its dbname is only used to connect. Raises psycopg.Error.
    """
    with connect(superuser_conninfo, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        for role in (OWNER, APP):
            _role(connection, role)
        _database(connection, dbname)
        # A temporary table could stand in for one of ours inside a function: nobody needs any.
        revoke = sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC")
        connection.execute(revoke.format(sql.Identifier(dbname)))
    with connect(make_conninfo(superuser_conninfo, dbname=dbname)) as connection:
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
        _grant(connection)


def grant_app(conninfo_as_owner: str, *, app: str = APP) -> None:
    """Give the app's role its rights in a database the owner made: on what is there and what will be made.

    Raises psycopg.Error, among others when the connection is not the database owner's.
    """
    with connect(conninfo_as_owner) as connection:
        _grant(connection, app)


def _role(connection: Connection, role: str) -> None:
    name, rights = sql.Identifier(role), sql.SQL(_RIGHTS[role])
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER ROLE {} {}" if known else "CREATE ROLE {} {}")
    connection.execute(verb.format(name, rights))


def _database(connection: Connection, dbname: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [dbname]).fetchone():
        return
    statement = sql.SQL("CREATE DATABASE {} OWNER {}")
    try:
        connection.execute(statement.format(sql.Identifier(dbname), sql.Identifier(OWNER)))
    except errors.DuplicateDatabase:  # made meanwhile by someone who doesn't take our lock
        return


def _grant(connection: Connection, app: str = APP) -> None:
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    for statement in _GRANTS:
        connection.execute(sql.SQL(statement).format(app=sql.Identifier(app)))
