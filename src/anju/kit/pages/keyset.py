"""Paging by the last row seen, so that page 10,000 costs what page 1 costs.

A cursor is the sort values of the row at a page's edge, signed: it can't be made up, and one from another list or
another order is not accepted.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core import signing
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Q
from django.utils.dateparse import parse_date, parse_datetime

M = TypeVar("M", bound=models.Model)

_SALT = "anju.keyset"
COUNT_CAP = 10_000
"""Rows are counted up to here; beyond it people read "more than 10,000" and the database is spared."""


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key: a field path and its direction. NULL counts as the largest value, as in PostgreSQL."""

    path: str
    descending: bool = False

    @classmethod
    def parse(cls, text: str) -> Key:
        return cls(text.removeprefix("-"), text.startswith("-"))

    def reversed(self) -> Key:
        return Key(self.path, not self.descending)


@dataclass(slots=True)
class Slice(Generic[M]):
    """The rows of one page and the cursors to its neighbours (empty where there is none)."""

    rows: list[M]
    previous: str
    next: str


def page_of(
    queryset: models.QuerySet[M], order: Sequence[str], *, size: int, after: str = "", before: str = "", about: str = ""
) -> Slice[M]:
    """The page that follows ``after`` or precedes ``before`` in ``order``; the first page for a cursor that is not
    ours.

    The primary key is appended to ``order`` so that it is total. ``about`` binds cursors to one list.
    """
    keys = [Key.parse(part) for part in order]
    if keys[-1].path not in ("pk", "id"):
        keys.append(Key("pk", keys[-1].descending))
    signature = "|".join([about, *(f"{key.path}{'-' if key.descending else ''}" for key in keys)])
    backwards = bool(before) and not after
    edge = _read(before if backwards else after, signature, len(keys))
    if edge is None:
        backwards = False
    walk = [key.reversed() for key in keys] if backwards else keys

    rows = queryset.order_by(*(_ordering(key) for key in walk))
    rows = rows.annotate(**{f"_key{number}": F(key.path) for number, key in enumerate(keys)})
    if edge is not None:
        rows = rows.filter(_beyond(queryset, walk, edge))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Slice([], "", "")
    has_next = backwards or more
    has_previous = more if backwards else edge is not None
    return Slice(
        found,
        previous=_write(found[0], len(keys), signature) if has_previous else "",
        next=_write(found[-1], len(keys), signature) if has_next else "",
    )


def capped_count(queryset: models.QuerySet[Any], cap: int = COUNT_CAP, *, of: str = "pk") -> tuple[int, bool]:
    """The number of rows, or ``cap`` and True when there are more than that; with ``of`` that of different values."""
    values = queryset.order_by().values(of)
    if of != "pk":
        values = values.distinct()
    number = values[: cap + 1].count()
    return min(number, cap), number > cap


def _ordering(key: Key) -> Any:
    return F(key.path).desc() if key.descending else F(key.path).asc()


def _beyond(queryset: models.QuerySet[Any], keys: Sequence[Key], edge: Sequence[Any]) -> Q:
    """The rows that come after ``edge`` in the order of ``keys``."""
    key, value = keys[0], edge[0]
    nullable = _may_be_null(queryset, key.path)
    past = _past(key, value, nullable)
    if len(keys) == 1:
        return past if past is not None else Q(pk__in=[])
    tied = Q(**{f"{key.path}__isnull": True}) if value is None else Q(**{key.path: value})
    tied &= _beyond(queryset, keys[1:], edge[1:])
    condition = tied if past is None else past | tied
    if value is not None and not nullable:
        # Says nothing new, but is what an index on the first key can be entered with.
        condition &= Q(**{f"{key.path}__{'lte' if key.descending else 'gte'}": value})
    return condition


def _past(key: Key, value: Any, nullable: bool) -> Q | None:
    if value is None:
        return Q(**{f"{key.path}__isnull": False}) if key.descending else None
    if key.descending:
        return Q(**{f"{key.path}__lt": value})
    past = Q(**{f"{key.path}__gt": value})
    return past | Q(**{f"{key.path}__isnull": True}) if nullable else past


def _may_be_null(queryset: models.QuerySet[Any], path: str) -> bool:
    """Whether the value at ``path`` can be NULL; an annotation is taken for one that can."""
    if path == "pk":
        return False
    if path in queryset.query.annotations:
        return True
    model: Any = queryset.model
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        model = field.related_model
    return False


def _write(row: models.Model, width: int, signature: str) -> str:
    values = [_dump(getattr(row, f"_key{number}")) for number in range(width)]
    return signing.dumps([signature, values], salt=_SALT, compress=True)


def _read(cursor: str, signature: str, width: int) -> list[Any] | None:
    if not cursor:
        return None
    try:
        about, values = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    if about != signature or len(values) != width:
        return None
    return [_load(kind, text) for kind, text in values]


_KINDS: dict[str, Any] = {
    "n": lambda _text: None,
    "b": lambda text: text == "True",
    "i": int,
    "s": str,
    "c": Decimal,
    "f": float,
    "t": parse_datetime,
    "d": parse_date,
    "u": UUID,
}


def _dump(value: Any) -> tuple[str, str]:
    """``value`` as a kind and a text; the order matters: a bool is an int, a datetime is a date."""
    kinds = (
        (type(None), "n"), (bool, "b"), (int, "i"), (str, "s"), (Decimal, "c"), (float, "f"),
        (datetime.datetime, "t"), (datetime.date, "d"), (UUID, "u"),
    )  # fmt: skip
    for python_type, kind in kinds:
        if isinstance(value, python_type):
            return kind, value.isoformat() if isinstance(value, datetime.date) else str(value)
    raise TypeError(f"{type(value).__name__} can't be a sort key")


def _load(kind: str, text: str) -> Any:
    return _KINDS[kind](text)
