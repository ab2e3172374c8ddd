"""The page that explains the API: written from its own document, so that it cannot say another thing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from huiyin.config.api import api
from huiyin.notify.rules import EVENT_LABELS
from huiyin.org.doors import public
from huiyin.org.roles import SCOPES

# What the document says in English, for the catalogue: a test holds that nothing of it is missing here.
SAID = (
    _("Units of the token"),
    _("Return the token's unit and all below it, from the top down."),
    _("Buildings by name"),
    _("Return buildings of a community whose name begins as typed, shortest first."),
    _("The subject tree"),
    _("Return every category as a path, level by level, as in 城乡建设/城市建设和市政管理/园林绿化环卫."),
    _("Matters, newest first"),
    _("Return a page of the matters that the token covers. Complaints about staff and mediations are left out."),
    _("One matter"),
    _("Return one matter with what was told, what happened and what the resident said of it."),
    _("Send a matter"),
    _("Take in a matter and return its receipt."),
    _(
        "With an `Idempotency-Key` of your own the same request may be sent again after a failure: it gets the same "
        "answer for two days, and another request under the same key gets 409."
    ),
    _("Received on this day or later"),
    _("Received on this day or earlier"),
    _("A path of /categories, and everything below it"),
    _("Held by this unit or below"),
    _("What the resident said, word for word"),
    _("A path of /categories"),
    _("Whether the resident agreed to its being shown in public"),
    _("When the resident said it; now, when left out"),
    _("Whether we confirm the receipt to the telephone"),
    _("The number and deadline that a superior system gave; the deadline is kept as the promise."),
    _("Degrees, WGS84"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that can be asked or sent: its name, type in a word, whether it must be there, what it means."""

    name: str
    kind: str
    needed: bool
    said: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    method: str
    path: str
    title: str
    said: list[str]
    asked: list[Part] = field(default_factory=list)
    sent: list[Part] = field(default_factory=list)
    statuses: list[str] = field(default_factory=list)


def _kind(schema: Mapping[str, Any]) -> str:
    """Return the type of a part in a word, as JSON Schema names it."""
    options = [o for o in schema.get("anyOf", [schema]) if o.get("type") != "null"]
    first = options[0] if options else {}
    if "enum" in first:
        return " | ".join(first["enum"])
    return str(first.get("format") or first.get("type") or "object")


def _said(schema: Mapping[str, Any]) -> str:
    return gettext(schema["description"]) if schema.get("description") else ""


def _asked(operation: Mapping[str, Any]) -> Iterator[Part]:
    for part in operation.get("parameters", ()):
        yield Part(part["name"], _kind(part["schema"]), part.get("required", False), _said(part))


def _sent(operation: Mapping[str, Any], shapes: Mapping[str, Any]) -> Iterator[Part]:
    body = operation.get("requestBody")
    if body:
        shape = shapes[body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        for name, schema in shape["properties"].items():
            yield Part(name, _kind(schema), name in shape.get("required", ()), _said(schema))


@cache
def _document() -> dict[str, Any]:
    """Return the API's own document; it changes with the program only."""
    return api.get_openapi_schema()


def operations() -> Iterator[Operation]:
    """Yield every operation of the API's own document."""
    document = _document()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            said = [gettext(" ".join(p.split())) for p in operation.get("description", "").split("\n\n") if p.strip()]
            yield Operation(
                method.upper(), path, gettext(operation["summary"]), said, list(_asked(operation)),
                list(_sent(operation, document["components"]["schemas"])), [str(s) for s in operation["responses"]],
            )  # fmt: skip


@public
def page(request: HttpRequest) -> HttpResponse:
    """How another program connects."""
    shown = {
        "operations": list(operations()), "base": settings.PUBLIC_URL,
        "scopes": [(name, gettext(scope.label)) for name, scope in SCOPES.items()],
        "events": [(name, gettext(label)) for name, label in EVENT_LABELS.items()],
    }  # fmt: skip
    return render(request, "web/api_docs.html", shown)
