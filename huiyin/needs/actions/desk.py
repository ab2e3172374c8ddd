"""What a person at the desk keeps for themselves or their office: looks, views, templates of replies, called colleagues."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from huiyin.needs import rules
from huiyin.needs.models import CalendarLink, Mention, Need, NotePhoto, ReplyTemplate, SavedView
from huiyin.needs.moving import checked, locked, move
from huiyin.needs.queries import NeedRow
from huiyin.needs.rules import replies
from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.platform import clock, ids
from huiyin.platform.errors import Invalid, Message, NotFound

VIEWS_MOST = 20
QUERY_MOST = 1000
NOTE_PHOTOS_MOST = 6

# One statement: it stands on every page of a matter.
_LOOKED = """
WITH before AS (SELECT at FROM needs_seen WHERE user_id = %(user)s AND need_id = %(need)s),
     called AS (UPDATE needs_mention SET answered_at = %(now)s
                 WHERE user_id = %(user)s AND need_id = %(need)s AND answered_at IS NULL)
INSERT INTO needs_seen (user_id, need_id, at) VALUES (%(user)s, %(need)s, %(now)s)
ON CONFLICT (user_id, need_id) DO UPDATE SET at = greatest(EXCLUDED.at, needs_seen.at)
RETURNING (SELECT at FROM before)
"""


def looked(actor: Actor, need_id: UUID) -> datetime | None:
    """Remember that a person has a matter they reach on screen; return when they had it last, None when never."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOKED, {"user": actor.person_id, "need": need_id, "now": clock.now()})
        found = cursor.fetchone()
    return found[0] if found else None


@transaction.atomic
def save_view(actor: Actor, *, name: str, query: str) -> None:
    """Keep a list with its filters under a name; the same name again replaces it. Raises Invalid."""
    plain = " ".join(name.split())
    if not plain or len(plain) > 30:
        raise Invalid.of(name="Please give the view a name of at most 30 characters.")
    if len(query) > QUERY_MOST:
        raise NotFound()
    mine = SavedView.objects.filter(user_id=actor.person_id)
    if mine.exclude(name=plain).count() >= VIEWS_MOST:
        raise Invalid.of(name=Message("At most %(most)s views fit. Remove one first.", {"most": VIEWS_MOST}))
    SavedView.objects.update_or_create(user_id=actor.person_id, name=plain, defaults={"query": query})


@transaction.atomic
def forget_view(actor: Actor, view_id: UUID) -> None:
    """Remove a view of one's own. Raises NotFound."""
    removed, _rows = SavedView.objects.filter(user_id=actor.person_id, pk=view_id).delete()
    if not removed:
        raise NotFound()


def _checked_template(name: str, text: str) -> tuple[str, str]:
    plain = " ".join(name.split())
    if not plain or len(plain) > 40:
        raise Invalid.of(name="Please give the template a name of at most 40 characters.")
    if not text.strip() or len(text) > rules.WORDS_MOST:
        raise Invalid.of(
            text=Message("Please write the text, at most %(most)s characters.", {"most": rules.WORDS_MOST})
        )
    if unknown := replies.unknown_fields(text):
        listed = Message("No such field: %(names)s", {"names": "、".join(unknown)})
        raise Invalid.of(text=listed)
    return plain, text.strip()


@transaction.atomic
def save_template(actor: Actor, unit_id: UUID, *, name: str, text: str, template_id: UUID | None = None) -> UUID:
    """Keep a template of replies for an office and those below it; return its key. Raises NotFound, Invalid."""
    unit = atlas.current().get(unit_id)
    if unit is None or not any(unit.path.startswith(p) for p in actor.paths("template.edit")):
        raise NotFound()
    plain, body = _checked_template(name, text)
    said = {"unit_id": unit_id, "name": plain, "text": body, "changed_by_id": actor.user_id, "changed_at": clock.now()}
    try:
        with transaction.atomic():
            if template_id is None:
                return ReplyTemplate.objects.create(**said).id
            rows = ReplyTemplate.objects.filter(ended_at__isnull=True)
            known = scope.lock(actor, "template.edit", rows, template_id)
            ReplyTemplate.objects.filter(pk=known.pk).update(**said)
            return known.pk
    except IntegrityError as error:
        raise Invalid.of(name="This name is taken already.") from error


@transaction.atomic
def end_template(actor: Actor, template_id: UUID) -> None:
    """Take a template out of the lists. Raises NotFound."""
    known = scope.lock(actor, "template.edit", ReplyTemplate.objects.filter(ended_at__isnull=True), template_id)
    ReplyTemplate.objects.filter(pk=known.pk).update(ended_at=clock.now())


def _called(need: Need, names: Sequence[str]) -> list[UUID]:
    """Return the colleagues named who read this matter. Raises Invalid naming the first who does not, or is nobody."""
    here = atlas.current()
    readers = here.holders_over(need.unit_id, "need.read") | here.holders_over(need.home_id, "need.read")
    barred = set(need.barred.values_list("user_id", flat=True))
    found: list[UUID] = []
    for name in names:
        fitting = [s.user_id for s in here.staff if s.name == name and s.user_id in readers - barred]
        if len(fitting) != 1:
            nobody = "Nobody of this name reads this matter: %(name)s"  # i18n
            several = "Several colleagues have this name: %(name)s. Please call them."  # i18n
            raise Invalid.of(note=Message(several if fitting else nobody, {"name": name}))
        found.append(fitting[0])
    return found


@transaction.atomic
def note(actor: Actor, need_id: UUID, *, note: str, photos: Iterable[str] = (), calls: Iterable[str] = ()) -> NeedRow:
    """Add an internal note that residents never see, with pictures; `@name` and `calls` call colleagues who read it.

    A call widens nobody's reach. Raises NotFound, NotNow, Invalid.
    """
    need = locked(actor, "note", need_id)
    checked(rules.LIFECYCLE, "note", need.state, {"note": note})
    known = frozenset(s.name for s in atlas.current().staff)
    names = [*calls, *replies.mentions(note, known)]
    called = _called(need, list(dict.fromkeys(n.strip() for n in names if n.strip())))
    made = move(need, "note", by=actor, note=note)
    shas = list(dict.fromkeys(photos))
    if len(shas) > NOTE_PHOTOS_MOST:
        raise Invalid.of(photos=Message("At most %(most)s photos fit here.", {"most": NOTE_PHOTOS_MOST}))
    NotePhoto.objects.bulk_create(NotePhoto(move=made, file_id=sha, position=i) for i, sha in enumerate(shas))
    Mention.objects.bulk_create(Mention(move=made, need=need, user_id=u) for u in dict.fromkeys(called))
    return NeedRow.of(need)


def make_calendar(actor: Actor) -> None:
    """Give a person an address of their calendar; an earlier one ends."""
    given = {"number": ids.new_id(), "made_at": clock.now()}
    CalendarLink.objects.update_or_create(user_id=actor.person_id, defaults=given)


def end_calendar(actor: Actor) -> None:
    """End the address of a person's calendar."""
    CalendarLink.objects.filter(user_id=actor.person_id).delete()
