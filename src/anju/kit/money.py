"""Yuan and cents: one rounding, and division that loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.db import models

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


def to_cents(amount: Decimal | int | Fraction) -> Decimal:
    """``amount`` in yuan rounded half away from zero to the cent, the one rounding of the product."""
    if isinstance(amount, Fraction):
        sign = -1 if amount < 0 else 1
        cents = (abs(amount) * 200 + 1) // 2
        return Decimal(sign * int(cents)).scaleb(-2)
    return Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """``total`` yuan divided in proportion to ``weights``; the parts sum to ``total`` exactly.

    Each running sum is rounded, so no part is more than one cent from its exact share and order decides who gets it.
    Raises ValueError when the weights are negative or sum to nothing.
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if whole <= 0 or any(weight < 0 for weight in exact):
        raise ValueError("weights must be non-negative and sum to more than zero")
    parts: list[Decimal] = []
    seen = Fraction(0)
    given = ZERO
    for weight in exact:
        seen += weight
        upto = to_cents(Fraction(total) * seen / whole)
        parts.append(upto - given)
        given = upto
    return parts


class MoneyField(models.DecimalField):
    """A column of yuan, numeric(14,2)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 14)
        kwargs.setdefault("decimal_places", 2)
        super().__init__(*args, **kwargs)
