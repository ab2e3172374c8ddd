"""Every address × every role × own and other subtree, against the answers written by hand in expected.py."""

import io
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image

from conftest import copy_database, use_database
from huiyin.needs import actions, bearing, queries
from huiyin.needs.models import CommonNeed, CommonNeedMember, Correction, OrderPhoto
from huiyin.needs.queries import desk as desk_queries
from huiyin.needs.queries.orders import OrderRow
from huiyin.notify.actions import hooks
from huiyin.notify.queries import hooks as read_hooks
from huiyin.org import actions as org
from huiyin.org.actors import PUBLIC as ANYBODY
from huiyin.org.tests.make import Town, make_town
from huiyin.platform import crypto, files, sheets
from huiyin.platform.launcher.cluster import Cluster
from tests.access.expected import MATRIX, PUBLIC, Row

STAFF = [
    *("admin", "secretary", "dispatcher", "head", "clerk", "grid", "contact", "inspector", "nobody"),
    *("hillhead", "hillgrid", "grid2", "marketgrid"),  # another community, other grids
]
PEOPLE = ["anon", "resident", *STAFF]
PHONE = "10512345678"
OF_NOBODY: dict[str, list[Any]] = {
    "passkey": [1],
    "remove_passkey": [1],
    "end_session": [uuid.UUID(int=0)],
    "forget_workday": ["2026-10-01"],
}
OF_MATTER = ("matter", "undo", "contact", "erase", "alike", "solved_like", "check_reply")


def routes(patterns: Any = None) -> set[str]:
    """Return the names of all addresses in the URL table."""
    found: set[str] = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            # the API's operations are walked by test_api.py, token by token
            found |= set() if pattern.namespace == "api" else routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found.add(pattern.name or str(pattern.pattern))
    return found


@dataclass
class Kept:
    """What the desk keeps: made by the head of the lake community."""

    theme: uuid.UUID
    template: uuid.UUID
    view: uuid.UUID
    batch: uuid.UUID
    table: uuid.UUID
    move: int
    party: uuid.UUID
    common: uuid.UUID
    correction: uuid.UUID

    def arguments(self, row: Row, need_id: uuid.UUID) -> dict[str, list[Any]]:
        """Return what the addresses of these take."""
        return {
            "theme": [self.theme],
            "common_need": [self.common],
            "correct_common": [self.common, row.verb],
            "take_back_correction": [self.correction],
            "change_theme": [self.theme, row.verb],
            "ungroup": [need_id],
            **{key: [self.template] for key in ["template", "end_template"]},
            "forget_view": [self.view],
            **{key: [self.batch] for key in ["batch", "batch_progress", "batch_stop", "parcel"]},
            "table": [self.table],
            "note_photo": [need_id, self.move, 0],
            **{key: [self.party] for key in ["outside_party", "end_outside_party"]},
            "many": [row.verb],
            "brief_document": [row.verb],
            "empty_form": ["needs"],
        }


def _common(town: Town, need_id: uuid.UUID) -> uuid.UUID:
    now = timezone.now()
    group = CommonNeed.objects.create(
        unit=town.units["street"], key="k", name="路灯", people=3, since=now, last=now, heat=1.0, closeness=0.6,
        common=True, found_at=now,
    )  # fmt: skip
    CommonNeedMember.objects.create(group=group, need_id=need_id)
    return uuid.UUID(str(group.pk))


def _correction(town: Town) -> uuid.UUID:
    made = Correction.objects.create(
        unit=town.units["street"],
        kind="individual",
        name="路灯",
        made_by=town.people["secretary"],
        made_at=timezone.now(),
    )
    return uuid.UUID(str(made.pk))


def _kept(town: Town, receipt: actions.Receipt, photo: str, party: uuid.UUID) -> Kept:
    head, lake = town.actor("head"), town.units["lake"].id
    actions.group(head, receipt.need_id, theme="路灯")
    actions.note(head, receipt.need_id, note="现场", photos=[photo])
    template = actions.save_template(head, lake, name="路灯", text="您好")
    actions.save_view(head, name="我的", query="")
    batch = actions.start_batch(
        head, label="答", wish=actions.Wish("answer", text="好", way="page"), need_ids=[receipt.need_id]
    )
    sheet = io.BytesIO()
    sheets.write(sheet, title="台账", columns=[sheets.Column("诉求内容")], rows=[["路灯坏了"]])
    sheet.seek(0)
    table = actions.read_table(head, upload=sheet, kind="needs", name="台账.xlsx")
    theme = queries.need(head, receipt.need_id).theme_id or uuid.UUID(int=0)
    note = next(m for m in queries.moves(head, receipt.need_id) if m.verb == "note")
    return Kept(
        theme,
        template,
        desk_queries.views(head)[0].id,
        batch,
        table,
        note.id,
        party,
        _common(town, receipt.need_id),
        _correction(town),
    )


