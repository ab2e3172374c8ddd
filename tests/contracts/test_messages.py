"""The Chinese catalogue is complete, and the tool that says so sees what is planted."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import allauth
import django
import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def messages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def plant(house: Path, source: str, name: str = "needs/rules.py") -> Path:
    """Write one source into a small house and return the house."""
    file = house / "huiyin" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source, encoding="utf-8")
    return house


def catalogue(house: Path, entries: str) -> Path:
    """Write a Chinese catalogue of these entries and return the house."""
    head = 'msgid ""\nmsgstr ""\n"Language: zh_Hans\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return plant(house, head + entries, "locale/zh_Hans/LC_MESSAGES/django.po")


def found(messages: ModuleType, house: Path) -> list[object]:
    """Return the ids the tool finds in a house; a context comes before its id, a plural after it."""
    return [(m.context, m.id) if m.context else m.id for m in messages.collected(house) if m.id]


def test_every_message_of_the_house_has_its_chinese(messages: ModuleType) -> None:
    assert messages.check(ROOT) == []


def test_the_catalogues_are_as_update_writes_them(messages: ModuleType, tmp_path: Path) -> None:
    for language in ("zh_Hans", "en"):
        path = ROOT / "huiyin" / "locale" / language / "LC_MESSAGES" / "django.po"
        messages.store(tmp_path / "again.po", messages._read(path, language))
        assert (tmp_path / "again.po").read_text(encoding="utf-8") == path.read_text(encoding="utf-8")


def test_what_is_borrowed_is_still_said_by_its_library(messages: ModuleType) -> None:
    homes = [Path(str(m.__file__)).parent for m in (django, allauth)]
    files = [f for f in (*homes[0].glob("forms/*.py"), *homes[0].glob("contrib/auth/*.py")) if f.is_file()]
    files += [homes[0] / "core" / "validators.py", *homes[1].glob("account/*.py")]
    said = {str(m.id) for f in files for m in messages.python_ids(f.read_text(encoding="utf-8"), set())}
    for page in homes[1].glob("templates/account/messages/*.txt"):
        said |= {str(m.id) for m in messages.template_ids(page.read_text(encoding="utf-8"))}
    borrowed = messages._read(ROOT / "huiyin" / "locale" / "borrowed.pot")
    assert {str(m.id) for m in borrowed if m.id} - said == set()


REFUSALS = """
class Refusal(Exception):
    default: ClassVar[str] = "This cannot be done."

class NotNow(Refusal): ...

class Taken(errors.NotNow):
    code = "taken"
    default = "%(who)s has it."
    advice = ("Open it "
              "again.")

class Other(Exception):
    default = "no message"
