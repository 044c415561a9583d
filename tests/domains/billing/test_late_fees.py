"""Late fees: simple, on the fee alone, from the day after grace, capped, less what was waived or billed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.billing.models import Allocation, Bill, Payment, Waiver
from anju.domains.billing.rules.late import LateTerms, late_fee
from anju.domains.billing.selectors.bills import late_fee_rows, late_fees
from tests.domains.billing.charging import bills, charge, fee, run

D = Decimal
DUE = date(2026, 12, 1)
TERMS = {"late_daily_rate": D("0.0005"), "late_cap": D("1")}


@pytest.fixture
def bill(in_spring) -> Bill:
    world = in_spring
    charge(fee(world.spring, "1000", method="flat", **TERMS, grace_days=10), world.unit)
    run(world.spring, "2026-11")
    return bills()[0]


def pay(bill: Bill, amount: str, on: date) -> Payment:
    payment = Payment.objects.create(
        estate_id=bill.estate_id,
        payer=bill.payer,
        method="cash",
        amount=abs(D(amount)),
        received_on=on,
        idempotency_key=f"{amount}{on}",
    )
    settle(bill, payment, amount)
    return payment


def settle(bill: Bill, payment: Payment, amount: str) -> None:
    Allocation.objects.create(estate_id=bill.estate_id, payment=payment, bill=bill, amount=D(amount))
    Bill.objects.filter(pk=bill.pk).update(settled=Bill.objects.get(pk=bill.pk).settled + D(amount))


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (DUE, None),
        (DUE + timedelta(days=10), None),  # the last day of grace
        (DUE + timedelta(days=11), "0.50"),
        (DUE + timedelta(days=40), "15.00"),
        (DUE + timedelta(days=5000), "1000.00"),  # capped at the principal
    ],
)
def test_late_fee_runs_from_the_end_of_grace_to_the_cap(bill, on, expected):
    found = late_fees(bill.estate, on)
    assert found == ({bill.pk: D(expected)} if expected else {})
    if expected:
        [row] = late_fee_rows(bill.estate, on)
        assert row.capped is (expected == "1000.00")


def test_part_payment_lowers_the_base_from_its_day_on(bill):
    pay(bill, "400", DUE + timedelta(days=20))
    # 1000 x 10 days + 600 x 20 days
    assert late_fees(bill.estate, DUE + timedelta(days=40)) == {bill.pk: D("11.00")}


def test_cancelled_payment_has_never_counted(bill):
    payment = pay(bill, "400", DUE + timedelta(days=20))
    settle(bill, payment, "-400")
    assert late_fees(bill.estate, DUE + timedelta(days=40)) == {bill.pk: D("15.00")}


def test_payment_before_the_fee_began_counts_in_full(bill):
    pay(bill, "400", DUE - timedelta(days=3))
    assert late_fees(bill.estate, DUE + timedelta(days=40)) == {bill.pk: D("9.00")}


def test_approved_waiver_is_taken_off_and_a_requested_one_is_not(bill, world):
    waiver = Waiver.objects.create(
        estate=bill.estate, bill=bill, kind="late_fee", amount=D("4"), reason="x", requested_by=world.cashier
    )
    on = DUE + timedelta(days=40)
    assert late_fees(bill.estate, on) == {bill.pk: D("15.00")}
    waiver.state = "approved"
    waiver.save()
    assert late_fees(bill.estate, on) == {bill.pk: D("11.00")}


def test_billed_late_fee_is_not_charged_again_nor_compounded(bill):
    on = DUE + timedelta(days=40)
    Bill.objects.create(
        estate=bill.estate, late_for=bill, fee_item=bill.fee_item, tariff=bill.tariff, payer=bill.payer,
        period=date(2027, 1, 1), since=on,
        until=on + timedelta(days=1), quantity=1, price=15, amount=D("15"), due_on=on, limitation_on=on,
    )  # fmt: skip
    assert late_fees(bill.estate, on) == {}
    assert late_fees(bill.estate, on + timedelta(days=100)) == {bill.pk: D("50.00")}


def test_bill_paid_late_keeps_its_claim_when_asked_for(bill):
    pay(bill, "1000", DUE + timedelta(days=30))
    on = DUE + timedelta(days=90)
    assert late_fees(bill.estate, on) == {}
    [row] = late_fee_rows(bill.estate, on, settled=True)
    assert (row.payable, row.open) == (D("10.00"), 0)


def test_claim_in_court_uses_the_litigation_rate(bill):
    [row] = late_fee_rows(bill.estate, DUE + timedelta(days=375))
    assert row.accrued == D("182.50")
    assert row.litigation == D("45.00")  # 1000 x 365 days x 4.5 % / 365


def test_only_the_payer_asked_about(in_spring):
    world = in_spring
    tariff = fee(world.spring, "1000", method="flat", **TERMS)
    charge(tariff, world.unit)
    charge(tariff, world.shop)
    run(world.spring, "2026-11")
    on = DUE + timedelta(days=1)
    mine, theirs = bills()
    assert late_fees(world.spring, on) == {mine.pk: D("0.50"), theirs.pk: D("0.50")}
    assert late_fees(world.spring, on, payer=world.owner_party) == {mine.pk: D("0.50")}
    assert late_fees(world.spring, on, bills=[theirs.pk]) == {theirs.pk: D("0.50")}


def test_database_and_rule_agree(in_spring):
    """The rule in Python is what residents are told; the query is what they are charged."""
    world = in_spring
    tariff = fee(world.spring, "1000", method="flat", **TERMS, grace_days=10)
    charge(tariff, world.unit)
    run(world.spring, "2026-11")
    [bill] = bills()
    parts = [("17.31", 3), ("212.12", 12), ("1.01", 12), ("99.99", 55)]
    for amount, days in parts:
        pay(bill, amount, DUE + timedelta(days=days))
    settled = [(DUE + timedelta(days=days), D(amount)) for amount, days in parts]
    terms = LateTerms(D("0.0005"), D("1"), 10)
    for days in (11, 12, 13, 40, 55, 56, 300):
        on = DUE + timedelta(days=days)
        known = [(day, amount) for day, amount in settled if day <= on]
        assert late_fees(world.spring, on) == {bill.pk: late_fee(D("1000"), DUE, terms, on, known)}


@given(
    amount=st.decimals("0.01", "99999", places=2),
    rate=st.decimals("0", "0.003", places=6),
    days=st.integers(0, 4000),
)
def test_late_fee_never_exceeds_its_cap_and_never_falls(amount, rate, days):
    terms = LateTerms(rate, D("0.5"))
    fees = [late_fee(amount, DUE, terms, DUE + timedelta(days=day)) for day in (days, days + 1)]
    assert D(0) <= fees[0] <= fees[1]
    assert fees[1] <= amount * D("0.5") + D("0.005")
