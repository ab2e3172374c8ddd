"""Common needs are found by the text engine among a street's matters; whoever gives orders there makes themes of them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued

from huiyin.needs.models import CommonNeed, CommonNeedMember, Need
from huiyin.needs.rules import sorting
from huiyin.org import atlas
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM, Actor, Kind
from huiyin.org.atlas import UnitRow
from huiyin.platform import clock, events
from huiyin.platform.errors import NotFound

if TYPE_CHECKING:
    from huiyin.engines.text import shared_needs

LOOK_BACK_DAYS = 180
MATTERS_MOST = 20_000
GROUPS_MOST = 100


def _voices(street: UnitRow) -> "list[shared_needs.Voice]":
    """Return the street's matters of half a year; two of one telephone are one person, nothing else tells people apart."""
    from huiyin.engines.text import shared_needs  # loads NumPy: only the job that looks pays for it

    since = clock.now() - timedelta(days=LOOK_BACK_DAYS)
    rows = Need.objects.filter(unit__path__startswith=street.path, received_at__gte=since, erased_at=None)
    rows = rows.exclude(state="withdrawn").exclude(kind=sorting.COMPLAINT_STAFF).order_by("-received_at")
    picked = rows.values_list("pk", "contact__phone_index", "owner_id", "words", "received_at")[:MATTERS_MOST]
    return [
        shared_needs.Voice(str(pk), phone or str(owner or pk), "", words, at) for pk, phone, owner, words, at in picked
    ]


def _known(street: UnitRow) -> "list[shared_needs.SharedNeed]":
    """Return the groups of the day before, so that they keep their keys."""
    from huiyin.engines.text import shared_needs  # as above

    found = []
    for group in CommonNeed.objects.filter(unit_id=street.id).prefetch_related("members"):
        keys = tuple(str(member.need_id) for member in group.members.all())
        found.append(
            shared_needs.SharedNeed(
                group.key, group.name, tuple(group.places), keys, group.people, 0, 0, group.since, group.last, group.heat,
                group.closeness, group.common,
            )
        )  # fmt: skip
    return found


@transaction.atomic
def _keep(street: UnitRow, groups: "Iterable[shared_needs.SharedNeed]") -> int:
    kept: list[UUID] = []
    now = clock.now()
    for group in groups:
        said = {
            "name": group.name[:120], "places": list(group.places), "people": group.people, "since": group.since,
            "last": group.last, "heat": group.heat, "closeness": group.closeness, "common": group.common, "found_at": now,
        }  # fmt: skip
        row, _made = CommonNeed.objects.update_or_create(unit_id=street.id, key=group.id[:64], defaults=said)
        row.members.all().delete()
        CommonNeedMember.objects.bulk_create(CommonNeedMember(group=row, need_id=UUID(str(key))) for key in group.keys)
        kept.append(row.pk)
    CommonNeed.objects.filter(unit_id=street.id).exclude(pk__in=kept).delete()
    return len(kept)


def find_common_needs(actor: Actor) -> int:
    """Find anew what many ask for in each street; returns how many groups. For the system's jobs, at night."""
    from huiyin.engines.text import entities, shared_needs  # as above

    if actor.kind is not Kind.SYSTEM:
        raise NotFound()
    found = 0
    for street in [u for u in atlas.current().units.values() if u.kind == "street" and u.ended_on is None]:
        gazetteer = entities.Gazetteer.of([(name, name) for name in org.estate_names(SYSTEM, street.id)])
        ways = shared_needs.Ways(now=clock.now(), gazetteer=gazetteer)
        groups = shared_needs.grow(_known(street), _voices(street), ways)
        found += _keep(street, [g for g in groups if g.common][:GROUPS_MOST])
    return found


@transaction.atomic
def ask_common_needs(actor: Actor) -> None:
    """Let the worker look anew now, not only at night. Raises NotFound."""
    if not actor.can("theme.edit"):
        raise NotFound()
    with suppress(AlreadyEnqueued), transaction.atomic():  # one that waits already does what this one would
        events.defer("needs.find_common")
