"""Crypto, photos, limits, snapshots, error rendering."""

import io
import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory, override_settings
from PIL import Image

from huiyin.platform import audit, clock, crypto, files, generations, http, ids, limits
from huiyin.platform.errors import Invalid, NotNow, TooMany, Unavailable
from huiyin.platform.models import Hit


@dataclass(frozen=True)
class Passer:
    """Somebody for the audit."""

    kind_name: str = "public"
    user_id: UUID | None = None
    name: str = ""
    office: tuple[UUID, str] | None = None
    stands_in_for: UUID | None = None


NOBODY = Passer()


def picture(**exif: str) -> "ContentFile[bytes]":
    """Return a JPEG turned on its side by its EXIF, as phones do, with a place in it."""
    data = Image.Exif()
    data[0x0112] = 6  # turn by 90°
    data[0x010E] = "secret place"
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "JPEG", exif=data)
    return ContentFile(out.getvalue(), "a.jpg")


def test_a_photo_is_kept_upright_without_metadata_under_its_hash(db: None) -> None:
    kept = files.keep_photo(picture())
    assert (kept.width, kept.height) == (40, 60)
    content = files.read_photo(kept.sha256).read()
    assert b"secret place" not in content
    assert not Image.open(io.BytesIO(content)).getexif()
    assert files.keep_photo(picture()) == kept


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a" + b"0" * 99]
)
def test_what_is_no_photo_is_refused_with_a_message(db: None, content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        files.keep_photo(ContentFile(content, "a.jpg"))
    assert set(caught.value.fields) == {"photos"}


def test_a_decompression_bomb_is_refused(db: None) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    with pytest.raises(Invalid):
        files.keep_photo(ContentFile(out.getvalue(), "bomb.png"))


def test_a_full_disk_is_said_to_be_full(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    monkeypatch.setattr(default_storage, "exists", lambda name: False)
    with pytest.raises(Unavailable, match="disk is full"):
        files.keep_photo(picture())


def test_contacts_are_encrypted_and_found_by_a_keyed_index() -> None:
    assert crypto.decrypt(crypto.encrypt("13800000000")) == "13800000000"
    assert crypto.encrypt("13800000000") != crypto.encrypt("13800000000")
    assert crypto.blind_index("phone", "13800000000") == crypto.blind_index("phone", "13800000000")
    assert crypto.blind_index("phone", "13800000000") != crypto.blind_index("email", "13800000000")


def test_tokens_have_128_bits_and_pins_their_digits() -> None:
    assert len(crypto.derive_token("a", "1")) == 22
    assert crypto.derive_token("a", "1") != crypto.derive_token("a", "2")
    assert len(crypto.derive_digits("a", "1", digits=4)) == 4


def test_a_limit_refuses_the_try_after_the_last_and_opens_again(db: None) -> None:
    for _ in range(3):
        limits.hit("t", "1.2.3.4", most=3, per_s=60)
    with pytest.raises(TooMany) as caught:
        limits.hit("t", "1.2.3.4", most=3, per_s=60)
    assert 0 < caught.value.retry_after_s <= 60
    limits.hit("t", "5.6.7.8", most=3, per_s=60)
    with clock.at(clock.now() + timedelta(seconds=61)):
        limits.forget_old()
        assert not Hit.objects.exists()
        limits.hit("t", "1.2.3.4", most=3, per_s=60)


def test_a_snapshot_is_renewed_after_a_change_and_never_keeps_a_rolled_back_one(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generations, "LOOK_EVERY_S", 0.0)
    built: list[int] = []

    def build() -> int:
        built.append(1)
        return len(built)

    snapshot = generations.Snapshot("t", build)
    assert (snapshot.current(), snapshot.current()) == (1, 1)
    with transaction.atomic():
        generations.bump("t")
        assert snapshot.current() == 2
        transaction.set_rollback(True)
    assert snapshot.current() == 3
    generations.bump("t")
    assert snapshot.current() == 4


def test_the_audit_cannot_be_changed(db: None) -> None:
    audit.record(NOBODY, "contact.read", "need:1")
    for statement in (
        "UPDATE platform_auditentry SET action = 'x'",
        "DELETE FROM platform_auditentry",
        "TRUNCATE platform_auditentry",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert len(audit.looks("need:1", ["contact.read"])) == 1


def test_references_are_read_without_doubt() -> None:
    reference = ids.new_reference()
    assert len(reference) == 9
    assert not set(reference) & set("ILOU")
    assert ids.new_id() < ids.new_id()


@pytest.fixture
def request_of(rf: RequestFactory) -> Any:
    """Make a request with a reference number, as the middleware does."""

    def make(**headers: str) -> Any:
        request: Any = rf.get("/x/", headers={k.replace("_", "-"): v for k, v in headers.items()})
        request.reference = "7K3M-92QF"
        return request

    return make


def test_a_refusal_is_a_page_a_fragment_or_json_with_the_reference(request_of: Any) -> None:
    refusal = NotNow("This step is not possible from here.", hint="Look again.")
    page = http.render_refusal(request_of(), refusal)
    fragment = http.render_refusal(request_of(hx_request="true"), refusal)
    data = http.render_refusal(request_of(accept="application/json"), refusal)
    assert {page.status_code, fragment.status_code, data.status_code} == {409}
    assert "<html" in page.content.decode()
    assert "<html" not in fragment.content.decode()
    assert "7K3M-92QF" in page.content.decode()
    assert "7K3M-92QF" in fragment.content.decode()
    assert json.loads(data.content)["reference"] == "7K3M-92QF"


def test_a_fault_tells_nothing_but_its_reference_and_the_log_holds_the_rest(
    request_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("huiyin").propagate = True
    with caplog.at_level("ERROR"):
        response = http.render_refusal(request_of(), ValueError("secret of the database"))
    assert response.status_code == 500
    assert "secret" not in response.content.decode()
    assert "secret of the database" in caplog.text


def test_every_answer_carries_its_reference(db: None) -> None:
    response = Client().get("/nothing/")
    assert response.status_code == 404
    assert response["X-Reference"] in response.content.decode()


def test_a_forwarded_address_counts_only_from_a_trusted_proxy(rf: RequestFactory) -> None:
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="6.6.6.6, 1.2.3.4")
    assert http.client_address(request) == "10.0.0.1"
    with override_settings(TRUSTED_PROXIES=["10.0.0.1"]):
        assert http.client_address(request) == "1.2.3.4"


def test_pages_carry_a_strict_policy_and_reading_pages_no_cookie(db: None) -> None:
    response = Client().get("/")
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert not response.cookies
