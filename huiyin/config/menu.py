"""The desk's menu over all rooms: what stands in it, who sees which entry."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.org.doors import any_staff
from huiyin.platform.errors import NotFound


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
    Entry(
        "today",
        gettext_lazy("My work"),
        "list-check",
        "need.read",
        ("/desk/", "/desk/needs/", "/desk/narrow/", "/desk/select/", "/desk/many/", "/desk/batches/", "/desk/search/"),
    ),
    Entry("register", gettext_lazy("Register"), "pencil", "need.register", ("/desk/register", "/desk/registered"), "r"),
    Entry("orders", gettext_lazy("Orders"), "clipboard-list", "order.read", ("/desk/orders/",), "q"),
    Entry("open_orders", gettext_lazy("Claim orders"), "hand-stop", "order.claim", ("/desk/orders/open/",)),
    Entry("matters_map", gettext_lazy("Map"), "map-2", "need.read", ("/desk/map/",)),
    Entry("themes", gettext_lazy("Themes"), "tags", "theme.read", ("/desk/themes/", "/desk/common/"), "h"),
    Entry("one_page", gettext_lazy("One page"), "file-text", "order.approve", ("/desk/one-page/",)),
    Entry("dashboard", gettext_lazy("Dashboard"), "chart-bar", "brief.read", ("/desk/dashboard/",)),
    Entry("brief", gettext_lazy("Brief"), "file-text", "brief.read", ("/desk/brief/",)),
    Entry("category_models", gettext_lazy("Category model"), "bulb", "filing.edit", ("/desk/learning/",)),
    Entry("templates", gettext_lazy("Reply templates"), "message-2", "template.read", ("/desk/templates/",)),
    Entry("units", gettext_lazy("Units and grids"), "sitemap", "unit.read", ("/desk/units/", "/desk/posts/")),
    Entry("workdays", gettext_lazy("Working days"), "calendar", "calendar.edit", ("/desk/workdays/",)),
    Entry("people", gettext_lazy("People"), "users", "post.read", ("/desk/people/",)),
    Entry("connections", gettext_lazy("Connections"), "arrows-split", "client.edit", ("/desk/connections/",)),
    Entry("status", gettext_lazy("System status"), "settings", "status.read", ("/desk/status/",)),
    Entry("audit", gettext_lazy("Looks and changes"), "history", "audit.read", ("/desk/audit/",)),
)


SEARCHED = ("need.read", "unit.read", "post.read", "address.read")


def _current(path: str) -> Entry | None:
    """Return the entry whose prefix fits the address best."""
    plain = path.removeprefix("/en")
    fits = [(len(p), e) for e in MENU for p in e.prefixes if plain == p or (p != "/desk/" and plain.startswith(p))]
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


@any_staff
def start(request: HttpRequest) -> HttpResponse:
    """Lead somebody who signed in to the first thing they may see; the administrator reads no matters, say."""
    actor = request.actor  # type: ignore[attr-defined]  # typed by doors.Request
    first = next((e for e in MENU if actor.can(e.capability)), None)
    if first is None:
        raise NotFound("You hold no post today.", hint="Ask the head of your office to appoint you.")
    return redirect(first.route)


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    actor = request.actor  # type: ignore[attr-defined]  # typed by doors.Request
    current = _current(request.path)
    return [
        {
            "url": reverse(e.route),
            "label": e.label,
            "icon": e.icon,
            "key": e.key,
            "current": e is current,
        }
        for e in MENU
        if actor.can(e.capability)
    ]


def _unit_name(request: HttpRequest) -> str:
    office = request.actor.office  # type: ignore[attr-defined]  # as above
    return office[1] if office else ""


def _calendar(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.actor.can("need.read"):  # type: ignore[attr-defined]  # as above
        return []
    return [{"url": reverse("my_calendar"), "label": _("Due days in my calendar"), "icon": "calendar-event"}]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Return what `web/desk.html` shows around each page; found out only when a template asks."""
    return {
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "who": SimpleLazyObject(lambda: request.actor.name),  # type: ignore[attr-defined]  # as above
        "unit_name": SimpleLazyObject(lambda: _unit_name(request)),
        "search_url": SimpleLazyObject(
            lambda: reverse("search") if any(map(request.actor.can, SEARCHED)) else ""  # type: ignore[attr-defined]  # as above
        ),
        "desk_url": SimpleLazyObject(lambda: reverse("start")),
        "user_menu": SimpleLazyObject(
            lambda: [
                {"url": reverse("account"), "label": _("My account"), "icon": "user-circle"},
                *_calendar(request),
            ]
        ),
    }
