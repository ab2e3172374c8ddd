"""Real PostgreSQL for every test, as the app's role: one migrated template a set of migrations, one copy a worker.

`HUIYIN_PG=embedded|system` chooses the server, as for the program itself; it forgets nothing that a test needs
(`fsync` is off) and is kept between runs, so that a second run starts at once.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import hypothesis
import procrastinate
import psycopg
import pytest
from django.conf import settings

from huiyin.config import testing
from huiyin.config.migrate import environment
from huiyin.platform.launcher.bootstrap import grant_app
from huiyin.platform.launcher.cluster import Cluster

ROOT = testing.ROOT

# A shared machine is slow at times; that says nothing about the code.
hypothesis.settings.register_profile("huiyin", deadline=None)
hypothesis.settings.load_profile("huiyin")


def _migrations_hash() -> str:
    digest = hashlib.sha256(procrastinate.__version__.encode())
    for path in sorted((ROOT / "huiyin").glob("*/migrations/*.py")):
        digest.update(path.read_bytes())
    digest.update(",".join(settings.INSTALLED_APPS).encode())
    return digest.hexdigest()[:10]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The test server, started once and left running for the next run."""
    server = Cluster(testing.DATA, choice=testing.CHOICE, durable=False)
    server.start()
    return server


def _migrate(url: str) -> None:
    env = {**environment(), "DATABASE_URL": url}
    subprocess.run([sys.executable, "-m", "django", "migrate", "--no-input", "-v", "0"], env=env, check=True)


def _template(server: Cluster) -> str:
    """Return the migrated template's name, made once for this set of migrations."""
    name = f"template_{_migrations_hash()}"
    with psycopg.connect(server.url("huiyin_owner", "postgres"), autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(20261122)")  # workers start together; one migrates
        if not owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            owner.execute(f'CREATE DATABASE "{name}_new"')
            grant_app(server.url("huiyin_owner", f"{name}_new"))
            _migrate(server.url("huiyin_owner", f"{name}_new"))
            owner.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    return name


def copy_database(server: Cluster, template: str, name: str) -> None:
    """Make `name` anew as a copy of `template`."""
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as owner:
        owner.execute("SELECT pg_advisory_lock(20261122)")
        owner.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER huiyin_owner')


@pytest.fixture(scope="session")
def template_database(cluster: Cluster) -> str:
    """The name of the migrated template."""
    return _template(cluster)


def use_database(server: Cluster, name: str) -> None:
    """Point Django's default connection at a database of the test server, as the app's role."""
    from django.db import connections

    from huiyin.config.database import settings_for

    connection = connections["default"]
    connection.close()
    fresh = settings_for(server.url("huiyin_app", name), pooled=False)
    connection.settings_dict.update({k: fresh[k] for k in ("NAME", "USER", "HOST", "PORT", "OPTIONS")})


@pytest.fixture(scope="session")
def django_db_setup(cluster: Cluster, template_database: str, django_db_blocker: Any) -> Iterator[None]:
    """Instead of pytest-django's: a copy of the template for this worker, connected to as the app."""
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    copy_database(cluster, template_database, name)
    with django_db_blocker.unblock():
        use_database(cluster, name)
    return


@pytest.fixture(autouse=True)
def _forget_snapshots() -> Iterator[None]:
    """What a rolled-back test left in this process's memory is not the next test's."""
    yield
    from huiyin.notify.queries import hooks
    from huiyin.org import atlas

    atlas.forget()
    hooks.LISTENS.forget()


@pytest.fixture
def committed(
    request: pytest.FixtureRequest, cluster: Cluster, template_database: str, django_db_blocker: Any
) -> Iterator[str]:
    """A database of its own for a test that commits: threads, several processes, a served site. Yields its name."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    name = f"own_{worker}"
    copy_database(cluster, template_database, name)
    with django_db_blocker.unblock():
        from django.db import connections

        from huiyin.org import atlas

        before = {k: connections["default"].settings_dict[k] for k in ("NAME", "USER", "HOST", "PORT", "OPTIONS")}
        use_database(cluster, name)
        atlas.forget()
        yield name
        connections.close_all()
        connections["default"].settings_dict.update(before)


@pytest.fixture
def town(db: None) -> Any:
    """A small town with people one remembers (huiyin/org/tests/make.py)."""
    from huiyin.org.tests.make import make_town

    return make_town()


@pytest.fixture
def committed_town(committed: str) -> Any:
    """The same town in a database of its own, committed, for tests with threads."""
    from huiyin.org.tests.make import make_town

    return make_town()
