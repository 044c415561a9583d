"""Many new rows at once: PostgreSQL's COPY in place of one INSERT per handful, triggers and constraints included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import connection, models
from psycopg import sql

TOLD_EVERY = 2_000


def copy_rows(
    model: type[models.Model], rows: Iterable[Mapping[str, Any]], number: int, *, told: Callable[[int], None]
) -> list[int]:
    """Add ``number`` rows to the table of ``model`` and return their keys, in the order of ``rows``.

    A row gives values by column name ("unit_id"); a column that it leaves out gets the model's default. ``told`` hears
    of each part that is done. Nothing of the model's Python runs: neither ``save`` nor ``clean``.
    """
    if not number:
        return []
    key_column = str(model._meta.pk.column)
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    now = {field.attname: field.pre_save(model(), True) for field in fields if getattr(field, "auto_now_add", False)}
    columns = [(field.attname, field.get_default, field.attname in now) for field in fields]
    keys = _new_keys(model._meta.db_table, key_column, number)
    names = sql.SQL(", ").join(sql.Identifier(name) for name in (key_column, *(str(field.column) for field in fields)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for done, (key, row) in enumerate(zip(keys, rows, strict=True), 1):
            values = [
                row[name] if name in row else now[name] if is_now else default() for name, default, is_now in columns
            ]
            copy.write_row([key, *values])
            if done % TOLD_EVERY == 0:
                told(TOLD_EVERY)
    told(number % TOLD_EVERY)
    return keys


def _new_keys(table: str, column: str, number: int) -> list[int]:
    """So many keys of the table's own sequence, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(table), column, number],
        )
        return [key for (key,) in cursor.fetchall()]
