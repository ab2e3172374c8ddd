"""What was backed up while people went on working comes back whole: every row, every photo, every right."""

import threading
from pathlib import Path

import pytest

from huiyin.platform.backup import bringing, filing, manifest, tables, taking
from huiyin.platform.backup.errors import Damaged
from tests.backup.conftest import House, matter, silent

COLOURS = ("teal", "olive", "navy", "maroon")
pytestmark = pytest.mark.xdist_group("backup")


def _clerk(house: House, stop: threading.Event, count: list[int]) -> None:
    """Register matters with photos until told to stop, in a connection of one's own."""
    from django.db import connections

    try:
        while not stop.is_set():
            matter(house.town, colour=f"#{count[0] * 999 % 0xFFFFFF:06x}")
            count[0] += 1
    finally:
        connections.close_all()


def test_a_backup_taken_while_people_work_comes_back_with_every_row_and_file(house: House) -> None:
    for colour in COLOURS:
        matter(house.town, colour=colour)
    stop, count = threading.Event(), [0]
    clerk = threading.Thread(target=_clerk, args=(house, stop, count))
    clerk.start()
    while not count[0]:
        stop.wait(0.01)
    before = count[0]
    taken = house.take()
    after = count[0]
    stop.set()
    clerk.join()
    assert after > before, "nobody wrote meanwhile: the test shows nothing"
    told = taken.manifest
    assert told.tables["needs_need"].rows >= len(COLOURS) + before
    assert told.tables["platform_storedfile"].rows >= told.tables["needs_photo"].rows >= len(COLOURS) + before
    assert told.absent == ()
    assert taken.wrong == ()
    brought = house.bring(taken.place)
    assert tables.of(house.cluster.url("huiyin_owner", house.other)) == told.tables
    _, files = manifest.check(taken.place)
    assert brought.files == len(files) >= 2 * told.tables["needs_photo"].rows
    assert {name: filing.hashed(house.place / "put" / name) for name in files} == files
    with house.connect(house.other) as connection:
        photos = [row[0] for row in connection.execute("SELECT sha256 FROM platform_storedfile")]
    assert all((house.place / "put" / sha[:2] / f"{sha}.jpg").is_file() for sha in photos)
    assert house.databases() == {house.other}


def test_a_changed_row_and_a_changed_file_are_found(house: House) -> None:
    matter(house.town, colour="teal")
    taken = house.take()
    house.bring(taken.place)
    owner = house.cluster.url("huiyin_owner", house.other)
    with house.connect(house.other) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE needs_need SET words = words || ' '")
        assert tables.differing(taken.manifest.tables, tables.of(owner)) == ["needs_need"]
        connection.execute("UPDATE needs_need SET words = rtrim(words)")
        assert tables.differing(taken.manifest.tables, tables.of(owner)) == []
        connection.execute("DELETE FROM needs_move")
        assert tables.differing(taken.manifest.tables, tables.of(owner)) == ["needs_move"]
    photo = next((house.place / "put").rglob("*.jpg"))
    whole = photo.read_bytes()
    photo.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert house.bring(taken.place, again=True).files == 1, "the damaged photo is put back, the others stand"
    assert photo.read_bytes() == whole


_RIGHTS = """
SELECT c.relname, c.relkind::text, pg_get_userbyid(c.relowner), (SELECT array_agg(a::text ORDER BY 1) FROM unnest(c.relacl) a)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1
"""
_DEFAULTS = "SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1"
_TRIGGERS = "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
_ROUTINES = (
    "SELECT oid::regprocedure::text, prosecdef, pg_get_userbyid(proowner) FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
)
_REST = (
    "SELECT has_schema_privilege('huiyin_app', 'public', 'CREATE'), has_schema_privilege('huiyin_app', 'public', 'USAGE'),"
    " has_database_privilege('huiyin_app', current_database(), 'TEMPORARY')"
)


