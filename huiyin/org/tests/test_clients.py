"""Programs of other offices: who lets them in, what is kept, when they end."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from huiyin.org import actions
from huiyin.org.actors import PUBLIC
from huiyin.org.models import Client, Reply
from huiyin.org.queries import clients
from huiyin.org.tests.make import Town
from huiyin.platform import audit, clock
from huiyin.platform.errors import Invalid, NotFound

GIVEN: dict[str, Any] = {"name": "市民热线平台", "scopes": ("matters.read",), "days": 30}


def test_who_opens_a_token_needs_the_right_and_it_is_kept_as_a_hash(town: Town) -> None:
    lake = town.units["lake"].id
    for person in ("head", "grid", "dispatcher"):
        with pytest.raises(NotFound):
            actions.open_client(town.actor(person), lake, **GIVEN)
    made = actions.open_client(town.actor("secretary"), lake, **GIVEN)
    kept = Client.objects.get()
    assert made.token not in str(kept.__dict__)
    assert audit.looks(f"client:{kept.id}", ["client.open"])
    assert [c.runs for c in clients.clients(town.actor("secretary"))] == [True]
    with pytest.raises(NotFound):
        actions.end_client(town.actor("head"), kept.id)


@pytest.mark.parametrize("wrong", [{"name": " "}, {"scopes": ()}, {"scopes": ("all",)}, {"days": 0}, {"days": 9999}])
def test_what_is_missing_is_said(town: Town, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        actions.open_client(town.actor("secretary"), town.units["lake"].id, **{**GIVEN, **wrong})
    assert set(refused.value.fields) == set(wrong)


def test_a_token_ends_on_its_day_and_with_its_unit(town: Town) -> None:
    token = actions.open_client(town.actor("secretary"), town.units["lake"].id, **GIVEN).token
    assert clients.client_actor(PUBLIC, token=token) is not None
    Client.objects.update(ends_on=clock.today())
    assert clients.client_actor(PUBLIC, token=token) is None


def test_kept_answers_are_forgotten_after_two_days(town: Town) -> None:
    token = actions.open_client(town.actor("secretary"), town.units["lake"].id, **GIVEN).token
    found = clients.client_actor(PUBLIC, token=token)
    assert found is not None
    made = [actions.answered_once(found[0], key="k", asked={"a": 1}, make=partial(dict, n=n)) for n in range(2)]
    assert made == [{"n": 0}, {"n": 0}]
    assert '"n"' not in Reply.objects.get().answer_cipher, "a receipt opens a matter: it is kept encrypted"
    assert actions.forget_replies(PUBLIC) == 0
    Reply.objects.update(at=clock.now() - timedelta(days=3))
    assert actions.forget_replies(PUBLIC) == 1
