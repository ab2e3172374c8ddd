"""Stories of orders: made, claimed, returned, suspended, done by others; rated, opened again, ended."""

import re

import pytest
from playwright.sync_api import expect

from huiyin.needs import actions
from huiyin.needs.models import Need, Order
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor, zh

DONE = "路灯换了新灯泡，今晚八点请您看看；还有问题打社区电话。"


def _open(visitor: Visitor, need_id: object) -> None:
    visitor.open(f"/desk/needs/{need_id}/")


def _send_by_key(visitor: Visitor) -> None:
    visitor.page.keyboard.press("Control+Enter")


def _order(head: Visitor, need_id: object, lead: str, *, hands: str = "", what: str = "请换路灯") -> None:
    """Make an order from the matter's page."""
    _open(head, need_id)
    head.act("d")
    head.named("lead").fill(lead)
    head.named("what").fill(what)
    if hands:
        head.named("hands").fill(hands)
    head.look("ordering")
    _send_by_key(head)
    head.sees(zh("Orders out"))


def _to_order(visitor: Visitor) -> None:
    """Open the newest order from the list of orders."""
    visitor.open("/desk/orders/")
    visitor.find("[data-row]").first.click()
    expect(visitor.find("#detail article")).to_be_visible()


def _complete(visitor: Visitor, text: str = DONE) -> None:
    visitor.act("f")
    visitor.named("result").fill(text)
    visitor.look("completing")
    _send_by_key(visitor)
    visitor.sees(text)


def test_one_lead_and_two_co_handlers(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town, phone=residents.PHONE)
    head = staff.seat(arrive(width), town, "head")
    _order(head, receipt.need_id, "莲花社区 第02网格", hands="农贸市场专属网格，莲花社区 第01网格")
    head.look("ordered")
    helper = staff.seat(arrive(width), town, "marketgrid")
    _to_order(helper)
    helper.sees(zh("Co-handlers"))
    assert helper.find("[data-key='f']").count() == 0
    helper.act("n")
    helper.named("note").fill("梯子在我这里。")
    _send_by_key(helper)
    helper.sees("梯子在我这里。")
    lead = staff.seat(arrive(width), town, "grid2")
    _to_order(lead)
    lead.act("a")
    lead.sees(zh("In work"))
    lead.look("signed")
    _complete(lead)
    lead.look("done")
    resident = arrive(390)
    resident.open(residents.link(receipt))
    resident.sees(DONE)
    resident.look("told")


