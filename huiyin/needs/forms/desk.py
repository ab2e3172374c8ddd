"""What is typed at the desk beside the steps: filters, themes, templates, the same step for many."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.needs import rules
from huiyin.needs.forms.orders import Photos, SeenForm, day_input, lead_field
from huiyin.needs.rules import orders as order_rules
from huiyin.needs.rules import registers, replies
from huiyin.platform.forms import RefusableForm

_AREA = forms.Textarea
FIELDS_SAID = "、".join(f"{{{name}}}" for name in replies.FIELDS)


class FilterForm(RefusableForm):
    """How a list is narrowed."""

    which = forms.ChoiceField(label=_("List"), required=False)
    q = forms.CharField(label=_("Words, code or ticket number"), required=False, max_length=60)
    category = forms.CharField(
        label=_("Category"), required=False, max_length=80, help_text=_("With everything below it."),
        widget=forms.TextInput(attrs={"list": "categories", "autocomplete": "off"}),
    )  # fmt: skip
    unit = forms.CharField(
        label=_("Held by"), required=False, max_length=120, help_text=_("With everything below it."),
        widget=forms.TextInput(attrs={"list": "units", "autocomplete": "off"}),
    )  # fmt: skip
    channel = forms.ChoiceField(
        label=_("Received through"), required=False,
        choices=[("", _("All ways")), *((key, _(label)) for key, label in rules.CHANNELS.items())],
    )  # fmt: skip
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    since = forms.DateField(label=_("Received from"), required=False, widget=day_input())
    until = forms.DateField(label=_("Received until"), required=False, widget=day_input())
    urgent = forms.BooleanField(label=_("Urgent ones only"), required=False)
    filed = forms.BooleanField(label=_("Only what the model filed and nobody has confirmed"), required=False)
    home = forms.CharField(
        required=False, max_length=36, widget=forms.HiddenInput
    )  # what a figure's link brought along
    direct = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    building = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    unplaced = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
    measure = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("Keep as a view named"), required=False, max_length=30,
        help_text=_("Only you see it. The same name again replaces it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, lists: Sequence[tuple[str, Any]] = (), themes: Sequence[tuple[str, str]] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["which"] = forms.ChoiceField(label=_("List"), required=False, choices=list(lists))
        every = [("", _("All themes")), *themes]
        self.fields["theme"] = forms.ChoiceField(label=_("Theme"), required=False, choices=every)


class MergeForm(SeenForm):
    """Which matter this one repeats: one of the likely ones, or any by its code."""

    likely = forms.ChoiceField(label=_("Which one does it repeat?"), required=False, widget=forms.RadioSelect)
    code = forms.CharField(
        label=_("Or by its tracking code"), required=False, max_length=30,
        help_text=_("Both keep their words and their number; both residents are told the same result."),
    )  # fmt: skip

    def __init__(self, *args: Any, likely: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if likely:
            self.fields["likely"] = forms.ChoiceField(
                label=self.fields["likely"].label, required=False, widget=forms.RadioSelect, choices=list(likely)
            )
        else:
            del self.fields["likely"]
            self.fields["code"].label = _("Tracking code of the matter it repeats")


class GroupForm(SeenForm):
    """Which theme a matter belongs to."""

    theme = forms.CharField(
        label=_("Which theme?"), max_length=80, help_text=_("Choose from the list; a new name begins a new theme."),
        widget=forms.TextInput(attrs={"list": "themes", "autocomplete": "off"}),
    )  # fmt: skip


class CallNoteForm(SeenForm):
    """An internal note with pictures and colleagues it calls."""

    note = forms.CharField(
        label=_("What should colleagues know? Residents never see it."), widget=_AREA(attrs={"rows": 3}),
        help_text=_("@ and a name calls a colleague: they find the note in their list."),
    )  # fmt: skip
    calls = forms.CharField(
        label=_("Call colleagues"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"list": "colleagues", "autocomplete": "off"}),
        help_text=_("Names, separated by commas."),
    )  # fmt: skip
    photos = forms.FileField(label=_("Photos"), required=False, widget=Photos)

    def clean_photos(self) -> None:
        """Leave the files to the door, which keeps them re-encoded."""


class ThemeForm(RefusableForm):
    """A theme's title."""

    title = forms.CharField(label=_("Title"), max_length=80)


