"""What guards every door: who may come in is said beside each view, and a view that says nothing stays shut."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from huiyin.org.actors import Actor, Kind
from huiyin.platform.errors import NotFound, SignIn

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class Request(HttpRequest):
    """A request as our views see it: with its actor and its reference number."""

    actor: Actor
    reference: str
    held_back: str  # the route that comes before everything else; known once the actor is


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a door: everybody, or staff with a capability somewhere (rows are scoped further inside)."""

    public: bool = False
    capability: str = ""


def public(view: View) -> View:
    """Let anybody in."""
    view.access = Access(public=True)  # type: ignore[attr-defined]  # read by ActorMiddleware
    return view


def staff(capability: str) -> Callable[[View], View]:
    """Let staff in who hold the capability in some unit; others find nothing here."""

    def guard(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.actor.kind is not Kind.STAFF:
                raise SignIn()
            if held := getattr(request, "held_back", ""):
                return redirect(held)
            if capability and not request.actor.can(capability):
                raise NotFound()
            return view(request, *args, **kwargs)

        guarded.access = Access(capability=capability)  # type: ignore[attr-defined]  # as above
        return guarded  # type: ignore[return-value]  # same signature, wrapped

    return guard


def own_account(view: View) -> View:
    """Let any member of staff see to their own account, also who must set up a second factor before all else."""

    @functools.wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.actor.kind is not Kind.STAFF:
            raise SignIn()
        if getattr(request, "held_back", "") == "account_change_password":
            return redirect("account_change_password")
        return view(request, *args, **kwargs)

    guarded.access = Access()  # type: ignore[attr-defined]  # as above
    return guarded  # type: ignore[return-value]  # same signature, wrapped


def any_staff(view: View) -> View:
    """Let any member of staff in, also one without a post today."""
    return staff("")(view)
