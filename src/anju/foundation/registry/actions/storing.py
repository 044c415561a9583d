"""How one row of the register is checked and saved."""

from __future__ import annotations

from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext as _

from anju.kit.chinese import normalise
from anju.kit.errors import Refusal

M = TypeVar("M", bound=models.Model)


def store(row: M, values: dict[str, Any], allowed: tuple[str, ...]) -> M:
    """Put ``values`` on ``row``, check it against its model and its neighbours, and save it.

    Raises Refusal ``invalid`` at the first field at fault, ``foreign_estate`` for an object of another estate, and
    TypeError for a value that is not among ``allowed``.
    """
    unknown = set(values) - set(allowed)
    if unknown:
        raise TypeError(f"{type(row).__name__} takes no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        text = isinstance(row._meta.get_field(name), models.CharField) and isinstance(value, str)
        setattr(row, name, normalise(value) if text else value)
    refuse_foreign(row)
    check(row)
    row.save()
    return row


def refuse_foreign(row: models.Model) -> None:
    """Raise Refusal ``foreign_estate`` when ``row`` points at something of another estate."""
    mine = getattr(row, "estate_id", None) or row.pk
    for field in row._meta.concrete_fields:
        if not isinstance(field, models.ForeignKey) or field.name == "estate" or getattr(row, field.attname) is None:
            continue
        theirs = getattr(getattr(row, field.name), "estate_id", None)
        if theirs is not None and theirs != mine:
            raise Refusal("foreign_estate", _("This belongs to another estate."), field.name)


def check(row: models.Model) -> None:
    """Raise Refusal ``invalid`` when the model itself finds fault with ``row``."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Refusal("invalid", messages[0], None if field == NON_FIELD_ERRORS else field) from error
