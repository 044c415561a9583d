"""Late fees at the desk: billed when paid, kept open when the bill is paid off without them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anju.domains.billing.models import Bill
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.collection import desk, prepayment_balance
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import assert_clean, bill, pay
from tests.world import World

DAY = date(2026, 10, 10)  # ten days after the bills were due


@pytest.fixture
def owed(in_spring: World) -> Bill:
    tariff = fee(in_spring.spring, late_daily_rate=Decimal("0.001"))
    return bill(in_spring, "100.00", item=tariff.fee_item, tariff=tariff)


def test_the_desk_shows_the_late_fee_of_the_day(in_spring: World, owed: Bill) -> None:
    shown = desk(in_spring.spring, in_spring.owner_party, on=DAY)
    assert (shown.arrears, shown.late_fees, shown.total) == (Decimal(100), Decimal(1), Decimal(101))
    assert shown.lines[0].overdue_days == 10


def test_fee_and_late_fee_are_settled_in_one_payment(in_spring: World, owed: Bill) -> None:
    payment = pay(in_spring, "101.00", [owed], received_on=DAY)
    assert sorted(payment.allocations.values_list("amount", flat=True)) == [Decimal(1), Decimal(100)]
    assert desk(in_spring.spring, in_spring.owner_party, on=date(2026, 12, 1)).total == 0
    assert prepayment_balance(in_spring.owner_party) == 0
    assert_clean(in_spring)


@pytest.mark.parametrize("late_fees_wanted", [True, False])
def test_an_unpaid_late_fee_stays_open_and_stops_growing(in_spring: World, owed: Bill, late_fees_wanted: bool) -> None:
    pay(in_spring, "100.00", [owed], received_on=DAY, late_fees=late_fees_wanted)
    [line] = desk(in_spring.spring, in_spring.owner_party, on=date(2026, 12, 1)).lines
    assert (line.bill.late_for, line.open, line.late_fee) == (owed, Decimal(1), 0)
    pay(in_spring, "1.00", [line.bill])
    assert desk(in_spring.spring, in_spring.owner_party, on=date(2026, 12, 1)).total == 0
    assert_clean(in_spring)


def test_a_part_payment_leaves_the_late_fee_running(in_spring: World, owed: Bill) -> None:
    pay(in_spring, "40.00", [owed], received_on=DAY)
    assert Bill.objects.filter(late_for=owed).count() == 0
    assert late_fees(in_spring.spring, date(2026, 10, 20)) == {owed.pk: Decimal("1.60")}  # 10 x 0.10 + 10 x 0.06
    assert_clean(in_spring)


def test_a_late_fee_left_out_is_not_settled_by_what_is_left(in_spring: World, owed: Bill) -> None:
    pay(in_spring, "101.00", [owed], received_on=DAY, late_fees=False)
    assert prepayment_balance(in_spring.owner_party) == Decimal("1.00")
    assert Bill.objects.get(late_for=owed).settled == 0
    assert_clean(in_spring)
