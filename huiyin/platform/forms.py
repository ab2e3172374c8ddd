"""Forms that say what an action refused, beside the field it is about."""

from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext

from huiyin.platform.errors import Invalid, Refusal


class RefusableForm(forms.Form):
    """A form that shows an action's refusal beside the fields it names."""

    status = 422  # of the page that shows it again
    datalists: Mapping[str, Sequence[str]] = {}  # by id: what a text field with that `list` offers

    def show(self, refusal: Refusal) -> None:
        """Put each message of a refusal beside its field, or above the form when it has none of that name."""
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        for name, message in fields.items():
            self.add_error(name if name in self.fields else None, message.said(gettext))
        if not fields:
            self.add_error(None, f"{refusal.said(gettext)} {refusal.hinted(gettext)}".strip())
        self.status = refusal.status
