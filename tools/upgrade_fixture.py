"""Make the backup of this version that later versions prove their upgrade on: tests/upgrade/<version>.tar.gz.

    python tools/upgrade_fixture.py

A site of its own is made, a county invented, its matters told through the rooms' actions; more is done by hand below
so that nearly every table holds something; what no row refers to is taken out of the address register, which keeps
the backup small; then `huiyin backup` writes it. Everything in it is invented, the keys are for this purpose only.
Run it once when a version is released, before the next migration is written; see tests/upgrade/README.md.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # the house and its tests are no installed packages
from tests.upgrade import KEYS, MOST_BYTES  # noqa: E402

FIXTURES = ROOT / "tests" / "upgrade"
MATTERS = 40
# Taken out where nothing refers to them, in this order: what a door stands in goes after the door.
UNREFERRED = ("org_portfolio", "org_building", "org_estate", "org_user")
_REFERRING = """
SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
WHERE c.contype = 'f' AND c.confrelid = %s::regclass
"""


# --- within the site's own process ----------------------------------------------------------------------------------


def _photo() -> str:
    from django.core.files.base import ContentFile
    from PIL import Image

    from huiyin.platform import files

    picture = io.BytesIO()
    Image.new("RGB", (48, 36), "teal").save(picture, "PNG")
    return files.keep_photo(ContentFile(picture.getvalue(), "p.png")).sha256


def _actor(username: str) -> Any:
    from huiyin.org import queries as org
    from huiyin.org.actors import SYSTEM
    from huiyin.org.models import User

    return org.actor_of(SYSTEM, User.objects.get(username=username).id)


def _matters(head: Any, lake: Any, photo: str) -> list[Any]:
    """Register matters with all that a matter may have; return their ids."""
    from huiyin.needs import actions
    from huiyin.needs.actions import NewNeed
    from huiyin.needs.actions.intake import NewTicket
    from huiyin.org.actors import PUBLIC
    from huiyin.platform import clock

    ticket = NewTicket("12345", "SG0001", clock.now() + timedelta(days=5))
    plain = {"channel": "web", "community_id": lake, "phone": "10512345678", "email": "a@example.cn"}
    made = [
        actions.register(PUBLIC, new=NewNeed("路灯坏了，晚上看不清", source="fixture:1", photos=(photo,), **plain)),
        actions.register(PUBLIC, new=NewNeed("路灯不亮", source="fixture:2", **plain)),
        actions.register(head, new=NewNeed("垃圾没人收", source="fixture:3", ticket=ticket, **plain)),
    ]
    return [receipt.need_id for receipt in made]


def _orders(head: Any, lake: Any, needs: list[Any], photo: str) -> None:
    from huiyin.needs import actions
    from huiyin.needs.models import OrderPhoto
    from huiyin.org.models import Unit

    grids = list(Unit.objects.filter(parent_id=lake, kind="grid").order_by("path")[:2])
    new = actions.NewOrder("修路灯", lead=actions.Lead(unit_id=grids[0].id), hands=(grids[1].id,))
    order = actions.make_order(head, needs[:1], new=new)
    OrderPhoto.objects.create(order_id=order.id, file_id=photo, position=0)


def _desk(head: Any, lake: Any, needs: list[Any], photo: str) -> None:
    """Do at the desk what leaves rows of its own."""
    from huiyin.needs import actions
    from huiyin.needs.models import Need, RequestRating
    from huiyin.org.actions.workdays import set_workday
    from huiyin.platform import clock, sheets

    actions.group(head, needs[0], theme="路灯")
    clerk = _actor("clerk")
    actions.note(head, needs[0], note=f"请 @{clerk.name} 看一下", photos=[photo])
    actions.looked(head, needs[0])
    actions.look_at_contact(head, needs[0])
    settled = Need.objects.filter(state="closed").exclude(category="").values_list("id", flat=True)[0]
    actions.learn(_actor("secretary"), settled, text="换成感应灯后不再报修")
    actions.save_view(head, name="我的", query="")
    RequestRating.objects.create(
        need_id=needs[0], by_id=head.user_id, at=clock.now(), clear=True, genuine=True, reachable=False
    )
    wish = actions.Wish("answer", text="好", way="page")
    actions.start_batch(head, label="答", wish=wish, need_ids=needs[1:2])
    sheet = io.BytesIO()
    sheets.write(sheet, title="台账", columns=[sheets.Column("诉求内容")], rows=[["路灯坏了"]])
    sheet.seek(0)
    actions.read_table(head, upload=sheet, kind="needs", name="台账.xlsx")
    actions.set_filing(_actor("secretary"), head_street(lake), percent=90)
    set_workday(_actor("admin"), day=clock.today() + timedelta(days=20), works=False, note="停电")


def head_street(lake: Any) -> Any:
    """Return the street above a community."""
    from huiyin.org.models import Unit

    return Unit.objects.get(id=lake).parent_id


def _understood(lake: Any, needs: list[Any]) -> None:
    """Leave what the engine finds and learns in a night, without a night's matters."""
    from huiyin.needs.models import CategoryModel, CommonNeed, CommonNeedMember, Correction
    from huiyin.org import actions as org
    from huiyin.org.actors import PUBLIC
    from huiyin.platform import clock

    street, now = head_street(lake), clock.now()
    group = CommonNeed.objects.create(
        unit_id=street, key="k", name="路灯", people=3, since=now, last=now, heat=1.0, closeness=0.6, common=True,
        found_at=now,
    )  # fmt: skip
    CommonNeedMember.objects.create(group=group, need_id=needs[0])
    by = _actor("secretary").user_id
    Correction.objects.create(unit_id=street, kind="individual", name="路灯", made_by_id=by, made_at=now)
    CategoryModel.objects.create(
        unit_id=street, state="record", reason="too_few", confirmed=3, held_out=0, figures={}, made_at=now
    )
    org.issue_code(PUBLIC, phone="10512345678")


