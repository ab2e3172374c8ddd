"""HTTP in one place: the reference number, the one rendering of refusals, addresses, requests with an actor."""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.utils.functional import empty
from django.utils.http import urlencode
from django.utils.translation import get_language, get_language_from_request, gettext, override
from psycopg_pool import PoolTimeout

from huiyin.platform import ids, logs, metrics
from huiyin.platform.errors import Invalid, NotFound, Refusal, SignIn, TooMany, Unavailable

Responder = Callable[[HttpRequest], HttpResponse]
log = logs.logger("huiyin.http")


class Broken(Refusal):
    """A fault of ours: the page says so, and the reference finds the log line."""

    status = 500
    code = "broken"
    default = "Something went wrong on our side."
    advice = (
        "What you typed is kept on this device. Please try again; if it happens again, tell us the reference number."
    )


class BadRequest(Refusal):
    """A request no page of ours sends."""

    status = 400
    code = "bad_request"
    default = "This request could not be understood."
    advice = "Please go back, open the page again and try once more."


class Expired(Refusal):
    """The form's token is missing or from another session."""

    status = 403
    code = "expired"
    default = "This page was open for too long, so it could not be sent."
    advice = "Go back, open the page again and send it once more; what you typed is kept on this device."


def client_address(request: HttpRequest, *_: Any) -> str:
    """Return the visitor's address; a forwarded one only when a trusted proxy says so."""
    address = str(request.META.get("REMOTE_ADDR") or "127.0.0.1")  # nothing over a Unix socket
    if address not in settings.TRUSTED_PROXIES:
        return address
    forwarded = [a.strip() for a in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if a.strip()]
    while forwarded and forwarded[-1] in settings.TRUSTED_PROXIES:
        forwarded.pop()
    return forwarded[-1] if forwarded else address


def logged_path(path: str) -> str:
    """Return a path as logs may keep it: what opens a matter is left out."""
    return re.sub(r"(/m/|/registered/)[^/]+/[^/]+", r"\1…/…", path)


def wants_json(request: HttpRequest) -> bool:
    """Return whether the answer should be JSON: an API path or an Accept header that says so."""
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx asks for a piece of a page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


OUTAGES = (PoolTimeout, OperationalError, InterfaceError)  # a full disk, a database that is away


@contextmanager
def outages_said(request: HttpRequest) -> Iterator[None]:
    """Turn an outage into Unavailable, logged with the request's reference, for a page that keeps what was typed."""
    try:
        yield
    except (*OUTAGES, Unavailable) as error:
        log.exception("fault", extra={"path": logged_path(request.path), "method": request.method})
        if isinstance(error, Unavailable):
            raise
        raise Unavailable() from error


def _as_refusal(error: BaseException) -> Refusal:
    known: list[tuple[tuple[type[BaseException], ...], type[Refusal]]] = [
        ((Http404, PermissionDenied), NotFound),  # absent and out of reach are one answer
        ((SuspiciousOperation, MultiPartParserError), BadRequest),
        (OUTAGES, Unavailable),
    ]
    if isinstance(error, Refusal):
        return error
    return next((made() for kinds, made in known if isinstance(error, kinds)), Broken())


def language_of(request: HttpRequest) -> str:
    """Return the language of an answer: that of the page, for programs that of Accept-Language."""
    programs = request.path.startswith(("/api/", "/open311/"))
    return get_language_from_request(request) if programs else get_language() or settings.LANGUAGE_CODE


def _problem(request: HttpRequest, refusal: Refusal, reference: str) -> JsonResponse:
    with override(language_of(request)):
        problem: dict[str, Any] = {
            "code": refusal.code,
            "message": refusal.said(gettext),
            "hint": refusal.hinted(gettext),
            "reference": reference,
        }
        if isinstance(refusal, Invalid):
            problem["fields"] = {name: m.said(gettext) for name, m in refusal.fields.items()}
    return JsonResponse(problem, status=refusal.status)


