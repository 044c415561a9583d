"""Types of what goes in and out: money and numbers as strings, months as 2026-11, days in ISO, strict and bounded.

Input is strict (no "1" for a number, no unknown fields), so that a mistake of the caller is told instead of guessed at.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.db import models
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    InstanceOf,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, core_schema

from anju.kit.errors import Refusal
from anju.kit.periods import Period

LARGEST_ID = 2**63 - 1
_YEARS = (1900, 2199)
_MONTHS_FROM = 2000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?", re.ASCII)
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,4})?", re.ASCII)


class Input(Schema):
    """A body: unknown fields are refused, types are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Choice:
    """``Annotated[str, Choice(PaymentMethod)]``: one of the values of a TextChoices."""

    def __init__(self, choices: type[models.TextChoices]) -> None:
        self.values = list(choices.values)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.literal_schema(self.values)


def Text(most: int, *, least: int = 0) -> Any:  # noqa: N802 -- reads like the type it stands for in an annotation
    """``Annotated[str, Text(40)]``: a text of at most so many characters."""
    return Field(max_length=most, min_length=least)


def _day(value: Any) -> Any:
    if isinstance(value, date) or value is None:
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if _YEARS[0] <= day.year <= _YEARS[1]:
                return day
    raise ValueError(_("Write a day between 1900 and 2199 as 2026-11-30."))


def _month(value: Any) -> Any:
    if isinstance(value, Period) or value is None:
        return value
    try:
        period = Period.parse(value) if isinstance(value, str) else None
    except Refusal:
        period = None
    if period is None or not _MONTHS_FROM <= period.year <= _YEARS[1]:
        raise ValueError(_("Write a month between 2000 and 2199 as 2026-11."))
    return period


def _decimal(pattern: re.Pattern[str], value: Any) -> Any:
    if isinstance(value, Decimal) or value is None:
        return value
    if isinstance(value, str) and pattern.fullmatch(value):
        return Decimal(value)
    raise ValueError(_("Write the number as a string, with a point: “231.60”."))


def _json(kind: str, **more: Any) -> WithJsonSchema:
    return WithJsonSchema({"type": kind, **more})


def _string(pattern: re.Pattern[str], **more: Any) -> WithJsonSchema:
    return _json("string", pattern=f"^{pattern.pattern}$".replace(r"\d", "[0-9]"), **more)


Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Day = Annotated[date, BeforeValidator(_day), _json("string", format="date", examples=["2026-11-30"])]
Month = Annotated[
    InstanceOf[Period],
    BeforeValidator(_month),
    PlainSerializer(str, return_type=str),
    _json("string", pattern=r"^2[01][0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"]),
]
MoneyIn = Annotated[
    Decimal,
    BeforeValidator(lambda value: _decimal(_MONEY, value)),
    _string(_MONEY, description="Yuan.", examples=["231.60"]),
]
NumberIn = Annotated[Decimal, BeforeValidator(lambda value: _decimal(_NUMBER, value)), _string(_NUMBER)]
Money = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:.2f}", return_type=str),
    _json("string", pattern=r"^-?[0-9]+\.[0-9]{2}$", description="Yuan.", examples=["231.60"]),
]
Number = Annotated[
    Decimal,
    PlainSerializer(lambda value: f"{value:f}", return_type=str),
    _json("string", pattern=r"^-?[0-9]+(\.[0-9]+)?$"),
]
