"""Who acts: one frozen value that every action and query takes first."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from huiyin.org.roles import BEARER_MAY, CAPABILITIES, PUBLIC_MAY, RESIDENT_MAY, may
from huiyin.platform.errors import NotFound


class Kind(StrEnum):
    """What stands behind an actor. The system is an explicit kind, never «no user»."""

    STAFF = "staff"
    RESIDENT = "resident"
    BEARER = "bearer"
    CLIENT = "client"
    SYSTEM = "system"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a unit, today. `stand_in_for` names the holder of the post when another stands in."""

    role: str
    unit_id: UUID
    unit_name: str
    path: str
    stand_in_for: UUID | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """An actor. `opens` are keys of rows a link opens; `phones` are blind indexes of numbers proven by code.

    A program's grants have scopes (org.roles.SCOPES) in the place of roles; `client_id` says which program.
    """

    kind: Kind
    user_id: UUID | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    opens: frozenset[UUID] = frozenset()
    phones: frozenset[str] = frozenset()
    client_id: UUID | None = None
    home: tuple[UUID, str] | None = None  # the office of who is granted nothing yet, for the audit

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of staff with a post today, or one without (who may do nothing)."""
        return self.kind is Kind.STAFF

    @property
    def works_by_grants(self) -> bool:
        """Whether what this actor reaches follows from units: staff by their posts, a program by its token."""
        return self.kind in {Kind.STAFF, Kind.CLIENT}

    @property
    def person_id(self) -> UUID:
        """The key of the person who acts. Raises NotFound when nobody signed in."""
        if self.user_id is None:
            raise NotFound()
        return self.user_id

    @property
    def kind_name(self) -> str:
        """The kind as the audit writes it."""
        return self.kind.value

    @property
    def office(self) -> tuple[UUID, str] | None:
        """The unit this actor speaks for: that of the highest post."""
        first = min(self.grants, key=lambda g: len(g.path), default=None)
        return (first.unit_id, first.unit_name) if first else self.home

    @property
    def stands_in_for(self) -> UUID | None:
        """Whom this actor stands in for, when all that is granted comes from that."""
        holders = {g.stand_in_for for g in self.grants}
        return holders.pop() if len(holders) == 1 else None

    def can(self, capability: str) -> bool:
        """Return whether some grant or the actor's kind carries the capability at all, somewhere."""
        if self.kind is Kind.SYSTEM or capability in PUBLIC_MAY:
            return capability in CAPABILITIES
        if self.kind is Kind.RESIDENT:
            return capability in RESIDENT_MAY
        if self.kind is Kind.BEARER:
            return capability in BEARER_MAY
        return any(may(g.role, capability) for g in self.grants)

    def only_in(self, unit_id: UUID) -> "Actor":
        """Return the same person in one of their posts alone; themselves when they hold none there."""
        kept = self.in_posts(frozenset({unit_id}))
        return kept if kept.grants else self

    def in_posts(self, unit_ids: frozenset[UUID]) -> "Actor":
        """Return the same person with the grants they have in these units, and no others."""
        return replace(self, grants=tuple(g for g in self.grants if g.unit_id in unit_ids))

    def only_with(self, capability: str) -> "Actor":
        """Return the same person with the grants that carry a capability, and no others."""
        return replace(self, grants=tuple(g for g in self.grants if may(g.role, capability)))

    def roles_over(self, path: str) -> frozenset[str]:
        """Return the roles this actor holds over a unit, in it or above it."""
        return frozenset(g.role for g in self.grants if path.startswith(g.path))

    def paths(self, capability: str) -> tuple[str, ...]:
        """Return the unit paths below which the capability reaches, none of them inside another."""
        found = sorted({g.path for g in self.grants if may(g.role, capability)})
        return tuple(p for p in found if not any(p != q and p.startswith(q) for q in found))


SYSTEM = Actor(Kind.SYSTEM, name="system")
PUBLIC = Actor(Kind.PUBLIC)
