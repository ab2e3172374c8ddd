"""People and posts: appoint, open an account, stand in, hand over, end."""

from playwright.sync_api import Locator, expect

from huiyin.org.tests.make import Town
from tests.browser import staff
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor


def _grid_page(town: Town) -> str:
    return f"/desk/units/{town.units['lake1'].id}/"


def _save(visitor: Visitor) -> None:
    visitor.find("main form button[type=submit].button-primary").click()


def _post_of(visitor: Visitor, name: str) -> Locator:
    people = visitor.find("main tbody tr").filter(has=visitor.find("a[href*='/desk/people/']"))
    return people.filter(has_text=name)


def _choose(visitor: Visitor, control: str, name: str) -> None:
    label = visitor.named(control).locator("option", has_text=name).first.inner_text()
    visitor.named(control).select_option(label=label)


def test_somebody_is_appointed_and_the_same_post_twice_is_refused(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open(_grid_page(town))
    head.find("main a[href$='/appoint/']").click()
    head.look("form")
    _choose(head, "user_id", "葛二网")
    head.find("[name=role][value=grid_worker]").check(force=True)
    _save(head)
    expect(_post_of(head, "葛二网")).to_be_visible()
    head.look("appointed")
    head.find("main a[href$='/appoint/']").click()
    _choose(head, "user_id", "葛二网")
    head.find("[name=role][value=grid_worker]").check(force=True)
    _save(head)
    head.wrong_beside("user_id")
    head.look("twice")


def test_an_account_is_opened_with_a_first_post(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(1440), town, "head")
    head.open(_grid_page(town))
    head.find("main a[href$='/invite/']").click()
    head.named("name").fill("新来的")
    head.named("username").fill("新来的")
    head.named("password").fill("12345")
    head.find("[name=role][value=grid_worker]").check(force=True)
    _save(head)
    head.wrong_beside("username")
    head.look("wrong-username")
    head.names.append("xinlai")
    head.named("username").fill("xinlai")
    _save(head)
    head.wrong_beside("password")
    head.look("weak-password")
    head.named("password").fill("qing-shan-lv-shui-8")
    _save(head)
    expect(_post_of(head, "新来的")).to_be_visible()


def test_a_stand_in_is_named_for_some_days(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(1440), town, "head")
    head.open(_grid_page(town))
    _post_of(head, "葛网格").locator("a[href$='/stand-in/']").click()
    _choose(head, "user_id", "葛二网")
    head.named("from_on").fill("2030-05-02")
    head.named("until_on").fill("2030-05-01")
    _save(head)
    head.wrong_beside("until_on")
    head.look("backwards")
    head.named("until_on").fill("2030-05-09")
    _save(head)
    expect(_post_of(head, "葛网格")).to_contain_text("葛二网")
    head.look("standing-in")


def test_a_post_is_handed_over_to_a_successor(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(390), town, "head")
    head.open(_grid_page(town))
    _post_of(head, "葛网格").locator("a[href$='/hand-over/']").click()
    head.look("form")
    _choose(head, "to", "葛二网")
    _save(head)
    expect(_post_of(head, "葛二网")).to_be_visible()
    expect(_post_of(head, "葛网格")).to_have_count(0)


def test_a_post_is_ended_and_its_matters_go_to_the_unit_above(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(390), town, "head")
    head.open(_grid_page(town))
    _post_of(head, "廖联户").locator("a[href$='/end/']").click()
    head.look("form")
    _save(head)
    expect(_post_of(head, "廖联户")).to_have_count(0)
    head.open(f"/desk/units/{town.units['lake2'].id}/")
    _post_of(head, "葛二网").locator("a[href$='/end/']").click()
    _save(head)
    expect(_post_of(head, "")).to_have_count(0)
    head.look("vacant")


def test_people_are_found_by_name(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/people/")
    head.look("all")
    head.find("input[name=q]").fill("葛网格")
    head.page.keyboard.press("Enter")
    expect(head.find("main tbody tr")).to_have_count(1)
    head.find("main tbody a").first.click()
    expect(head.find("h1")).to_have_text("葛网格")
    head.look("person")
    head.open("/desk/people/?q=没有这人")
    head.look("nobody")


def test_a_password_is_changed_by_its_owner(arrive: Arrive, town: Town) -> None:
    worker = staff.seat(arrive(390), town, "grid")
    worker.open("/desk/password/")
    worker.look("form")
    worker.named("oldpassword").fill("wrong-one")
    worker.named("password1").fill("short")
    worker.named("password2").fill("shorter")
    _save(worker)
    worker.wrong_beside("oldpassword")
    worker.look("wrong")
