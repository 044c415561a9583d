"""Days as exact parts of months, and amounts that add up.

One month is :data:`MONTH` parts, the least common multiple of 28, 29, 30 and 31, so a day of any month is a whole
number of parts and nothing is lost by dividing a month (rule book 4: part month = days / days in month).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from anju.kit.money import to_cents

MONTH = 377_580


def month_point(day: date) -> int:
    """Where ``day`` begins on the scale of parts; the same as the database's ``billing_month_point``."""
    days = calendar.monthrange(day.year, day.month)[1]
    return (day.year * 12 + day.month) * MONTH + (day.day - 1) * (MONTH // days)


def month_parts(since: date, until: date) -> int:
    """Parts of a month from ``since`` until before ``until``."""
    return month_point(until) - month_point(since)


def part_amounts(per_month: Decimal | Fraction, weights: Iterable[Decimal | int]) -> list[Decimal]:
    """Yuan for consecutive stretches of service at ``per_month`` yuan; ``weights``: their parts x the part charged.

    The running sum is rounded, half up, so the stretches add up to the rounded whole.
    """
    amounts: list[Decimal] = []
    seen, given = Fraction(0), Decimal("0.00")
    for weight in weights:
        seen += Fraction(weight)
        upto = to_cents(Fraction(per_month) * seen / MONTH)
        amounts.append(upto - given)
        given = upto
    return amounts


def amount_of(
    quantity: Decimal,
    price: Decimal,
    *,
    fixed: Decimal = Decimal(0),
    discount: Decimal = Decimal(1),
    parts: int = MONTH,
) -> Decimal:
    """Yuan of one bill: (quantity x price + fixed) x part charged x parts of a month, rounded once, half up."""
    per_month = (Fraction(quantity) * Fraction(price) + Fraction(fixed)) * Fraction(discount)
    return to_cents(per_month * parts / MONTH)


Tier = tuple[Decimal, Decimal | None, Decimal]
"""Lower bound, upper bound (None: none) and price of a tier, in metered units per month and yuan per unit."""


def parse_tiers(rows: Sequence[dict[str, str | None]]) -> list[Tier]:
    """The tiers of a tariff in order. Raises ValueError when bounds do not rise or an open tier is not the last one."""
    tiers: list[Tier] = []
    lower = Decimal(0)
    for index, row in enumerate(rows):
        price = Decimal(str(row["price"]))
        bound = row.get("upto")
        upper = None if bound in (None, "") else Decimal(str(bound))
        if (
            not price.is_finite()
            or price < 0
            or price >= Decimal(10**6)
            or (upper is not None and not upper.is_finite())
        ):
            raise ValueError("prices must be numbers that are not negative")
        last = index == len(rows) - 1
        if (upper is None) != last:
            raise ValueError("only the last tier, and it must, has no upper bound")
        if upper is not None and upper <= lower:
            raise ValueError("upper bounds must rise")
        tiers.append((lower, upper, price))
        lower = upper if upper is not None else lower
    return tiers


def tiered(consumption: Decimal, tiers: Sequence[Tier]) -> Decimal:
    """Yuan, unrounded, for one month's ``consumption``: each tier's price for what lies within it."""
    return sum(
        (
            price * max(Decimal(0), (consumption if upper is None else min(consumption, upper)) - lower)
            for lower, upper, price in tiers
        ),
        Decimal(0),
    )