def test_roles_rights_triggers_and_functions_are_as_before(house: House) -> None:
    matter(house.town)
    taken = house.take()
    house.bring(taken.place)
    with house.connect() as here, house.connect(house.other) as there:
        here.execute(f'REVOKE TEMPORARY ON DATABASE "{house.name}" FROM PUBLIC'.encode())  # a test's copy has it
        for ask in (_RIGHTS, _DEFAULTS, _TRIGGERS, _ROUTINES, _REST):
            assert there.execute(ask).fetchall() == here.execute(ask).fetchall()
        assert there.execute(_REST).fetchone() == (False, True, False)


def test_who_is_signed_in_does_not_come_back(house: House) -> None:
    with house.connect() as connection:
        connection.execute("INSERT INTO django_session VALUES ('k', 'd', now() + interval '1 day')")
    taken = house.take()
    house.bring(taken.place)
    with house.connect(house.other) as connection:
        assert connection.execute("SELECT count(*) FROM django_session").fetchone() == (0,)


def test_a_second_backup_links_what_the_first_holds_and_each_is_whole_without_the_other(house: House) -> None:
    matter(house.town, colour="teal")
    first = house.take()
    matter(house.town, colour="olive")
    second = house.take()
    shared = list((first.place / "files").rglob("*.jpg"))
    assert all(p.stat().st_nlink == 2 for p in shared)
    assert second.manifest.file_count == 4
    assert taking.forget(house.backups, keep=1) == [first.place]
    assert taking.whole(house.backups) == [second.place]
    assert not [p for p in house.backups.iterdir() if p.name.startswith(".huiyin")]
    manifest.check(second.place)


def test_a_photo_that_is_not_what_its_name_says_is_told_of_and_one_that_is_missing_too(house: House) -> None:
    matter(house.town, colour="teal")
    matter(house.town, colour="olive")
    photos = sorted(p for p in house.files.rglob("*.jpg") if not p.stem.endswith("-s"))
    photos[0].write_bytes(b"not a photo")
    photos[1].unlink()
    taken = house.take()
    assert [Path(name).name for name in taken.wrong] == [photos[0].name]
    assert taken.manifest.absent == (photos[1].stem,)


def test_a_trial_restore_verifies_and_leaves_nothing(house: House) -> None:
    matter(house.town, colour="teal")
    taken = house.take()
    bringing.verify(taken.place, house.target(), say=silent)
    assert house.databases() == set()


def test_a_dump_of_other_rows_than_the_manifests_is_found_by_the_trial(house: House) -> None:
    """Both files are as their checksums say, and still they do not belong together."""
    matter(house.town)
    first = house.take()
    matter(house.town)
    second = house.take()
    (first.place / manifest.DUMP).write_bytes((second.place / manifest.DUMP).read_bytes())
    lines = (first.place / manifest.SUMS).read_text().splitlines()
    other = filing.hashed(first.place / manifest.DUMP).sha256
    lines = [f"{other}  {manifest.DUMP}" if line.endswith(manifest.DUMP) else line for line in lines]
    (first.place / manifest.SUMS).write_text("\n".join([*lines, ""]))
    with pytest.raises(Damaged, match="needs_need"):
        bringing.verify(first.place, house.target(), say=silent)
    assert house.databases() == set()


def test_what_was_erased_since_the_backup_is_named_when_it_comes_back(house: House) -> None:
    from huiyin.platform.backup.databases import Databases

    receipt = matter(house.town)
    matter(house.town)
    first = house.take()
    house.bring(first.place)
    with house.connect(house.other) as there:
        erase = "SELECT huiyin_erase_need(%s, %s, 'request')"
        there.execute(erase, [receipt.need_id, house.town.people["secretary"].id])
    brought = house.bring(first.place, again=True)
    here = Databases(house.target().owner_url, "huiyin_app")
    assert bringing.erased_since(here, brought.replaced, brought.manifest) == [receipt.code.replace("-", "")]
