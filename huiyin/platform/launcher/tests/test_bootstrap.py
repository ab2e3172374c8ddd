"""What the two roles may do."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from huiyin.platform.launcher import bootstrap
from huiyin.platform.launcher.cluster import Cluster


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE DATABASE mine",
        "CREATE ROLE mine",
        "SET ROLE huiyin_owner",
        "SET ROLE postgres",
        "TRUNCATE things",
        "DROP TABLE things",
        "ALTER TABLE things DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_may_not(shared: Cluster, statement: str) -> None:
    with psycopg.connect(shared.url("huiyin_owner")) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS things (n int)")
    with (
        psycopg.connect(shared.url("huiyin_app"), autocommit=True) as app,
        pytest.raises(InsufficientPrivilege),
    ):
        app.execute(statement)


@pytest.mark.parametrize(("role", "may_make_databases"), [("huiyin_owner", True), ("huiyin_app", False)])
def test_neither_role_is_a_superuser(shared: Cluster, role: str, may_make_databases: bool) -> None:
    with psycopg.connect(shared.url(role)) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls, rolreplication, rolcreatedb FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchone()
    assert rights == (False, False, False, False, may_make_databases)


def test_what_the_owner_makes_later_the_app_may_use(shared: Cluster) -> None:
    with psycopg.connect(shared.url("huiyin_owner")) as owner:
        owner.execute("CREATE TABLE later (id serial PRIMARY KEY, n int)")
        owner.execute("CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'")
    with psycopg.connect(shared.url("huiyin_app")) as app:
        app.execute("INSERT INTO later (n) VALUES (twice(2))")
        app.execute("UPDATE later SET n = n + 1")
        assert app.execute("DELETE FROM later RETURNING n").fetchone() == (5,)


def test_a_database_the_owner_makes_and_its_copies_have_the_same_grants(shared: Cluster) -> None:
    with psycopg.connect(shared.url("huiyin_owner"), autocommit=True) as owner:
        owner.execute("CREATE DATABASE template_of_tests")
        bootstrap.grant_app(shared.url("huiyin_owner", "template_of_tests"))
        with psycopg.connect(shared.url("huiyin_owner", "template_of_tests")) as template:
            template.execute("CREATE TABLE before_copy (n int)")
        owner.execute("CREATE DATABASE copy_of_tests TEMPLATE template_of_tests")
    with psycopg.connect(shared.url("huiyin_owner", "copy_of_tests")) as owner_of_copy:
        owner_of_copy.execute("CREATE TABLE after_copy (n int)")
    with psycopg.connect(shared.url("huiyin_app", "copy_of_tests")) as app:
        app.execute("INSERT INTO before_copy VALUES (1)")
        app.execute("INSERT INTO after_copy VALUES (1)")
        with pytest.raises(InsufficientPrivilege):
            app.execute("CREATE TABLE mine (n int)")


def test_grants_also_cover_tables_that_were_there_before(shared: Cluster) -> None:
    with psycopg.connect(shared.url("huiyin_owner"), autocommit=True) as owner:
        owner.execute("CREATE DATABASE older")
        with psycopg.connect(shared.url("huiyin_owner", "older")) as older:
            older.execute("CREATE TABLE there (n int)")
    bootstrap.grant_app(shared.url("huiyin_owner", "older"))
    with psycopg.connect(shared.url("huiyin_app", "older")) as app:
        app.execute("SELECT n FROM there")


def test_preparing_at_once_and_again_and_again_is_harmless(shared: Cluster) -> None:
    url = shared.url("postgres", "postgres")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: bootstrap.prepare(url, "made_once"), range(8)))
    with psycopg.connect(shared.url("huiyin_owner", "made_once")) as owner:
        assert owner.execute("SELECT count(*) FROM pg_default_acl").fetchone() == (3,)


def test_a_role_that_was_given_too_much_is_put_right(shared: Cluster) -> None:
    url = shared.url("postgres", "postgres")
    with psycopg.connect(url) as superuser:
        superuser.execute("ALTER ROLE huiyin_app SUPERUSER")
    bootstrap.prepare(url, "huiyin")
    with psycopg.connect(shared.url("huiyin_app")) as app:
        assert app.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
