"""Matters that ask for the same: merged as duplicates, or grouped into themes. No original is ever lost."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huiyin.needs import rules
from huiyin.needs.errors import AlreadyAnswered
from huiyin.needs.following import join_orders, leave_orders
from huiyin.needs.models import Need, Theme
from huiyin.needs.moving import alone, capability, checked, lock_all, locked, move
from huiyin.needs.queries import NeedRow
from huiyin.needs.queries.themes import ThemeRow
from huiyin.needs.rules import sorting
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.org.atlas import UnitRow
from huiyin.platform import clock
from huiyin.platform.errors import Invalid, Message, NotNow

TITLE_MOST = 80


def _root(need_id: UUID) -> UUID:
    """Return the original behind a matter: itself, or what it repeats."""
    return Need.objects.filter(pk=need_id).values_list("duplicate_of_id", flat=True).first() or need_id


def _mergeable(need: Need, original: Need) -> None:
    if original.duplicate_of_id:  # it became one while we waited for the lock
        raise AlreadyAnswered()
    if sorting.COMPLAINT_STAFF in {need.kind, original.kind}:
        raise NotNow("A complaint about a member of staff is not merged.", hint="Each is looked into by itself.")
    if original.state not in rules.UNANSWERED_STATES:
        raise NotNow("That matter has been answered already.", hint="Answer this one with the same words.")
    alone(need)


@transaction.atomic
def merge(actor: Actor, need_id: UUID, *, original_id: UUID | None, seen_at: str = "") -> NeedRow:
    """Let a matter be settled together with the one it repeats; its words, code and thread stay its own.

    What was merged into it before goes along. Raises NotFound, NotNow, Invalid, AlreadyAnswered, OrdersRunning.
    """
    if original_id is None:
        raise Invalid.of(original="Please give the code of the matter that this one repeats.")
    root_id = _root(original_id)
    if root_id == need_id:
        raise Invalid.of(original="A matter cannot repeat itself, nor what repeats it.")
    rows = lock_all(Q(pk__in=[need_id, root_id]) | Q(duplicate_of_id=need_id))
    need = locked(actor, "merge", need_id, seen_at=seen_at)
    original = scope.lock(actor, capability(rules.LIFECYCLE, "merge"), Need.objects.all(), root_id)
    rules.LIFECYCLE.step("merge", need.state)
    _mergeable(need, original)
    for copy in (n for n in rows if n.pk == need_id or n.duplicate_of_id == need_id):
        copy.duplicate_of = original
        copy.theme_id = copy.theme_id or original.theme_id
        if copy.state in rules.UNANSWERED_STATES:
            join_orders(copy, original)
            note = rules.spoken_code(original.code)
            move(copy, "merge", by=actor, to=original.state, unit_id=original.unit_id, note=note)
        else:
            copy.save(update_fields=["duplicate_of", "theme"])
    move(original, "join", by=actor, to=original.state, note=rules.spoken_code(need.code))
    return NeedRow.of(Need.objects.get(pk=need_id))


@transaction.atomic
def separate(actor: Actor, need_id: UUID, *, seen_at: str = "") -> NeedRow:
    """Let a matter that was merged go its own way again. Raises NotFound, NotNow, AlreadyAnswered."""
    need = locked(actor, "separate", need_id, seen_at=seen_at)
    rules.LIFECYCLE.step("separate", need.state)
    if need.duplicate_of_id is None:
        raise NotNow("This matter repeats no other.", hint="Nothing has to be separated.")
    leave_orders(need)
    need.duplicate_of = None
    move(need, "separate", by=actor)
    return NeedRow.of(need)


def _keeper(actor: Actor, need: Need) -> UnitRow:
    """Return the office that keeps a new theme: the nearest of the actor's above the matter."""
    here = atlas.current()
    held = here.units[need.unit_id].path
    offices = [u for u in here.units.values() if u.path in actor.paths("theme.edit") and held.startswith(u.path)]
    if not offices:
        raise Invalid.of(theme="Please choose a theme of the list; your office begins no new ones.")
    return max(offices, key=lambda u: u.depth)


def _titled(title: str) -> str:
    plain = " ".join(title.split())
    if not plain:
        raise Invalid.of(theme="Please name the theme.")
    if len(plain) > TITLE_MOST:
        raise Invalid.of(theme=Message("At most %(most)s characters fit here.", {"most": TITLE_MOST}))
    return plain