"""


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ('gettext("A")', ["A"]),
        ('x = translation.gettext_lazy("A" " and B")', ["A and B"]),
        ('_("A" if many else "B")', ["A", "B"]),
        ('ngettext("%(n)d day", "%(n)d days", n)', [("%(n)d day", "%(n)d days")]),
        ('pgettext("weekday", "Mon")', [("weekday", "Mon")]),
        ('npgettext_lazy("age", "%(n)d year", "%(n)d years", n)', [("age", ("%(n)d year", "%(n)d years"))]),
        (REFUSALS, ["This cannot be done.", "%(who)s has it.", "Open it again."]),
        ('class Taken(Refusal): ...\nraise Taken("A", hint="B", field="name", who="me")', ["A", "B"]),
        ('class Refusal: ...\nraise errors.Refusal("A" if up else "B")', ["A", "B"]),
        ('raise Refusal.of(words="A", name=Message("B", {"most": 3}))', ["A", "B"]),
        ('Machine("need", Step("answer", to="closed", needs="need.answer", label="Answer"))', ["Answer"]),
        ('ROLES = (_role("clerk", "Generalist clerk", {"street"}, {"need.read"}),)', ["Generalist clerk"]),
        ('KIND_LABELS = {"grid": "Grid"}', ["Grid"]),
        ('WAYS: Mapping[str, str] = {"page": "On the page"}', ["On the page"]),
        ('_MOVES = {"note": "Note"}\n_ASKED = {"note": "Please write a note."}', ["Note", "Please write a note."]),
        ('faults["words"] = "A"', ["A"]),
        ('def _ring_faults(ring):\n    return "A" if ring else None', ["A"]),
        ('TITLES = [\n    "A",  # i18n\n    "b",\n]', ["A"]),
    ],
)
def test_each_kind_of_source_in_python_is_found(
    messages: ModuleType, tmp_path: Path, source: str, ids: list[object]
) -> None:
    assert found(messages, plant(tmp_path, source)) == ids


@pytest.mark.parametrize(
    "source",
    [
        'log.info("A")',
        'WAYS = ("sms", "email")',
        'def f():\n    WAYS = {"a": "A"}',
        'HeldPost.of("A", name="B")',
        'raise Other("A", hint="B")',
        'Step("answer", to="closed")',
        "gettext(label)",
        'gettext("")',
    ],
)
def test_what_nobody_reads_is_left_alone(messages: ModuleType, tmp_path: Path, source: str) -> None:
    assert found(messages, plant(tmp_path, source)) == []


def test_tests_and_migrations_hold_no_messages(messages: ModuleType, tmp_path: Path) -> None:
    plant(tmp_path, 'gettext("A")', "needs/tests/test_rules.py")
    assert found(messages, plant(tmp_path, 'gettext("A")', "needs/migrations/0001_initial.py")) == []


def test_a_refusal_is_known_from_another_file(messages: ModuleType, tmp_path: Path) -> None:
    plant(tmp_path, "class NotNow(Refusal): ...", "platform/errors.py")
    plant(tmp_path, "class Taken(NotNow): ...", "needs/errors.py")
    assert found(messages, plant(tmp_path, 'raise Taken("A")', "needs/actions.py")) == ["A"]


def test_a_refusal_is_known_beside_another_class_of_its_name(messages: ModuleType) -> None:
    refusal, other = "class Broken(Refusal): ...", "class Broken: ..."
    assert "Broken" in messages.refusal_names([refusal, other])
    assert "Broken" not in messages.refusal_names([other])


@pytest.mark.parametrize(
    ("source", "ids"),
    [
        ('<p title="{% translate "A" %}">{% translate \'B\' as b %}', ["A", "B"]),
        ('{% translate "Mon" context "weekday" %}', [("weekday", "Mon")]),
        ('{% icon "x" _("Close") %} {{ name|default:_("nobody") }}', ["Close", "nobody"]),
        ("  {% if x %}\n{% blocktranslate with n=a.b %}Page {{ n }}{% endblocktranslate %}", ["Page %(n)s"]),
        ("{% blocktranslate trimmed %}\n  A\n  and B\n{% endblocktranslate %}", ["A and B"]),
        (
            "{% blocktranslate count n=n %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            [("%(n)s day", "%(n)s days")],
        ),
        ("{% comment %}{% translate 'A' %}{% endcomment %}<p>It's 5 % (B)</p>", []),
    ],
)
def test_each_kind_of_tag_in_a_template_is_found(
    messages: ModuleType, tmp_path: Path, source: str, ids: list[object]
) -> None:
    assert found(messages, plant(tmp_path, source, "needs/templates/needs/page.html")) == ids


def test_a_planted_id_without_chinese_is_caught(messages: ModuleType, tmp_path: Path) -> None:
    plant(tmp_path, 'gettext("A")\ngettext("B")')
    catalogue(tmp_path, 'msgid "A"\nmsgstr "甲"\n\nmsgid "B"\nmsgstr ""\n')
    assert messages.check(tmp_path) == ["no text: 'B' (huiyin/needs/rules.py)"]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('msgid "%(a)s"\nmsgstr "甲"', "lacks %(a)s"),
        ('msgid "%(a)s"\nmsgstr "%(a)s%(b)s"', "has %(b)s"),
        ('msgid "%(a)d"\nmsgstr "%(a)s"', "lacks %(a)d"),
        ('msgid "{n} of {most}"\nmsgstr "{n}"', "lacks {most}"),
        ('msgid "%(a)s all"\nmsgstr "%(a)s 100%"', "single %"),
        ('#, fuzzy\nmsgid "A"\nmsgstr "甲"', "fuzzy"),
        ('msgid "A"\nmsgstr "好!"', "exclamation"),
        ('msgid "A"\nmsgstr "好！"', "exclamation"),
        ('msgid "A"\nmsgstr "您好,请坐"', "half-width ','"),
        ('msgid "%(a)s"\nmsgstr "%(a)s:<b>甲</b>"', "half-width ':'"),
        ('msgid "A"\nmsgstr "甲 (乙)"', "half-width '('"),
        ('msgid "A"\nmsgstr "甲."', "half-width '.'"),
    ],
)
def test_a_planted_wrong_text_is_caught(messages: ModuleType, tmp_path: Path, entry: str, said: str) -> None:
    catalogue(tmp_path, entry + "\n")
    source = f'gettext("{entry.partition("msgid ")[2].split(chr(34))[1]}")'
    wrong = messages.check(plant(tmp_path, source))
    assert wrong
    assert all(said in line for line in wrong)


@pytest.mark.parametrize("text", ["甲，%(a)s（GeoJSON, WGS84）", "%(a)s 19:04，乙", '<a href="x">%(a)s</a>。'])
def test_a_well_written_text_passes(messages: ModuleType, text: str) -> None:
    assert messages.style_fault(text) == ""
    assert messages.placeholder_fault(["%(a)s"], text) == ""


def test_what_no_source_holds_any_more_is_said_and_then_removed(messages: ModuleType, tmp_path: Path) -> None:
    plant(tmp_path, 'gettext("A")')
    catalogue(tmp_path, 'msgid "A"\nmsgstr "甲"\n\nmsgid "B"\nmsgstr "乙"\n\n#~ msgid "C"\n#~ msgstr "丙"\n')
    assert messages.check(tmp_path) == ["obsolete: 'B'", "obsolete: 'C'"]
    assert messages.update(tmp_path)[0] == "zh_Hans: 1 messages, 0 without a text"
    assert messages.check(tmp_path) == []


def test_update_keeps_texts_guesses_none_and_follows_the_sources(messages: ModuleType, tmp_path: Path) -> None:
    plant(tmp_path, 'gettext("Open the matter")')
    messages.update(catalogue(tmp_path, 'msgid "Open the matter"\nmsgstr "打开"\n'))
    plant(tmp_path, '\n\ngettext("Open the matters")\ngettext("Open the matter")')
    assert messages.update(tmp_path)[0] == "zh_Hans: 2 messages, 1 without a text"
    text = (tmp_path / "huiyin/locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    assert text.index("Open the matters") < text.index("打开")
    assert "rules.py:" not in text
    assert "Date" not in text
    plant(tmp_path, '\n\n\n\ngettext("Open the matters")\ngettext("Open the matter")')
    messages.update(tmp_path)
    assert (tmp_path / "huiyin/locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8") == text


def test_compile_makes_what_gettext_reads(messages: ModuleType, tmp_path: Path) -> None:
    import gettext

    catalogue(tmp_path, 'msgid "A"\nmsgstr "甲"\n')
    made = messages.compile_(tmp_path)
    assert made[0] == "huiyin/locale/zh_Hans/LC_MESSAGES/django.mo"
    with (tmp_path / made[0]).open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("A") == "甲"
    assert b"2000-01-01" in (tmp_path / made[0]).read_bytes()  # made again it is the same file
