"""Open311 GeoReport v2 in XML and JSON: discovery, services, requests, tokens.

What everybody sees are matters whose residents let them be shown: by grid, personal data hidden. A program that sends
needs its token as `api_key`, and reads with it what it sent itself. https://wiki.open311.org/GeoReport_v2/
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext, override
from django.views.decorators.csrf import csrf_exempt

from huiyin.needs import actions, rules
from huiyin.needs.api import wire
from huiyin.needs.errors import NoKey
from huiyin.needs.queries import opened, programs
from huiyin.needs.queries.opened import Asked, Opened
from huiyin.needs.rules import services
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import PUBLIC, Actor
from huiyin.org.api import program_of
from huiyin.org.doors import Request, public
from huiyin.platform import clock, files, ids, limits
from huiyin.platform.errors import Invalid, NotFound, Refusal
from huiyin.platform.http import client_address, language_of

CHANGED = "2026-11-23T00:00:00+08:00"
PAGE_MOST, PAGE_USUAL = 200, 50
KEYS_MOST = 100


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer in the format of the address, refusals too; anybody may ask."""

    def answered(request: Request, ending: str, **given: Any) -> HttpResponse:
        with override(language_of(request)):
            try:
                limits.hit("open311", client_address(request), most=1200, per_s=3600)
                return view(request, ending, **given)
            except Refusal as refusal:
                return wire.refused(refusal, ending, gettext)

    return csrf_exempt(public(answered))  # programs have no session; what they send carries a token


def _program(request: Request) -> Actor | None:
    key = request.POST.get("api_key") or request.GET.get("api_key") or ""
    return program_of(request, key) if key else None


def _reader(request: Request) -> Actor:
    return _program(request) or PUBLIC


