"""Matters for programs: list, read, send."""

import hashlib
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from ninja import Query, Router, Status
from ninja.params.functions import Header

from huiyin.needs import actions
from huiyin.needs.api import shapes
from huiyin.needs.queries import Filter, programs
from huiyin.needs.rules import sorting
from huiyin.org import actions as org
from huiyin.org.actors import Actor
from huiyin.org.api import Token, known_only, problems, program
from huiyin.platform import ids
from huiyin.platform.errors import Invalid, NotFound

router = Router(tags=["matters"], auth=Token())


def _category(path: str) -> str:
    if path and path not in sorting.categories():
        raise Invalid.of(category="Please choose a category of the list.")
    return path


@router.get("/categories", response={200: list[str], **problems()}, summary="The subject tree")
def categories(request: HttpRequest) -> list[str]:
    """Return every category as a path, level by level, as in 城乡建设/城市建设和市政管理/园林绿化环卫."""
    known_only(request)
    return list(sorting.categories())


@router.get("/matters", response={200: shapes.MattersPage, **problems()}, summary="Matters, newest first")
def matters(request: HttpRequest, given: Query[shapes.MattersAsked]) -> shapes.MattersPage:
    """Return a page of the matters that the token covers. Complaints about staff and mediations are left out."""
    actor = program(request, "need.read", asked=shapes.MattersAsked)
    which = Filter(
        which="all", category=_category(given.category), unit=given.unit, since=given.since, until=given.until
    )
    after, closed = shapes.place_of(given.cursor), {"open": False, "closed": True}.get(given.status or "")
    read, last = programs.read_page(actor, which=which, closed=closed, after=after, most=given.limit)
    return shapes.MattersPage(items=[shapes.MatterOut.of(r) for r in read], next_cursor=shapes.cursor_of(last))


@router.get("/matters/{uuid:matter_id}", response={200: shapes.MatterWhole, **problems(404)}, summary="One matter")
def matter(request: HttpRequest, matter_id: UUID) -> shapes.MatterWhole:
    """Return one matter with what was told, what happened and what the resident said of it."""
    return shapes.MatterWhole.whole(programs.read_one(program(request, "need.read"), matter_id))


def _new(actor: Actor, given: shapes.MatterIn, key: str) -> actions.NewNeed:
    if (given.lon is None) != (given.lat is None):
        raise Invalid.of(lon="Please give longitude and latitude, or neither.")
    ticket = given.ticket
    return actions.NewNeed(
        words=given.words, channel=given.channel, source=programs.source_of(actor, key),
        community_id=given.community_id, building_id=given.building_id,
        point=(given.lon, given.lat) if given.lon is not None and given.lat is not None else None,
        place_text=given.place_text, public=given.public, name=given.name, phone=given.phone, email=given.email,
        received_at=given.received_at, category=_category(given.category), quiet=not given.confirm,
        ticket=actions.NewTicket(ticket.system, ticket.number, ticket.deadline_at) if ticket else None,
    )  # fmt: skip


def _sent(actor: Actor, given: shapes.MatterIn, key: str) -> dict[str, Any]:
    try:
        receipt = actions.register(actor, new=_new(actor, given, key))
    except NotFound as error:
        raise Invalid.of(building_id="There is no such building. Ask /places for its key.") from error
    return shapes.ReceiptOut.of(receipt, base=settings.PUBLIC_URL).model_dump(mode="json")


_KEY: Any = Header(None, alias="Idempotency-Key", min_length=1, max_length=100, pattern="^[!-~]+$")


@router.post("/matters", response={201: shapes.ReceiptOut, **problems(409)}, summary="Send a matter")
def send(
    request: HttpRequest,
    given: shapes.MatterIn,
    idempotency_key: str | None = _KEY,
) -> Status[dict[str, Any]]:
    """Take in a matter and return its receipt.

    With an `Idempotency-Key` of your own the same request may be sent again after a failure: it gets the same answer
    for two days, and another request under the same key gets 409.
    """
    actor = program(request, "need.register")
    if idempotency_key is None:
        return Status(201, _sent(actor, given, str(ids.new_id())))
    source = hashlib.sha256(idempotency_key.encode()).hexdigest()[:32]
    asked = given.model_dump(mode="json")
    answer = org.answered_once(actor, key=idempotency_key, asked=asked, make=lambda: _sent(actor, given, source))
    return Status(201, answer)
