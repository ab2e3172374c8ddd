"""The doors of this room: status, what stands on the page, what is limited."""

import uuid
from typing import Any

import pytest
from django.test import Client

from huiyin.needs import actions
from huiyin.needs.actions import NewNeed
from huiyin.needs.models import Need
from huiyin.org import actions as org
from huiyin.org.actors import PUBLIC
from huiyin.org.tests.make import Town


@pytest.fixture
def receipt(town: Town) -> actions.Receipt:
    """A matter in the lake community's first grid."""
    new = NewNeed(words="路灯坏了三天", channel="web", source=f"web:{uuid.uuid4()}", building_id=town.building.id)
    return actions.register(PUBLIC, new=new)


def sent(town: Town, **fields: str) -> dict[str, str]:
    """Return what the report page sends."""
    return {
        "source": str(uuid.uuid4()),
        "words": "路灯坏了",
        "building": str(town.building.id),
        "public": "0",
        **fields,
    }


def test_a_report_leads_to_its_receipt_and_sending_it_again_to_the_same(client: Client, town: Town) -> None:
    fields = sent(town)
    first, second = client.post("/c/lianhua/report/", fields), client.post("/c/lianhua/report/", fields)
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    assert Need.objects.count() == 1
    page = client.get(first["Location"]).content.decode()
    assert Need.objects.get().code[:4] in page


@pytest.mark.parametrize(
    "fields",
    [
        {"words": " "},
        {"words": "长" * 6000},
        {"phone": "abc"},
        {"email": "x"},
        {"words": "a\x00b"},
        {"building": "x"},
        {"lon": "999", "lat": "0"},
    ],
)
def test_bad_input_comes_back_with_everything_typed(client: Client, town: Town, fields: dict[str, str]) -> None:
    given = sent(town, **{"place_text": "北门", **fields})
    response = client.post("/c/lianhua/report/", given)
    assert response.status_code == 422
    page = response.content.decode()
    assert "北门" in page
    assert given["source"] in page
    assert not Need.objects.exists()


def test_the_code_alone_shows_the_stage_and_nothing_else(client: Client, receipt: actions.Receipt) -> None:
    page = client.post("/track/", {"code": receipt.code}).content.decode()
    assert "已收到" in page
    assert "路灯" not in page
    assert "网格" not in page


def test_a_wrong_pin_and_a_wrong_code_read_the_same(client: Client, receipt: actions.Receipt) -> None:
    wrong = "0000" if receipt.pin != "0000" else "1111"
    pages = [client.post("/track/", {"code": code, "pin": wrong}) for code in (receipt.code, "00000000019")]
    assert {p.status_code for p in pages} == {422}
    said = [p.content.decode().split("form-errors")[0].count("没有找到") for p in pages]
    assert said[0] == said[1]


def test_guessing_a_pin_is_stopped_after_ten_tries(client: Client, receipt: actions.Receipt) -> None:
    answers = [client.post("/track/", {"code": receipt.code, "pin": f"{i:04d}"}).status_code for i in range(12)]
    assert answers[-2:] == [429, 429]
    assert client.post("/track/", {"code": receipt.code, "pin": receipt.pin}).status_code == 429


@pytest.mark.parametrize("token", ["", "x", "A" * 22, "../../etc"])
def test_a_wrong_link_finds_nothing(client: Client, receipt: actions.Receipt, token: str) -> None:
    assert client.get(f"/m/{receipt.code}/{token}/").status_code == 404


def test_a_page_with_a_token_is_kept_nowhere_and_sends_no_referrer_away(
    client: Client, receipt: actions.Receipt
) -> None:
    response = client.get(f"/m/{receipt.code}/{receipt.token}/")
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/desk/", "/desk/?which=closed", "/desk/?q=路灯", "/desk/?page=9", "/desk/?which=x&page=-1", "/desk/?q=ld 坏",
        "/desk/common/", "/desk/learning/", "/desk/narrow/", "/desk/themes/", "/desk/batches/",
    ],
)  # fmt: skip
def test_a_desk_page_takes_at_most_twelve_statements(
    client: Client, town: Town, receipt: actions.Receipt, django_assert_max_num_queries: Any, path: str
) -> None:
    client.force_login(town.people["secretary"])
    client.get("/desk/")
    with django_assert_max_num_queries(12):
        assert client.get(path).status_code == 200


