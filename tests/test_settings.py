"""What the settings promise to other rooms."""

from pathlib import Path

from huiyin.config.database import local_url
from huiyin.platform.launcher.cluster import Cluster


def test_the_address_of_the_local_database_is_the_launchers() -> None:
    place = Path("/var/lib/huiyin/回音 1")
    assert Cluster(place).url("huiyin_app") == local_url("huiyin_app", place)
