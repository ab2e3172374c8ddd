"""Matters in the audit: by their number alone, and by none to whom a matter is closed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from huiyin.needs import rules
from huiyin.needs.models import Need
from huiyin.org import scope
from huiyin.org.actors import Actor
from huiyin.org.subjects import Subject


def _open_to(actor: Actor) -> "QuerySet[Need]":
    """Return all matters but those about the actor: a complaint must not be found by whom it is about."""
    return Need.objects.exclude(barred__user_id=actor.person_id)


def named(actor: Actor, need_ids: Sequence[UUID]) -> Mapping[UUID, Subject]:
    """Return the tracking codes of matters, with their page for who reads them. The code alone opens only the stage."""
    keys = set(need_ids)
    readable = set(scope.within(actor, "need.read", Need.objects.filter(pk__in=keys)).values_list("pk", flat=True))
    codes = _open_to(actor).filter(pk__in=keys).values_list("pk", "code")
    return {
        key: Subject(rules.spoken_code(code), reverse("matter", args=[key]) if key in readable else "")
        for key, code in codes
    }


def found(actor: Actor, *, typed: str) -> UUID | None:
    """Return the matter of a tracking code, None when there is none."""
    code = rules.plain_code(typed)
    return _open_to(actor).filter(code=code).values_list("pk", flat=True).first() if code else None
