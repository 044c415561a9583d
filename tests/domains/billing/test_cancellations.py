"""A cancelled receipt undoes its payment to the cent, and only a second person may do it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.enums import PaymentMethod, ReceiptState, ReviewState
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.models import Allocation, Bill, Payment, ReceiptCancellation
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.collection import prepayment_balance, receipt_facts
from anju.domains.billing.selectors.household import RowKind, household_ledger
from anju.engines.ledger import chart
from anju.engines.ledger.models import Entry
from anju.kit.errors import Refusal
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import account_balance, assert_clean, bill, pay
from tests.world import World


def cancel(world: World, payment: Payment) -> ReceiptCancellation:
    asked = request_cancellation(receipt=payment.receipt, reason="金额录错", by=world.cashier)
    return CANCELLATION.advance(obj=asked, transition="approve", by=world.second_cashier)  # type: ignore[return-value]


def test_a_cancelled_receipt_opens_its_bills_again(in_spring: World) -> None:
    owed = bill(in_spring)
    payment = pay(in_spring, "300.00", [owed])
    done = cancel(in_spring, payment)
    payment.refresh_from_db()
    owed.refresh_from_db()
    assert done.state == ReviewState.APPROVED
    assert payment.cancelled_at is not None
    assert payment.receipt.state == ReceiptState.CANCELLED
    assert owed.settled == 0
    assert prepayment_balance(in_spring.owner_party) == 0
    assert account_balance(in_spring, chart.CASH) == 0
    assert account_balance(in_spring, chart.RECEIVABLE) == Decimal("231.60")
    assert not receipt_facts(payment.receipt.token).is_valid
    assert_clean(in_spring)
    again = pay(in_spring, "231.60", [owed])
    assert again.receipt.number == 2
    assert_clean(in_spring)


def test_nobody_cancels_what_they_asked_for_themselves(in_spring: World) -> None:
    payment = pay(in_spring, "231.60", [bill(in_spring)])
    asked = request_cancellation(receipt=payment.receipt, reason="x", by=in_spring.cashier)
    entries = Entry.objects.count()
    with pytest.raises(Refusal) as refused:
        CANCELLATION.advance(obj=asked, transition="approve", by=in_spring.cashier)
    assert refused.value.code == "own_request"
    asked.refresh_from_db()
    payment.refresh_from_db()
    assert (asked.state, payment.cancelled_at, Entry.objects.count()) == (ReviewState.REQUESTED, None, entries)
    CANCELLATION.advance(obj=asked, transition="approve", by=in_spring.second_cashier)
    payment.refresh_from_db()
    assert payment.cancelled_at is not None


def test_a_reason_is_needed_and_one_request_at_a_time(in_spring: World) -> None:
    payment = pay(in_spring, "231.60", [bill(in_spring)])
    with pytest.raises(Refusal) as refused:
        request_cancellation(receipt=payment.receipt, reason="  ", by=in_spring.cashier)
    assert refused.value.code == "no_reason"
    asked = request_cancellation(receipt=payment.receipt, reason="x", by=in_spring.cashier)
    with pytest.raises(Refusal) as refused:
        request_cancellation(receipt=payment.receipt, reason="y", by=in_spring.second_cashier)
    assert refused.value.code == "cancellation_requested"
    CANCELLATION.advance(obj=asked, transition="reject", by=in_spring.director, reason="receipt is right")
    payment.refresh_from_db()
    assert payment.cancelled_at is None
    cancel(in_spring, payment)
    with pytest.raises(Refusal) as refused:
        request_cancellation(receipt=payment.receipt, reason="z", by=in_spring.cashier)
    assert refused.value.code == "receipt_cancelled"


def test_a_prepayment_that_was_used_can_not_be_taken_back(in_spring: World) -> None:
    payment = pay(in_spring, "100.00", [bill(in_spring, "30.00")])
    later = pay(in_spring, "50.00", [bill(in_spring, "50.00")], method=PaymentMethod.PREPAYMENT)
    with pytest.raises(Refusal) as refused:
        request_cancellation(receipt=payment.receipt, reason="x", by=in_spring.cashier)
    assert refused.value.code == "prepayment_used"
    cancel(in_spring, later)
    assert prepayment_balance(in_spring.owner_party) == Decimal("70.00")
    cancel(in_spring, payment)
    assert prepayment_balance(in_spring.owner_party) == 0
    assert_clean(in_spring)


def test_a_cancelled_receipt_takes_its_late_fee_with_it(in_spring: World) -> None:
    tariff = fee(in_spring.spring, late_daily_rate=Decimal("0.001"))
    owed = bill(in_spring, "100.00", item=tariff.fee_item, tariff=tariff)
    day = date(2026, 10, 10)
    assert late_fees(in_spring.spring, day) == {owed.pk: Decimal("1.00")}
    payment = pay(in_spring, "101.00", [owed], received_on=day)
    late = Bill.objects.get(late_for=owed)
    assert (late.amount, late.settled) == (Decimal("1.00"), Decimal("1.00"))
    assert account_balance(in_spring, chart.LATE_FEE_INCOME) == Decimal("-1.00")
    assert_clean(in_spring)
    cancel(in_spring, payment)
    late.refresh_from_db()
    assert late.reversed_at is not None
    assert account_balance(in_spring, chart.LATE_FEE_INCOME) == 0
    assert late_fees(in_spring.spring, day) == {owed.pk: Decimal("1.00")}
    assert_clean(in_spring)


@pytest.mark.clause("P22-01")
def test_the_household_ledger_shows_the_cancellation(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    cancel(in_spring, pay(in_spring, "100.00", [owed]))
    rows = household_ledger(in_spring.spring, unit=in_spring.unit)
    assert [(row.kind, row.owed) for row in rows] == [
        (RowKind.BILL, 100),
        (RowKind.PAYMENT, 0),
        (RowKind.CANCELLATION, 100),
    ]
    assert Allocation.objects.count() == 2