def test_one_matter_takes_at_most_twelve_statements(
    client: Client, town: Town, receipt: actions.Receipt, django_assert_max_num_queries: Any
) -> None:
    client.force_login(town.people["head"])
    client.get("/desk/")
    for fragment in ("", "alike/", "solved/"):
        with django_assert_max_num_queries(12):
            assert client.get(f"/desk/needs/{receipt.need_id}/{fragment}").status_code == 200


def test_a_text_typed_while_a_colleague_was_quicker_is_kept(
    client: Client, town: Town, receipt: actions.Receipt
) -> None:
    client.force_login(town.people["head"])
    actions.answer(town.actor("grid"), receipt.need_id, text="第一个", way="phone")
    response = client.post(
        f"/desk/needs/{receipt.need_id}/answer/",
        {"text": "第二个答复", "way": "phone", "seen_at": "2020-01-01T00:00:00+00:00"},
    )
    assert response.status_code == 422
    assert "第二个答复" in response.content.decode()


def test_a_clerk_registers_for_a_neighbouring_community_and_gets_the_receipt(client: Client, town: Town) -> None:
    client.force_login(town.people["clerk"])
    fields = {
        "source": str(uuid.uuid4()),
        "words": "村口路灯坏了",
        "channel": "phone",
        "community": str(town.units["hill"].id),
    }
    response = client.post("/desk/register/", fields)
    assert response.status_code == 302
    page = client.get(response["Location"])
    assert page.status_code == 200
    assert Need.objects.get().registered_by_id == town.people["clerk"].id
    assert client.get(f"/desk/needs/{Need.objects.get().id}/").status_code == 404


def test_the_place_a_clerk_types_names_the_building(client: Client, town: Town) -> None:
    client.force_login(town.people["clerk"])
    fields = {
        "source": str(uuid.uuid4()),
        "words": "灯坏了",
        "channel": "phone",
        "community": str(town.units["lake"].id),
        "place": "青禾苑 3号楼2单元",
    }
    client.post("/desk/register/", fields)
    need = Need.objects.get()
    assert need.unit_id == town.units["lake1"].id
    assert need.place_text == "青禾苑3号楼 2单元"


def test_eleven_wrong_passwords_lock_the_name_for_a_while(client: Client, town: Town) -> None:
    fields = {"login": "grid", "password": "wrong"}
    answers = [client.post("/desk/login/", fields).status_code for _ in range(11)]
    assert answers[0] == 200
    assert answers[-1] == 429


@pytest.mark.parametrize(
    "path",
    [
        "/desk/?page=²", f"/desk/?page={'9' * 5000}", "/desk/?q=%00", "/m/%00/x/", "/desk/registered/%00/x/",
        "/desk/register/places.json?community=x&place=%00", "/places.json?estate=%00", "/elder/?next=//evil.example",
        "/desk/people/?q=%00", "/m/٠٠٠٠٠٠٠٠٠٠٠/x/",
    ],
)  # fmt: skip
def test_an_odd_address_is_never_a_fault_of_ours(client: Client, town: Town, path: str) -> None:
    client.force_login(town.people["clerk"])
    response = client.get(path)
    assert response.status_code < 500
    assert "evil" not in response.get("Location", "")


def test_a_form_that_is_no_form_is_refused_not_a_fault(client: Client, town: Town) -> None:
    response = client.post("/c/lianhua/report/", data=b"x", content_type="multipart/form-data")
    assert response.status_code == 400


def _code_for(client: Client, phone: str, *, add: bool = False) -> str:
    client.post("/mine/phone/?add" if add else "/mine/phone/", {"phone": phone})
    from huiyin.notify import queries as notify

    return "".join(c for c in notify.outbox(PUBLIC)[0].body if c.isdigit())[:6]


def test_a_proven_phone_shows_its_matters_and_another_persons_proof_hides_them(client: Client, town: Town) -> None:
    client.post("/c/lianhua/report/", sent(town, phone="13800000000"))
    client.post("/mine/code/", {"code": _code_for(client, "138 0000 0000")})
    assert "路灯坏了" in client.get("/mine/").content.decode()
    client.post("/mine/code/", {"code": _code_for(client, "13900000000")})
    assert "路灯坏了" not in client.get("/mine/").content.decode()
    client.post("/mine/code/", {"code": _code_for(client, "13800000000", add=True)})
    assert "路灯坏了" in client.get("/mine/").content.decode()
    assert "13800000000" not in str(dict(client.session))


