"""A town with matters and photos in a database of its own, and what backs it up and brings it back."""

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image

from huiyin import __version__
from huiyin.config import keys
from huiyin.needs import actions
from huiyin.org.actors import PUBLIC
from huiyin.org.tests.make import Town
from huiyin.platform import files
from huiyin.platform.backup import bringing, taking
from huiyin.platform.backup.manifest import Manifest
from huiyin.platform.launcher.cluster import Cluster


def silent(zh: str, en: str) -> None:
    """Say nothing."""


def matter(town: Town, *, colour: str = "") -> actions.Receipt:
    """Register a matter as a resident does, with a photo of one colour."""
    photos: tuple[str, ...] = ()
    if colour:
        picture = io.BytesIO()
        Image.new("RGB", (60, 40), colour).save(picture, "PNG")
        photos = (files.keep_photo(ContentFile(picture.getvalue(), "p.png")).sha256,)
    new = actions.NewNeed(
        words="路灯坏了", channel="web", source=f"web:{uuid.uuid4()}", building_id=town.building.id,
        phone="10512345678", photos=photos,
    )  # fmt: skip
    return actions.register(PUBLIC, new=new)


@dataclass
class House:
    """The town's database and files, a place for backups, and another database to bring them back to."""

    cluster: Cluster
    name: str
    town: Town
    place: Path

    @property
    def files(self) -> Path:
        return Path(settings.FILES_DIR)

    @property
    def backups(self) -> Path:
        return self.place / "backups"

    @property
    def other(self) -> str:
        """The name of the database to bring back to."""
        return f"back_{self.name}"

    def wish(self) -> taking.Wish:
        owner = self.cluster.url("huiyin_owner", self.name)
        prints = keys.fingerprints(settings.KEYS)
        return taking.Wish(owner, "huiyin_app", self.files, self.backups, __version__, prints)

    def take(self) -> taking.Taken:
        return taking.take(self.wish(), say=silent)

    def target(self, **more: Any) -> bringing.Target:
        from django.db.migrations.loader import MigrationLoader

        known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
        url = self.cluster.url("huiyin_owner", self.other)
        target = bringing.Target(
            url, "huiyin_app", self.place / "put", __version__, keys.fingerprints(settings.KEYS), known
        )
        return replace(target, **more)

    def bring(
        self,
        folder: Path,
        *,
        again: bool = False,
        finish: Callable[[str, Manifest], None] = lambda name, told: None,
        **more: Any,
    ) -> bringing.Brought:
        return bringing.bring_back(folder, self.target(**more), replace=again, finish=finish, say=silent)

    def connect(self, name: str = "") -> "psycopg.Connection[Any]":
        """Return a connection as superuser, to look and to do damage."""
        return psycopg.connect(self.cluster.url("postgres", name or self.name), autocommit=True)

    def databases(self) -> set[str]:
        """Return the databases that bringing back made or kept."""
        with self.connect("postgres") as connection:
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{self.other}%"])
            return {row[0] for row in rows}

    def clear(self) -> None:
        with self.connect("postgres") as connection:
            for name in self.databases():
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
def house(cluster: Cluster, committed: str, committed_town: Town, tmp_path: Path, settings: Any) -> Iterator[House]:
    settings.FILES_DIR = tmp_path / "files"
    here = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": here}
    made = House(cluster, committed, committed_town, tmp_path)
    made.clear()
    yield made
    made.clear()
