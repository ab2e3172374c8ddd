"""Short directories that the server's user can enter, and servers that are ended whatever the test does."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from huiyin.platform.launcher import binaries, processes
from huiyin.platform.launcher.cluster import Cluster

CHOICES = ("system", "embedded")


ROOT = Path(__file__).resolve().parents[4]
IMPORTS = os.pathsep.join([str(ROOT), *sys.path[1:]])  # what a process of its own needs in PYTHONPATH


@pytest.fixture(autouse=True)
def _forget_snapshots() -> None:
    """Instead of the root's: these tests run without Django."""


def _short_place() -> Path:
    """Return a new directory in memory when there is plenty (containers often have 64 MB), else in /tmp."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2 * 1024**3
    place = Path(tempfile.mkdtemp(prefix="hy-", dir=memory if roomy else "/tmp"))
    place.chmod(0o711)
    return place


@pytest.fixture
def short_dir() -> Iterator[Path]:
    place = _short_place()
    yield place
    for pgdata in place.glob("**/pg*/"):
        processes.end_orphans(pgdata)
    shutil.rmtree(place)


@pytest.fixture
def fresh(short_dir: Path) -> Callable[..., Cluster]:
    """Give clusters in one directory where nothing is yet."""
    return lambda **given: Cluster(short_dir / "d", **{"durable": False, **given})


@pytest.fixture
def make(fresh: Callable[..., Cluster], seed: Path) -> Callable[..., Cluster]:
    """Give clusters on data that was made and stopped before: faster than making it anew."""
    target = fresh().pgdata
    target.parent.mkdir()
    subprocess.run(["cp", "-a", str(seed), str(target)], check=True)
    return fresh


@pytest.fixture(scope="session")
def seed() -> Iterator[Path]:
    place = _short_place()
    with Cluster(place, durable=False) as cluster:
        pass
    yield cluster.pgdata
    shutil.rmtree(place)


@pytest.fixture(params=CHOICES)
def choice(request: pytest.FixtureRequest) -> str:
    if not binaries.installed(request.param):
        pytest.skip(f"no {request.param} PostgreSQL here")
    return str(request.param)


@pytest.fixture(scope="session")
def shared() -> Iterator[Cluster]:
    """Give one running server to the tests that only ask it questions."""
    place = _short_place()
    try:
        with Cluster(place, durable=False) as cluster:
            yield cluster
    finally:
        processes.end_orphans(place / "pg")
        shutil.rmtree(place)
