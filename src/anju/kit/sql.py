"""Objects read by statements written out, for the few things that every request asks for.

There it takes the ORM longer to put its query together than it takes the database to answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import connection, models

Model = TypeVar("Model", bound=models.Model)


def objects(model: type[Model], statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> list[Model]:
    """The rows of ``statement`` as objects of ``model``, each with the statement's further columns as attributes.

    The statement selects all columns of the model's table, in any order. Raises KeyError when one is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        places = {column[0]: place for place, column in enumerate(cursor.description)}
        rows = cursor.fetchall()
    attributes, columns, conversions = _shape(model)
    order = [places.pop(column) for column in columns]
    found = []
    for row in rows:
        values = [row[place] for place in order]
        for place, convert, expression in conversions:
            values[place] = convert(values[place], expression, connection)
        found.append(model.from_db(connection.alias, attributes, values))
        for name, place in places.items():
            setattr(found[-1], name, row[place])
    return found


def first(model: type[Model], statement: str, parameters: Sequence[Any] | Mapping[str, Any]) -> Model | None:
    """The first object that :func:`objects` finds, if any."""
    return next(iter(objects(model, statement, parameters)), None)


@cache
def _shape(model: type[models.Model]) -> tuple[list[str], list[str], list[tuple[int, Any, Any]]]:
    """Attributes and columns of a model's fields, and what Django does to a value between the two."""
    fields: Sequence[Any] = model._meta.concrete_fields
    conversions = [
        (place, convert, field.cached_col)
        for place, field in enumerate(fields)
        for convert in [*connection.ops.get_db_converters(field.cached_col), *field.get_db_converters(connection)]
    ]
    return [field.attname for field in fields], [field.column for field in fields], conversions
