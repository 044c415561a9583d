"""Many rows at once: PostgreSQL's COPY in place of one statement per handful, triggers and constraints included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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


def change_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
    """Set ``columns`` (by name, "unit_id") of many rows, each given by its key and its values in that order."""
    table = sql.Identifier(model._meta.db_table)
    key = sql.Identifier(str(model._meta.pk.column))
    names = [sql.Identifier(str(model._meta.get_field(name).column)) for name in columns]  # type: ignore[union-attr]
    listed = sql.SQL(", ").join([key, *names])
    with connection.wrap_database_errors, connection.cursor() as cursor:
        said = sql.SQL("CREATE TEMPORARY TABLE kit_changed ON COMMIT DROP AS SELECT {} FROM {} WITH NO DATA")
        cursor.execute(said.format(listed, table))
        with cursor.copy(sql.SQL("COPY kit_changed ({}) FROM STDIN").format(listed)) as copy:
            for identity, values in rows:
                copy.write_row([identity, *values])
        sets = sql.SQL(", ").join(sql.SQL("{0} = kit_changed.{0}").format(name) for name in names)
        said = sql.SQL("UPDATE {0} SET {1} FROM kit_changed WHERE {0}.{2} = kit_changed.{2}")
        cursor.execute(said.format(table, sets, key))
        cursor.execute("DROP TABLE kit_changed")


def _new_keys(table: str, column: str, number: int) -> list[int]:
    """So many keys of the table's own sequence, in ascending order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [connection.ops.quote_name(table), column, number],
        )
        return [key for (key,) in cursor.fetchall()]