def _theme_for(actor: Actor, need: Need, title: str) -> Theme:
    """Return the running theme of this title within reach, that of an office above the matter first; else a new one."""
    plain = _titled(title)
    running = scope.within(actor, "theme.read", Theme.objects.filter(ended_at__isnull=True, title=plain))
    above = {u.id for u in atlas.current().above(need.unit_id)}
    if found := sorted(running.order_by("made_at"), key=lambda t: t.unit_id not in above):
        return found[0]
    now, keeper = clock.now(), _keeper(actor, need).id
    begun = Theme(title=plain, unit_id=keeper, made_by_id=actor.user_id, made_at=now, changed_at=now)
    # Who begins it at the same moment waits here for the other, and joins.
    Theme.objects.bulk_create([begun], ignore_conflicts=True)
    return Theme.objects.get(title=plain, unit_id=keeper, ended_at__isnull=True)


@transaction.atomic
def group(actor: Actor, need_id: UUID, *, theme: str, seen_at: str = "") -> NeedRow:
    """Put a matter into the theme of this title, which is begun when there is none. Raises NotFound, NotNow, Invalid."""
    need = locked(actor, "group", need_id, seen_at=seen_at)
    checked(rules.LIFECYCLE, "group", need.state, {"theme": theme})
    if need.kind == sorting.COMPLAINT_STAFF:
        raise NotNow("A complaint about a member of staff is not grouped.", hint="Each is looked into by itself.")
    chosen = _theme_for(actor, need, theme)
    if chosen.id == need.theme_id:
        raise Invalid.of(theme="The matter is in this theme already.")
    need.theme = chosen
    move(need, "group", by=actor, note=chosen.title)
    Theme.objects.filter(pk=chosen.id).update(changed_at=clock.now())
    return NeedRow.of(need)


@transaction.atomic
def ungroup(actor: Actor, need_id: UUID) -> NeedRow:
    """Take a matter out of its theme. Raises NotFound, NotNow."""
    need = locked(actor, "ungroup", need_id)
    if need.theme is None:
        raise NotNow("This matter is in no theme.", hint="Nothing has to be taken out.")
    title, need.theme = need.theme.title, None
    move(need, "ungroup", by=actor, note=title)
    return NeedRow.of(need)


def _running(actor: Actor, theme_id: UUID) -> Theme:
    theme = scope.lock(actor, "theme.edit", Theme.objects.all(), theme_id)
    if theme.ended_at is not None:
        raise NotNow("This theme has ended.", hint="Its matters stay; choose the theme it went into.")
    return theme


@transaction.atomic
def rename_theme(actor: Actor, theme_id: UUID, *, title: str) -> ThemeRow:
    """Give a theme another title. Raises NotFound, NotNow, Invalid."""
    theme = _running(actor, theme_id)
    theme.title, theme.changed_at = _titled(title), clock.now()
    same = Theme.objects.filter(unit_id=theme.unit_id, title=theme.title, ended_at__isnull=True).exclude(pk=theme.pk)
    if same.exists():
        raise Invalid.of(theme="Another theme has this title. Please merge the two instead.")
    theme.save(update_fields=["title", "changed_at"])
    return ThemeRow.of(theme)


@transaction.atomic
def end_theme(actor: Actor, theme_id: UUID) -> ThemeRow:
    """End a theme; its matters stay in it to be looked up. Raises NotFound, NotNow."""
    theme = _running(actor, theme_id)
    theme.ended_at = theme.changed_at = clock.now()
    theme.save(update_fields=["ended_at", "changed_at"])
    return ThemeRow.of(theme)


@transaction.atomic
def merge_themes(actor: Actor, theme_id: UUID, *, into_id: UUID | None) -> ThemeRow:
    """Let all matters of a theme go into another; the first stays as a signpost. Raises NotFound, NotNow, Invalid."""
    if into_id is None:
        raise Invalid.of(theme="Please choose the other theme.")
    if into_id == theme_id:
        raise Invalid.of(theme="A theme cannot be merged into itself.")
    found = {pk: _running(actor, pk) for pk in sorted((theme_id, into_id))}
    theme, into = found[theme_id], found[into_id]
    for need in lock_all(Q(theme=theme)):
        need.theme = into
        move(need, "group", by=actor, to=need.state, note=into.title)
    now = clock.now()
    theme.ended_at, theme.merged_into, theme.changed_at = now, into, now
    theme.save(update_fields=["ended_at", "merged_into", "changed_at"])
    Theme.objects.filter(pk=into.id).update(changed_at=now)
    return ThemeRow.of(into)
