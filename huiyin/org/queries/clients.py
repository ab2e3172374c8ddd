"""Reads of programs of other offices."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from huiyin.org import atlas, rules, scope
from huiyin.org.actors import Actor, Grant, Kind
from huiyin.org.models import Client, Unit
from huiyin.platform import clock


@dataclass(frozen=True, slots=True)
class ClientRow:
    """A program as the desk shows it; its token is not kept."""

    id: UUID
    name: str
    unit_name: str
    scopes: tuple[str, ...]
    token_end: str
    made_at: datetime
    made_by: str
    ends_on: date
    ended_at: datetime | None
    used_on: date | None

    @property
    def runs(self) -> bool:
        """Whether the token lets in today."""
        return self.ended_at is None and clock.today() < self.ends_on


def clients(actor: Actor) -> list[ClientRow]:
    """Return the programs within reach, those that run first, newest first."""
    rows = scope.within(actor, "client.edit", Client.objects.select_related("made_by"))
    title = atlas.current().title
    found = [
        ClientRow(
            c.id, c.name, title(c.unit_id), tuple(c.scopes), c.token_end, c.made_at,
            c.made_by.name if c.made_by else "", c.ends_on, c.ended_at, c.used_on,
        )
        for c in rows.order_by("-made_at")
    ]  # fmt: skip
    return sorted(found, key=lambda c: not c.runs)


def client_actor(actor: Actor, *, token: str) -> tuple[Actor, date | None] | None:
    """Return the program behind a token, with its grants and the day it was used last; None for a token that is none.

    Whoever asks need not be anybody yet.
    """
    today = clock.today()
    rows = Client.objects.filter(token_hash=rules.token_hash(token), ended_at__isnull=True, ends_on__gt=today)
    found = rows.filter(unit__ended_on__isnull=True).first()
    unit = atlas.current().get(found.unit_id) if found else None
    if found is None or unit is None:
        return None
    grants = tuple(Grant(name, unit.id, unit.name, unit.path) for name in found.scopes)
    return Actor(Kind.CLIENT, name=found.name, grants=grants, client_id=found.id), found.used_on


def office_units(actor: Actor) -> list[tuple[UUID, str]]:
    """Return the units in which the actor may open a program, from the top down."""
    rows = scope.within(actor, "client.edit", Unit.objects.filter(ended_on__isnull=True, tree="office"))
    here = atlas.current()
    kinds = {"county", "street", "village", "community", "department"}
    return [(u.id, here.title(u.id)) for u in rows.order_by("path") if u.kind in kinds]
