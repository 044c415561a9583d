"""Giving up money needs a reason, a second person, and never exceeds what is open."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from anju.domains.billing.actions.runs import reverse_bill
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.enums import WaiverKind, WaiverState
from anju.domains.billing.flow import WAIVER
from anju.domains.billing.models import Waiver
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.household import RowKind, household_ledger
from anju.engines.ledger import chart
from anju.kit import clock
from anju.kit.errors import Refusal
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import account_balance, assert_clean, bill, pay
from tests.world import World


def ask(world: World, owed, amount: str, kind: WaiverKind = WaiverKind.PRINCIPAL) -> Waiver:
    return request_waiver(bill=owed, kind=kind, amount=Decimal(amount), reason="漏水赔付", by=world.cashier)


@pytest.mark.clause("P22-01")
def test_an_approved_waiver_settles_the_bill_apart_from_income(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    waiver = ask(in_spring, owed, "30.00")
    owed.refresh_from_db()
    assert owed.settled == 0
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    owed.refresh_from_db()
    assert owed.settled == Decimal("30.00")
    assert account_balance(in_spring, chart.WAIVED) == Decimal("30.00")
    assert account_balance(in_spring, chart.SERVICE_INCOME) == Decimal("-100.00")
    assert_clean(in_spring)
    rows = household_ledger(in_spring.spring, unit=in_spring.unit)
    assert [(row.kind, row.owed) for row in rows] == [(RowKind.BILL, 100), (RowKind.WAIVER, 70)]


def test_a_revoked_waiver_is_owed_again(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    waiver = ask(in_spring, owed, "30.00")
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    pay(in_spring, "70.00", {owed.pk: Decimal(70)})
    WAIVER.advance(obj=waiver, transition="revoke", by=in_spring.director, reason="wrong flat")
    owed.refresh_from_db()
    assert owed.settled == Decimal("70.00")
    assert account_balance(in_spring, chart.WAIVED) == 0
    assert account_balance(in_spring, chart.RECEIVABLE) == Decimal("30.00")
    assert_clean(in_spring)
    pay(in_spring, "30.00", {owed.pk: None})
    with pytest.raises(Refusal) as refused:
        WAIVER.advance(obj=waiver, transition="revoke", by=in_spring.director, reason="again")
    assert refused.value.code == "illegal_transition"


def test_a_bill_can_be_reversed_once_its_waiver_is_revoked(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    waiver = ask(in_spring, owed, "30.00")
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    with pytest.raises(Refusal) as refused:
        reverse_bill(bill=owed, reason="x", by=in_spring.director)
    assert refused.value.code == "bill_settled"
    WAIVER.advance(obj=waiver, transition="revoke", by=in_spring.director, reason="x")
    assert reverse_bill(bill=owed, reason="x", by=in_spring.director).reversed_at
    assert_clean(in_spring)


def test_a_late_fee_whose_waiver_is_revoked_is_owed_as_before(in_spring: World) -> None:
    tariff = fee(in_spring.spring, late_daily_rate=Decimal("0.001"))
    owed = bill(in_spring, "1000.00", item=tariff.fee_item, tariff=tariff, due=clock.today() - timedelta(days=30))
    waiver = ask(in_spring, owed, "20.00", WaiverKind.LATE_FEE)
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    assert late_fees(in_spring.spring, clock.today()) == {owed.pk: Decimal("10.00")}
    WAIVER.advance(obj=waiver, transition="revoke", by=in_spring.director, reason="x")
    assert late_fees(in_spring.spring, clock.today()) == {owed.pk: Decimal("30.00")}
    assert_clean(in_spring)


def test_who_asks_does_not_decide(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    waiver = request_waiver(bill=owed, kind="principal", amount=Decimal(1), reason="x", by=in_spring.director)
    with pytest.raises(Refusal) as refused:
        WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    assert refused.value.code == "own_request"
    owed.refresh_from_db()
    assert owed.settled == 0
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.head_office)
    owed.refresh_from_db()
    assert owed.settled == 1


def test_a_rejected_waiver_changes_nothing(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    waiver = ask(in_spring, owed, "30.00")
    WAIVER.advance(obj=waiver, transition="reject", by=in_spring.director, reason="no ground")
    owed.refresh_from_db()
    assert owed.settled == 0
    assert_clean(in_spring)


def test_no_more_is_waived_than_is_open(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    with pytest.raises(Refusal) as refused:
        ask(in_spring, owed, "100.01")
    assert refused.value.code == "waiver_too_large"
    waiver = ask(in_spring, owed, "100.00")
    with pytest.raises(Refusal) as refused:
        ask(in_spring, owed, "1.00")
    assert refused.value.code == "waiver_requested"
    pay(in_spring, "1.00", [owed])
    with pytest.raises(Refusal) as refused:
        WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    assert refused.value.code == "waiver_too_large"
    waiver.refresh_from_db()
    assert waiver.state == WaiverState.REQUESTED
    assert_clean(in_spring)


def test_a_waived_late_fee_is_no_longer_charged(in_spring: World) -> None:
    tariff = fee(in_spring.spring, late_daily_rate=Decimal("0.001"))
    today = clock.today()
    owed = bill(in_spring, "100.00", item=tariff.fee_item, tariff=tariff, due=today - timedelta(days=10))
    with pytest.raises(Refusal) as refused:
        ask(in_spring, owed, "1.01", WaiverKind.LATE_FEE)
    assert refused.value.code == "waiver_too_large"
    waiver = ask(in_spring, owed, "1.00", WaiverKind.LATE_FEE)
    assert late_fees(in_spring.spring, today) == {owed.pk: Decimal("1.00")}
    WAIVER.advance(obj=waiver, transition="approve", by=in_spring.director)
    assert late_fees(in_spring.spring, today) == {}
    owed.refresh_from_db()
    assert owed.settled == 0
    assert_clean(in_spring)
