"""The category model of a street: learns from what staff confirmed, files alone where it may, is put back when worse."""

import random
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from huiyin.engines.text import codec, suggesting, training
from huiyin.engines.text.machines import Labelled
from huiyin.needs import actions, queries
from huiyin.needs.actions import filing
from huiyin.needs.models import CategoryModel, Filing, Move, Need
from huiyin.needs.queries import learning
from huiyin.needs.queries import suggesting as asked
from huiyin.needs.queries.lists import Filter
from huiyin.needs.rules import learning as rules
from huiyin.needs.rules.sorting import Sorting
from huiyin.needs.tests.test_loop import bearer
from huiyin.needs.tests.test_orders import registered
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, NotFound, NotNow

WAGES = "公司拖欠农民工工资三个月，劳动监察大队不受理"
SIGNALS = ("宽带网络", "手机信号", "基站", "充电桩", "智能电表", "监控探头", "政务网站", "无人机")
ANIMALS = ("山羊", "养猪场", "鸡舍", "果园", "稻田", "灌溉水渠", "种子", "农药")
TAIL = ("没人管", "请来看看", "希望开放", "什么时候修好", "太旧了", "能不能再添一些", "开门太晚", "要收钱吗")
SCIENCE, FARM = "科技与信息产业", "农村农业"


def confirmed(town: Town, *, count: int, seed: int = 1) -> list[Need]:
    """Let staff confirm matters of two classes, one of which the shipped model does not know."""
    rng, made = random.Random(seed), []
    for i in range(count):
        things, category = ((SIGNALS, SCIENCE), (ANIMALS, FARM))[i % 2]
        first, second = rng.choice(things), rng.choice(things)
        place = f"{rng.choice('东西南北中')}村{rng.randint(1, 400)}组"
        words = f"{place}{first}{rng.choice(TAIL)}，{second}也{rng.choice(TAIL)}"
        made.append(registered(town, words=words, category=category))
    return made


@pytest.fixture(scope="module")
def classes() -> tuple[str, ...]:
    return suggesting.shipped().classes


def test_an_office_with_ten_confirmed_matters_keeps_the_shipped_model(town: Town) -> None:
    confirmed(town, count=10)
    actions.learn_categories(SYSTEM)
    (record,) = CategoryModel.objects.all()
    assert (record.state, record.reason) == ("record", "too_few")
    assert learning.model_for(town.actor("clerk")) is None


def test_what_was_confirmed_is_learned_and_suggested_the_next_day(town: Town, classes: tuple[str, ...]) -> None:
    assert SCIENCE not in classes
    confirmed(town, count=160)
    with pytest.raises(NotFound):
        actions.learn_categories(town.actor("secretary"))
    actions.learn_categories(SYSTEM)
    model = CategoryModel.objects.get(state="current")
    assert model.reason == "better"
    assert model.figures["new"]["macro_f1"] > model.figures["old"]["macro_f1"]
    print(
        [
            (s.category, s.percent, s.words)
            for s in asked.categories_for(town.actor("clerk"), words="东村12组篮球场太旧了，羽毛球馆也没人管")
        ],
        model.figures,
    )
    found = asked.categories_for(town.actor("clerk"), words="村里的手机信号没人管，宽带网络也太旧了")
    assert found[0].category == SCIENCE
    actions.learn_categories(SYSTEM)
    assert CategoryModel.objects.count() == 2, "nothing new was confirmed, nothing is learned"


def test_the_model_before_is_put_back_by_a_person_and_stays_until_more_is_confirmed(town: Town) -> None:
    confirmed(town, count=160)
    actions.learn_categories(SYSTEM)
    street = town.units["street"].id
    secretary = town.actor("secretary")
    first = learning.street_models(secretary)[0].at_work
    assert first is not None
    actions.put_model_back(secretary, street, seen_at=first.made_at.isoformat())
    assert learning.model_for(town.actor("clerk")) is None, "the shipped one works again"
    with pytest.raises(NotNow):
        actions.put_model_back(secretary, street, seen_at=first.made_at.isoformat())  # pressed twice
    actions.put_model_back(secretary, street)
    confirmed(town, count=60, seed=2)
    actions.learn_categories(SYSTEM)
    states = {m.state: m.confirmed for m in CategoryModel.objects.filter(data__isnull=False)}
    if "previous" not in states:
        pytest.fail("the second lesson was not kept: the test no longer shows anything")
    actions.put_model_back(secretary, street)
    assert {m.state: m.confirmed for m in CategoryModel.objects.filter(data__isnull=False)} == {
        "current": states["previous"], "previous": states["current"],
    }  # fmt: skip
    confirmed(town, count=2, seed=3)
    actions.learn_categories(SYSTEM)
    assert CategoryModel.objects.get(state="current").confirmed == states["previous"]
    for other in ("hillhead", "head", "clerk", "admin"):
        with pytest.raises(NotFound):
            actions.put_model_back(town.actor(other), street)


