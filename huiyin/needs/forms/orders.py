"""What is typed about orders and ratings, parsed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.needs.forms import OutcomeForm
from huiyin.needs.rules import evaluation, sorting
from huiyin.needs.rules import orders as order_rules
from huiyin.platform.forms import RefusableForm

_AREA = forms.Textarea
LEADS = {"list": "leads", "autocomplete": "off"}


def day_input() -> forms.DateInput:
    """Return the field in which a day is chosen."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _choices(labels: Any, *, empty: Any = None) -> list[tuple[str, Any]]:
    found = [(str(key), _(label)) for key, label in labels.items()]
    return found if empty is None else [("", empty), *found]


class Photos(forms.FileInput):
    """Several photos at once."""

    allow_multiple_selected = True


class SeenForm(RefusableForm):
    """A form that says which state of the row its writer saw, so that the slower of two is told."""

    seen_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)


class SortForm(SeenForm):
    """What a matter is about."""

    category = forms.CharField(
        label=_("Category"), required=False, max_length=80, help_text=_("Type a word; the list completes it."),
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )  # fmt: skip
    dimension = forms.ChoiceField(
        label=_("Dimension"), required=False, widget=forms.RadioSelect, choices=_choices(sorting.DIMENSIONS)
    )
    wants = forms.ChoiceField(
        label=_("What is wanted"), required=False, widget=forms.RadioSelect, choices=_choices(sorting.WANTS)
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, widget=forms.RadioSelect, choices=_choices(sorting.KINDS))
    size = forms.ChoiceField(label=_("Size"), required=False, widget=forms.RadioSelect, choices=_choices(sorting.SIZES))
    urgent = forms.BooleanField(label=_("It cannot wait: call back at once"), required=False)


class LessonForm(RefusableForm):
    """What was learned."""

    text = forms.CharField(
        label=_("What should colleagues do next time?"), widget=_AREA(attrs={"rows": 4}), max_length=1000,
        help_text=_("It is shown beside the next matter of this category, all over the office: name nobody."),
    )  # fmt: skip
    case_candidate = forms.BooleanField(label=_("A candidate for the case book"), required=False)


def lead_field(**attrs: str) -> forms.CharField:
    """Return the field in which whoever leads an order is typed."""
    return forms.CharField(
        label=_("Who leads it?"), required=False, max_length=200, widget=forms.TextInput(attrs={**LEADS, **attrs}),
        help_text=_("A unit, a person, a team or an outside party; type and choose from the list."),
    )  # fmt: skip


class LeadForm(SeenForm):
    """To whom an order goes: a name of the list, typed."""

    lead = lead_field()
    note = forms.CharField(label=_("Note"), widget=_AREA(attrs={"rows": 2}), required=False)


class OrderForm(SeenForm):
    """A new order."""

    field_order = ("lead", "what", "together", "due_on", "hands", "open_to")

    open_to = forms.ChoiceField(
        label=_("Who does it?"), required=False, widget=forms.RadioSelect, choices=_choices(order_rules.OPEN_TO)
    )
    lead = lead_field(**{"data-when": "open_to="})
    what = forms.CharField(
        label=_("What is to be done?"), widget=_AREA(attrs={"rows": 4}), strip=False, max_length=5000,
        help_text=_("Whoever gets the order reads this. Leave out names and telephone numbers."),
    )  # fmt: skip
    due_on = forms.DateField(
        label=_("Until when?"), required=False, widget=day_input(),
        help_text=_("Empty means: as promised to the resident, or five working days when that is over."),
    )  # fmt: skip
    hands = forms.CharField(
        label=_("Co-handlers"), required=False, max_length=600, widget=forms.TextInput(attrs=LEADS),
        help_text=_("Units that help, separated by commas."),
    )  # fmt: skip

    together = forms.MultipleChoiceField(
        label=_("Settle these with the same order?"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, beside: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if beside:
            field = forms.MultipleChoiceField(
                label=self.fields["together"].label, required=False, widget=forms.CheckboxSelectMultiple, choices=beside
            )
            self.fields["together"] = field
        else:
            del self.fields["together"]
        self.fields["lead"].required = not self.data.get("open_to")
        self.fields["lead"].error_messages["required"] = _("Please choose who leads it.")


class ShortDoneForm(SeenForm, OutcomeForm):
    """What was done, by who did it for an office from outside: what the resident is told."""

    field_order = ("result", "outcome", "reason", "who_else", "photos", "note", "cost", "clear", "genuine", "reachable")

    result = forms.CharField(
        label=_("What is the resident told?"), widget=_AREA(attrs={"rows": 5}), strip=False, max_length=5000,
        help_text=_("What was done, when, and whom to ask. The resident reads these words."),
    )  # fmt: skip
    photos = forms.FileField(label=_("Photos"), required=False, widget=Photos)  # read by the door

    def clean_photos(self) -> None:
        """Leave the files to the door, which keeps them re-encoded."""


class DoneForm(ShortDoneForm):
    """The same at the desk, with what stays inside; and what who worked on it says of the request."""

    clear = forms.BooleanField(label=_("The request was clear"), required=False, initial=True)
    genuine = forms.BooleanField(label=_("It was as described"), required=False, initial=True)
    reachable = forms.BooleanField(label=_("The resident could be reached"), required=False, initial=True)

    note = forms.CharField(label=_("Note for colleagues"), widget=_AREA(attrs={"rows": 2}), required=False)
    cost = forms.DecimalField(
        label=_("Cost in yuan"), required=False, min_value=Decimal(0), max_digits=10, decimal_places=2
    )


class UntilForm(SeenForm):
    """A reason and a day."""

    note = forms.CharField(label=_("Why?"), widget=_AREA(attrs={"rows": 3}))
    until = forms.DateField(label=_("Until when?"), widget=day_input())

    def __init__(self, *args: Any, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = label


class ReasonForm(SeenForm):
    """A reason that colleagues read."""

    def __init__(self, *args: Any, label: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = forms.CharField(label=label, widget=_AREA(attrs={"rows": 3}), required=required)


class RatingForm(RefusableForm):
    """What a resident says of a result."""

    solved = forms.ChoiceField(
        label=_("Is it solved?"), widget=forms.RadioSelect, choices=[("1", _("Solved")), ("0", _("Not solved"))],
        error_messages={"required": _("Please say whether it is solved.")},
    )  # fmt: skip
    stars = forms.TypedChoiceField(
        label=_("How satisfied are you?"), widget=forms.RadioSelect, coerce=int, choices=_choices(evaluation.STARS),
        error_messages={"required": _("Please choose one to five stars.")},
    )  # fmt: skip
    words = forms.CharField(
        label=_("Anything you want to say?"), widget=_AREA(attrs={"rows": 4}), required=False, max_length=1000
    )

    @property
    def given(self) -> evaluation.Given:
        """The rating."""
        data = self.cleaned_data
        return evaluation.Given(data["solved"] == "1", data["stars"], data["words"])


class PartyForm(RefusableForm):
    """An outside party."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=_choices(order_rules.OUTSIDE_KINDS))
    phone = forms.CharField(
        label=_("Telephone"), required=False, max_length=30,
        help_text=_("The link to each order is sent there by text message."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("Kept by"))

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(label=_("Kept by"), choices=list(units))


def day_given(day: date | None) -> str:
    """Return a day as the date field wants it."""
    return day.isoformat() if day else ""
