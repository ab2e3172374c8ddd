"""Tags and filters of every template (a builtin: no `{% load %}` needed)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import cache

from django import template
from django.forms import BoundField, widgets
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from huiyin.platform import clock

register = template.Library()

SOON_DAYS = 1  # due today or tomorrow is "soon"
DUE_ICONS = {"none": "calendar", "later": "calendar", "soon": "clock-exclamation", "over": "alert-triangle"}


@cache
def _sprite() -> str:
    return static("vendor/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Return an icon of the sprite; without a label it is decoration and hidden from screen readers."""
    href = f"{_sprite()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', href)


def _day_of(value: date | datetime) -> date:
    return value.astimezone(clock.OFFICE_ZONE).date() if isinstance(value, datetime) else value


def _weekday(day: date) -> str:
    names = (
        pgettext("short weekday", "Mon"),
        pgettext("short weekday", "Tue"),
        pgettext("short weekday", "Wed"),
        pgettext("short weekday", "Thu"),
        pgettext("short weekday", "Fri"),
        pgettext("short weekday", "Sat"),
        pgettext("short weekday", "Sun"),
    )
    return names[day.weekday()]


@register.filter
def local_day(value: date | datetime | None) -> str:
    """Return a day as the office writes it, `11月27日（周五）`, with the year when it is another one; "" for None."""
    if value is None:
        return ""
    day = _day_of(value)
    same_year = day.year == clock.today().year
    shape = pgettext("date format", "j M") if same_year else pgettext("date format", "j M Y")
    return _("%(weekday)s %(day)s") % {"day": format_date(day, shape), "weekday": _weekday(day)}


@register.filter
def local_month(value: date) -> str:
    """Return a month as an office writes it: `2026年10月`."""
    return format_date(value, pgettext("month format", "F Y"))


@register.filter
def local_moment(value: datetime | None) -> str:
    """Return a moment: `今天 19:04`, `昨天 19:04` or the day and the time; "" for None."""
    if value is None:
        return ""
    time = value.astimezone(clock.OFFICE_ZONE).strftime("%H:%M")
    days = (clock.today() - _day_of(value)).days
    if days == 0:
        return _("today %(time)s") % {"time": time}
    if days == 1:
        return _("yesterday %(time)s") % {"time": time}
    return f"{local_day(value)} {time}"


@register.filter
def stars(count: int) -> str:
    """Return one to five stars as signs: ★★★★☆."""
    return "★" * count + "☆" * (5 - count)


@register.filter
def due_words(due_on: date | datetime | None, today: date | None = None) -> str:
    """Return how long is left: "due today", "2 days left", "3 days over"; "no date" for None."""
    if due_on is None:
        return _("no date")
    days = (_day_of(due_on) - (today or clock.today())).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return ngettext("%(days)d day over", "%(days)d days over", -days) % {"days": -days}


@register.filter
def due_state(due_on: date | datetime | None, closed: object = False) -> str:
    """Return closed, none, later, soon or over: the `data-due` of a card and the colour of a badge."""
    if closed:
        return "closed"
    if due_on is None:
        return "none"
    days = (_day_of(due_on) - clock.today()).days
    if days < 0:
        return "over"
    return "soon" if days <= SOON_DAYS else "later"


@register.filter
def phone_mask(number: str | None) -> str:
    """Return a telephone number with its middle hidden: `138****5678`; short ones keep two digits."""
    text = (number or "").strip()
    if len(text) >= 11:
        return f"{text[:3]}****{text[-4:]}"
    return f"{'*' * (len(text) - 2)}{text[-2:]}" if len(text) > 2 else text


@register.filter
def hidden(text: str | None) -> str:
    """Return a text with the personal data in it hidden, as lists show it; its length stays."""
    from huiyin.engines.text.entities import redact  # plain Python, read when a list is first shown

    return redact(text or "")


@register.filter
def groups(code: str | None) -> str:
    """Return a tracking code in groups as it is said aloud: `4821-7730-615`."""
    text = "".join(c for c in code or "" if c.isalnum())
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


@register.simple_tag
def due_badge(due_on: date | datetime | None, closed: object = False, today: date | None = None) -> SafeString:
    """Show a due date as icon, colour and words; `closed` shows that it is done. No template: lists show fifty."""
    state = due_state(due_on, closed)
    return format_html(
        '<span class="due" data-state="{}" title="{}">{}{}</span>', state, local_day(due_on),
        icon(DUE_ICONS.get(state, "circle-check")), _("done") if closed else due_words(due_on, today),
    )  # fmt: skip


def _stage_pair(stage: object) -> tuple[str, str]:
    if isinstance(stage, str):
        return stage, stage
    if isinstance(stage, tuple | list):
        return str(stage[0]), str(stage[1])
    return str(getattr(stage, "key", stage)), str(getattr(stage, "label", stage))


@register.inclusion_tag("web/_stage_bar.html")
def stage_bar(stages: Iterable[object], current: str, finished: object = False) -> dict[str, object]:
    """Show named steps: (key, label) pairs, rows with key and label, or plain labels; all done when `finished`."""
    pairs = [_stage_pair(stage) for stage in stages]
    keys = [key for key, _label in pairs]
    here = len(keys) if finished else (keys.index(str(current)) if str(current) in keys else -1)
    states = ["done" if i < here else "current" if i == here else "next" for i in range(len(pairs))]
    rows = [{"label": label, "state": state} for (_key, label), state in zip(pairs, states, strict=True)]
    return {"stages": rows}


def _kind(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, widgets.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, widgets.RadioSelect):
        return "pills"
    if isinstance(widget, widgets.CheckboxInput):
        return "check"
    return "hidden" if widget.is_hidden else "input"


def _control(bound: BoundField, kind: str, extra: Mapping[str, str]) -> SafeString:
    given = bound.field.widget.attrs
    described = [
        f"{bound.auto_id}_help" if bound.help_text else "",
        f"{bound.auto_id}_error" if bound.errors else "",
    ]
    attrs: dict[str, str | bool] = {key.replace("_", "-"): value for key, value in extra.items()}
    if isinstance(bound.field.widget, widgets.Input) and "type" in attrs:
        bound.field.widget.input_type = str(attrs.pop("type"))  # beside the widget's own it would be ignored
    if kind == "input":
        attrs["class"] = f"{given.get('class', '')} input".strip()
    if text := " ".join(filter(None, described)):
        attrs["aria-describedby"] = text
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def field(bound: BoundField, *, label: str = "", column: bool = False, **extra: str) -> SafeString:
    """Render one form field: label, help, control and error tied together. Extra arguments become attributes.

    Radio buttons and multiple boxes come as pills in a fieldset; `column=True` puts them one under another.
    """
    kind = _kind(bound)
    if kind == "hidden":
        return bound.as_hidden()
    return render_to_string(
        "web/_field.html",
        {
            "field": bound,
            "kind": kind,
            "label": label or bound.label,
            "column": column,
            # what a choice calls for (data-when) is not optional once it shows
            "optional": not bound.field.required and "data-when" not in bound.field.widget.attrs,
            "control": _control(bound, kind, extra) if kind in {"input", "check"} else "",
        },
    )
