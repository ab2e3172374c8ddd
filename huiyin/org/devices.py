"""Which browser on which system a sign-in came from, in words; told from the user agent, which anybody may forge."""

from dataclasses import dataclass

# The first mark that is found counts: nearly every browser also calls itself Chrome and Safari.
_BROWSERS = (
    ("MicroMessenger/", "WeChat"), ("DingTalk/", "DingTalk"), ("wxwork/", "WeCom"), ("Edg", "Edge"),
    ("QQBrowser/", "QQ Browser"), ("360SE", "360 Browser"), ("360EE", "360 Browser"), ("UCBrowser/", "UC Browser"),
    ("HuaweiBrowser/", "Huawei Browser"), ("MiuiBrowser/", "Xiaomi Browser"), ("MetaSr", "Sogou Browser"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("OPR/", "Opera"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("OpenHarmony", "HarmonyOS"), ("HarmonyOS", "HarmonyOS"), ("UOS", "UnionTech OS"), ("Kylin", "Kylin"),
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip
DEVICE_LABELS = {  # English message ids; a name that is not here is said as it is
    "WeChat": "WeChat",
    "DingTalk": "DingTalk",
    "WeCom": "WeCom",
    "QQ Browser": "QQ Browser",
    "360 Browser": "360 Browser",
    "UC Browser": "UC Browser",
    "Huawei Browser": "Huawei Browser",
    "Xiaomi Browser": "Xiaomi Browser",
    "Sogou Browser": "Sogou Browser",
    "HarmonyOS": "HarmonyOS",
    "UnionTech OS": "UnionTech OS",
    "Kylin": "Kylin",
    "Android": "Android",
    "iPhone": "iPhone",
}


@dataclass(frozen=True, slots=True)
class Device:
    """Names of a browser and a system, "" for one that is not known."""

    browser: str
    system: str


def device_of(agent: str) -> Device:
    """Return what a user agent says of itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    return Device(browser, next((name for mark, name in _SYSTEMS if mark in agent), ""))
