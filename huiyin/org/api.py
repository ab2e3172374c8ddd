"""What every part of the API for programs shares: tokens, refusals as JSON, units and addresses."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Query, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer
from pydantic import ConfigDict, Field, StrictStr

from huiyin.org import actions, atlas, queries
from huiyin.org.actors import PUBLIC, Actor
from huiyin.org.doors import Access
from huiyin.org.errors import NoScope
from huiyin.org.queries import clients
from huiyin.org.roles import SCOPES
from huiyin.platform import clock, limits
from huiyin.platform.errors import Invalid, Message, SignIn
from huiyin.platform.http import BadRequest, client_address, render_refusal

MOST_A_MINUTE = 600
MOST_WRONG_AN_HOUR = 60


class Strict(Schema):
    """A body that is refused when it holds what we do not know."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """Every answer other than yes."""

    code: str = Field(description="A word for programs, as in not_found")
    message: str = Field(description="What is wrong, in the language of Accept-Language (zh-Hans, en)")
    hint: str = Field(description="What to do now; may be empty")
    reference: str = Field(description="Finds this answer in our logs")
    fields: dict[str, str] | None = Field(None, description="What is wrong with each part of the request")


def problems(*statuses: int) -> dict[int, type[Problem]]:
    """Return the refusals that every operation documents, and these."""
    return dict.fromkeys((*statuses, 400, 401, 403, 422, 429, 503), Problem)


def program_of(request: HttpRequest, token: str) -> Actor | None:
    """Return the program behind a token, counted against its limit; None for a token that lets nobody in.

    Raises TooMany.
    """
    found = clients.client_actor(PUBLIC, token=token)
    if found is None:
        limits.hit("token", client_address(request), most=MOST_WRONG_AN_HOUR, per_s=3600)
        return None
    actor, used_on = found
    limits.hit("api", str(actor.client_id), most=MOST_A_MINUTE, per_s=60)
    if used_on != clock.today():
        actions.client_used(actor)
    return actor


class Token(HttpBearer):
    """`Authorization: Bearer hy_…`; the token is given out by an administrator or a street's secretary."""

    openapi_bearerFormat = "hy_…"  # noqa: N815  # ninja's name

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the program behind a token."""
        return program_of(request, token)


_SAID = {
    "twice": Message("This is given twice."),
    "missing": Message("This is missing."),
    "extra_forbidden": Message("There is no such field."),
    "string_too_long": Message("This is too long."),
    "string_too_short": Message("This is too short."),
    "literal_error": Message("This is none of the values that are known."),
}


def known_only(request: HttpRequest, asked: type[Schema] | None = None) -> None:
    """Raise Invalid for what the address asks that the operation does not know: a misspelt filter is no filter."""
    known = set(asked.model_fields if asked else ())
    faults = {name[:40]: _SAID["extra_forbidden"] for name in request.GET if name not in known}
    faults |= {name: _SAID["twice"] for name in known if len(request.GET.getlist(name)) > 1}
    if faults:
        raise Invalid.of(**dict(sorted(faults.items())[:10]))


def program(request: HttpRequest, capability: str, *, asked: type[Schema] | None = None) -> Actor:
    """Return the program that asks, when its token carries what the operation needs. Raises NoScope, Invalid."""
    known_only(request, asked)
    actor: Actor = request.auth  # type: ignore[attr-defined]  # set by ninja from Token
    if not actor.can(capability):
        wanted = next((name for name, scope in SCOPES.items() if capability in scope.may), capability)
        raise NoScope(scope=wanted)
    return actor


def _faults(errors: Iterable[Mapping[str, Any]]) -> dict[str, Message]:
    """Return pydantic's findings by field, in our words where we have some."""
    found = {}
    for error in errors:
        path = [str(part) for part in error.get("loc", ()) if part not in {"body", "query", "path", "header", "given"}]
        said = _SAID.get(str(error.get("type")))
        found[".".join(path) or "body"] = (
            said if said else Message("This does not fit: %(why)s", {"why": str(error.get("msg", ""))})
        )
    return found


def _refuse_invalid(request: HttpRequest, error: Any) -> HttpResponse:
    return render_refusal(request, Invalid.of(**_faults(error.errors)))


def _refuse_unknown(request: HttpRequest, _error: Any) -> HttpResponse:
    response = render_refusal(request, SignIn("This token is missing, wrong, ended or expired."))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _refuse_unread(request: HttpRequest, _error: Any) -> HttpResponse:
    return render_refusal(request, BadRequest())


def speak_plainly(api: NinjaAPI) -> NinjaAPI:
    """Let an API refuse as every other page does: one shape, in the reader's language, with a reference number."""
    api.add_exception_handler(ValidationError, _refuse_invalid)
    api.add_exception_handler(AuthenticationError, _refuse_unknown)
    api.add_exception_handler(HttpError, _refuse_unread)
    return api


def _patterns(found: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in found:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern.url_patterns)
        else:
            yield pattern


def opened(patterns: list[URLPattern | URLResolver]) -> list[URLPattern | URLResolver]:
    """Return an API's addresses, open to the middleware: each operation asks for its token itself."""
    for pattern in _patterns(patterns):
        pattern.callback.access = Access(public=True)  # type: ignore[attr-defined]  # read by ActorMiddleware
    return patterns


router = Router(tags=["units"])


class UnitOut(Schema):
    """A unit: an office, a community or a grid."""

    id: UUID
    parent_id: UUID | None
    kind: str
    name: str
    title: str = Field(description="The name with that of its community, as in 莲花社区 第01网格")
    phone: str


class PlaceOut(Schema):
    """A building, to be named in a new matter."""

    building_id: UUID
    unit_id: UUID = Field(description="The grid that answers for it")
    text: str
    lon: float = Field(description="Degrees east, WGS84")
    lat: float = Field(description="Degrees north, WGS84")


class PlacesAsked(Strict):
    """What begins the name of a building."""

    community: UUID
    typed: Annotated[StrictStr, Field(min_length=1, max_length=60)]
    limit: Annotated[int, Field(ge=1, le=20)] = 8


@router.get("/units", response={200: list[UnitOut], **problems()}, auth=Token(), summary="Units of the token")
def units(request: HttpRequest) -> list[UnitOut]:
    """Return the token's unit and all below it, from the top down."""
    actor = program(request, "unit.read")
    here = atlas.current()
    paths = actor.paths("unit.read")
    found = [u for u in here.units.values() if u.ended_on is None and u.path.startswith(paths)]
    return [
        UnitOut(id=u.id, parent_id=u.parent_id, kind=u.kind, name=u.name, title=here.title(u.id), phone=u.phone)
        for u in sorted(found, key=lambda u: u.path)
    ]


@router.get("/places", response={200: list[PlaceOut], **problems()}, auth=Token(), summary="Buildings by name")
def places(request: HttpRequest, given: Query[PlacesAsked]) -> list[PlaceOut]:
    """Return buildings of a community whose name begins as typed, shortest first."""
    actor = program(request, "address.read", asked=PlacesAsked)
    found = queries.places_like(actor, given.community, typed=given.typed, most=given.limit)
    return [PlaceOut(building_id=p.building_id, unit_id=p.grid_id, text=p.text, lon=p.lon, lat=p.lat) for p in found]
