"""A year of an estate where everything happens at once, against a reckoning that knows nothing of the product's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from anju.domains.billing.enums import Method
from anju.domains.billing.models import Bill, Meter, MeterReading, RecurringCharge, Tariff
from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.models import Ownership, Party, Unit
from anju.kit.periods import Period
from tests.domains.billing import oracle
from tests.domains.billing.charging import charge, fee, price_of, run
from tests.domains.billing.collecting import assert_clean
from tests.world import World

D = Decimal
FIRST = Period(2023, 9)  # the months hold the leap February of 2024
MONTHS = 15
AFTER = FIRST.plus(MONTHS).first
METHODS = (Method.AREA, Method.AREA, Method.FLAT, Method.METERED, Method.METERED)
STATES = (OccupancyState.OWNER_OCCUPIED, OccupancyState.VACANT, OccupancyState.VACANT, OccupancyState.UNSOLD)


class Chance:
    """What happens to an estate, the same for the same seed."""

    def __init__(self, seed: int, world: World) -> None:
        self.random, self.world = Random(seed), world
        self.parties = [Party.objects.create(estate=world.spring, name=f"业主{n}") for n in range(6)]

    def day(self) -> date:
        """Some day of the year, often the first or last of a month."""
        day = FIRST.first + timedelta(days=self.random.randrange(-40, MONTHS * 30 + 40))
        month = Period.of(day)
        return self.random.choice([day, day, day, month.first, month.last, date(2024, 2, 29)])

    def unit(self, number: int) -> tuple[Unit, oracle.Thing]:
        pick = self.random
        unit = Unit.objects.create(
            estate=self.world.spring,
            building=self.world.building,
            code=f"U-{number}",
            number=str(number),
            exclusive_area=D(pick.randrange(1000, 30000)) / 100,
            state=pick.choice(STATES),
            delivery_date=pick.choice([None, None, self.day()]),
        )
        edges = [date(2020, 1, 1), *sorted({self.day() for _ in range(pick.randrange(3))}), None]
        owners = []
        for since, until in pairwise(edges):
            # Sometimes nobody, sometimes one, sometimes a pair of whom the one with the larger share pays.
            shares = pick.choice([[], [1], [1], [1], ["0.5", "0.5"], ["0.4", "0.6"]])
            owners += [
                (party.pk, since, until, D(share))
                for party, share in zip(pick.sample(self.parties, len(shares)), shares, strict=True)
            ]
        Ownership.objects.bulk_create(
            Ownership(estate=self.world.spring, unit=unit, party_id=party, since=since, until=until, share=share)
            for party, since, until, share in owners
        )
        return unit, oracle.Thing(
            owners,
            self.world.developer_party.pk,
            is_vacant=unit.state == OccupancyState.VACANT,
            is_sold=unit.state != OccupancyState.UNSOLD,
            delivered=unit.delivery_date or date.min,
        )

    def versions(self, number: int, method: str) -> list[Tariff]:
        pick = self.random
        found: list[Tariff] = []
        for since in sorted({date(2020, 1, 1), *(self.day() for _ in range(pick.randrange(3)))}):
            terms: dict[str, Any] = {
                "fixed": pick.choice([D(0), D("3.33")]),
                "vacancy_rate": pick.choice([D(1), D("0.7"), D("0.3333")]),
                "tiers": [{"upto": "12", "price": "1.37"}, {"upto": None, "price": "2.9999"}]
                if method == Method.METERED
                else [],
            }
            if not found or pick.random() < 0.4:
                rhythm: dict[str, Any] = {
                    "cycle_months": pick.choice([1, 1, 3, 6, 12]),
                    "timing": pick.choice(["advance", "arrears"]),
                    "anchor_month": pick.randrange(1, 13),
                }
            price = str(D(pick.randrange(100, 90000)) / 10000)
            given = {"method": method, "since": since, **terms, **rhythm}
            if found:
                found.append(price_of(found[0].fee_item, price, **given))
            else:
                found.append(fee(self.world.spring, price, code=f"F{number}", **given))
        return found

    def charge(self, tariff: Tariff, unit: Unit) -> RecurringCharge:
        since = self.random.choice([date(2020, 1, 1), self.day()])
        until = self.random.choice([None, None, self.day()])
        return charge(tariff, unit, since, until if until and until > since else None)

    def readings(self, tariff: Tariff, unit: Unit) -> dict[date, Decimal]:
        """A meter read every month, also before and after those billed: cycles last up to a year."""
        meter = Meter.objects.create(
            estate=self.world.spring, fee_item=tariff.fee_item, unit=unit, code=f"{unit.code}-{tariff.pk}"
        )
        used: dict[date, Decimal] = {}
        total = D(0)
        rows = []
        for month in range(-12, MONTHS + 12):
            period = FIRST.plus(month)
            used[period.first] = D(self.random.randrange(40_000)) / 1000
            before, total = total, total + used[period.first]
            rows.append(
                MeterReading(
                    estate=self.world.spring, meter=meter, period=period.first, previous=before, value=total,
                    read_on=period.last,
                )
            )  # fmt: skip
        MeterReading.objects.bulk_create(rows)
        return used


@pytest.mark.parametrize("seed", [1, 2])
def test_a_year_of_everything_at_once(in_spring: World, seed: int) -> None:
    chance = Chance(seed, in_spring)
    units = [chance.unit(number) for number in range(16)]
    expected: dict[int, list[oracle.Row]] = {}
    for number, method in enumerate(METHODS):
        tariffs = chance.versions(number, method)
        for unit, thing in chance.random.sample(units, 9):
            due = chance.charge(tariffs[0], unit)
            what = replace(thing, used=chance.readings(tariffs[0], unit)) if method == Method.METERED else thing
            rows = oracle.bills([_price(one, unit) for one in tariffs], what, due.since, due.until or date(2026, 1, 1))
            expected[due.pk] = [row for row in rows if FIRST.first <= row[4] < AFTER]
    for month in range(MONTHS):
        run(in_spring.spring, str(FIRST.plus(month)))
    found: dict[int, list[oracle.Row]] = {pk: [] for pk in expected}
    for due_pk, *row in Bill.objects.values_list(
        "charge_id", "since", "until", "payer_id", "amount", "period", "tariff_id"
    ).order_by("since"):
        found[due_pk].append(tuple(row))
    assert found == expected
    assert sum(map(len, expected.values())) > 200
    assert_clean(in_spring)


def _price(tariff: Tariff, unit: Unit) -> oracle.Price:
    monthly = Fraction(tariff.fixed)
    if tariff.method != Method.METERED:
        monthly += Fraction(tariff.price) * (Fraction(unit.exclusive_area) if tariff.method == Method.AREA else 1)
    return oracle.Price(
        tariff.pk,
        tariff.effective_from,
        tariff.cycle_months,
        tariff.timing == "advance",
        tariff.anchor_month,
        monthly,
        Fraction(tariff.vacancy_rate),
        [(None if tier["upto"] is None else D(tier["upto"]), D(tier["price"])) for tier in tariff.tiers] or None,
    )