OF_UNIT = "unit unit_map edit_unit add_unit move_unit end_unit boundary import_boundaries appoint invite"


def _of_programs(need_id: uuid.UUID) -> dict[str, list[Any]]:
    """Return what the addresses of Open311 take."""
    return {
        **{key: ["json"] for key in ["georeport_discovery", "georeport_services", "georeport_requests"]},
        "georeport_service": ["01", "xml"],
        "calendar": [need_id, "x"],
        **{key: [need_id, "json"] for key in ["georeport_request", "georeport_token"]},
    }


def _connected(town: Town) -> dict[str, list[Any]]:
    """Return what the addresses of connections take: a program that is let in, an address with a call."""
    secretary, lake = town.actor("secretary"), town.units["lake"].id
    client = org.open_client(secretary, lake, name="区平台", scopes=("matters.read",), days=9).client_id
    with override_settings(HOOK_NETWORKS=["127.0.0.0/8"]):
        hook = hooks.add_hook(
            secretary, lake, name="区平台", url="http://127.0.0.1/", listens=("matter.registered",)
        ).hook_id
    actions.register(
        ANYBODY, new=actions.NewNeed("路灯坏了", "web", f"web:{uuid.uuid4()}", building_id=town.building.id)
    )
    call = read_hooks.hook(secretary, hook)[1][0].id
    return {"end_client": [client], **{key: [hook] for key in ["hook", "end_hook"]}, "call_again": [hook, call]}


@dataclass
class Objects:
    """What the addresses point at: a matter in the lake community's first grid, with a photo and a phone."""

    town: Town
    receipt: actions.Receipt
    order: OrderRow
    outside: OrderRow
    open: OrderRow
    kept: "Kept"
    connected: dict[str, list[Any]]

    def arguments(self, row: Row) -> list[Any]:
        """Return what the address of this row takes."""
        town, receipt = self.town, self.receipt
        bearer = [receipt.code, receipt.token]
        of_post = ["end_post", "hand_over", "stand_in"]
        given: dict[str, list[Any]] = {
            **{key: [town.units["lake1"].id] for key in OF_UNIT.split()},
            **{key: [town.people["grid"].posts.get().id] for key in of_post},
            **{key: [town.units["street"].id] for key in ["filing", "put_model_back"]},
            **_of_programs(receipt.need_id),
            **self.connected,
            **dict.fromkeys(["progress", "receipt", "seen", "withdraw", "registered"], bearer),
            **{key: [receipt.need_id] for key in OF_MATTER},
            **{key: ["lianhua"] for key in ["community", "community_map", "report_here", "around", "around_map"]},
            **self.kept.arguments(row, receipt.need_id),
            "resident_photo": [*bearer, 0],
            "matter_photo": [receipt.need_id, 0],
            "step": [receipt.need_id, row.verb],
            "rate": [receipt.code, 0, bearing.rating_token(receipt.need_id, 0)],
            "outside_order": [
                self.outside.number,
                bearing.order_token(self.outside.id, self.outside.outside_id or uuid.UUID(int=0)),
            ],
            "my_order": [self.open.id],
            **{key: [self.order.id] for key in ["order", "order_contacts", "order_slip"]},
            "order_photo": [self.order.id, 0],
            "order_step": [self.order.id, row.verb],
            **{key: [town.people["grid"].id] for key in ["person", "leave", "give_password", "reset_factors"]},
            **OF_NOBODY,
        }
        return given.get(row.route, [])

    def sent(self, row: Row) -> dict[str, str]:
        """Return what a POST of this row sends."""
        lake2 = str(self.town.units["lake2"].id)
        fields = {"note": "说明", "text": "已处理", "way": "phone", "unit": lake2, "name": "第01网格", "boundary": ""}
        fields |= {
            "outcome": "solved",
            "result": "办好了",
            "what": "修灯",
            "lead": "莲花社区 第02网格",
            "password": "qing-xi-2026-x",
            "solved": "1",
            "stars": "5",
        }
        if row.route in {"outside_parties", "outside_party", "template"}:
            fields |= {"kind": "property", "unit": str(self.town.units["lake"].id)}
        if row.route == "brief_document":
            fields |= {"unit": str(self.town.units["lake"].id)}
        fields |= {"title": "新名", "theme": "垃圾", "percent": "90"}
        return fields if row.method == "POST" else {}