def test_a_model_that_does_worse_on_new_matters_makes_way_for_the_one_before(town: Town) -> None:
    confirmed(town, count=160)
    actions.learn_categories(SYSTEM)
    CategoryModel.objects.filter(state="previous").delete()
    good = CategoryModel.objects.get()
    upside_down = training.train(
        [
            Labelled(SCIENCE if category == FARM else FARM, "", words)
            for category, words in Need.objects.values_list("category", "words")
        ]
    )
    CategoryModel.objects.filter(pk=good.pk).update(state="previous")
    bad = CategoryModel.objects.create(
        unit_id=good.unit_id, state="current", data=codec.packed(upside_down), reason="better", confirmed=1, held_out=1,
        made_at=good.made_at,
    )  # fmt: skip
    confirmed(town, count=40, seed=9)
    actions.learn_categories(SYSTEM)
    assert bytes(CategoryModel.objects.get(state="current").data or b"") == bytes(good.data or b"")
    assert CategoryModel.objects.filter(reason="fell_behind").exists()
    assert bytes(CategoryModel.objects.get(pk=bad.pk).data or b"") == bytes(good.data or b""), (
        "the rows stay, their models change places"
    )


def test_training_that_is_cut_off_leaves_the_model_at_work(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    confirmed(town, count=160)
    actions.learn_categories(SYSTEM)
    before = CategoryModel.objects.get(state="current")
    confirmed(town, count=60, seed=2)

    def cut_off(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(codec, "packed", cut_off)
    with pytest.raises(KeyboardInterrupt):
        actions.learn_categories(SYSTEM)
    assert CategoryModel.objects.get(state="current").pk == before.pk
    assert learning.model_for(town.actor("clerk")) is not None


def test_complaints_about_staff_and_what_the_model_filed_teach_nothing(town: Town) -> None:
    for need in confirmed(town, count=40):
        Need.objects.filter(pk=need.pk).update(filed_alone=True)
    registered(
        town, words=WAGES, category="劳动和社会保障", about_staff="葛网格", building_id=None, community_id=town.units["lake"].id
    )  # fmt: skip
    actions.learn_categories(SYSTEM)
    assert CategoryModel.objects.count() == 0


def test_above_the_threshold_it_files_alone_marked_and_a_person_confirms(town: Town) -> None:
    secretary, street = town.actor("secretary"), town.units["street"].id
    early = registered(town, words=WAGES)
    assert actions.file_new(SYSTEM) == 0, "no office lets it"
    actions.set_filing(secretary, street, percent=80)
    sure, unsure = registered(town, words=WAGES), registered(town, words="在吗")
    about = registered(town, words=WAGES, about_staff="葛网格", building_id=None, community_id=town.units["lake"].id)
    chosen = registered(town, words=WAGES, category="城乡建设")
    assert actions.file_new(SYSTEM) >= 1
    rows = {n.pk: (n.category, n.filed_alone) for n in Need.objects.all()}
    assert rows[sure.pk] == ("劳动和社会保障", True)
    assert rows[unsure.pk] == rows[about.pk] == ("", False)
    assert rows[chosen.pk] == ("城乡建设", False), "what a person chose stands"
    assert Move.objects.filter(need=sure, verb="file").count() == 1
    assert actions.file_new(SYSTEM) == 0, "filed once"
    head = town.actor("head")
    listed = {r.id for r in queries.held(head, which=Filter("all", filed=True)).rows}
    assert sure.pk in listed
    assert early.pk in listed or not Need.objects.get(pk=early.pk).filed_alone
    actions.sort(head, sure.pk, sorting_is=Sorting(category="劳动和社会保障"), seen_at=sure.changed_at.isoformat())
    assert not Need.objects.get(pk=sure.pk).filed_alone
    assert [m.verb for m in queries.moves(head, sure.pk)].count("file") == 1


def test_the_resident_sees_nothing_of_the_filing(town: Town) -> None:
    actions.set_filing(town.actor("secretary"), town.units["street"].id, percent=80)
    need = registered(town, words=WAGES)
    actions.file_new(SYSTEM)
    assert "file" not in [m.verb for m in queries.moves(bearer(need), need.pk)]


@pytest.mark.parametrize("percent", [0, 49, 100, -1])
def test_a_threshold_out_of_range_is_refused(town: Town, percent: int) -> None:
    with pytest.raises(Invalid):
        actions.set_filing(town.actor("secretary"), town.units["street"].id, percent=percent)


def test_the_page_sets_the_threshold_keeps_what_was_typed_and_is_the_streets_alone(town: Town, client: Client) -> None:
    street = town.units["street"].id
    client.force_login(town.people["secretary"])
    assert client.get("/desk/learning/").status_code == 200
    wrong = client.post(f"/desk/learning/{street}/filing/", {"percent": "120"})
    assert wrong.status_code == 422
    assert 'value="120"' in wrong.content.decode()
    assert client.post(f"/desk/learning/{street}/filing/", {"percent": "90"}).status_code == 302
    assert Filing.objects.get().percent == 90
    assert client.post(f"/desk/learning/{street}/filing/", {"percent": ""}).status_code == 302
    assert not Filing.objects.exists()
    for _twice in range(2):
        assert client.post("/desk/learning/").status_code == 302
    assert client.post(f"/desk/learning/{street}/put-back/").status_code == 404
    assert client.post(f"/desk/learning/{uuid.uuid4()}/filing/", {"percent": "90"}).status_code == 404
    client.force_login(town.people["head"])
    assert client.get("/desk/learning/").status_code == 404


def test_what_is_unlike_all_that_is_known_is_never_filed() -> None:
    assert not rules.may_file(percent=50, likely=0.99, known=False)
    assert not rules.may_file(percent=None, likely=0.99, known=True)
    assert rules.may_file(percent=90, likely=0.9, known=True)


def test_what_it_is_unsure_of_does_not_hold_up_what_comes_after(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.set_filing(town.actor("secretary"), town.units["street"].id, percent=80)
    monkeypatch.setattr(filing, "FILED_MOST", 2)
    monkeypatch.setattr(filing, "SWEPT_AGAIN", timedelta(0))
    for _ in range(5):
        registered(town, words="在吗")
    sure = registered(town, words=WAGES)
    for _sweep in range(4):
        actions.file_new(SYSTEM)
    assert Need.objects.get(pk=sure.pk).filed_alone


def test_a_model_that_cannot_be_read_lets_the_shipped_one_work(town: Town) -> None:
    CategoryModel.objects.create(
        unit=town.units["street"], state="current", data=b"PK-not-a-model", reason="better", confirmed=1, held_out=1,
        made_at=clock.now(),
    )  # fmt: skip
    assert asked.categories_for(town.actor("clerk"), words=WAGES)[0].category == "劳动和社会保障"
    confirmed(town, count=160)
    actions.learn_categories(SYSTEM)
    assert learning.model_for(town.actor("clerk")) is not None, "and is replaced at night"


def test_filing_does_not_take_a_step_out_of_its_persons_hands(town: Town) -> None:
    actions.set_filing(town.actor("secretary"), town.units["street"].id, percent=80)
    need, head = registered(town, words=WAGES), town.actor("head")
    actions.accept(head, need.pk)
    assert actions.file_new(SYSTEM) == 1
    actions.undo(head, need.pk)
    assert Need.objects.get(pk=need.pk).state == "collect"


def test_a_closed_matter_waits_for_no_confirmation(town: Town) -> None:
    secretary = town.actor("secretary")
    actions.set_filing(secretary, town.units["street"].id, percent=80)
    need = registered(town, words=WAGES)
    actions.file_new(SYSTEM)
    assert learning.street_models(secretary)[0].waiting == 1
    actions.withdraw(bearer(need), need.pk)
    assert learning.street_models(secretary)[0].waiting == 0
    assert queries.held(secretary, which=Filter("all", filed=True)).rows == []