def enrich() -> None:
    """Fill the tables that a told county leaves empty."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.config.settings")
    import django

    django.setup()
    from huiyin.org.models import Unit

    head, lake, photo = _actor("head"), Unit.objects.get(slug="lianhua").id, _photo()
    needs = _matters(head, lake, photo)
    _orders(head, lake, needs, photo)
    _desk(head, lake, needs, photo)
    _understood(lake, needs)


# --- outside --------------------------------------------------------------------------------------------------------


def _trim(connection: Any) -> None:
    """Take out what nothing refers to, and staff of other communities who did nothing."""
    connection.execute(
        "DELETE FROM org_post p USING org_unit u WHERE u.id = p.unit_id AND u.kind = 'grid' AND u.path NOT LIKE "
        "(SELECT path FROM org_unit WHERE slug = 'lianhua') || '%'"
    )
    connection.execute("DELETE FROM org_door WHERE id NOT IN (SELECT id FROM org_door ORDER BY id LIMIT 25)")
    for table in UNREFERRED:
        _unreferred(connection, table)
    connection.execute("UPDATE org_unit SET boundary = NULL WHERE kind = 'grid'")
    _unreferred(connection, "org_unit", where="kind = 'grid'")
    connection.execute("DELETE FROM procrastinate_jobs WHERE status <> 'todo'")


def _unreferred(connection: Any, table: str, *, where: str = "true") -> None:
    referring = connection.execute(_REFERRING, [table]).fetchall()
    kept = " ".join(f"AND NOT EXISTS (SELECT 1 FROM {t} r WHERE r.{column} = x.id)" for t, column in referring)  # noqa: S608  # of the catalogue
    connection.execute(f"DELETE FROM {table} x WHERE {where} {kept}")  # noqa: S608  # as above


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uname = entry.gname = ""
    entry.uid = entry.gid = 0
    return entry


def main() -> None:
    """Make the fixture of this version."""
    from bench.street.site import site
    from huiyin import __version__

    target = FIXTURES / f"{__version__}.tar.gz"
    with site(HUIYIN_KEYS=json.dumps(KEYS)) as here, TemporaryDirectory() as folder:
        here.call("demo", "--matters", str(MATTERS), "--seed-only", **here.own_database())
        here.cluster.start()
        subprocess.run([sys.executable, __file__, "--enrich"], env=here.environment(), check=True)
        with here.connect() as connection:
            _trim(connection)
        here.call("backup", "--to", folder)
        (made,) = Path(folder).glob("huiyin-*")
        with tarfile.open(target, "w:gz") as packed:  # the dump's table of contents is not compressed
            packed.add(made, arcname=__version__, filter=_nobodys)
        told = json.loads((made / "manifest.json").read_text())
    size = target.stat().st_size
    empty = sorted(name for name, table in told["tables"].items() if not table["rows"])
    sys.stdout.write(f"{target.relative_to(ROOT)}: {size:,} bytes; empty: {', '.join(empty)}\n")
    if size > MOST_BYTES:
        sys.exit(f"more than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    enrich() if "--enrich" in sys.argv else main()
