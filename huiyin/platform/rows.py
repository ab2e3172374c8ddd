"""Rows of several tables written by one statement, for the hot path that `bench intake` measures.

Django compiles SQL anew for every row it saves, which costs more than the row. Here the text is made once for each
combination of models; values still pass through the fields.
"""

from functools import cache

from django.db import connection
from django.db.models import Field, Model


def _columns(model: type[Model]) -> list["Field[object, object]"]:
    """Return the fields that are given a value: all but a key the database makes."""
    fields = model._meta.concrete_fields
    return [f for f in fields if not (f.primary_key and f.get_internal_type().endswith("AutoField"))]


def _insert(model: type[Model]) -> str:
    columns = _columns(model)
    names = ", ".join(f'"{f.column}"' for f in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({", ".join(["%s"] * len(columns))})'  # noqa: S608  # names of our own tables


@cache
def _statement(models: tuple[type[Model], ...], once: bool) -> str:
    inserts = [_insert(model) + (" ON CONFLICT DO NOTHING" if once else "") for model in models]
    first = "".join(f"{'WITH' if i == 0 else ','} w{i} AS ({text}) " for i, text in enumerate(inserts[:-1]))
    return first + inserts[-1]


def insert(*rows: Model, once: bool = False) -> None:
    """Insert rows of any tables in one statement; with `once`, a row whose key is taken is left out.

    Foreign keys between the rows hold, as they are checked when the statement, or the transaction, ends. Raises
    IntegrityError.
    """
    values = [f.get_db_prep_save(getattr(row, f.attname), connection) for row in rows for f in _columns(type(row))]
    with connection.cursor() as cursor:
        cursor.execute(_statement(tuple(type(row) for row in rows), once), values)
