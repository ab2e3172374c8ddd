"""Common needs are found by the text engine among a street's matters; whoever gives orders there makes themes of them."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from huiyin.needs.models import CommonNeed, CommonNeedMember, Correction, Need
from huiyin.needs.rules import sorting
from huiyin.org import atlas, scope
from huiyin.org import queries as org
from huiyin.org.actors import SYSTEM, Actor, Kind
from huiyin.org.atlas import UnitRow
from huiyin.platform import audit, chores, clock
from huiyin.platform.errors import Invalid, NotFound

if TYPE_CHECKING:
    from huiyin.engines.text import pinning, shared_needs

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


def _hand(street: UnitRow) -> "pinning.Hand":
    """Return what people put together and apart, in the order they did."""
    from huiyin.engines.text import pinning  # as above

    made = Correction.objects.filter(unit_id=street.id).exclude(kind="individual").order_by("made_at", "id")
    pairs = ((frozenset(c.one), frozenset(c.other)) for c in made)
    return pinning.Hand(tuple((one, other) if other else one for one, other in pairs))


def _single(street: UnitRow) -> list[frozenset[str]]:
    """Return the matters of each group that a person called matters of individuals."""
    return [frozenset(c.one) for c in Correction.objects.filter(unit_id=street.id, kind="individual")]


def _dismissed(group: "shared_needs.SharedNeed", single: Sequence[frozenset[str]]) -> bool:
    """Return whether a group is one that was dismissed: half of the smaller of the two, since keys change with time."""
    keys = frozenset(map(str, group.keys))
    return any(2 * len(keys & given) >= min(len(keys), len(given)) for given in single if given)


def _looked_at(group: "shared_needs.SharedNeed", hand: "pinning.Hand") -> bool:
    """Return whether a person left these matters together: then only the number of people counts, not their words."""
    from huiyin.engines.text import shared_needs  # as above

    kept = (said[1] if isinstance(said, tuple) else said for said in hand.made)  # of what was parted, the rest
    by_hand = any(len(keys.intersection(group.keys)) > 1 for keys in kept)
    return by_hand and group.people >= shared_needs.COMMON_PEOPLE


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
    if actor.kind is not Kind.SYSTEM:
        raise NotFound()
    return sum(chores.each(atlas.current().streets(), _find))


def _find(street: UnitRow) -> int:
    from huiyin.engines.text import entities, shared_needs  # as above

    gazetteer = entities.Gazetteer.of([(name, name) for name in org.estate_names(SYSTEM, street.id)])
    ways = shared_needs.Ways(now=clock.now(), gazetteer=gazetteer, hand=_hand(street))
    groups = shared_needs.grow(_known(street), _voices(street), ways)
    single = _single(street)
    common = [g for g in groups if (g.common or _looked_at(g, ways.hand)) and not _dismissed(g, single)]
    return _keep(street, common[:GROUPS_MOST])


def _members(group: CommonNeed) -> set[str]:
    return {str(need_id) for need_id in group.members.values_list("need_id", flat=True)}


def _correct(actor: Actor, group: CommonNeed, kind: str, *, one: Iterable[str] = (), other: Iterable[str] = ()) -> None:
    Correction.objects.create(
        unit_id=group.unit_id, kind=kind, one=sorted(one), other=sorted(other),
        name=group.name, made_by_id=actor.person_id, made_at=clock.now(),
    )  # fmt: skip
    audit.record(actor, f"common.{kind}", f"common:{group.id}")
    chores.ask_once("needs.find_common")


def _groups(actor: Actor, *group_ids: UUID) -> list[CommonNeed]:
    """Return common needs that the actor may correct, locked in the order of their keys. Raises NotFound."""
    found = {i: scope.lock(actor, "theme.edit", CommonNeed.objects.all(), i) for i in sorted(group_ids)}
    return [found[i] for i in group_ids]


@transaction.atomic
def part_common_need(actor: Actor, group_id: UUID, *, need_ids: Sequence[UUID]) -> None:
    """Say that these matters are not the same as the rest of a common need. Raises NotFound, Invalid."""
    (group,) = _groups(actor, group_id)
    members, parted = _members(group), {str(i) for i in need_ids}
    if not parted & members or not members - parted:
        raise Invalid.of(need="Please tick some of the matters, not none and not all.")
    _correct(actor, group, "apart", one=parted & members, other=members - parted)
    group.members.filter(need_id__in=parted).delete()


@transaction.atomic
def join_common_needs(actor: Actor, group_id: UUID, *, with_id: UUID | None) -> None:
    """Say that two common needs are one; the second's matters go into the first. Raises NotFound, Invalid."""
    if with_id is None or with_id == group_id:
        raise Invalid.of(with_id="Please choose another common need.")
    group, other = _groups(actor, group_id, with_id)
    if group.unit_id != other.unit_id:
        raise Invalid.of(with_id="Please choose a common need of the same street.")
    _correct(actor, group, "together", one=_members(group) | _members(other))
    other.members.exclude(need_id__in=group.members.values("need_id")).update(group=group)
    other.delete()


@transaction.atomic
def dismiss_common_need(actor: Actor, group_id: UUID) -> None:
    """Say that it is a matter of individuals, no common need; it is not offered again. Raises NotFound."""
    (group,) = _groups(actor, group_id)
    _correct(actor, group, "individual", one=_members(group))
    group.delete()


@transaction.atomic
def take_back_correction(actor: Actor, correction_id: UUID) -> None:
    """Take a correction by hand back; the engine looks anew. Raises NotFound."""
    found = scope.lock(actor, "theme.edit", Correction.objects.all(), correction_id)
    audit.record(actor, "common.take_back", f"correction:{found.id}", kind=found.kind)
    found.delete()
    chores.ask_once("needs.find_common")


@transaction.atomic
def ask_common_needs(actor: Actor) -> None:
    """Let the worker look anew now, not only at night. Raises NotFound."""
    if not actor.can("theme.edit"):
        raise NotFound()
    chores.ask_once("needs.find_common")
