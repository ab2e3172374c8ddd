"""How a row is reached by an actor: said by each model, read by org.scope alone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reach:
    """How a row is reached.

    units: columns that name a unit; a grant over any of them reaches the row.
    seen_by: further columns that name a unit, for reading only: who handed a matter up still sees it.
    path: a column that is itself a unit path (the unit tree's own rows).
    owner: column with the resident's user id. phone: lookup of a phone's blind index.
    bearer: column whose value a link opens.
    barred: related name of rows with a `user_id` that keeps a person out, whatever their grants.
    """

    units: tuple[str, ...] = ()
    seen_by: tuple[str, ...] = ()
    path: str = ""
    owner: str = ""
    phone: str = ""
    bearer: str = ""
    barred: str = ""
