"""What is typed about a pasted chat excerpt."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.needs import rules
from huiyin.org.atlas import UnitRow
from huiyin.platform.forms import RefusableForm


class PasteForm(RefusableForm):
    """The excerpt, and where the group is at home."""

    community = forms.ChoiceField(label=_("Community"))
    text = forms.CharField(
        label=_("Paste the messages here"), widget=forms.Textarea(attrs={"rows": 12}), max_length=60_000, strip=False,
        required=False, help_text=_("Mark the messages in the group, copy them, and paste. Names and times are found."),
    )  # fmt: skip

    def __init__(self, *args: Any, communities: list[UnitRow] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(u.id), u.name) for u in communities or ()]
        self.fields["community"] = forms.ChoiceField(label=_("Community"), choices=choices)

    def clean(self) -> dict[str, Any]:
        """Ask for the text when nothing was taken apart yet."""
        given = super().clean() or {}
        if not given.get("text", "").strip() and "form-TOTAL_FORMS" not in self.data:
            self.add_error("text", _("Please paste at least one message."))
        return given


class BlockForm(RefusableForm):
    """One message: a matter, a part of the one before it, or neither."""

    take = forms.BooleanField(label=_("Register this"), required=False)
    join = forms.BooleanField(label=_("Belongs to the matter before it"), required=False)
    words = forms.CharField(
        label=_("In the resident's own words"), widget=forms.Textarea(attrs={"rows": 3}), strip=False,
        required=False, max_length=rules.WORDS_MOST,
    )  # fmt: skip
    name = forms.CharField(label=_("The resident's name"), required=False, max_length=60)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)
    place = forms.CharField(label=_("Place"), required=False, max_length=120)
    at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    source = forms.CharField(widget=forms.HiddenInput, max_length=40)
