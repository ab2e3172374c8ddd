"""The dashboard, the map, one's calendar and the connections, on a phone and on a desk."""

from huiyin.command.tests.make import came, october
from huiyin.needs import actions
from huiyin.org.actors import SYSTEM
from huiyin.org.tests.make import Town
from tests.browser import staff
from tests.browser.conftest import Arrive


def test_a_secretary_reads_the_figures_and_the_charts_are_drawn(arrive: Arrive, town: Town, width: int) -> None:
    october(town)
    actions.count_all(SYSTEM)
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/dashboard/?month=2025-10")
    secretary.page.wait_for_selector("[data-board-chart] canvas")
    assert secretary.page.locator("[data-board-chart] canvas").count() == 4
    secretary.look("october")
    secretary.page.locator(".board-table summary").first.click()
    secretary.page.locator(".board-table a").first.click()
    secretary.sees("广场舞")


def test_the_map_says_what_stands_open_and_its_list_opens_it(arrive: Arrive, town: Town, width: int) -> None:
    came(town, "2025-10-13", words="北门的路灯坏了，晚上看不清路")
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/map/")
    head.page.wait_for_selector("[data-map-rows] a")
    head.sees("当前范围内在办1件")
    head.look("one")
    head.page.locator("[data-map-filter] [name=due]").select_option("soon")
    head.sees("当前范围内没有在办诉求")
    head.page.locator("[data-map-filter] [name=due]").select_option("over")
    head.page.locator("[data-map-rows] a").click()
    head.sees("北门的路灯坏了")


def test_matters_of_one_building_stand_beside_one_another(arrive: Arrive, town: Town) -> None:
    for day in ("2025-10-13", "2025-10-14", "2025-10-15"):
        came(town, day)
    head = staff.seat(arrive(1440), town, "head")
    head.open("/desk/map/")
    head.page.wait_for_selector("[data-map-rows] li:nth-child(3)")
    boxes = [mark.bounding_box() for mark in head.page.locator(".map-mark").all()]
    middles = {(round(b["x"] + b["width"] / 2), round(b["y"] + b["height"] / 2)) for b in boxes if b}
    assert len(middles) == len(boxes) == 3
    head.look("beside")


def test_a_resident_sees_what_stands_open_around_by_grid(arrive: Arrive, town: Town, width: int) -> None:
    came(town, "2025-10-13", words="北门的路灯坏了，联系宋青溪13912345678", public=True, category="城乡建设")
    came(town, "2025-10-14", words="家里的事不想公开")
    resident = arrive(width)
    resident.open("/c/lianhua/")
    resident.page.click("text=身边诉求")
    resident.page.wait_for_selector(".leaflet-interactive.area-busy")
    resident.sees("北门的路灯坏了")
    resident.look("around")
    text = resident.page.inner_text("main")
    assert "13912345678" not in text
    assert "不想公开" not in text
    assert "1件" in resident.page.locator(".area-name:visible").first.inner_text()
    resident.page.click("nav >> text=城乡建设")
    resident.sees("北门的路灯坏了")


def test_search_leads_to_matters_places_units_and_a_telephone(arrive: Arrive, town: Town, width: int) -> None:
    came(town, "2025-10-13", words="北门的路灯坏了，晚上看不清路", phone="13912345678")
    secretary = staff.seat(arrive(width), town, "secretary")
    secretary.open("/desk/")
    for text, said in (
        ("路灯", "北门的路灯坏了"),
        ("5678", "尾号 5678 的电话"),
        ("qhy3", "青禾苑3号楼"),
        ("lhsq", "莲花社区"),
        ("无此事", "未找到相关结果"),
    ):
        secretary.page.fill(".desk-search [name=q]", text)
        secretary.page.press(".desk-search [name=q]", "Enter")
        secretary.page.wait_for_load_state()
        secretary.sees(said)
        secretary.look(f"search-{text}")
        assert "5678" not in secretary.page.url


def test_the_shift_of_chinese_tiles_is_that_of_the_formulas_in_use(arrive: Arrive, town: Town) -> None:
    head = staff.seat(arrive(1440), town, "head")
    head.open("/desk/map/")
    # Tiananmen, as published converters give it: WGS 84 116.3912, 39.9073 to GCJ-02 116.3974, 39.9087
    lon, lat = head.page.evaluate("huiyinDatum.gcj(116.3912, 39.9073)")
    assert abs(lon - 116.3974) < 0.0002
    assert abs(lat - 39.9087) < 0.0002
    assert head.page.evaluate("huiyinDatum.gcj(-122.3, 47.6)") == [-122.3, 47.6], "abroad nothing is shifted"


def test_an_administrator_lets_a_program_in_and_sees_its_token_once(arrive: Arrive, town: Town, width: int) -> None:
    admin = staff.seat(arrive(width), town, "admin")
    admin.open("/desk/connections/")
    admin.look("none")
    admin.open("/desk/connections/program/")
    admin.page.fill("[name=name]", "市民热线平台")
    admin.page.locator("[name=scopes]").first.check()
    admin.look("form")
    admin.page.click("main button[type=submit]")
    token = admin.page.locator("main code").inner_text()
    assert token.startswith("hy_")
    admin.look("made")
    admin.open("/desk/connections/")
    admin.sees("市民热线平台")
    assert token not in admin.page.content()
    admin.open("/desk/connections/address/")
    admin.page.fill("[name=name]", "区平台")
    admin.page.fill("[name=url]", "https://10.0.0.1/in")
    admin.page.click("main button[type=submit]")
    admin.sees("无法推送到这个地址")
    assert admin.page.input_value("[name=url]") == "https://10.0.0.1/in", "what was typed stays"
    admin.look("refused")


def test_a_calendar_s_address_is_made_renewed_and_ended(arrive: Arrive, town: Town, width: int) -> None:
    head = staff.seat(arrive(width), town, "head")
    head.open("/desk/calendar/")
    head.page.click("main button[type=submit]")
    head.look("made")
    assert head.page.locator("main code").inner_text().endswith(".ics")
    head.page.click("main button[name=end]")
    assert head.page.locator("main code").count() == 0
