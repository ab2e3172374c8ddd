"""The desk's menu over all rooms: what stands in it, who sees which entry."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the route it leads to, the capability that shows it, the address prefixes that mark it current."""

    route: str
    label: Any
    icon: str
    capability: str
    prefixes: tuple[str, ...]
    key: str = ""


MENU = (
    Entry("today", gettext_lazy("My work"), "list-check", "need.read", ("/desk/", "/desk/needs/")),
    Entry("register", gettext_lazy("Register"), "pencil", "need.register", ("/desk/register", "/desk/registered"), "r"),
    Entry("units", gettext_lazy("Units and grids"), "sitemap", "unit.read", ("/desk/units/", "/desk/posts/")),
    Entry("workdays", gettext_lazy("Working days"), "calendar", "calendar.edit", ("/desk/workdays/",)),
    Entry("people", gettext_lazy("People"), "users", "post.read", ("/desk/people/",)),
)


def _current(entry: Entry, path: str) -> bool:
    plain = path.removeprefix("/en")
    return plain == entry.prefixes[0] or any(plain.startswith(p) for p in entry.prefixes if p != "/desk/")


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    actor = request.actor  # type: ignore[attr-defined]  # typed by doors.Request
    return [
        {
            "url": reverse(e.route),
            "label": e.label,
            "icon": e.icon,
            "key": e.key,
            "current": _current(e, request.path),
        }
        for e in MENU
        if actor.can(e.capability)
    ]


def _unit_name(request: HttpRequest) -> str:
    office = request.actor.office  # type: ignore[attr-defined]  # as above
    return office[1] if office else ""


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what `web/desk.html` shows around each page; found out only when a template asks."""
    return {
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "who": SimpleLazyObject(lambda: request.actor.name),  # type: ignore[attr-defined]  # as above
        "unit_name": SimpleLazyObject(lambda: _unit_name(request)),
        "desk_url": SimpleLazyObject(lambda: reverse("today")),
        "user_menu": SimpleLazyObject(
            lambda: [{"url": reverse("account_change_password"), "label": _("Change password"), "icon": "lock"}]
        ),
    }
