"""What is typed at this room's doors."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.org.actions.people import NewPerson
from huiyin.org.doors import Request
from huiyin.org.queries.trail import Search
from huiyin.org.vocabulary import PRESET_LABELS
from huiyin.platform.errors import Invalid
from huiyin.platform.forms import RefusableForm

T = TypeVar("T")
Choices = list[tuple[str, str]]


def filled(request: Request, form: forms.Form, act: Callable[[dict[str, Any]], T]) -> T | None:
    """Run `act` on what was sent and return its result; None with the faults beside the fields, or on a GET."""
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        return act(form.cleaned_data)
    except Invalid as refusal:
        for name, message in refusal.fields.items():
            form.add_error(name if name in form.fields else None, message.said(gettext))
        if not refusal.fields:
            form.add_error(None, refusal.said(gettext))
        return None


class UnitForm(forms.Form):
    """A unit's name and addresses; its kind when it is new."""

    kind = forms.ChoiceField(label=_("Kind"), widget=forms.RadioSelect)
    grid_kind = forms.ChoiceField(
        label=_("Kind of grid"), required=False, widget=forms.RadioSelect,
        choices=[("comprehensive", _("Comprehensive grid")), ("exclusive", _("Exclusive grid"))], initial="comprehensive",
    )  # fmt: skip
    name = forms.CharField(label=_("Name"), max_length=60)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30, help_text=_("Shown to residents"))
    address = forms.CharField(label=_("Address"), required=False, max_length=120)
    slug = forms.CharField(
        label=_("Web address"), required=False, max_length=40, help_text=_("Small letters, as in lianhua")
    )

    vocabulary = forms.ChoiceField(
        label=_("Names of the stages"), required=False,
        choices=[("", _("As the unit above")), *((key, _(label)) for key, label in PRESET_LABELS.items())],
    )  # fmt: skip

    def __init__(self, *args: Any, kinds: Choices | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kinds is not None:
            del self.fields["vocabulary"]
        if kinds is None:
            del self.fields["kind"], self.fields["grid_kind"]
            return
        self.fields["kind"] = forms.ChoiceField(
            label=_("Kind"), widget=forms.RadioSelect, choices=kinds, initial=kinds[0][0] if kinds else ""
        )
        if "grid" not in dict(kinds):
            del self.fields["grid_kind"]


class MoveForm(forms.Form):
    """One choice: where to, or to whom."""

    def __init__(self, *args: Any, units: Choices, label: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ChoiceField(label=label or _("Under which unit?"), choices=[("", "—"), *units])


class EndForm(forms.Form):
    """Nothing is asked; the button says what happens."""


class BoundaryForm(forms.Form):
    """A boundary as GeoJSON text, which the map writes too."""

    boundary = forms.CharField(
        label=_("Boundary as GeoJSON"), required=False, widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=_("A Polygon or MultiPolygon, longitude before latitude (WGS84). Empty takes the boundary away."),
    )  # fmt: skip

    @staticmethod
    def text_of(boundary: Any) -> str:
        """Return a stored boundary as it is shown for editing."""
        return json.dumps(boundary, ensure_ascii=False) if boundary else ""


class ImportForm(forms.Form):
    """A GeoJSON file."""

    file = forms.FileField(
        label=_("GeoJSON file"),
        help_text=_("A FeatureCollection; the property «name» of each feature is the unit's name here."),
    )

    def clean_file(self) -> str:
        """Return the file's text."""
        upload = self.cleaned_data["file"]
        if upload.size > 2 * 1024 * 1024:
            raise forms.ValidationError(_("This file is larger than 2 MB."))
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file is not text in UTF-8.")) from error


class WorkDayForm(forms.Form):
    """A day that differs from the national calendar."""

    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    works = forms.ChoiceField(
        label=_("Working day or day off"),
        widget=forms.RadioSelect,
        initial="0",
        choices=[("0", _("Day off")), ("1", _("Working day"))],
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=60)


class AppointForm(forms.Form):
    """Who gets which post."""

    def __init__(self, *args: Any, roles: Choices, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"] = forms.ChoiceField(label=_("Person"), choices=[("", "—"), *people])
        self.fields["role"] = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, choices=roles)
        self.fields["from_on"] = forms.DateField(
            label=_("From"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
            help_text=_("Empty means today."),
        )


class InviteForm(forms.Form):
    """A new account with its first post."""

    name = forms.CharField(label=_("Full name"), max_length=60)
    username = forms.CharField(label=_("Username"), max_length=40, help_text=_("Small letters and digits"))
    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(render_value=True),
        help_text=_("At least 10 characters; to be changed at the first sign-in"),
    )
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=30)

    def __init__(self, *args: Any, roles: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, choices=roles)

    @staticmethod
    def person(given: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of `actions.invite`."""
        person = NewPerson(given["username"], given["name"], given["password"], given["phone"])
        return {"person": person, "role": given["role"]}


class PasswordForm(forms.Form):
    """A new first password."""

    password = forms.CharField(
        label=_("First password"),
        widget=forms.PasswordInput(render_value=True),
        help_text=_("At least 10 characters; to be changed at the first sign-in"),
    )


class SecondStepForm(forms.Form):
    """A code, or a passkey's answer as the browser gave it."""

    code = forms.CharField(
        label=_("Code"), max_length=20, help_text=_("Six digits from the app, or eight of a recovery code"),
    )  # fmt: skip
    credential = forms.JSONField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = not self.data.get("credential")

    def clean_credential(self) -> Any:
        """Return a passkey's answer, or None; a list or a number is neither."""
        given = self.cleaned_data["credential"]
        if given and not isinstance(given, dict):
            raise forms.ValidationError(_("This passkey was not accepted."))
        return given

    def show(self, refusal: Invalid) -> None:
        """Put what is wrong beside the code, or above the form for a passkey."""
        said = f"{refusal.said(gettext)} {refusal.hinted(gettext)}".strip()
        self.add_error("code" if "code" in refusal.fields else None, said)


class ConfirmForm(forms.Form):
    """One's password, once more."""

    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput, strip=False, max_length=200)


class AppForm(forms.Form):
    """The first code of an authenticator app: proof that it has the secret."""

    code = forms.CharField(label=_("Code of the app"), max_length=20, help_text=_("Six digits"))


class PasskeyForm(forms.Form):
    """A passkey's name; when it is new, what the browser made."""

    name = forms.CharField(label=_("Name"), max_length=40, help_text=_("To tell it apart, such as: office computer"))
    credential = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known:
            del self.fields["credential"]


class TrailForm(RefusableForm):
    """What is asked of the record of looks and changes."""

    person = forms.CharField(label=_("Person"), required=False, max_length=40)
    action = forms.ChoiceField(label=_("Action"), required=False)
    subject = forms.CharField(label=_("Tracking code of a matter"), required=False, max_length=20)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, actions: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"] = forms.ChoiceField(
            label=_("Action"), required=False, choices=[("", _("everything")), *actions]
        )

    @property
    def search(self) -> Search:
        """What was asked, checked."""
        given = self.cleaned_data
        return Search(
            given["person"].strip(), given["action"], given["subject"].strip(), given["since"], given["until"]
        )


class StandInForm(forms.Form):
    """Who stands in, from when until when."""

    def __init__(self, *args: Any, people: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user_id"] = forms.ChoiceField(
            label=_("Stand-in"), required=False, choices=[("", _("nobody")), *people]
        )
        for name, label in (("from_on", _("First day")), ("until_on", _("Last day"))):
            self.fields[name] = forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"})
            )

    def clean_user_id(self) -> str | None:
        """Return None for nobody."""
        return self.cleaned_data["user_id"] or None
