"""Outside parties: put right, taken out, told when nothing more is to be done."""

import pytest
from django.test import Client

from huiyin.needs import actions
from huiyin.needs.actions import Lead
from huiyin.needs.queries import orders as queries
from huiyin.needs.tests.test_loop import bearer
from huiyin.needs.tests.test_orders import ordered, registered
from huiyin.notify import queries as notify
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform.errors import Invalid, NotFound, NotNow


def said(needle: str) -> int:
    """Return how many messages hold these words."""
    return sum(needle in m.body for m in notify.outbox(SYSTEM))


def test_a_party_is_put_right_and_taken_out_when_no_order_is_with_it(town: Town, client: Client) -> None:
    head, lake = town.actor("head"), town.units["lake"].id
    party = actions.add_outside_party(head, lake, kind="property", name="青禾物业", phone="")
    other = actions.add_outside_party(head, lake, kind="utility", name="供电所")
    for wrong in ({"name": "供电所"}, {"name": " "}, {"kind": "x"}, {"phone": "12"}):
        with pytest.raises(Invalid):
            actions.change_outside_party(head, party, **{"kind": "property", "name": "青禾物业", **wrong})
    with pytest.raises(NotFound):
        actions.change_outside_party(town.actor("hillhead"), party, kind="property", name="别家")
    client.force_login(town.people["head"])
    sent = {"name": "青禾物业服务", "kind": "property", "phone": "10500003333"}
    assert client.post(f"/desk/orders/outside/{party}/", sent).status_code == 302
    assert {p.name: p.phone for p in queries.outside_parties(head)} == {"青禾物业服务": "10500003333", "供电所": ""}
    order = ordered(town, registered(town), lead=Lead(outside_id=party))
    with pytest.raises(NotNow):
        actions.end_outside_party(head, party)
    actions.cancel(head, order.id, note="不用了")
    actions.end_outside_party(head, party)
    assert client.post(f"/desk/orders/outside/{other}/end/").status_code == 302
    assert queries.outside_parties(head) == []
    assert client.get("/desk/orders/outside/").status_code == 200


@pytest.mark.parametrize("withdrawn", [True, False])
def test_recalled_or_withdrawn_the_party_is_told_that_nothing_more_is_to_be_done(town: Town, withdrawn: bool) -> None:
    head = town.actor("head")
    party = actions.add_outside_party(
        head, town.units["lake"].id, kind="property", name="青禾物业", phone="10500003333"
    )
    need = registered(town)
    order = ordered(town, need, lead=Lead(outside_id=party))
    assert said(f"{order.number}") == 1
    if withdrawn:
        actions.withdraw(bearer(need), need.id)
    else:
        actions.cancel(head, order.id, note="不用了")
    assert said("已收回") == 1
