"""Figures of an estate with one bill, or none: how old arrears are, what belongs to no building, rates of nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.domains.billing.rules.ages import AGE_BANDS, age_band
from anju.domains.billing.selectors.figures import bills_behind, figures
from tests.domains.billing.charging import bills, charge, fee, run

D = Decimal
TODAY = date(2026, 11, 21)


@pytest.fixture(scope="class")
def one_bill(prepare):
    def write(world):
        with scope(estate=world.spring.pk):
            charge(fee(world.spring), world.unit)
            run(world.spring, "2022-11")
            [bill] = bills()
            return bill

    return prepare(write)


@pytest.mark.django_db
class TestAge:
    @pytest.mark.parametrize(
        ("days", "key"),
        [(0, None), (1, "30"), (30, "30"), (31, "90"), (91, "180"), (181, "365"), (365, "365"), (366, "730"),
         (731, "1095"), (1095, "1095"), (1096, "older")],
    )  # fmt: skip
    def test_age_of_arrears_counts_from_the_due_date(self, one_bill, days, key):
        world, bill = one_bill()
        with scope(estate=world.spring.pk):
            total = figures(world.spring, on=bill.due_on + timedelta(days=days)).total
        assert {band.key: amount for band, amount in zip(AGE_BANDS, total.ages, strict=True) if amount} == (
            {key: D("231.60")} if key else {}
        )
        assert total.arrears == sum(total.ages)
        band = age_band(days)
        assert (band.key if band else None) == key


def test_parking_without_building_has_its_own_group(in_spring):
    world = in_spring
    charge(fee(world.spring, "100", method="space"), world.space)
    run(world.spring, "2026-11")
    [group] = figures(world.spring, on=TODAY, by="building").groups
    assert (group.key, group.billed) == ("", D("100.00"))
    assert bills_behind(world.spring, group.filters["billed"]).count() == 1


def test_estate_without_bills_has_no_rates(in_spring):
    report = figures(in_spring.spring, on=TODAY)
    assert (report.total.billed, report.total.collection_rate, report.on_target) == (0, None, None)
