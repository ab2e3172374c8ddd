"""A refusal says no in one sentence, in any language, and never fails while saying it."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.platform import errors
from huiyin.platform.errors import (
    Invalid,
    Message,
    NotFound,
    NotNow,
    Refusal,
    SignIn,
    TooMany,
    Unavailable,
)

KINDS: tuple[type[Refusal], ...] = (Invalid, SignIn, NotFound, NotNow, TooMany, Unavailable)


class OrderTaken(NotNow):
    code = "order_taken"
    default = "%(who)s has taken this order already."
    advice = "Open the list again to see who holds it."


def test_each_kind_has_its_own_status_and_code() -> None:
    assert {kind.__name__: kind.status for kind in KINDS} == {
        "Invalid": 422,
        "SignIn": 401,
        "NotFound": 404,
        "NotNow": 409,
        "TooMany": 429,
        "Unavailable": 503,
    }
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_the_tree_in_the_docstring_lists_every_kind_with_its_status_and_code() -> None:
    tree = [line.split() for line in (errors.__doc__ or "").splitlines()]
    for kind in KINDS:
        assert any(row[1:4] == [kind.__name__, str(kind.status), kind.code] for row in tree), kind


def test_absent_and_out_of_reach_are_one_sentence() -> None:
    assert str(NotFound()) == "There is nothing here, or it is not within your reach."


def test_a_refusal_carries_its_sentence_its_hint_and_its_parameters() -> None:
    refusal = NotNow("%(who)s answered already.", hint="Open it again.", who="Li Na")
    assert str(refusal) == "Li Na answered already."
    assert refusal.hint == "Open it again."
    assert refusal.params == {"who": "Li Na"}
    assert refusal.field is None


def test_a_rooms_own_refusal_brings_its_sentence_and_advice() -> None:
    refusal = OrderTaken(who="Wang")
    assert (str(refusal), refusal.status, refusal.code) == (
        "Wang has taken this order already.",
        409,
        "order_taken",
    )
    assert refusal.hinted() == "Open the list again to see who holds it."


def test_a_refusal_is_said_in_the_readers_language() -> None:
    chinese = {OrderTaken.default: "%(who)s 已经领取了这张工单。", OrderTaken.advice: "请刷新列表。"}
    refusal = OrderTaken(who="王芳")
    assert refusal.said(chinese.__getitem__) == "王芳 已经领取了这张工单。"
    assert refusal.hinted(chinese.__getitem__) == "请刷新列表。"


def test_a_translation_with_a_wrong_placeholder_falls_back_to_english() -> None:
    assert OrderTaken(who="Wang").said(lambda _: "%(name)s 已领取") == "Wang has taken this order already."


def test_an_empty_hint_is_not_looked_up_in_the_catalogue() -> None:
    """gettext("") answers with the catalogue's header."""
    assert Invalid().hinted(lambda _: "Project-Id-Version: huiyin") == ""


def test_several_fields_are_refused_at_once() -> None:
    refusal = Invalid.of(words="Please say what happened.", place=Message("At most %(n)s signs.", {"n": 80}))
    assert {name: str(message) for name, message in refusal.fields.items()} == {
        "words": "Please say what happened.",
        "place": "At most 80 signs.",
    }
    assert refusal.field is None
    assert "place: At most 80 signs." in str(refusal)


def test_one_field_refused_by_name_is_among_the_fields() -> None:
    by_field = Invalid("At most %(n)s signs.", field="words", n=80)
    assert str(by_field.fields["words"]) == "At most 80 signs."
    assert Invalid.of(words="Too long.").field == "words"


def test_fields_named_like_arguments_can_be_refused() -> None:
    assert set(Invalid.of(message="a", hint="b", field="c", cls="d").fields) == {
        "message",
        "hint",
        "field",
        "cls",
    }


def test_a_refusal_of_no_field_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least one field"):
        Invalid.of()


def test_a_limit_says_how_long_to_wait() -> None:
    refusal = TooMany("Try again in %(retry_after_s)s seconds.", retry_after_s=30)
    assert refusal.retry_after_s == 30
    assert str(refusal) == "Try again in 30 seconds."


@pytest.mark.parametrize("refusal", [OrderTaken(who="Wang"), TooMany(retry_after_s=9), Invalid.of(a="b")])
def test_a_copied_refusal_says_the_same(refusal: Refusal) -> None:
    again = copy.copy(refusal)
    assert (str(again), again.hint, again.params) == (str(refusal), refusal.hint, refusal.params)


@given(st.text(), st.dictionaries(st.text(max_size=4), st.integers(), max_size=3))
def test_saying_a_message_never_fails(text: str, params: dict[str, object]) -> None:
    assert isinstance(Message(text, params).said(), str)


@given(st.text(), st.text())
def test_a_translation_never_breaks_a_refusal(translated: str, who: str) -> None:
    assert isinstance(OrderTaken(who=who).said(lambda _: translated), str)


def test_errors_and_machines_load_no_django() -> None:
    code = "import sys, huiyin.platform.machine; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