def test_a_resident_claims_an_order_that_is_open_to_everybody(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    new = actions.NewOrder("陪独居老人去医院检查", open_to="everyone")
    order = actions.make_order(town.actor("head"), [receipt.need_id], new=new)
    me = arrive(390)
    me.open("/claim/")
    me.named("phone").fill("10566667777")
    me.find("main button[type=submit]").click()
    me.named("code").fill(residents.code_sent_to(me, "10566667777"))
    me.find("main button[type=submit]").click()
    me.page.wait_for_url("**/mine/")
    me.open("/claim/")
    me.look("open")
    me.page.get_by_role("link", name="陪独居老人去医院检查").click()
    me.look("asked")
    me.find(".thumb button").click()
    me.sees(zh("It is done"))
    me.look("mine")
    me.named("result").fill("检查做完了，老人已送回家。")
    me.page.get_by_role("button", name=zh("Report it as done")).click()
    me.sees(zh("This order is done. Thank you."))
    assert Order.objects.get(pk=order.id).state == "done"
    assert Need.objects.get(pk=receipt.need_id).state == "answer"


def test_an_order_returned_is_given_to_another(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town)
    head = staff.seat(arrive(width), town, "head")
    _order(head, receipt.need_id, "葛二网")
    other = staff.seat(arrive(width), town, "grid2")
    _to_order(other)
    other.act("b")
    other.named("note").fill("不在我的网格。")
    _send_by_key(other)
    other.sees(zh("Returned"))
    head.open("/desk/orders/?which=returned")
    head.find("[data-row]").first.click()
    head.sees("不在我的网格。")
    head.look("returned")
    head.act("t")
    head.named("lead").fill("没有这个人")
    _send_by_key(head)
    head.wrong_beside("lead")
    head.named("lead").fill("农贸市场专属网格")
    _send_by_key(head)
    expect(head.find("#detail .facts")).to_contain_text("农贸市场专属网格")
    head.look("transferred")


def test_a_suspended_order_says_until_when_and_more_time_is_granted_above(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    order = actions.make_order(
        town.actor("head"), [receipt.need_id],
        new=actions.NewOrder("请换路灯", actions.Lead(unit_id=town.units["lake2"].id)),
    )  # fmt: skip
    actions.sign(town.actor("grid2"), order.id)
    worker = staff.seat(arrive(1440), town, "grid2")
    _to_order(worker)
    worker.act("e")
    worker.named("note").fill("厂家要两周才到货。")
    worker.named("until").fill("2027-01-08")
    worker.look("asking-for-time")
    _send_by_key(worker)
    worker.sees("厂家要两周才到货。")
    worker.act("w")
    worker.named("note").fill("等配件。")
    worker.named("until").fill("2020-01-01")
    _send_by_key(worker)
    worker.wrong_beside("until")
    worker.look("suspend-refused")
    head = staff.seat(arrive(1440), town, "head")
    head.open("/desk/orders/")
    head.sees(zh("More time is asked for"))
    head.look("time-asked-for")
    head.page.get_by_role("link", name=re.compile(f"{order.number}")).first.click()
    head.act("g")
    head.sees(zh("More time granted"))
    head.look("granted")


def test_opened_again_twice_it_goes_up_and_ends_as_explained(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town)
    for round_, who in enumerate(("grid", "head")):
        actions.answer(town.actor(who), receipt.need_id, text=f"第{round_ + 1}次修好了。", way="page")
        resident = arrive(390)
        resident.open(residents.link(receipt))
        resident.sees(f"第{round_ + 1}次修好了。")
        residents.rate(resident, solved=False, stars=1, words="还是黑的。")
        resident.sees("现由")
        resident.look(f"opened-again-{round_ + 1}")
    street = staff.seat(arrive(1440), town, "dispatcher")
    _open(street, receipt.need_id)
    street.sees("还是黑的。")
    street.look("twice")
    street.act("x")
    street.named("text").fill("灯杆属供电公司，已列入明年改造，书记当面向您说明。")
    street.find("[name=way][value=visit]").check(force=True)
    street.look("explaining")
    _send_by_key(street)
    street.sees(zh("To be told on a visit"))
    street.act("v")
    street.named("note").fill("书记上门说明。")
    _send_by_key(street)
    street.page.wait_for_url(re.compile("done=deliver"))
    need = Need.objects.get(pk=receipt.need_id)
    assert (need.state, need.outcome) == ("closed", "explained")


def test_what_cannot_be_solved_says_why_and_who_else_could(arrive: Arrive, town: Town, width: int) -> None:
    receipt = residents.registered(town)
    worker = staff.seat(arrive(width), town, "grid")
    _open(worker, receipt.need_id)
    worker.act("f")
    expect(worker.named("reason")).to_be_hidden()
    worker.named("text").fill("灯杆不归社区管，已经报给供电公司。")
    worker.find("[name=outcome][value=unsolved]").check(force=True)
    expect(worker.named("reason")).to_be_visible()
    staff.send(worker)
    worker.wrong_beside("reason")
    worker.look("why-not")
    worker.named("reason").select_option("remit")
    worker.named("who_else").fill("县供电公司")
    worker.find("[name=way][value=page]").check(force=True)
    staff.send(worker)
    worker.sees(f"{zh('Answer')}：")
    resident = arrive(390)
    resident.open(residents.link(receipt))
    resident.sees("县供电公司")
    resident.look("cannot")


def test_an_outside_party_works_by_its_link_and_sees_nobodys_telephone(arrive: Arrive, town: Town) -> None:
    receipt = residents.registered(town, phone=residents.PHONE, name="王秀英")
    head = staff.seat(arrive(1440), town, "head")
    head.open("/desk/orders/outside/")
    head.look("no-party-yet")
    head.named("name").fill("青禾物业服务有限公司")
    head.named("phone").fill("105 3333 4444")
    head.named("unit").select_option(label="莲花社区")
    head.find("main button[type=submit]").click()
    head.sees("青禾物业服务有限公司")
    _order(head, receipt.need_id, "青禾物业服务有限公司")
    _to_order(head)
    link = head.find("#detail a[data-outside-link]").get_attribute("href") or ""
    head.look("with-link")
    head.page.get_by_role("link", name=zh("Printed slip")).click()
    head.look("slip")
    party = arrive(390)
    party.open(re.sub(r"^https?://[^/]+", "", link))
    assert residents.PHONE.replace(" ", "") not in party.text()
    assert "王秀英" not in party.text()
    party.look("order")
    party.page.get_by_role("button", name=zh("We take it on")).click()
    party.sees(zh("In work"))
    party.named("result").fill(DONE)
    party.page.get_by_role("button", name=zh("Report it as done")).click()
    party.sees(zh("This order is done. Thank you."))
    party.open(re.sub(r"^https?://[^/]+", "", link))
    party.sees(zh("This order is done. Thank you."))
    party.look("over")
    assert Need.objects.get(pk=receipt.need_id).state == "answer"


def test_who_has_only_a_telephone_is_served_without_a_page(arrive: Arrive, town: Town, width: int) -> None:
    """A call comes in, an order goes out, somebody calls back, the rating is taken down: the resident sees no page."""
    receipt = residents.registered(town, channel="web", phone=residents.PHONE, name="王秀英")
    head = staff.seat(arrive(width), town, "head")
    _order(head, receipt.need_id, "莲花社区 第02网格")
    order = Order.objects.get()
    Need.objects.filter(pk=receipt.need_id)
    actions.complete(town.actor("grid2"), order.id, done=actions.Done(DONE))
    _open(head, receipt.need_id)
    head.act("f")
    head.named("text").fill(DONE)
    head.find("[name=way][value=phone]").check(force=True)
    staff.send(head)
    head.sees(zh("To be told by telephone"))
    head.act("c")
    head.sees(zh("This view has been recorded."))
    head.act("v")
    head.named("note").fill("下午三点电话告知本人。")
    staff.send(head)
    _open(head, receipt.need_id)
    head.act("g")
    expect(head.named("words")).to_be_visible()
    head.look("calling")
    residents_say = {"solved": "1", "stars": "4"}
    for name, value in residents_say.items():
        head.find(f"[name={name}][value='{value}']").check(force=True)
    staff.send(head)
    head.sees(zh("by telephone"))
    head.look("rated-by-telephone")
    assert Need.objects.get(pk=receipt.need_id).state == "closed"


def test_a_forwarded_rating_link_opens_nothing_but_the_result(arrive: Arrive, town: Town) -> None:
    from huiyin.needs import bearing

    receipt = residents.registered(town, phone=residents.PHONE, name="王秀英")
    actions.answer(town.actor("grid"), receipt.need_id, text=DONE, way="phone")
    actions.deliver(town.actor("grid"), receipt.need_id)
    link = f"/r/{receipt.code}/0/{bearing.rating_token(receipt.need_id, 0)}/"
    first = arrive(390)
    first.open(link)
    first.sees(DONE)
    assert residents.WORDS not in first.text()
    first.find(".thumb button").click()
    first.wrong_beside("solved")
    first.look("nothing-chosen")
    residents.give(first, solved=True, stars=3)
    first.sees(zh("Thank you"))
    other = arrive(390)
    other.open(link)
    other.sees(zh("Rated already"))
    assert DONE not in other.text()
    other.look("forwarded")


@pytest.mark.parametrize("path", ["/desk/orders/", "/desk/orders/open/", "/desk/orders/outside/"])
def test_an_empty_page_of_orders_says_so(arrive: Arrive, town: Town, width: int, path: str) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open(path)
    head.look("empty" + path.strip("/").replace("/", "-"))


def test_what_is_answered_on_the_spot_is_settled_in_one_step(arrive: Arrive, town: Town, width: int) -> None:
    clerk = staff.seat(arrive(width), town, "clerk")
    clerk.open("/desk/register/?by=desk")
    clerk.named("words").fill("医保怎么报销，要带什么材料？")
    clerk.act("g") if width < 1000 else clerk.find("summary[data-key=g]").click()
    clerk.named("settled").fill("带身份证、发票和病历，周一到周五都可以办。")
    clerk.look("settling")
    clerk.find("main form[data-register] button[type=submit]").click()
    clerk.page.wait_for_url("**/registered/**")
    clerk.look("settled")
    assert Need.objects.get().state == "evaluate"
    clerk.open("/desk/?which=rating")
    staff.open_matter(clerk, "医保怎么报销，要带什么材料？")
    clerk.sees("带身份证、发票和病历")


def test_one_order_for_five_matters_of_one_place(arrive: Arrive, town: Town) -> None:
    receipts = [residents.registered(town, f"路灯坏了，第{n}户反映。") for n in range(5)]
    head = staff.seat(arrive(1440), town, "head")
    _open(head, receipts[0].need_id)
    head.act("d")
    head.named("lead").fill("莲花社区 第02网格")
    for box in head.find("[name=together]").all():
        box.check(force=True)
    head.look("together")
    _send_by_key(head)
    head.sees(zh("Orders out"))
    order = Order.objects.get()
    actions.complete(town.actor("grid2"), order.id, done=actions.Done(DONE))
    assert set(Need.objects.values_list("state", flat=True)) == {"answer"}
    for receipt in (receipts[0], receipts[4]):
        resident = arrive(390)
        resident.open(residents.link(receipt))
        resident.sees(DONE)
