"""What many ask for is found by the engine, counted within reach, and made a theme by a person."""

import pytest
from django.test import Client

from huiyin.needs import actions
from huiyin.needs.models import CommonNeed, CommonNeedMember, Need
from huiyin.needs.queries import asked as common
from huiyin.needs.tests.test_loop import bearer
from huiyin.needs.tests.test_orders import registered
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform.errors import Invalid, NotFound

LAMPS = (
    "青禾苑门口的路灯坏了三天了，晚上老人不敢出门，请尽快修好路灯",
    "青禾苑北门路灯不亮，晚上出门看不清，老人容易摔倒，希望修路灯",
    "我们青禾苑的路灯已经坏了好几天，晚上黑漆漆的，请派人来修路灯",
    "青禾苑小区路灯不亮好几天，老人晚上不敢下楼，请修一下路灯",
)
OTHERS = ("医保卡丢了在哪里补办", "孩子上小学的学区怎么划分，需要带什么材料", "楼下烧烤店油烟太大，开窗都不行")


def told(town: Town) -> list[Need]:
    """Register what four people say alike and three others say each for themselves, and let the engine look."""
    lamps = [registered(town, words=words, phone=f"1050000{i:04d}") for i, words in enumerate(LAMPS)]
    for i, words in enumerate(OTHERS):
        registered(town, words=words, phone=f"1050001{i:04d}")
    actions.find_common_needs(SYSTEM)
    return lamps


def test_what_four_people_say_alike_is_one_common_need_with_its_people_and_words(town: Town) -> None:
    lamps = told(town)
    (row,) = common.common_needs(town.actor("head"))
    assert (row.people, row.matters, row.waiting) == (4, 4, 4)
    assert "路灯" in row.name
    assert {r.id for r in common.matters_of_common(town.actor("head"), row.id)} == {n.id for n in lamps}


def test_looked_at_again_it_keeps_its_key_and_what_vanished_is_gone(town: Town) -> None:
    lamps = told(town)
    before = CommonNeed.objects.get()
    registered(town, words="青禾苑门口的路灯坏了四天了，晚上老人不敢出门，请修好路灯", phone="10500002222")
    actions.find_common_needs(SYSTEM)
    after = CommonNeed.objects.get()
    assert (after.pk, after.key) == (before.pk, before.key)
    for need in lamps:
        actions.withdraw(bearer(need), need.id)
    actions.find_common_needs(SYSTEM)
    assert CommonNeed.objects.count() == 0


def test_one_person_who_says_it_four_times_is_no_common_need_and_complaints_are_left_out(town: Town) -> None:
    for words in LAMPS:
        registered(town, words=words, phone="10500003333")
    for i, words in enumerate(LAMPS):
        registered(
            town, words=words, phone=f"1050004{i:04d}", about_staff="葛网格", building_id=None,
            community_id=town.units["lake"].id,
        )  # fmt: skip
    actions.find_common_needs(SYSTEM)
    assert common.common_needs(town.actor("secretary")) == []


def test_who_reaches_none_of_its_matters_sees_nothing_of_it(town: Town, client: Client) -> None:
    told(town)
    row = CommonNeed.objects.get()
    assert common.common_needs(town.actor("hillhead")) == []
    client.force_login(town.people["hillhead"])
    assert client.get(f"/desk/common/{row.pk}/").status_code == 404, "its name is made of their words"
    with pytest.raises(NotFound):
        actions.find_common_needs(town.actor("secretary"))


def test_a_theme_is_made_of_it_on_the_page(town: Town, client: Client) -> None:
    lamps = told(town)
    row = CommonNeed.objects.get()
    client.force_login(town.people["head"])
    assert row.name in client.get("/desk/common/").content.decode()
    assert client.get(f"/desk/common/{row.pk}/").status_code == 200
    asked = client.post("/desk/many/theme/", {"need": [str(n.id) for n in lamps], "theme": row.name})
    assert f'value="{row.name}"' in asked.content.decode(), "its name is proposed"
    for _twice in range(2):
        assert client.post("/desk/common/").status_code == 302, "a search that waits already is not asked for again"
    client.force_login(town.people["grid"])
    assert client.post("/desk/common/").status_code == 404


