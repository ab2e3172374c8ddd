"""What helps while a request is written down: characters, duplicates at registration, named things, leanings, hints."""

from datetime import datetime, timedelta

import pytest

from huiyin.engines.text import leaning
from huiyin.engines.text.characters import initials, simplified, sounds
from huiyin.engines.text.entities import Gazetteer, Kind, entities, redact
from huiyin.engines.text.meeting import Matter, near
from huiyin.engines.text.reply import Hint, check
from huiyin.engines.text.shared_needs import Voice, shared_needs

NOW = datetime(2026, 3, 1)  # noqa: DTZ001 (the engine only subtracts)
LONG = "东门菜市场旁边的排水沟堵了三个星期，污水流到人行道上，老人走路很容易滑倒，请派人清理。"
GATE = "西门幼儿园门口早晚接送时没有人指挥交通，车辆乱停，孩子过马路十分危险，希望增设护栏。"


def matter(key: str, text: str, *, place: str = "", days: float = 0) -> Matter:
    return Matter(key, "", text, NOW - timedelta(days=days), place)


def test_traditional_characters_become_simplified_ones_and_the_length_stays() -> None:
    assert simplified("請問這條馬路何時維修") == "请问这条马路何时维修"
    assert simplified("乾隆年间") == "乾隆年间"
    assert simplified("plain") == "plain"


def test_pinyin_initials_are_found_in_any_reading() -> None:
    assert initials("东门3号A座") == "dm3haz"
    assert sounds("psg", "东门排水沟") == [(2, 5)]
    assert sounds("CQ", "重庆路") == [(0, 2)]
    assert sounds("zq", "重庆路") == [(0, 2)]
    assert sounds("", "重庆路") == sounds("重", "重庆路") == sounds("xx", "重庆路") == []


def test_a_copy_is_met_again_with_what_differs() -> None:
    recent = [matter("a", LONG.replace("三个星期", "一个月"), days=2), matter("b", GATE)]
    (found,) = near(matter("new", LONG), recent)
    assert found.key == "a"
    assert found.likelihood > 0.9
    assert found.days_apart == 2
    assert any("星期" in words for words in found.only_new)
    assert any("一个月" in words for words in found.only_old)


def test_place_and_time_weigh_in() -> None:
    other_words = "东门菜市场排水沟堵塞，污水漫到人行道，老人滑倒了，望清理"
    crowd = [matter(f"x{n}", f"{GATE}{n}号楼反映") for n in range(8)]

    def chance(place: str, days: float) -> float:
        found = near(
            matter("new", LONG, place="东门"), [matter("a", other_words, place=place, days=days), *crowd], least=0
        )
        return next(f.likelihood for f in found if f.key == "a")

    assert chance("东门", 1) > 0.5 > chance("西门", 1)
    assert chance("东门", 1) > chance("东门", 20) > chance("东门", 90)
    assert chance("东门", 1) > chance("", 1) > chance("西门", 1)


@pytest.mark.parametrize("text", ["", "水", "水" * 100_000, "😀", "\x00", "<b></b>", "\ud800"])
def test_no_text_breaks_a_meeting(text: str) -> None:
    assert near(matter("n", text), [matter("a", LONG), matter("b", "")]) == []
    assert near(matter("n", LONG), [matter("a", text)]) == []
    assert near(matter("n", LONG), []) == []


def test_personal_data_are_marked_and_redacted_and_the_length_stays() -> None:
    text = "我叫王小明，住3栋2单元501室，电话１３８１２３４５６７８，微信号: abc_123，车牌湘A12345，身份证430102199001011234"
    found = {s.kind for s in entities(text)}
    assert found >= {Kind.PERSON, Kind.HOME, Kind.PHONE, Kind.ACCOUNT, Kind.PLATE, Kind.IDENTITY}
    hidden = redact(text)
    assert len(hidden) == len(text)
    for secret in ("王小明", "501", "５６７８", "abc_123", "A12345", "19900101"):
        assert secret not in hidden


def test_places_of_the_gazetteer_organisations_and_times_are_found_where_they_stand() -> None:
    text = "3月5日晚上8点，阳光花园的排水沟堵了，找阳光物业没人管"
    spans = entities(text, gazetteer=Gazetteer.of([("阳光花园", "k1"), ("阳", "k2"), ("阳光", "k3")]))
    assert all(text[s.start : s.end] == s.text for s in spans)
    assert next((s.kind, s.text, s.key) for s in spans if s.kind is Kind.PLACE) == (Kind.PLACE, "阳光花园", "k1")
    assert Kind.TIME in {s.kind for s in spans}


def test_an_ordinary_number_is_no_phone() -> None:
    assert redact("拖欠了12345678元，共3000户") == "拖欠了12345678元，共3000户"


def test_hollow_phrases_are_marked_where_they_stand() -> None:
    answer = "您好！对此我们高度重视，正在处理，请耐心等待。"
    found = check(LONG, answer)
    assert Hint.EMPTY_PHRASES in found.hints
    assert "高度重视" in [answer[m.start : m.end] for m in found.marks]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("小区停水三天，物业不管", "life"),
        ("老人独居没人照顾，孩子在外地", "family"),
        ("公司欠薪，工作没了，想参加培训再就业", "development"),
        ("一个人很孤独，心里难过，睡不着", "emotion"),
        ("您好", ""),
    ],
)
def test_a_dimension_is_suggested_with_its_words(text: str, value: str) -> None:
    found = leaning.dimension("", text)
    assert found.value == value
    assert found.confidence <= leaning.MOST_SURE
    assert all(word in text for word in found.words)
    assert found.basis == "lexicon, not trained"


def test_danger_is_urgent_and_a_wish_for_speed_alone_is_not() -> None:
    assert leaning.urgency("", "楼道煤气泄漏，快来人").value == "urgent"
    assert leaning.urgency("", "電線漏電").value == "urgent"
    assert leaning.urgency("", "请尽快回复，马上").value == "ordinary"
    assert leaning.urgency("", "").words == ()


def test_sentiment_heeds_a_negation() -> None:
    assert leaning.sentiment("", "非常感谢社区，很满意").value == "positive"
    assert leaning.sentiment("", "对处理结果不满意，推诿扯皮").value == "negative"
    assert leaning.sentiment("", "图书馆几点开门").value == "neutral"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("楼上张建国天天吵", "张建国"),
        ("邻居李梅家漏水", "李梅"),
        ("隔壁王强，半夜放音乐", "王强"),
        ("我儿子陈小宝的学籍", "陈小宝"),
    ],
)
def test_a_name_after_a_word_for_a_neighbour_is_hidden(text: str, name: str) -> None:
    assert name not in redact(text)


@pytest.mark.parametrize(
    "text", ["业主方面一直不回复", "楼下马上不供水", "楼上高空抛物不断", "楼下水管一直漏", "村民高度重视"]
)
def test_ordinary_words_after_a_word_for_a_neighbour_stay(text: str) -> None:
    assert redact(text) == text


def test_no_title_of_a_group_holds_a_name_that_its_members_say() -> None:
    texts = [
        f"{lead}宋青溪家天天半夜吵闹，没法睡觉{tail}"
        for lead, tail in (("楼上", ""), ("", "了"), ("我们楼的", "！"), ("邻居", "。"))
    ]
    voices = [Voice(str(i), i, "", text, NOW - timedelta(days=i)) for i, text in enumerate(texts)]
    (found,) = shared_needs(voices)
    assert "宋青溪" not in found.name
