"""What is typed at the doors, parsed. Rules stand in the actions; a form only shapes and keeps what was typed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from huiyin.needs import rules
from huiyin.needs.rules import evaluation
from huiyin.org.atlas import UnitRow
from huiyin.platform import ids
from huiyin.platform.forms import RefusableForm

_AREA = forms.Textarea
UNSOLVED = {"data-when": "outcome=unsolved"}  # shown only when that is chosen (web/js/when.js)
_ASK_WORDS = {"required": _("Please say what happened, in your own words.")}
_ASK_NOTE = {"required": _("Please write a note.")}
_ASK_ANSWER = {"required": _("Please write what the resident is to be told.")}


class ReportForm(RefusableForm):
    """A resident's matter."""

    words = forms.CharField(
        label=_("In your own words"), widget=_AREA(attrs={"rows": 7}), strip=False, error_messages=_ASK_WORDS,
        help_text=_("Say it as you would at the counter. Your words are kept as they are."),
    )  # fmt: skip
    public = forms.ChoiceField(
        label=_("Who may read it?"), widget=forms.RadioSelect, initial="0",
        choices=[("0", _("Staff only")), ("1", _("It may be shown in public, without my name"))],
    )  # fmt: skip
    place_text = forms.CharField(
        label=_("Where exactly?"),
        required=False,
        max_length=120,
        help_text=_("For example: beside the gate of building 3"),
    )
    community = forms.UUIDField(required=False)
    building = forms.UUIDField(required=False)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    name = forms.CharField(label=_("What may we call you?"), required=False, max_length=60)
    phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=30,
        help_text=_("We send the number and the answer there. Kept encrypted."),
    )
    email = forms.CharField(label=_("E-mail"), required=False, max_length=200)
    about_staff = forms.CharField(
        label=_("Name of the member of staff, if this is a complaint about one"), required=False, max_length=60,
        help_text=_("It then goes one level up; the person named never sees it."),
    )  # fmt: skip
    source = forms.UUIDField(required=False)
    photos = forms.Field(label=_("Photos"), required=False)  # read by the door; here so that a fault has its place
    kept_photos = forms.CharField(required=False, max_length=900)

    def __init__(self, *args: Any, texts: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].initial = ids.new_id
        if not texts:  # without a carrier nothing is promised that will not come
            self.fields["phone"].help_text = _("So that we can call you back. Kept encrypted.")

    @property
    def point(self) -> tuple[float, float] | None:
        """The place tapped on the map."""
        lon, lat = self.cleaned_data.get("lon"), self.cleaned_data.get("lat")
        return None if lon is None or lat is None else (lon, lat)


class RegisterForm(ReportForm):
    """The same, registered by a clerk from the keyboard alone."""

    channel = forms.ChoiceField(
        label=_("How did it come in?"), widget=forms.RadioSelect, initial="phone",
        choices=[(c, _(rules.CHANNELS[c])) for c in rules.STAFF_CHANNELS],
    )  # fmt: skip
    words = forms.CharField(
        label=_("In the resident's own words"), widget=_AREA(attrs={"rows": 6}), strip=False, error_messages=_ASK_WORDS,
        help_text=_("Word for word; it cannot be changed later."),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Place"), required=False, max_length=120,
        help_text=_("Estate and building, as in 青禾苑3号楼; the list completes it."),
    )  # fmt: skip
    category = forms.CharField(
        label=_("Category"), required=False, max_length=80, help_text=_("A name of the subject tree; it can be put right later."),
    )  # fmt: skip
    settled = forms.CharField(
        label=_("Answered on the spot?"), widget=_AREA(attrs={"rows": 2}), required=False, max_length=5000,
        help_text=_("Write what you answered: the matter is registered and answered in one step."),
    )  # fmt: skip
    received_at = forms.DateTimeField(
        label=_("Time received"), required=False, widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Empty means now."),
    )  # fmt: skip

    def __init__(self, *args: Any, communities: list[UnitRow] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("The resident's name")
        self.fields["public"].required = False  # folded away; staff only is what it means then
        choices = [(str(u.id), u.name) for u in communities or ()]
        self.fields["community"] = forms.ChoiceField(label=_("Community"), choices=choices, required=False)


class OutcomeForm(RefusableForm):
    """Whether it is solved; and when not, why, and who else could."""

    outcome = forms.ChoiceField(
        label=_("Is it solved?"), widget=forms.RadioSelect, required=False, initial="solved",
        choices=[(k, _(v)) for k, v in evaluation.OUTCOMES.items()],
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Why can it not be solved?"), required=False, widget=forms.Select(attrs=UNSOLVED),
        choices=[("", _("Please choose")), *((k, _(v)) for k, v in evaluation.REASONS.items())],
    )  # fmt: skip
    who_else = forms.CharField(
        label=_("Who else could help?"), required=False, max_length=120, widget=forms.TextInput(attrs=UNSOLVED)
    )


class AnswerForm(OutcomeForm):
    """The answer to a resident."""

    field_order = ("text", "way", "outcome", "reason", "who_else")

    text = forms.CharField(
        label=_("What is the resident told?"), widget=_AREA(attrs={"rows": 6}), strip=False, error_messages=_ASK_ANSWER,
        help_text=_("What was done, when, and whom to ask. The resident reads these words."),
    )  # fmt: skip
    way = forms.ChoiceField(
        label=_("How does it reach the resident?"), widget=forms.RadioSelect, required=False, initial="page"
    )
    seen_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, ways: list[str] | None = None, closing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if closing:
            self.fields["text"].help_text = _("What the rating changed. The resident reads these words.")
            for name in ("outcome", "reason", "who_else"):
                del self.fields[name]
        shown = rules.WAYS if ways is None else {w: rules.WAYS[w] for w in ways}
        self.fields["way"] = forms.ChoiceField(
            label=self.base_fields["way"].label, widget=forms.RadioSelect,
            initial=self.initial.get("way", next(iter(shown))), choices=[(w, _(label)) for w, label in shown.items()],
        )  # fmt: skip


class NoteForm(RefusableForm):
    """A reason or an internal note."""

    seen_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, label: Any, required: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"] = forms.CharField(
            label=label, widget=_AREA(attrs={"rows": 3}), required=required, error_messages=_ASK_NOTE
        )


class PassForm(RefusableForm):
    """To whom a matter is passed."""

    seen_at = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    unit = forms.ChoiceField(label=_("Who takes it on?"))
    note = forms.CharField(label=_("Note"), widget=_AREA(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, units: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = forms.ChoiceField(
            label=self.base_fields["unit"].label,
            choices=[("", _("Please choose")), *(units or [])],
            error_messages={"required": _("Please choose who is to take it on.")},
        )


class EraseForm(RefusableForm):
    """Why personal content is erased."""

    reason = forms.ChoiceField(
        label=_("Why is it erased?"),
        widget=forms.RadioSelect,
        choices=[(k, _(v)) for k, v in rules.ERASE_REASONS.items()],
    )


class TrackForm(RefusableForm):
    """Code and PIN."""

    code = forms.CharField(
        label=_("Tracking code"),
        max_length=30,
        help_text=_("Eleven digits, on your receipt or in the text message"),
    )
    pin = forms.CharField(
        label=_("PIN"), required=False, max_length=8, help_text=_("Without it you see the stage only.")
    )


class PhoneForm(RefusableForm):
    """A phone to be proven."""

    phone = forms.CharField(label=_("Telephone"), max_length=30)


class CodeForm(RefusableForm):
    """The code that was sent to it."""

    code = forms.CharField(label=_("Code from the text message"), max_length=12)
