"""Searches of lists that cost what they find, not what there is."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q, QuerySet

M = TypeVar("M", bound=models.Model)

FEW = 5_000
"""Up to here what a search finds is told to the list by its keys."""


def begins(path: str, text: str) -> Q:
    """What is at ``path`` begins with ``text`` as it was typed, in capitals or in small letters.

    Three prefixes that an index on the plain value can find, other than ``istartswith``.
    """
    written = dict.fromkeys((text, text.upper(), text.lower()))
    return reduce(or_, (Q(**{f"{path}__startswith": spelling}) for spelling in written))


def by_any(rows: QuerySet[M], *ways: Q | QuerySet[Any, Any]) -> QuerySet[M]:
    """The ``rows`` that one of ``ways`` finds: a condition, or a query of one column that holds their keys.

    Conditions on different tables joined by OR make a database look at every row. So each way is asked by itself, by
    its own index, and the list gets the keys. Only where these are more than :data:`FEW` is it asked for all ways at
    once: the rows of a page are then met early in its order.
    """
    every = rows.model._default_manager
    first, *others = (every.filter(way).values_list("pk") if isinstance(way, Q) else way for way in ways)
    found = first.order_by().union(*(other.order_by() for other in others), all=True) if others else first.order_by()
    keys = [key for (key,) in found[: FEW + 1]]
    if len(keys) <= FEW:
        return rows.filter(pk__in=set(keys))
    return rows.filter(reduce(or_, (way if isinstance(way, Q) else Q(pk__in=way) for way in ways)))
