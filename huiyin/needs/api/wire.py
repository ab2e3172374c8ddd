"""How GeoReport v2 is written: bare arrays in JSON, wrapped singulars in XML, times with offset, errors as a list."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from xml.etree import ElementTree as Xml

from django.http import HttpResponse, JsonResponse

from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Refusal, Translate

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_STATUS = {422: 400, 401: 403}  # the specification knows 400, 403 and 404


def w3c(moment: datetime) -> str:
    """Return a moment as the specification writes it: `2026-11-23T09:00:00+08:00`."""
    return moment.astimezone(clock.OFFICE_ZONE).isoformat(timespec="seconds")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _NOT_XML.sub("", str(value))


def _fill(parent: Xml.Element, fields: Mapping[str, Any], singular: Mapping[str, str]) -> None:
    for name, value in fields.items():
        child = Xml.SubElement(parent, name)
        if not isinstance(value, list):
            child.text = _text(value)
            continue
        for item in value:
            inner = Xml.SubElement(child, singular[name])
            if isinstance(item, Mapping):
                _fill(inner, item, singular)
            else:
                inner.text = _text(item)


def _xml(root: Xml.Element, status: int) -> HttpResponse:
    text = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(text, status=status, content_type="text/xml; charset=utf-8")


def _open(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"  # open data: no cookie is read here
    return response


def one(ending: str, name: str, fields: Mapping[str, Any], singular: Mapping[str, str]) -> HttpResponse:
    """Return one thing: an object in JSON, an element in XML whose lists are wrapped."""
    if ending == "json":
        return _open(JsonResponse(fields, json_dumps_params={"ensure_ascii": False}))
    root = Xml.Element(name)
    _fill(root, fields, singular)
    return _open(_xml(root, 200))


def many(
    ending: str, plural: str, singular: str, rows: Sequence[Mapping[str, Any]], *, status: int = 200
) -> HttpResponse:
    """Return a list: a bare array in JSON, elements within one in XML."""
    if ending == "json":
        return _open(JsonResponse(list(rows), safe=False, status=status, json_dumps_params={"ensure_ascii": False}))
    root = Xml.Element(plural)
    for row in rows:
        _fill(Xml.SubElement(root, singular), row, {})
    return _open(_xml(root, status))


def refused(refusal: Refusal, ending: str, translate: Translate) -> HttpResponse:
    """Return a refusal as the specification's list of errors."""
    said = " ".join(filter(None, (refusal.said(translate), refusal.hinted(translate))))
    if isinstance(refusal, Invalid) and refusal.fields:
        said = " ".join(f"{name}: {message.said(translate)}" for name, message in refusal.fields.items())
    status = _STATUS.get(refusal.status, refusal.status)
    return many(ending, "errors", "error", [{"code": status, "description": said}], status=status)
