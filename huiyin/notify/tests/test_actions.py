"""Messages: one effect a key, retried, given up, encrypted."""

from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.notify import actions, carriers, queries, rules
from huiyin.notify.actions import Letter
from huiyin.notify.errors import CarrierFault
from huiyin.notify.models import Message
from huiyin.org.actors import PUBLIC, SYSTEM

LETTER = Letter("sms", "13800000000", "", "编号 1", about="need:1")


@pytest.fixture
def broken_carrier(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A carrier that takes nothing; the list collects what it was offered."""
    offered: list[str] = []

    def send(to: str, subject: str, body: str) -> None:
        offered.append(to)
        raise CarrierFault("421 busy")

    monkeypatch.setattr(actions, "carrier_for", lambda way: send)
    return offered


def test_the_same_effect_twice_is_one_message(db: None) -> None:
    actions.send(SYSTEM, LETTER, effect_key="a:1")
    actions.send(SYSTEM, LETTER, effect_key="a:1")
    assert Message.objects.count() == 1
    assert actions.deliver(SYSTEM, effect_key="a:1") == "sent"
    assert actions.deliver(SYSTEM, effect_key="a:1") == "sent"


def test_address_and_text_are_encrypted(db: None) -> None:
    actions.send(SYSTEM, LETTER, effect_key="a:1")
    stored = Message.objects.get()
    assert "13800000000" not in stored.to_cipher
    assert "编号" not in stored.body_cipher
    assert queries.outbox(PUBLIC)[0].body == "编号 1"


def test_a_refused_message_is_tried_again_later_and_given_up_at_last(db: None, broken_carrier: list[str]) -> None:
    actions.send(SYSTEM, LETTER, effect_key="a:1")
    states = [actions.deliver(SYSTEM, effect_key="a:1") for _ in range(rules.MOST_TRIES + 1)]
    assert states == ["deferred"] * (rules.MOST_TRIES - 1) + ["failed"] * 2
    assert len(broken_carrier) == rules.MOST_TRIES
    later = ProcrastinateJob.objects.filter(task_name="notify.deliver", scheduled_at__isnull=False)
    assert later.count() == rules.MOST_TRIES - 1


def test_in_the_demo_messages_stay_in_the_house() -> None:
    assert carriers.carrier_for("email") is carriers.outbox.send


@pytest.mark.parametrize("way", ["sms", "email"])
def test_without_a_carrier_nothing_is_said_to_be_sent(db: None, settings: Any, way: str) -> None:
    settings.OUTBOX_ONLY, settings.EMAIL_URL = False, ""
    actions.send(SYSTEM, Letter(way, "x", "", "y"), effect_key="a:1")
    assert actions.deliver(SYSTEM, effect_key="a:1") == "deferred"


def test_a_code_is_sent_once_to_the_phone(db: None) -> None:
    actions.send_code(PUBLIC, phone="138 0000 0000", body="验证码 {code}")
    body = queries.outbox(PUBLIC)[0].body
    assert body.startswith("验证码 ")
    assert body[-6:].isdigit()


def test_old_messages_are_forgotten(db: None) -> None:
    from datetime import timedelta

    from huiyin.platform import clock

    actions.send(SYSTEM, LETTER, effect_key="a:1")
    actions.deliver(SYSTEM, effect_key="a:1")
    assert actions.forget_old(SYSTEM) == 0
    with clock.at(clock.now() + timedelta(days=31)):
        assert actions.forget_old(SYSTEM) == 1
