"""What a rule of the database says to people when values break it: which of them is at fault, and what it has to be.

Django names the constraint as the schema does, which tells nobody anything.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

# The codes are none that fields of forms have words of their own for: those would replace these.
_HOLDS = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}


def validate(row: models.Model, exclude: set[str]) -> None:
    """Check ``row`` against the constraints of its table, but for those about a field in ``exclude``.

    Raises ValidationError, by field where one value is at fault.
    """
    errors: dict[str, list[ValidationError]] = {}
    for model, rules in row.get_constraints():
        for rule in rules:
            try:
                rule.validate(model, row, exclude=exclude)
            except ValidationError as error:
                field, told = _in_words(row, rule, error)
                errors.setdefault(field, []).append(told)
    if errors:
        raise ValidationError(errors)


def _in_words(row: models.Model, rule: Any, error: ValidationError) -> tuple[str, ValidationError]:
    if rule.violation_error_message != rule.default_violation_error_message:
        return NON_FIELD_ERRORS, error
    if isinstance(rule, models.CheckConstraint):
        for field, how, bound in _comparisons(rule.condition):
            other: Any = row._meta.get_field(bound.name) if isinstance(bound, models.F) else None  # type: ignore[attr-defined]
            value, limit = getattr(row, field), getattr(row, other.name) if other else bound
            if value is not None and limit is not None and not _HOLDS[how](value, limit):
                return field, ValidationError(_must(how, limit, other and other.verbose_name), code="bounds")
        return NON_FIELD_ERRORS, ValidationError(_("These values do not fit together. Please check them."), "unfit")
    taken = [name for name in getattr(rule, "fields", ()) if name != "estate"]
    message = _("This is already in use here. Please choose another, or look for the one that exists.")
    return taken[-1] if taken else NON_FIELD_ERRORS, ValidationError(message, code="taken")


def _comparisons(condition: Any) -> Iterator[tuple[str, str, Any]]:
    """(field, lookup, bound) of each comparison in ``condition``, however deep."""
    for child in condition.children:
        if isinstance(child, models.Q):
            yield from _comparisons(child)
        elif isinstance(child, tuple):
            field, __, how = child[0].rpartition("__")
            if how in _HOLDS:
                yield field, how, child[1]


def _must(how: str, limit: Any, other: Any) -> str:
    """What a value has to be so that the comparison holds; ``other`` is the field that ``limit`` stands in."""
    if other is not None:
        name = {"other": capfirst(str(other))}
        if isinstance(limit, date):
            return _("This must be later than “%(other)s”.") % name
        return _("This may not be less than “%(other)s”.") % name
    return {
        "gt": _("This must be more than %(limit)s."),
        "gte": _("This may not be less than %(limit)s."),
        "lt": _("This must be less than %(limit)s."),
        "lte": _("This may not be more than %(limit)s."),
    }[how] % {"limit": limit}
