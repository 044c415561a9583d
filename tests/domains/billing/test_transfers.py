"""Transfers that residents report: money only after the cashier saw it, and only once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.enums import PaymentMethod, TransferState
from anju.domains.billing.flow import TRANSFER
from anju.domains.billing.models import Payment, TransferReport
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.engines.messaging.selectors import inbox
from anju.kit.errors import Refusal
from tests.domains.billing.collecting import assert_clean, bill, pay
from tests.world import World

SENT = date(2026, 10, 3)


def report(world: World, bills, amount: str = "231.60", key: str = "r1", **changes) -> TransferReport:
    given = {"payer": world.owner_party, "transferred_on": SENT, "reference": "20261003-1", "by": world.owner}
    return report_transfer(
        estate=world.spring,
        bills=[one.pk for one in bills],
        amount=Decimal(amount),
        idempotency_key=key,
        **(given | changes),
    )


@pytest.mark.clause("P05-09")
def test_a_confirmed_transfer_settles_the_bills_as_of_its_day(in_spring: World) -> None:
    owed = bill(in_spring)
    reported = report(in_spring, [owed])
    assert Payment.objects.count() == 0
    TRANSFER.advance(obj=reported, transition="confirm", by=in_spring.cashier)
    reported.refresh_from_db()
    owed.refresh_from_db()
    assert reported.state == TransferState.CONFIRMED
    assert (reported.payment.method, reported.payment.received_on) == (PaymentMethod.TRANSFER, SENT)
    assert owed.settled == owed.amount
    assert "000001" in inbox([in_spring.owner_party]).get().body
    assert_clean(in_spring)


def test_a_report_is_confirmed_once(in_spring: World) -> None:
    reported = report(in_spring, [bill(in_spring)])
    TRANSFER.advance(obj=reported, transition="confirm", by=in_spring.cashier)
    with pytest.raises(Refusal) as refused:
        TRANSFER.advance(obj=reported, transition="confirm", by=in_spring.second_cashier)
    assert refused.value.code == "illegal_transition"
    assert Payment.objects.count() == 1


def test_a_rejected_report_tells_the_resident_why(in_spring: World) -> None:
    owed = bill(in_spring)
    reported = report(in_spring, [owed])
    TRANSFER.advance(obj=reported, transition="reject", by=in_spring.cashier, reason="没有到账")
    owed.refresh_from_db()
    assert owed.settled == 0
    assert Payment.objects.count() == 0
    assert "没有到账" in inbox([in_spring.owner_party]).get().body
    report(in_spring, [owed], key="r2")


def test_money_for_bills_that_were_paid_meanwhile_becomes_a_prepayment(in_spring: World) -> None:
    owed = bill(in_spring)
    reported = report(in_spring, [owed])
    pay(in_spring, "231.60", [owed])
    TRANSFER.advance(obj=reported, transition="confirm", by=in_spring.cashier)
    assert prepayment_balance(in_spring.owner_party) == Decimal("231.60")
    assert_clean(in_spring)


def test_the_same_key_reports_once_and_a_bill_waits_for_one_report(in_spring: World) -> None:
    owed = bill(in_spring)
    first = report(in_spring, [owed])
    assert report(in_spring, [owed]) == first
    with pytest.raises(Refusal) as refused:
        report(in_spring, [owed], key="r2")
    assert refused.value.code == "transfer_reported"
    assert TransferReport.objects.count() == 1


def test_bills_of_somebody_else_and_bad_values_are_refused(in_spring: World) -> None:
    mine, theirs = bill(in_spring), bill(in_spring, payer=in_spring.neighbour_party)
    settled = bill(in_spring, "1.00")
    pay(in_spring, "1.00", [settled])
    for bills, changes, code in (
        ([theirs], {}, "bill_unknown"),
        ([], {}, "bill_unknown"),
        ([settled], {}, "bill_settled"),
        ([mine], {"transferred_on": date(2999, 1, 1)}, "transferred_in_future"),
        ([mine], {"amount": "0"}, "amount_not_positive"),
    ):
        with pytest.raises(Refusal) as refused:
            report(in_spring, bills, **changes)
        assert refused.value.code == code
    assert TransferReport.objects.count() == 0