def _jurisdiction(request: Request) -> str:
    """Return the path of the unit a request is about, "" for all. Raises NotFound."""
    slug = (request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id") or "").strip()
    if not slug:
        return ""
    here = atlas.current()
    unit = here.get(here.by_slug.get(slug)) or here.get(ids.parsed(slug))
    if unit is None or unit.ended_on is not None:
        raise NotFound("This jurisdiction is not known here.")
    return unit.path


@door
def discovery(request: Request, ending: str) -> HttpResponse:
    """Where the endpoint is and what it speaks."""
    base = f"{settings.PUBLIC_URL}/open311/v2"
    endpoint = {
        "specification": "http://wiki.open311.org/GeoReport_v2", "url": base, "changeset": CHANGED, "type": "production",
        "formats": ["text/xml", "application/json"],
    }  # fmt: skip
    found = {
        "changeset": CHANGED, "contact": f"{settings.PUBLIC_URL}/", "key_service": f"{settings.PUBLIC_URL}/api/",
        "endpoints": [endpoint],
    }  # fmt: skip
    return wire.one(ending, "discovery", found, {"endpoints": "endpoint", "formats": "format"})


def _service(code: str) -> dict[str, Any]:
    name = services.SERVICES.get(code) or gettext("Something else")
    kinds = services.kinds_of(code)
    return {
        "service_code": code, "service_name": name,
        "description": "、".join(kinds[:8]) if kinds else gettext("What fits none of the others; a person files it."),
        "metadata": bool(kinds), "type": "realtime", "keywords": ",".join(kinds), "group": "",
    }  # fmt: skip


@door
def service_list(request: Request, ending: str) -> HttpResponse:
    """What can be asked for."""
    _jurisdiction(request)
    return wire.many(ending, "services", "service", [_service(c) for c in (*services.SERVICES, services.OTHER)])


@door
def service(request: Request, ending: str, code: str) -> HttpResponse:
    """What else can be said of one kind of matter."""
    _jurisdiction(request)
    if code not in services.SERVICES and code != services.OTHER:
        raise NotFound("This service_code is not known here.")
    kinds = services.kinds_of(code)
    attribute = {
        "variable": True, "code": "kind", "datatype": "singlevaluelist", "required": False, "datatype_description": "",
        "order": 1, "description": gettext("What kind is it?"), "values": [{"key": k, "name": k} for k in kinds],
    }  # fmt: skip
    found = {"service_code": code, "attributes": [attribute] if kinds else []}
    return wire.one(ending, "service_definition", found, {"attributes": "attribute", "values": "value"})


def _notes(row: Any) -> str:
    # residents' words for where it stands; the answer itself is between the office and who asked
    return {
        "collect": gettext("Received"), "carry_out": gettext("Being worked on"), "answer": gettext("Answered"),
        "closed": gettext("Closed"), "withdrawn": gettext("Withdrawn"),
    }[rules.RESIDENT_STAGE_OF[row.state]]  # fmt: skip


def _request(found: Opened) -> dict[str, Any]:
    row, code = found.row, services.code_of(found.row.category)
    calendar = atlas.current().calendar
    return {
        "service_request_id": str(row.id), "status": "closed" if row.closed_at else "open", "status_notes": _notes(row),
        "service_name": _service(code)["service_name"], "service_code": code, "description": found.words,
        "agency_responsible": row.unit_name, "service_notice": "", "requested_datetime": wire.w3c(row.received_at),
        "updated_datetime": wire.w3c(row.changed_at), "expected_datetime": wire.w3c(calendar.end_of(row.promised_on)),
        "address": found.area, "address_id": "", "zipcode": "",
        "lat": round(found.point[1], 6) if found.point else None,
        "long": round(found.point[0], 6) if found.point else None, "media_url": "",
    }  # fmt: skip


def _moment(request: Request, name: str) -> datetime | None:
    text = request.GET.get(name, "").strip()
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that was not escaped
    except ValueError as error:
        raise _wrong(name) from error
    if found.tzinfo is None:
        raise _wrong(name)
    return found


def _wrong(name: str) -> Invalid:
    said = "%(name)s is not understood. A time is written as in 2026-01-01T00:00:00Z, a status is open or closed."
    return Invalid(said, field=name, name=name)


def _chosen(request: Request, name: str, known: Sequence[str]) -> tuple[str, ...]:
    found = tuple(part.strip() for part in request.GET.get(name, "").split(",") if part.strip())
    if not set(found) <= set(known):
        raise _wrong(name)
    return found


def _window(request: Request) -> tuple[datetime, datetime]:
    """Return from when to when: the last 90 days when nothing is asked, at most 90 from one end. Raises Invalid."""
    since, before = _moment(request, "start_date"), _moment(request, "end_date")
    span = timedelta(days=services.WINDOW_DAYS)
    if since and before and before - since > span:
        raise Invalid("At most %(days)s days can be asked for at once.", field="end_date", days=services.WINDOW_DAYS)
    try:
        before = before or (min(since + span, clock.now()) if since else clock.now())
        return since or before - span, before
    except OverflowError as error:
        raise _wrong("start_date") from error


def _keys(request: Request) -> tuple[UUID, ...]:
    given = [part for part in request.GET.get("service_request_id", "").split(",") if part.strip()][:KEYS_MOST]
    found = [ids.parsed(part.strip()) for part in given]
    if given and not any(found):
        raise NotFound("No such service_request_id is known here.")
    return tuple(key for key in found if key)


def _number(request: Request, name: str, usual: int, most: int) -> int:
    text = request.GET.get(name, "")
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 6 else usual


def _asked(request: Request) -> Asked:
    keys = _keys(request)
    if keys:
        return Asked(keys=keys, unit_path=_jurisdiction(request))
    statuses = set(_chosen(request, "status", ("open", "closed")))
    since, before = _window(request)
    codes = _chosen(request, "service_code", (*services.SERVICES, services.OTHER))
    closed = None if len(statuses) != 1 else statuses == {"closed"}
    return Asked((), codes, closed, since, before, _jurisdiction(request))


@door
def requests(request: Request, ending: str) -> HttpResponse:
    """Matters that everybody may see, newest first; or a new one."""
    if request.method == "POST":
        return _take_in(request, ending)
    page, most = _number(request, "page", 1, 9999), _number(request, "page_size", PAGE_USUAL, PAGE_MOST)
    found = opened.opened(_reader(request), asked=_asked(request), page=page, most=most)
    return wire.many(ending, "service_requests", "request", [_request(f) for f in found])


@door
def request_one(request: Request, ending: str, key: str) -> HttpResponse:
    """One matter that everybody may see, or that this program sent."""
    parsed = ids.parsed(key)
    if parsed is None:
        raise NotFound("No such service_request_id is known here.")
    found = opened.opened_one(_reader(request), parsed)
    return wire.many(ending, "service_requests", "request", [_request(found)])


@door
def token(request: Request, ending: str, key: str) -> HttpResponse:
    """The key of a request from a token: keys are given at once here, so that a token is the key itself."""
    parsed = ids.parsed(key)
    if parsed is None:
        raise NotFound("No such token is known here.")
    found = opened.opened_one(_reader(request), parsed)
    answer = {"service_request_id": str(found.row.id), "token": key}
    return wire.many(ending, "service_requests", "request", [answer])


def _point(given: Mapping[str, str]) -> tuple[float, float] | None:
    if not given.get("lat") and not given.get("long"):
        return None
    try:
        lon, lat = float(given.get("long", "")), float(given.get("lat", ""))
    except ValueError as error:
        raise Invalid("lat and long are two numbers, in degrees, WGS84.", field="lat") from error
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise Invalid("lat and long are two numbers, in degrees, WGS84.", field="lat")
    return lon, lat


def _category(given: Mapping[str, str]) -> str:
    code = given.get("service_code", "").strip()
    if not code:
        raise Invalid("service_code is missing.", field="service_code")
    if code != services.OTHER and code not in services.SERVICES:
        raise NotFound("This service_code is not known here.")
    kind = given.get("attribute[kind]", "").strip()
    if kind and kind not in services.kinds_of(code):
        raise Invalid("This kind is none of the values of the service.", field="attribute[kind]")
    return "/".join(part for part in (services.SERVICES.get(code, ""), kind) if part)


def _where(actor: Actor, given: Mapping[str, str]) -> dict[str, Any]:
    point, said, key = _point(given), given.get("address_string", "").strip(), ids.parsed(given.get("address_id", ""))
    community_id, building_id = programs.place_said(actor, text=said) if said else (None, None)
    if key:
        building_id = org.place(actor, key).building_id
    if point is None and building_id is None and community_id is None:
        raise Invalid(
            "Please say where: lat and long, an address_id, or an address_string we know.", field="address_string"
        )
    return {"point": point, "building_id": building_id, "community_id": community_id, "place_text": said[:120]}


def _words(given: Mapping[str, str]) -> str:
    words, picture = given.get("description", "").strip(), given.get("media_url", "").strip()
    if not words:
        raise Invalid("description is missing.", field="description")
    return f"{words}\n{picture[:500]}" if picture else words


def _photos(request: Request) -> tuple[str, ...]:
    uploads = request.FILES.getlist("media")[: settings.PHOTOS_PER_NEED]
    return tuple(dict.fromkeys(files.keep_photo(upload).sha256 for upload in uploads))


def _take_in(request: Request, ending: str) -> HttpResponse:
    actor, given = _program(request), request.POST.dict()
    if actor is None or not actor.can("need.register"):
        raise NoKey()
    _jurisdiction(request)
    category = _category(given)
    words, where = _words(given), _where(actor, given)
    name = f"{given.get('last_name', '').strip()}{given.get('first_name', '').strip()}"
    new = actions.NewNeed(
        words=words, channel="web", source=programs.source_of(actor, str(ids.new_id())), category=category, name=name,
        phone=given.get("phone", ""), email=given.get("email", ""), public=given.get("public") in {"1", "true"},
        photos=_photos(request), **where,
    )  # fmt: skip
    receipt = actions.register(actor, new=new)
    link = f"{settings.PUBLIC_URL}/m/{receipt.code}/{receipt.token}/"
    notice = gettext("Number %(code)s, PIN %(pin)s. You will have an answer by %(day)s at the latest. Progress: %(link)s") % {
        "code": rules.spoken_code(receipt.code), "pin": receipt.pin, "day": receipt.promised_on, "link": link,
    }  # fmt: skip
    answer = {"service_request_id": str(receipt.need_id), "service_notice": notice, "account_id": None}
    return wire.many(ending, "service_requests", "request", [answer], status=201)
