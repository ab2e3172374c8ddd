"""How a row is reached by an actor: said by each model, read by org.scope alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reach:
    """How a row is reached.

    units: columns that name a unit; a grant over any of them reaches the row.
    seen_by: further columns that name a unit, for reading only: who handed a matter up still sees it.
    path: a column that is itself a unit path (the unit tree's own rows).
    owner: column with the resident's user id. phone: lookup of a phone's blind index.
    bearer: column whose value a link opens.
    barred: related name of rows with a `user_id` that keeps a person out, whatever their grants.
    only: by capability, the unit columns that count for it instead of `units`.
    shared: related name of rows with a `unit_id` and a `worker_id`: co-handlers, who read and note.
    upward: by capability, a column whose unit stands at or above a grant: what a superior laid open.
    sent: column that says who sent the row, `api:<program>:…` for a program's: it goes on seeing what it sent.
    anybody: by capability, the values a row has that whoever holds the capability reaches anywhere.
    """

    units: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()
    path: str = ""
    owner: str = ""
    phone: str = ""
    bearer: str = ""
    barred: str = ""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shared: str = ""
    upward: Mapping[str, str] = field(default_factory=dict)
    sent: str = ""
    anybody: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
