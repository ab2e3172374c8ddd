"""The front pages: choose your community; its page with what one can do there."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from huiyin.notify import queries as notify
from huiyin.org import queries as org
from huiyin.org.doors import Request, public


@public
def home(request: Request) -> HttpResponse:
    """Choose a community, or ask for one's progress."""
    return render(
        request, "portal/home.html", {"communities": org.communities(request.actor), "tiles": _tiles(request)}
    )


def _tiles(request: Request) -> list[dict[str, str]]:
    texts = notify.sends(request.actor, way="sms")  # «my matters» opens by a code sent to the telephone
    return [
        {
            "url": reverse("track"),
            "label": _("Check progress"),
            "icon": "search",
            "hint": _("with code and PIN"),
        },
        *(
            [{"url": reverse("mine"), "label": _("My matters"), "icon": "list", "hint": _("by telephone")}]
            if texts
            else []
        ),
        *(
            [
                {
                    "url": reverse("claims"),
                    "label": _("Take something on"),
                    "icon": "heart-handshake",
                    "hint": _("help a neighbour"),
                }
            ]
            if texts
            else []
        ),
    ]


def _around(slug: str) -> dict[str, str]:
    return {
        "url": reverse("around", args=[slug]),
        "label": _("Around here"),
        "icon": "map-2",
        "hint": _("what stands open"),
    }


@public
def community(request: Request, slug: str) -> HttpResponse:
    """A community's page: report, ask for progress, whom to call."""
    here = org.community(request.actor, slug)
    shown = {
        "here": here,
        "place_name": here.name,
        "home_url": reverse("community", args=[slug]),
        "desk_phone": here.phone,
        "grids": org.grids_of(request.actor, here.id),
        "tiles": [*_tiles(request), _around(slug)],
    }
    return render(request, "portal/community.html", shown)
