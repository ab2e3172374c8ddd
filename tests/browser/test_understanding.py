"""Stories of understanding: what many ask for becomes a theme, search, what was solved before, the category model."""

from playwright.sync_api import expect

from huiyin.needs import actions
from huiyin.needs.models import CommonNeed, Need
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from tests.browser import residents, staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import zh

LAMPS = (
    "青禾苑门口的路灯坏了三天了，晚上老人不敢出门，请尽快修好路灯",
    "青禾苑北门路灯不亮，晚上出门看不清，老人容易摔倒，希望修路灯",
    "我们青禾苑的路灯已经坏了好几天，晚上黑漆漆的，请派人来修路灯",
    "青禾苑小区路灯不亮好几天，老人晚上不敢下楼，请修一下路灯",
)
OTHERS = ("医保卡丢了在哪里补办", "孩子上小学的学区怎么划分，需要带什么材料", "楼下烧烤店油烟太大，开窗都不行")
BINS = ("青禾苑垃圾桶满了没人清运，味道很大", "青禾苑垃圾桶好几天没人清运，又脏又臭", "青禾苑垃圾桶没人清运，苍蝇很多")


def test_what_many_ask_for_is_put_right_by_hand_and_becomes_a_theme(arrive: Arrive, town: Town, width: int) -> None:
    for i, words in enumerate((*LAMPS, *BINS, *OTHERS)):
        residents.registered(town, words=words, phone=f"1050000{i:04d}")
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/common/")
    secretary.look("none-yet")
    secretary.page.get_by_role("button", name=zh("Look anew")).click()
    actions.find_common_needs(SYSTEM)
    secretary.page.reload()
    secretary.look("found")
    secretary.find("main a.strong", has_text="路灯").click()
    secretary.sees("北门路灯不亮")
    secretary.look("one")
    secretary.find("[data-ticks-all]").uncheck()
    secretary.page.locator("li", has_text="北门路灯不亮").get_by_role("checkbox").check()
    secretary.page.get_by_text(zh("Put right by hand")).click()
    secretary.look("by-hand")
    secretary.page.get_by_role("button", name=zh("The ticked ones are another matter")).click()
    expect(secretary.find(".ticks li")).to_have_count(3)
    secretary.act("t")
    expect(secretary.named("theme")).to_be_visible()
    secretary.look("theme")
    secretary.page.keyboard.press("Control+Enter")
    secretary.page.wait_for_url("**/desk/batches/**")
    secretary.open("/desk/common/")
    secretary.find("main a.strong", has_text="垃圾").click()
    secretary.page.get_by_text(zh("Put right by hand")).click()
    secretary.page.get_by_role("button", name=zh("These are matters of individuals")).click()
    secretary.page.wait_for_url("**/desk/common/")
    secretary.page.get_by_text(zh("Put right by hand")).click()
    secretary.look("corrections")
    secretary.page.get_by_role("button", name=zh("Take back")).first.click()
    assert CommonNeed.objects.count() == 1
    secretary.open("/desk/batches/")
    secretary.look("batches")


def test_a_search_by_initials_marks_what_it_found_and_what_was_solved_before_is_shown(
    arrive: Arrive, town: Town, width: int
) -> None:
    head = town.actor("head")
    old = residents.registered(town, words="青禾苑2号楼门口路灯坏了，晚上看不清，我叫宋青溪")
    actions.answer(head, old.need_id, text="已更换灯泡，今晚起恢复照明。请到楼下看看，还有问题打社区电话。", way="page")
    residents.registered(town, words="楼道照明不亮，上下楼看不见")
    new = residents.registered(town, words="青禾苑5号楼的路灯坏了，晚上看不清路")
    clerk = staff.seat(arrive(width), town, "clerk")
    clerk.open("/desk/?q=ld")
    expect(clerk.find("mark").first).to_have_text("路灯")
    clerk.look("initials")
    clerk.open("/desk/?q=路灯")
    expect(clerk.find("mark", has_text="照明")).to_have_count(1)
    clerk.sees("＊")
    clerk.look("near")
    clerk.page.get_by_role("link", name=zh("only the words typed")).click()
    expect(clerk.find("mark", has_text="照明")).to_have_count(0)
    clerk.open(f"/desk/needs/{new.need_id}/")
    clerk.sees(zh("How matters like this were solved"))
    clerk.sees("已更换灯泡")
    clerk.look("solved")


def test_the_category_model_files_alone_from_a_threshold_and_a_person_confirms(
    arrive: Arrive, town: Town, width: int
) -> None:
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/learning/")
    secretary.look("fresh")
    secretary.named("percent").fill("120")
    secretary.page.get_by_role("button", name=zh("Save"), exact=True).click()
    secretary.wrong_beside("percent")
    secretary.look("refused")
    secretary.named("percent").fill("80")
    secretary.page.get_by_role("button", name=zh("Save"), exact=True).click()
    residents.registered(town, words="公司拖欠农民工工资三个月，劳动监察大队不受理")
    actions.file_new(SYSTEM)
    actions.learn_categories(SYSTEM)
    secretary.open("/desk/learning/")
    secretary.look("filed")
    secretary.find("main a.button", has_text="待确认").click()
    secretary.look("list")
    need = Need.objects.get(filed_alone=True)
    secretary.open(f"/desk/needs/{need.id}/")
    secretary.sees("请确认")
    secretary.act("y")
    expect(secretary.named("category")).to_have_value("劳动和社会保障")
    secretary.look("confirm")
    secretary.page.keyboard.press("Control+Enter")
    expect(secretary.find("main")).not_to_contain_text("请确认")
    assert not Need.objects.get(pk=need.id).filed_alone


def test_outside_parties_are_listed_changed_and_ended(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/orders/outside/")
    head.look("none")
    head.named("name").fill("清溪物业服务有限公司青禾苑项目部")
    head.named("phone").fill("0700-5550101")
    head.find("main form .button-primary").click()
    head.sees("清溪物业服务有限公司青禾苑项目部")
    head.look("listed")
    head.page.get_by_role("link", name=zh("Change it")).click()
    head.look("change")
