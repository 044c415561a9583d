"""Numbers of law and plans, read from data: which value holds for an estate on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from anju.kit import clock
from anju.kit.errors import Refusal
from anju.kit.models import Parameter


class NoRuleInEffect(Refusal, LookupError):
    """A rule has no value for a day: one long gone, or a rule that was never put on record."""

    def __init__(self, key: str) -> None:
        super().__init__("no_rule_in_effect", _("The rules on record do not reach back to that day (%s).") % key)


def parameter(key: str, *, estate_id: int | None = None, on: date | None = None) -> Parameter:
    """The row that holds for ``key``; an estate's own row before the general one, then the latest in effect.

    Raises NoRuleInEffect when the key has no row in effect: a missing rule must never pass for a lenient one.
    """
    return parameters(key, estate_id=estate_id, on=on)[key]


def parameters(*keys: str, estate_id: int | None = None, on: date | None = None) -> dict[str, Parameter]:
    """:func:`parameter` for each of ``keys``, in one query."""
    rows = (
        Parameter.objects.filter(
            Q(estate_id=estate_id) | Q(estate_id=None), key__in=keys, effective_from__lte=on or clock.today()
        )
        .order_by("key", F("estate_id").asc(nulls_last=True), "-effective_from")
        .distinct("key")
    )
    found = {row.key: row for row in rows}
    for key in keys:
        if key not in found:
            raise NoRuleInEffect(key)
    return found


def value(key: str, *, estate_id: int | None = None, on: date | None = None) -> Any:
    """The value of :func:`parameter`."""
    return parameter(key, estate_id=estate_id, on=on).value