def test_what_a_person_put_apart_stays_apart_and_may_be_taken_back(town: Town, client: Client) -> None:
    lamps = told(town)
    row = CommonNeed.objects.get()
    secretary = town.actor("secretary")
    for keys in ([], [n.id for n in lamps]):
        with pytest.raises(Invalid):
            actions.part_common_need(secretary, row.pk, need_ids=keys)
    client.force_login(town.people["secretary"])
    nothing = client.post(f"/desk/common/{row.pk}/part/", {})
    assert nothing.status_code == 422
    assert "不能不选" in nothing.content.decode()
    assert client.post(f"/desk/common/{row.pk}/part/", {"need": [str(lamps[3].id)]}).status_code == 302
    assert {r.id for r in common.matters_of_common(secretary, row.pk)} == {n.id for n in lamps[:3]}
    actions.find_common_needs(SYSTEM)
    assert lamps[3].id not in {r.id for r in common.matters_of_common(secretary, CommonNeed.objects.get().pk)}
    (made,) = common.corrections(secretary)
    assert common.corrections(town.actor("head")) == []
    assert client.post(f"/desk/common/corrections/{made.id}/take-back/").status_code == 302
    actions.find_common_needs(SYSTEM)
    assert lamps[3].id in {r.id for r in common.matters_of_common(secretary, CommonNeed.objects.get().pk)}


def test_a_matter_of_individuals_is_not_offered_again(town: Town, client: Client) -> None:
    lamps = told(town)
    row = CommonNeed.objects.get()
    with pytest.raises(NotFound):
        actions.dismiss_common_need(town.actor("head"), row.pk)  # of the street, not of the community
    client.force_login(town.people["secretary"])
    assert client.post(f"/desk/common/{row.pk}/dismiss/").status_code == 302
    actions.find_common_needs(SYSTEM)
    assert common.common_needs(town.actor("secretary")) == []
    assert "属个别诉求" in client.get("/desk/common/").content.decode()
    actions.withdraw(bearer(lamps[0]), lamps[0].id)  # the engine's key comes from the earliest
    registered(town, words="青禾苑门口的路灯坏了四天了，晚上老人不敢出门，请修好路灯", phone="10500002222")
    actions.find_common_needs(SYSTEM)
    assert common.common_needs(town.actor("secretary")) == []


def test_who_puts_together_what_was_apart_has_thought_again(town: Town) -> None:
    lamps = told(town)
    secretary, row = town.actor("secretary"), CommonNeed.objects.get()
    actions.part_common_need(secretary, row.pk, need_ids=[lamps[3].id])
    other = CommonNeed.objects.create(
        unit_id=row.unit_id, key="k", name="路灯", people=1, since=row.since, last=row.last, heat=0.1,
        closeness=1, common=True, found_at=row.found_at,
    )  # fmt: skip
    CommonNeedMember.objects.create(group=other, need=lamps[3])
    actions.join_common_needs(secretary, row.pk, with_id=other.pk)
    actions.find_common_needs(SYSTEM)
    assert CommonNeed.objects.get().members.count() == 4


def test_two_common_needs_put_together_are_one_from_then_on(town: Town, client: Client) -> None:
    told(town)
    for i, words in enumerate(
        ("垃圾桶满了没人清运，味道很大", "垃圾桶好几天没人清运，又脏又臭", "垃圾桶没人清运，苍蝇很多")
    ):
        registered(town, words=f"青禾苑{words}", phone=f"1050009{i:04d}")
    actions.find_common_needs(SYSTEM)
    rows = list(CommonNeed.objects.order_by("-people"))
    assert len(rows) == 2
    client.force_login(town.people["secretary"])
    assert client.post(f"/desk/common/{rows[0].pk}/join/", {"with_id": str(rows[0].pk)}).status_code == 422
    assert client.post(f"/desk/common/{rows[0].pk}/join/", {"with_id": str(rows[1].pk)}).status_code == 302
    actions.find_common_needs(SYSTEM)
    assert CommonNeed.objects.get().members.count() == 7
