"""What a month's bills must be, reckoned day by day from the rules alone, with nothing of the product but its enums.

Fee = (quantity x price + fixed) x months, a day being one of its month's days; a payer's days under one price are a
bill, and the bills of one cycle and price add up to the rounded whole (rule book 4).
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Price:
    """One version of a tariff; ``monthly`` is yuan a month, ``tiers`` (upper bound, yuan) for what a meter counts."""

    id: int
    since: date
    months: int
    in_advance: bool
    anchor: int
    monthly: Fraction
    vacant: Fraction = Fraction(1)
    tiers: list[tuple[Decimal | None, Decimal]] | None = None


@dataclass(frozen=True)
class Thing:
    """A unit: who owned which share of it on which days, and what its meter counted in which month."""

    owners: list[tuple[int, date, date | None, Decimal]]
    developer: int
    is_vacant: bool = False
    is_sold: bool = True
    delivered: date = date.min
    used: dict[date, Decimal] = field(default_factory=dict)


Row = tuple[date, date, int, Decimal, date, int]
"""First day, first day after, payer, yuan, month of issue, tariff."""


def bills(prices: list[Price], thing: Thing, since: date, until: date) -> list[Row]:
    """The bills of one charge for the days from ``since`` until before ``until``."""
    return sorted(row for cycle in _cycles(prices, since, until) for row in _of_cycle(cycle, thing))


def _cycles(prices: list[Price], since: date, until: date) -> Iterator[list[tuple[date, Price]]]:
    """The days of each cycle with their price: cycles end with the calendar's, and where the rhythm changes."""
    days = []
    for number in range((until - since).days):
        day = since + number * DAY
        ruling = [price for price in prices if price.since <= day]
        if ruling:
            days.append((day, max(ruling, key=lambda price: price.since)))

    def cycle(row: tuple[date, Price]) -> tuple[object, ...]:
        day, price = row
        return price.months, price.in_advance, price.anchor, (day.year * 12 + day.month - price.anchor) // price.months

    yield from (list(rows) for _cycle, rows in groupby(days, cycle))


def _of_cycle(days: list[tuple[date, Price]], thing: Thing) -> Iterator[Row]:
    month = (days[0] if days[0][1].in_advance else days[-1])[0].replace(day=1)
    for price, rows in groupby(days, lambda row: row[1]):
        whole = [day for day, _price in rows]
        monthly = (
            price.monthly if price.tiers is None else price.monthly + _consumed(price, days, thing) / _months(whole)
        )
        seen, given = Fraction(0), Decimal(0)
        for payer, shared in groupby(whole, _payer(thing)):
            span = list(shared)
            if payer is None:
                continue
            vacant = thing.is_vacant and payer != thing.developer and price.tiers is None
            seen += _months(span) * (price.vacant if vacant else 1)
            amount = _half_up(monthly * seen) - given
            given += amount
            if amount:
                yield span[0], span[-1] + DAY, payer, amount, month, price.id


def _consumed(price: Price, days: list[tuple[date, Price]], thing: Thing) -> Fraction:
    """What the months cost whose last day of service ``price`` holds on."""
    last: dict[date, Price] = {day.replace(day=1): ruling for day, ruling in days}
    cost = Fraction(0)
    for month, ruling in last.items():
        lower = Decimal(0)
        for upper, yuan in (price.tiers or ()) if ruling is price else ():
            used = thing.used.get(month, Decimal(0))
            top = used if upper is None else min(upper, used)
            cost += Fraction(max(Decimal(0), top - lower) * yuan)
            lower = upper or lower
    return cost


def _payer(thing: Thing) -> Callable[[date], int | None]:
    def of_day(day: date) -> int | None:
        if not thing.is_sold or day < thing.delivered:
            return thing.developer
        owners: dict[int, Decimal] = defaultdict(Decimal)
        for party, since, until, share in thing.owners:
            if since <= day and (until is None or day < until):
                owners[party] += share
        return min(owners, key=lambda party: (-owners[party], party), default=None)

    return of_day


def _months(days: list[date]) -> Fraction:
    return sum((Fraction(1, monthrange(day.year, day.month)[1]) for day in days), Fraction(0))


def _half_up(yuan: Fraction) -> Decimal:
    cents, rest = divmod(yuan * 100, 1)
    return Decimal(int(cents) + (rest * 2 >= 1)) / 100
