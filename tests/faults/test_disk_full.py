"""A disk that is really full: a resident hears so in Chinese, loses nothing typed, and it works again afterwards."""

import html
import io
import json
import os
import re
import subprocess
import sys
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import Random

import psycopg
import pytest
from PIL import Image

from bench.street import books
from bench.street.residents import Answer, Line, matter
from bench.street.site import SLUG, Site, answers, eventually, place
from bench.street.site import site as fresh_site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("faults"),
    pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="mounting a small disk (tmpfs) needs Linux and root"
    ),
]
INTERRUPTED = "服务暂时中断"
NO_PHOTO = "照片没有保存成功"
_TEXTAREA = re.compile(r"<textarea[^>]*name=\"words\"[^>]*>(.*?)</textarea>", re.DOTALL)


@pytest.fixture(autouse=True)
def _forget_snapshots() -> None:
    """Instead of the root's: these tests have a site of their own."""


@contextmanager
def disk(at: Path, megabytes: int) -> Iterator[Path]:
    """A disk of its own, in memory, mounted at a directory; skips where mounting is forbidden even to root."""
    at.mkdir(parents=True, exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=711", "tmpfs", str(at)],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        pytest.skip(f"mounting is forbidden here: {made.stderr.decode(errors='replace').strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def full(at: Path) -> Iterator[Path]:
    """Fill a disk to the last byte; yields the ballast, whose removal makes room again."""
    ballast = at / "ballast"
    with ballast.open("wb", buffering=0) as out, suppress(OSError):
        while True:
            out.write(b"\0" * 4096)
    try:
        yield ballast
    finally:
        ballast.unlink(missing_ok=True)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, int]]:
    """A whole site whose data lies on a disk of 400 MB: a database is made with 200 MB free at least."""
    with place() as at, disk(at, 400):
        here = Site(at)
        here.log = tmp_path_factory.mktemp("log") / "site.log"  # logs go elsewhere, as to a journal
        try:
            with here.everything() as whole:
                yield here, whole.port
        finally:
            here.clear_away()


def _refused(line: Line, dice: Random, buildings: list[str]) -> tuple[Answer, dict[str, str], list[books.Told]]:
    """Report until the disk refuses: pages already allotted still take some. Returns also what was acknowledged."""
    told: list[books.Told] = []
    for _ in range(2000):
        given = matter(dice, buildings)
        answer = line.report(given)
        if not answer.acknowledged:
            return answer, given, told
        told.append(books.Told(given["source"], answer.code))
    raise AssertionError("a full disk took 2,000 matters")


def _typed(page: str) -> str:
    found = _TEXTAREA.search(page)
    return html.unescape(found[1]).strip() if found else ""


def _log_lines(here: Site, reference: str) -> list[dict[str, object]]:
    lines = [part for part in here.log.read_text(errors="replace").splitlines() if reference in part]
    return [json.loads(part[part.index("{") :]) for part in lines]


def _all_sent(here: Site) -> bool:
    with here.connect() as connection:
        states = Counter(str(row[0]) for row in connection.execute("SELECT state FROM notify_message"))
    return set(states) == {"sent"}


def test_a_full_disk_is_said_in_chinese_with_what_was_typed_and_a_number_that_finds_the_log(
    town: tuple[Site, int],
) -> None:
    here, port = town
    with Line(port, SLUG) as line, full(here.place):
        answer, given, _ = _refused(line, Random(1), here.buildings())
    assert answer.status == 503
    assert INTERRUPTED in answer.page
    assert _typed(answer.page) == given["words"]
    assert given["phone"] in answer.page
    assert given["source"] in answer.page, "sent again, it must be the same matter"
    assert answer.reference in answer.page
    logged = _log_lines(here, answer.reference)
    assert [entry["level"] for entry in logged] == ["error"]
    assert "No space left" in str(logged[0])


def test_with_room_again_the_same_matter_is_taken_and_nothing_acknowledged_is_lost(town: tuple[Site, int]) -> None:
    here, port = town
    with Line(port, SLUG) as line:
        with full(here.place):
            refused, given, told = _refused(line, Random(2), here.buildings())
        assert refused.status == 503
        answer = line.report(given)
    assert answer.acknowledged
    told.append(books.Told(given["source"], answer.code))
    with here.connect() as connection:
        verdict = books.judge(connection, told)
        assert (verdict.lost, verdict.doubled) == ({}, {})
        assert books.unnoticed(connection, told) == []
    eventually(lambda: _all_sent(here), within_s=120, what="every message sent")


def test_a_log_that_finds_no_room_stops_the_database_until_there_is_room(town: tuple[Site, int]) -> None:
    here, port = town
    with Line(port, SLUG) as line:
        given = matter(Random(3), here.buildings())
        before = line.report(given)
        with full(here.place):
            _exhaust_write_ahead_log(here)
            eventually(lambda: _status(port) == 503, within_s=30, what="503 while the database is down")
        eventually(lambda: answers(port), within_s=60, what="the site after there is room again")
        assert line.report(given).code == before.code, "sent again, it is the same matter"
    with here.connect() as connection:
        verdict = books.judge(connection, [books.Told(given["source"], before.code)])
    assert (verdict.lost, verdict.doubled) == ({}, {})


def _exhaust_write_ahead_log(here: Site) -> None:
    """Begin new log segments until PostgreSQL finds no room for one and stops, as it must."""
    connection = here.connect()
    connection.autocommit = True

    def write() -> None:
        for _ in range(1000):
            connection.execute("SELECT pg_logical_emit_message(true, 'fill', repeat('x', 1000000))")

    with pytest.raises(psycopg.OperationalError):
        write()


def _status(port: int) -> int:
    with Line(port, SLUG) as line:
        try:
            line.token()
        except OSError as error:
            return 503 if " 503 " in str(error) else 0
    return 200


def _with_photo(line: Line, given: dict[str, str]) -> Answer:
    """Send a matter with a picture of chance colours, which does not compress."""
    picture, mark = io.BytesIO(), uuid.uuid4().hex
    Image.frombytes("RGB", (900, 700), os.urandom(900 * 700 * 3)).save(picture, "JPEG")
    fields = {"csrfmiddlewaretoken": line.token(), **given}
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    photo = f'--{mark}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'.encode()
    body = b"".join(
        [*parts, photo, b"Content-Type: image/jpeg\r\n\r\n", picture.getvalue(), f"\r\n--{mark}--".encode()]
    )
    return line.post(body, f"multipart/form-data; boundary={mark}")


def test_a_photo_that_finds_no_room_is_named_and_nothing_typed_is_lost() -> None:
    with fresh_site() as here:
        here.settle()
        given = matter(Random(4), here.buildings())
        with disk(here.place / "files", 8) as files, here.serving() as web, Line(web.port, SLUG) as line:
            with full(files):
                answer = _with_photo(line, given)
                assert not [f for f in files.rglob("*") if f.is_file() and f.name != "ballast"], "half a photo stays"
            again = _with_photo(line, given)
            kept = list(files.rglob("*.jpg"))
    assert answer.status == 503
    assert NO_PHOTO in answer.page
    assert _typed(answer.page) == given["words"]
    assert given["source"] in answer.page
    assert answer.reference in answer.page
    assert again.acknowledged
    assert len(kept) == 2, "the photo and its small twin"
