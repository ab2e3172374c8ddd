"""Attach the actor to each request; shut every door that does not say who may come in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext

from huiyin.org import presence
from huiyin.org.actors import PUBLIC, Actor, Kind
from huiyin.org.queries import actor_for
from huiyin.platform import logs
from huiyin.platform.errors import NotFound
from huiyin.platform.http import logged_path

log = logs.logger("huiyin.org")


def _actor(request: HttpRequest) -> Actor:
    if "sessionid" not in request.COOKIES and not hasattr(request, "_cached_user"):
        return PUBLIC
    user = request.user
    if not user.is_authenticated:
        phones = frozenset(request.session.get("phones", ()))
        return Actor(Kind.BEARER, phones=phones) if phones else PUBLIC
    staff = user.kind == "staff"
    if not user.is_active:
        logout(request)  # an account that ended today leaves at the next click
        return PUBLIC
    if staff and not presence.goes_on(request, user):
        logout(request)
        messages.info(request, gettext("Your time at the desk is over. Please sign in again."))
        return PUBLIC
    actor = actor_for(user)
    if staff and (held := presence.held_back(user, actor)):
        request.held_back = held  # type: ignore[attr-defined]  # typed by doors.Request
        return replace(actor, grants=(), home=actor.office)  # until then nothing is granted, whichever door is tried
    return actor


class ActorMiddleware:
    """`request.actor`, found out only when a view asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: _actor(request))  # type: ignore[attr-defined]  # typed by doors.Request
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Refuse a view without a declared access: deny by default."""
        if getattr(view, "access", None) is None:
            log.error("undeclared door", extra={"path": logged_path(request.path)})
            raise NotFound()