def test_one_phone_is_sent_five_codes_an_hour_however_it_is_typed(client: Client, town: Town) -> None:
    typed = [
        "13800000000",
        "138 0000 0000",
        "138-0000-0000",
        "+8613800000000",
        "１３８００００００００",
        "008613800000000",
    ]
    answers = [client.post("/mine/phone/", {"phone": t}).status_code for t in typed]
    assert answers == [302] * 5 + [429]


def test_staff_prove_no_phone_in_the_desks_session(client: Client, town: Town) -> None:
    client.force_login(town.people["clerk"])
    assert client.get("/mine/phone/").status_code == 409


def test_the_lock_counts_a_name_whatever_its_case(client: Client, town: Town) -> None:
    names = ["grid", "Grid", "gRid", "GRID", " grid", "grid ", "GRiD", "griD", "grid"]
    answers = [client.post("/desk/login/", {"login": n, "password": "wrong"}).status_code for n in names]
    assert answers[-1] == 429


def test_a_resident_who_opens_the_desk_is_asked_to_sign_in_once(client: Client, town: Town) -> None:
    client.post("/mine/code/", {"code": _code_for(client, "13800000000")})
    response = client.get("/desk/", follow=True)
    assert response.status_code == 200
    assert len(response.redirect_chain) == 1


def test_what_opens_a_matter_is_not_in_the_log(
    client: Client, receipt: actions.Receipt, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        client.post(f"/m/{receipt.code}/{receipt.token}/withdraw/")
        client.post(f"/m/{receipt.code}/{receipt.token}/withdraw/")
    lines = " ".join(str(r.__dict__) for r in caplog.records)
    assert "refused" in lines
    assert receipt.token not in " ".join(str(getattr(r, "path", "")) for r in caplog.records)


def test_too_many_photos_are_said_to_be_too_many(client: Client, town: Town) -> None:
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (9, 9)).save(out, "JPEG")
    photos = [SimpleUploadedFile(f"{i}.jpg", out.getvalue()) for i in range(7)]
    fields: dict[str, Any] = {**sent(town), "photos": photos}
    assert client.post("/c/lianhua/report/", fields).status_code == 422


def test_somebody_elses_photo_is_not_attached_by_its_hash(client: Client, town: Town) -> None:
    client.post("/c/lianhua/report/", sent(town, kept_photos="a" * 64))
    assert Need.objects.get().photos.count() == 0


def test_a_matter_one_only_sees_offers_no_step(client: Client, town: Town, receipt: actions.Receipt) -> None:
    actions.hand_up(town.actor("grid"), receipt.need_id, note="x")
    client.force_login(town.people["grid"])
    page = client.get(f"/desk/needs/{receipt.need_id}/").content.decode()
    assert "路灯坏了三天" in page
    assert f"/desk/needs/{receipt.need_id}/answer/" not in page
    assert f"/desk/needs/{receipt.need_id}/contact/" not in page


def test_the_head_of_the_street_erases_at_the_desk(client: Client, town: Town, receipt: actions.Receipt) -> None:
    client.force_login(town.people["secretary"])
    assert client.post(f"/desk/needs/{receipt.need_id}/erase/", {"reason": ""}).status_code == 422
    assert client.post(f"/desk/needs/{receipt.need_id}/erase/", {"reason": "request"}).status_code == 302
    assert "路灯" not in Need.objects.get().words


def test_stages_are_named_as_the_office_names_them_and_residents_see_four_at_most(
    client: Client, town: Town, receipt: actions.Receipt
) -> None:
    street = town.units["street"]
    org.edit_unit(town.actor("secretary"), street.id, name=street.name, vocabulary="contact")
    client.force_login(town.people["head"])
    assert "问需" in client.get("/desk/").content.decode()
    page = client.get(f"/m/{receipt.code}/{receipt.token}/").content.decode()
    assert page.count('class="stage"') == 4
    assert all(name in page for name in ("问需", "接单", "评效"))
