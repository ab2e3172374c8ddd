"""Units, people and addresses by what is typed: part of a name, or the initials of its pinyin; within reach."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length

from huiyin.org import atlas, scope
from huiyin.org.actors import Actor
from huiyin.org.atlas import PostRow, UnitRow
from huiyin.org.models import Building, Estate
from huiyin.org.roles import role_label
from huiyin.platform import clock

T = TypeVar("T")
_LETTERS = re.compile(r"([a-z]{2,12})(\d{0,4})")  # qhy3 for 青禾苑3号楼


@dataclass(frozen=True, slots=True)
class UnitHit:
    """A unit with who works there today."""

    row: UnitRow
    title: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonHit:
    """A member of staff with the posts held today; `roles` are English message ids."""

    user_id: UUID
    name: str
    posts: tuple[tuple[str, str], ...]  # unit, role


@dataclass(frozen=True, slots=True)
class PlaceHit:
    """A building with the grid that answers for it."""

    building_id: UUID
    text: str
    community_id: UUID
    grid: str
    people: tuple[str, ...]


def _plain(text: str) -> str:
    return "".join(text.replace("\x00", "").split())


def _named(typed: str) -> Callable[[str], bool]:
    """Return whether a name holds what is typed, or begins with its initials somewhere."""
    from huiyin.engines.text import characters  # its tables are read when somebody types letters

    plain = _plain(typed).lower()
    sought = plain if re.fullmatch("[a-z]{2,12}", plain) else ""
    return lambda name: bool(plain) and (plain in name.lower() or bool(sought and characters.begin(sought, name)))


def _best(found: Iterable[tuple[str, T]], typed: str, most: int) -> list[T]:
    """Return the hits: what begins as typed first, then the shortest name."""
    plain = _plain(typed).lower()
    ranked = sorted(found, key=lambda hit: (not hit[0].lower().startswith(plain), len(hit[0]), hit[0]))
    return [hit for _name, hit in ranked[:most]]


def _today(posts: Iterable[PostRow]) -> list[PostRow]:
    today = clock.today()
    return [post for post in posts if post.runs_on(today)]


def _names(actor: Actor, unit_id: UUID) -> tuple[str, ...]:
    """Return who works in a unit today, for who may see posts there."""
    unit, paths = atlas.current().get(unit_id), actor.paths("post.read")
    if unit is None or not unit.path.startswith(paths):
        return ()
    return tuple(dict.fromkeys(post.user_name for post in _today(atlas.current().posts.get(unit_id, ()))))


def units_like(actor: Actor, *, typed: str, most: int) -> list[UnitHit]:
    """Return units within reach whose name, or whose community's with their own, holds what is typed."""
    here, paths, fits = atlas.current(), actor.paths("unit.read"), _named(typed)
    rows = (u for u in here.units.values() if u.ended_on is None and u.path.startswith(paths))
    found = ((u.name, u) for u in rows if fits(u.name) or fits(_plain(here.title(u.id))))
    return [UnitHit(u, here.title(u.id), _names(actor, u.id)) for u in _best(found, typed, most)]


def people_like(actor: Actor, *, typed: str, most: int) -> list[PersonHit]:
    """Return staff who hold a post within reach today and whose name holds what is typed."""
    here, paths, fits = atlas.current(), actor.paths("post.read"), _named(typed)
    held: dict[UUID, list[PostRow]] = {}
    for unit_id, posts in here.posts.items():
        unit = here.get(unit_id)
        if unit and unit.path.startswith(paths):
            for post in _today(posts):
                held.setdefault(post.user_id, []).append(post)
    found = ((posts[0].user_name, posts) for posts in held.values() if fits(posts[0].user_name))
    return [
        PersonHit(
            posts[0].user_id, posts[0].user_name, tuple((here.title(p.unit_id), role_label(p.role)) for p in posts)
        )
        for posts in _best(found, typed, most)
    ]


def places_like(actor: Actor, *, typed: str, most: int) -> list[PlaceHit]:
    """Return buildings within reach that what is typed names: a part of the name, the whole, or initials and number."""
    plain = _plain(typed)
    rows = scope.within(actor, "address.read", Building.objects.select_related("estate"))
    rows = rows.annotate(full=Concat("estate__name", "name"), typed=Value(plain))
    wanted = Q(full__icontains=plain) | Q(typed__startswith=F("full"))  # 青禾苑, or 青禾苑3号楼502
    if letters := _LETTERS.fullmatch(plain.lower()):
        begins, number = letters.groups()
        wanted |= Q(estate__in=_estates(actor, begins), name__startswith=number)
    found = rows.filter(wanted).order_by(Length("full"), "full")[:most] if len(plain) > 1 else []
    title = atlas.current().title
    return [
        PlaceHit(b.id, f"{b.estate.name}{b.name}", b.estate.community_id, title(b.grid_id), _names(actor, b.grid_id))
        for b in found
    ]


def _estates(actor: Actor, begins: str) -> list[UUID]:
    from huiyin.engines.text import characters  # as above

    rows = scope.within(actor, "address.read", Estate.objects.all()).values_list("id", "name")
    return [key for key, name in rows if characters.begin(begins, name)]