class ThemeIntoForm(RefusableForm):
    """Into which theme another goes."""

    theme = forms.ChoiceField(label=_("Into which theme?"))

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        every = [("", _("Please choose")), *others]
        self.fields["theme"] = forms.ChoiceField(label=_("Into which theme?"), choices=every)


class TemplateForm(RefusableForm):
    """A template of replies."""

    name = forms.CharField(label=_("Name"), max_length=40)
    text = forms.CharField(
        label=_("Text"), widget=_AREA(attrs={"rows": 6}), strip=False, max_length=5000,
        help_text=_("Fields that are filled in: %(fields)s") % {"fields": FIELDS_SAID},
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("For"))

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(
            label=_("For"), choices=list(units), help_text=_("This office and everything below it use the template.")
        )


class TableForm(RefusableForm):
    """A table sent in."""

    kind = forms.ChoiceField(
        label=_("What does the table hold?"), widget=forms.RadioSelect,
        choices=[(key, _(label)) for key, label in registers.KINDS.items()],
    )  # fmt: skip
    system = forms.CharField(
        label=_("Name of the superior system"), required=False, max_length=40,
        widget=forms.TextInput(attrs={"data-when": "kind=tickets"}),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Excel workbook, xlsx"), help_text=_("It is read and shown first; nothing is loaded until you say so."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}), max_length=200,
        error_messages={"required": _("Please choose the file."), "empty": _("This file is empty.")},
    )  # fmt: skip


class ManyForm(RefusableForm):
    """What is to be done with the chosen matters."""

    needs = forms.CharField(widget=forms.HiddenInput, max_length=40_000)


class ManyAnswerForm(ManyForm):
    """The same answer for each."""

    text = forms.CharField(
        label=_("What is the resident told?"), widget=_AREA(attrs={"rows": 6}), strip=False, max_length=5000,
        help_text=_("Fields that are filled in: %(fields)s") % {"fields": FIELDS_SAID},
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("How does it reach the residents?"), required=False, widget=forms.RadioSelect, initial="",
        choices=[("", _("Each as the matter came in")), *((key, _(label)) for key, label in rules.WAYS.items())],
    )  # fmt: skip


class ManyOrderForm(ManyForm):
    """An order for each, or one for all."""

    together = forms.ChoiceField(
        label=_("How many orders?"), widget=forms.RadioSelect, initial="each",
        choices=[("each", _("An order for each")), ("one", _("One order for all"))],
    )  # fmt: skip
    open_to = forms.ChoiceField(
        label=_("Who does it?"), required=False, widget=forms.RadioSelect,
        choices=[(key, _(label)) for key, label in order_rules.OPEN_TO.items()],
    )  # fmt: skip
    lead = lead_field(**{"data-when": "open_to="})
    what = forms.CharField(
        label=_("What is to be done?"), widget=_AREA(attrs={"rows": 3}), required=False, strip=False, max_length=5000,
        help_text=_("Empty means: the resident's words, each in its own order."),
    )  # fmt: skip
    due_on = forms.DateField(label=_("Until when?"), required=False, widget=day_input())


class ManyThemeForm(ManyForm):
    """The same theme for each."""

    theme = forms.CharField(
        label=_("Which theme?"), max_length=80, help_text=_("Choose from the list; a new name begins a new theme."),
        widget=forms.TextInput(attrs={"list": "themes", "autocomplete": "off"}),
    )  # fmt: skip


class FilingForm(RefusableForm):
    """From how likely on the category model files a matter without a person."""

    percent = forms.IntegerField(
        label=_("Files alone from (per cent likely)"), required=False,
        widget=forms.NumberInput(attrs={"min": 50, "max": 99, "inputmode": "numeric"}),
        help_text=_("Empty: never, a person files each. What it files is marked, and anybody may correct it."),
    )  # fmt: skip


class JoinForm(RefusableForm):
    """Which common need is the same as this one."""

    with_id = forms.ChoiceField(label=_("The same as"), required=False)

    def __init__(self, *args: Any, others: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Please choose")), *others]
        self.fields["with_id"] = forms.ChoiceField(label=_("The same as"), required=False, choices=choices)