def _body(request: HttpRequest, refusal: Refusal, reference: str) -> HttpResponse:
    if wants_json(request):
        return _problem(request, refusal, reference)
    shown = {
        "status": refusal.status,
        "message": refusal.said(gettext),
        "hint": refusal.hinted(gettext),
        "fields": [m.said(gettext) for m in getattr(refusal, "fields", {}).values()],
        "reference": reference,
    }
    template = "web/_error_fragment.html" if is_fragment(request) else "web/error.html"
    return HttpResponse(render_to_string(template, shown, request), status=refusal.status)


def render_refusal(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return the page, fragment or JSON for a refusal or a fault, and log the fault with its reference."""
    refusal = _as_refusal(error)
    reference = getattr(request, "reference", "")
    if refusal.status >= 500:
        log.error("fault", exc_info=error, extra={"path": logged_path(request.path), "method": request.method})
    else:
        log.info(
            "refused", extra={"path": logged_path(request.path), "code": refusal.code, "why": type(refusal).__name__}
        )
    if isinstance(refusal, SignIn) and not wants_json(request):
        back = request.get_full_path() if request.method == "GET" else "/desk/"
        target = f"{settings.LOGIN_URL}?{urlencode({'next': back})}"
        if is_fragment(request):
            return HttpResponse(status=401, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)
    response = _body(request, refusal, reference)
    if isinstance(refusal, TooMany):
        response["Retry-After"] = str(refusal.retry_after_s)
    response["Cache-Control"] = "no-store"
    return response


class ReferenceMiddleware:
    """Give each request a reference number, in the log, in the answer's header and on every error page."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        reference = ids.new_reference()
        request.reference = reference  # type: ignore[attr-defined]  # read by templates and errors
        logs.clear()
        logs.bind(reference=reference)
        response = self.get_response(request)
        response["X-Reference"] = reference
        self._told(request, response.status_code, time.perf_counter() - began)
        return response

    @staticmethod
    def _told(request: HttpRequest, status: int, seconds: float) -> None:
        """Count and log an answer: by route, as a path may open a matter; what machines ask all day is not worth a line."""
        metrics.count(request, status=status, seconds=seconds)
        route = metrics.route_of(request)
        log.log(
            logging.DEBUG if route in _UNREMARKABLE and status < 400 else logging.INFO,
            "request",
            extra={
                "route": route, "method": request.method, "status": status, "ms": round(seconds * 1000, 1),
                "who": _who(request),
            },
        )  # fmt: skip


_UNREMARKABLE = {"static", "alive", "ready", "metrics"}


def _who(request: HttpRequest) -> str:
    """Return the kind of actor, as far as anybody asked for it: finding out would cost a statement."""
    actor = getattr(request, "actor", None)
    found = getattr(actor, "_wrapped", actor)
    return "" if found is None or found is empty else str(actor.kind_name)  # type: ignore[union-attr]  # org.actors.Actor


# What no page of ours uses is off for every page, whatever may get into it; a resident's own place is asked for on
# the map, and passkeys are asked for at sign-in.
_UNUSED = "accelerometer camera display-capture gyroscope hid magnetometer microphone midi payment serial usb"
PERMISSIONS = ", ".join(
    [f"{name}=()" for name in _UNUSED.split()] + ["geolocation=(self)", "publickey-credentials-get=(self)"]
)


class HeadersMiddleware:
    """Say to the browser what Django has no setting for."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = PERMISSIONS
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response


class RefusalMiddleware:
    """Turn what a view raises into an answer."""

    def __init__(self, get_response: Responder) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Render any exception of a view."""
        return render_refusal(request, error)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler400."""
    return render_refusal(request, exception or BadRequest())


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Django's handler403 and handler404."""
    return render_refusal(request, NotFound())


def broken(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a fault outside any view, as in a middleware."""
    return render_refusal(request, sys.exc_info()[1] or Broken())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW."""
    return render_refusal(request, Expired())
