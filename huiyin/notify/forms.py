"""What is typed at the desk's doors of this room, parsed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.notify import rules
from huiyin.org.roles import SCOPES
from huiyin.platform.forms import RefusableForm

DAYS = (("30", _("30 days")), ("180", _("Half a year")), ("365", _("One year")), ("730", _("Two years")))


class _Form(RefusableForm):
    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(label=_("For which unit, with all below it?"), choices=list(units))
        self.order_fields(["name", "unit"])


class ClientForm(_Form):
    """A program that is let in."""

    name = forms.CharField(
        label=_("Which program?"), max_length=60, help_text=_("For example: 12345 hotline of the city")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(k, _(s.label)) for k, s in SCOPES.items()],
    )
    days = forms.ChoiceField(label=_("For how long?"), widget=forms.RadioSelect, choices=DAYS, initial="180")


class HookForm(_Form):
    """An address that is called."""

    name = forms.CharField(label=_("Which program?"), max_length=60)
    url = forms.CharField(
        label=_("Address to call"), max_length=300, widget=forms.URLInput(attrs={"placeholder": "https://"}),
        help_text=_("An https address. It gets the number and where the matter stands, never what was said."),
    )  # fmt: skip
    listens = forms.MultipleChoiceField(
        label=_("What is it told?"), widget=forms.CheckboxSelectMultiple, choices=[(k, _(v)) for k, v in rules.EVENT_LABELS.items()],
        initial=list(rules.EVENT_LABELS),
    )  # fmt: skip