def _made(town: Town) -> Objects:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    photo = files.keep_photo(ContentFile(picture.getvalue(), "p.png"))
    head, lake = town.actor("head"), town.units["lake"].id

    def matter(**more: Any) -> actions.Receipt:
        source = f"web:{uuid.uuid4()}"
        given = {
            "words": "路灯坏了",
            "channel": "web",
            "source": source,
            "building_id": town.building.id,
            "phone": PHONE,
        }
        return actions.register(ANYBODY, new=actions.NewNeed(**{**given, **more}))

    def order(**more: Any) -> OrderRow:
        return actions.make_order(head, [matter().need_id], new=actions.NewOrder("修路灯", **more))

    party = actions.add_outside_party(head, lake, kind="property", name="青禾物业", phone="10533334444")
    grid2 = actions.Lead(unit_id=town.units["lake2"].id)
    made = order(lead=grid2, hands=(town.units["market"].id,))
    OrderPhoto.objects.create(order_id=made.id, file_id=photo.sha256, position=0)
    outside = order(lead=actions.Lead(outside_id=party))
    receipt = matter(photos=(photo.sha256,))
    kept = _kept(town, receipt, photo.sha256, party)
    return Objects(town, receipt, made, outside, order(open_to="everyone"), kept, _connected(town))


@pytest.fixture(scope="module")
def objects(cluster: Cluster, template_database: str, django_db_blocker: Any) -> Iterator[Objects]:
    """What the rows point at, made once; each row takes back what it changed."""
    from django.db import connections

    from huiyin.org import atlas

    name = f"matrix_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    copy_database(cluster, template_database, name)
    with django_db_blocker.unblock():
        before = {k: connections["default"].settings_dict[k] for k in ("NAME", "USER", "HOST", "PORT", "OPTIONS")}
        use_database(cluster, name)
        atlas.forget()
        yield _made(make_town())
        connections.close_all()
        connections["default"].settings_dict.update(before)
        atlas.forget()


def signed_in(town: Town, person: str) -> Client:
    """Return a browser in which this person is signed in."""
    client = Client(raise_request_exception=False)
    if person == "resident":
        index = crypto.blind_index("phone", PHONE)
        client.force_login(org.resident_of_phone(ANYBODY, phone_index=index))
        session = client.session
        session["phones"] = [index]
        session.save()
    elif person != "anon":
        client.force_login(town.people[person])
    return client


def expected(row: Row, person: str) -> int:
    """Return the status the matrix promises this person."""
    if person in dict(row.but):
        return dict(row.but)[person]
    if row.allowed == PUBLIC or person in row.allowed.split():
        return row.answer
    if person in {"anon", "resident"}:
        return row.anonymous
    return row.others


def prepared(row: Row, objects: Objects) -> None:
    """Bring the matter into the state in which the row's step is possible."""
    if row.method == "POST" and row.verb in {"deliver", "rate"}:
        grid = objects.town.actor("grid")
        actions.answer(grid, objects.receipt.need_id, text="好了", way="phone")
        if row.verb == "rate":
            actions.deliver(grid, objects.receipt.need_id)


def answered(row: Row, person: str, objects: Objects) -> HttpResponse:
    """Return what the person gets; whatever it changed is taken back."""
    client = signed_in(objects.town, person)
    url = reverse(row.route, args=objects.arguments(row))
    with transaction.atomic():
        prepared(row, objects)
        response: Any = (
            client.generic(row.method, url) if not objects.sent(row) else client.post(url, objects.sent(row))
        )
        transaction.set_rollback(True)
    return response  # type: ignore[no-any-return]  # Django's client is typed loosely


@pytest.mark.xdist_group("matrix")
@pytest.mark.parametrize("row", MATRIX, ids=lambda r: f"{r.method}-{r.route}{'-' if r.verb else ''}{r.verb}")
def test_every_person_gets_what_the_matrix_promises(row: Row, objects: Objects) -> None:
    got = {person: answered(row, person, objects).status_code for person in PEOPLE}
    assert got == {person: expected(row, person) for person in PEOPLE}


def test_every_address_has_a_row() -> None:
    assert routes() == {row.route for row in MATRIX}


def test_a_new_address_without_a_row_is_noticed() -> None:
    from django.urls import path

    extra = [path("forgotten/", lambda request: HttpResponse(), name="forgotten")]
    assert routes(extra) - {row.route for row in MATRIX} == {"forgotten"}


@pytest.mark.django_db
def test_a_door_that_says_nothing_about_access_stays_shut(town: Town, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.access.undeclared_urls"
    client = Client(raise_request_exception=False)
    assert client.get("/undeclared/").status_code == 404
    assert client.get("/declared/").status_code == 200
