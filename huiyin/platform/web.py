"""What every page knows: its language, the elder view, the names. Touches neither session nor database."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, gettext_lazy, to_locale

SITE_NAME = gettext_lazy("Huiyin")
ELDER_COOKIE = "elder"
THEME_COOKIE = "theme"
THEMES = {"light", "dark"}
YEAR_SECONDS = 365 * 24 * 3600
SHORT_NAMES = {"zh-hans": "中文", "en": "EN"}  # what the switch shows, each in its own language


@dataclass(frozen=True)
class LanguageLink:
    """One language of the switch: BCP 47 tag, name in itself, where this page is in it."""

    tag: str
    label: str
    url: str
    current: bool


def language_tag(code: str) -> str:
    """Return the BCP 47 tag of a Django language code: `zh-hans` is `zh-Hans`."""
    return to_locale(code).replace("_", "-")


def language_links(request: HttpRequest) -> list[LanguageLink]:
    """Return this page's address in every language; the query string stays."""
    current = get_language() or settings.LANGUAGE_CODE
    path = request.get_full_path()
    return [
        LanguageLink(
            tag=language_tag(code),
            label=SHORT_NAMES.get(code, str(name)),
            url=translate_url(path, code),
            current=code == current,
        )
        for code, name in settings.LANGUAGES
    ]


def url_or_blank(name: str) -> str:
    """Return the URL of a named route, or "" where that route is not wired."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def elder_link(request: HttpRequest, *, elder: bool) -> str:
    """Return the link that turns the elder view on or off and comes back here, or "" where it is not wired."""
    base = url_or_blank("elder")
    if not base:
        return ""
    return f"{base}?{urlencode({'on': '0' if elder else '1', 'next': request.get_full_path()})}"


def context(request: HttpRequest) -> dict[str, object]:
    """Return what base templates read: names, language, elder view, theme, reference."""
    elder = request.COOKIES.get(ELDER_COOKIE) == "1"
    theme = request.COOKIES.get(THEME_COOKIE, "")
    return {
        "site_name": SITE_NAME,
        "language_tag": language_tag(get_language() or settings.LANGUAGE_CODE),
        "language_links": language_links(request),
        "elder": elder,
        "elder_url": elder_link(request, elder=elder),
        "theme": theme if theme in THEMES else "",
        "demo": settings.DEMO,
        "reference": getattr(request, "reference", ""),
        "signout_url": url_or_blank("account_logout"),
    }


def toggle_elder(request: HttpRequest) -> HttpResponse:
    """Turn the elder view on (`?on=1`) or off and return to `next`; a link, so that it works without JavaScript."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    if request.GET.get("on") == "1":
        response.set_cookie(ELDER_COOKIE, "1", max_age=YEAR_SECONDS, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(ELDER_COOKIE)
    return response
