"""Under which heading an office files each subject: dimension, what is wanted, category of the subject tree.

Every one of the fifteen classes of the first level has a subject. A line per subject, words tagged as in `subject`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Dimension = Literal["life", "family", "development", "emotion"]
Wants = Literal["theory", "service", "difficulty"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Where a subject is filed; `size` is how great a matter it usually is."""

    category: str
    dimension: Dimension = "life"
    wants: Wants = "difficulty"
    size: Literal["small", "urgent", "hard"] = "small"


_CITY = "城乡建设/城市建设和市政管理"
_RURAL = "农村农业"

HEADINGS: dict[str, Heading] = {
    "medical_refund": Heading("劳动和社会保障/城镇居民社会保险/城镇居民医疗保险", "family", "service"),
    "elder_meals": Heading("民政/社会服务/其他", "family", "service"),
    "living_alone": Heading("民政/社会服务/其他", "family", "service", "urgent"),
    "low_income": Heading("民政/社会救助/城镇低保", "family", "difficulty", "hard"),
    "disability": Heading("民政/福利慈善/福利事业", "family", "service"),
    "haircut_day": Heading("民政/基层选举和社区建设/社区建设", "life", "service"),
    "health_check": Heading("卫生计生/公共卫生/疾病预防控制", "family", "service"),
    "pension_check": Heading("劳动和社会保障/退休政策及待遇/退休金发放", "family", "service"),
    "lonely_talk": Heading("民政/社会服务/其他", "emotion", "service"),
    "stairwell_light": Heading(f"{_CITY}/小区管理"),
    "corridor_clutter": Heading("政法/社会治安/消防安全"),
    "flying_wire": Heading("城乡建设/安全生产/安全隐患", size="urgent"),
    "lift_trapped": Heading("商贸旅游/质监检验检疫/特种设备管理", size="urgent"),
    "lift_add": Heading("城乡建设/住房保障与房地产/修缮装修", "development", "service", "hard"),
    "drain_blocked": Heading(f"{_CITY}/城市公共设施"),
    "water_pressure": Heading(f"{_CITY}/自来水供应"),
    "parking": Heading(f"{_CITY}/小区管理", size="hard"),
    "property_fee": Heading("城乡建设/住房保障与房地产/物业服务", wants="theory"),
    "roof_leak": Heading("城乡建设/住房保障与房地产/修缮装修", size="hard"),
    "elder_handrail": Heading(f"{_CITY}/居民服务设施", "family", "service"),
    "noise_upstairs": Heading("环境保护/环境污染/噪音污染", "emotion"),
    "square_dance": Heading("环境保护/环境污染/噪音污染", "emotion"),
    "dogs": Heading("政法/社会治安/其他"),
    "leak_between": Heading("政法/仲裁与调解/司法调解", size="hard"),
    "neighbour_quarrel": Heading("政法/仲裁与调解/司法调解", "emotion", size="hard"),
    "smoke_burning": Heading("环境保护/环境污染/大气污染"),
    "street_lamp": Heading(f"{_CITY}/城市公共设施"),
    "road_broken": Heading(f"{_CITY}/基础设施"),
    "rubbish": Heading(f"{_CITY}/环境卫生"),
    "mosquitoes": Heading("卫生计生/公共卫生/疾病预防控制", wants="service"),
    "trees": Heading(f"{_CITY}/园林绿化"),
    "market_hygiene": Heading("商贸旅游/市场监管/其他"),
    "shop_noise": Heading(f"{_CITY}/城管执法"),
    "bus_stop": Heading("城乡建设/城市建设和市政管理/公共汽车", "development", "service"),
    "public_toilet": Heading(f"{_CITY}/环境卫生"),
    "wall_cracked": Heading("城乡建设/安全生产/安全隐患", size="urgent"),
    "irrigation": Heading(f"{_RURAL}/水利水电/引水调水", "development"),
    "fruit_trees": Heading(f"{_RURAL}/农资农技/农技推广应用", "development", "theory"),
    "village_road": Heading("交通运输/建设管理/设施维护", "development", size="hard"),
    "pig_farm": Heading("环境保护/环境污染/水污染"),
    "house_building": Heading(f"{_RURAL}/土地承包经营/宅基地纠纷", "family", "theory", "hard"),
    "pond_safety": Heading("城乡建设/安全生产/安全隐患"),
    "well_water": Heading(f"{_RURAL}/水利水电/其他", size="hard"),
    "farm_waste": Heading("环境保护/环境污染/固体污染"),
    "wild_boar": Heading(f"{_RURAL}/野生资源管理/野生动植物保护", size="hard"),
    "parcel_point": Heading("交通运输/邮政管理/快递市场管理", "life", "service"),
    "crop_road": Heading(f"{_RURAL}/其他/其他", "development"),
    "job_wanted": Heading("劳动和社会保障/就业培训/就业和再就业", "development", "service"),
    "wage_owed": Heading("劳动和社会保障/劳动关系/农民工权益", size="hard"),
    "papers": Heading("政法/户籍证件/户籍管理", wants="theory"),
    "day_care": Heading("教育文体/教育行政管理/校外机构管理", "family", "service"),
    "school_gate": Heading("教育文体/教育行政管理/校园安全", "family"),
    "reading_room": Heading("教育文体/文化/公共文化", "development", "service"),
    "fraud": Heading("经济管理/金融财税/非法经济活动", "family", "theory", "urgent"),
    "broadband": Heading("科技与信息产业/电信/通信保障"),
    "winter_cold": Heading(f"{_CITY}/冬季采暖", "life", "difficulty", "urgent"),
    "storm_water": Heading(f"{_RURAL}/水利水电/防汛抗旱", "life", "difficulty", "urgent"),
    "party_members": Heading("党务政务/党的建设/组织建设", "development", "theory"),
    "notices": Heading("党务政务/宣传舆论/精神文明建设", "development", "service"),
    "land_line": Heading("国土资源/土地资源管理/土地权属纠纷", "family", "difficulty", "hard"),
    "land_taken": Heading("国土资源/土地征收/安置补偿", "family", "theory", "hard"),
    "sent_round": Heading("纪检监察/干部作风/官僚主义", "emotion"),
    "small_trade": Heading("经济管理/宏观调控/产业行业政策", "development", "theory"),
    "prepaid": Heading("商贸旅游/市场监管/其他", "life", "difficulty"),
    "bus_route": Heading("交通运输/客货运输/旅客运输", "life", "service"),
    "signal": Heading("科技与信息产业/电信/电信资费", "life", "difficulty"),
    "clinic": Heading("卫生计生/医政监管/医疗技术和服务", "family", "service"),
    "gas_smell": Heading(f"{_CITY}/燃气供应", size="urgent"),
    "collapsed": Heading("卫生计生/公共卫生/突发公共卫生事件处理", "family", size="urgent"),
    "about_grid_worker": Heading("纪检监察/干部作风/其他", "emotion"),
    "about_clerk": Heading("纪检监察/干部作风/官僚主义", "emotion"),
    "about_head": Heading("纪检监察/滥用职权/以权谋私", "emotion", size="hard"),
}
