"""Taking money: what it settles, what is refused, and that the books say the same."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Allocation, Payment, PrepaymentMovement, Receipt
from anju.domains.billing.selectors.collection import desk, prepayment_balance
from anju.domains.billing.selectors.household import RowKind, household_ledger
from anju.engines.ledger import chart
from anju.engines.ledger.actions import open_books
from anju.engines.ledger.enums import FundKind
from anju.kit.errors import Refusal
from tests.domains.billing.collecting import PAID, account_balance, assert_clean, bill, counts, fee_item, pay
from tests.world import World


@pytest.mark.clause("P05-09")
@pytest.mark.parametrize(
    ("method", "account"),
    [(PaymentMethod.CASH, chart.CASH), (PaymentMethod.POS, chart.POS), (PaymentMethod.TRANSFER, chart.BANK)],
)
def test_each_way_to_pay_settles_the_bill_and_fills_its_account(in_spring: World, method: str, account: str) -> None:
    owed = bill(in_spring)
    payment = pay(in_spring, "231.60", [owed], method=method)
    owed.refresh_from_db()
    assert owed.settled == Decimal("231.60")
    assert payment.receipt.number == 1
    assert account_balance(in_spring, account) == Decimal("231.60")
    assert account_balance(in_spring, chart.RECEIVABLE) == 0
    assert_clean(in_spring)


def test_a_part_leaves_the_rest_open(in_spring: World) -> None:
    owed = bill(in_spring)
    pay(in_spring, "100.00", {owed.pk: Decimal("100.00")})
    owed.refresh_from_db()
    assert owed.settled == Decimal("100.00")
    assert desk(in_spring.spring, in_spring.owner_party, on=PAID).arrears == Decimal("131.60")
    assert_clean(in_spring)


def test_money_goes_to_the_oldest_bill_first(in_spring: World) -> None:
    younger, older = bill(in_spring, "50.00"), bill(in_spring, "30.00", due=date(2026, 8, 31))
    pay(in_spring, "40.00", [younger, older])
    younger.refresh_from_db()
    older.refresh_from_db()
    assert (older.settled, younger.settled) == (Decimal("30.00"), Decimal("10.00"))
    assert_clean(in_spring)


def test_too_much_becomes_a_prepayment_and_the_prepayment_pays(in_spring: World) -> None:
    first, second = bill(in_spring, "30.00"), bill(in_spring, "50.00")
    pay(in_spring, "100.00", [first])
    assert prepayment_balance(in_spring.owner_party) == Decimal("70.00")
    assert account_balance(in_spring, chart.PREPAYMENT) == Decimal("-70.00")
    payment = pay(in_spring, "50.00", [second], method=PaymentMethod.PREPAYMENT)
    second.refresh_from_db()
    assert second.settled == second.amount
    assert prepayment_balance(in_spring.owner_party) == Decimal("20.00")
    assert payment.receipt.number == 2
    assert account_balance(in_spring, chart.CASH) == Decimal("100.00")
    assert_clean(in_spring)


def test_money_without_bills_is_a_prepayment(in_spring: World) -> None:
    open_books(estate=in_spring.spring, by=None)
    pay(in_spring, "500.00")
    assert prepayment_balance(in_spring.owner_party) == Decimal("500.00")
    assert_clean(in_spring)


def test_one_payment_settles_bills_of_two_funds_and_each_fund_balances(in_spring: World) -> None:
    other = fee_item(in_spring, name="公共收益", fund=FundKind.COMMON_REVENUE)
    service, common = bill(in_spring, "30.00"), bill(in_spring, "12.00", item=other)
    pay(in_spring, "50.00", [service, common])
    assert account_balance(in_spring, chart.CASH) == Decimal("38.00")
    assert account_balance(in_spring, chart.CASH, FundKind.COMMON_REVENUE) == Decimal("12.00")
    again = bill(in_spring, "5.00", item=other)
    pay(in_spring, "5.00", [again], method=PaymentMethod.PREPAYMENT)
    assert account_balance(in_spring, chart.BETWEEN_FUNDS, FundKind.COMMON_REVENUE) == Decimal("5.00")
    assert account_balance(in_spring, chart.BETWEEN_FUNDS) == Decimal("-5.00")
    assert_clean(in_spring)


def test_an_owner_may_pay_for_the_tenant(in_spring: World) -> None:
    owed = bill(in_spring, payer=in_spring.tenant_party)
    payment = pay(in_spring, "231.60", [owed], payer=in_spring.neighbour_party)
    assert payment.payer == in_spring.neighbour_party
    assert desk(in_spring.spring, in_spring.tenant_party, on=PAID).arrears == 0
    assert_clean(in_spring)


def test_the_same_key_answers_the_same_payment(in_spring: World) -> None:
    owed = bill(in_spring)
    first = pay(in_spring, "231.60", [owed], idempotency_key="k")
    before = counts()
    assert pay(in_spring, "231.60", [owed], idempotency_key="k") == first
    assert counts() == before
    for changes in (
        {"amount": Decimal("231.61")},
        {"method": "pos"},
        {"payer": in_spring.neighbour_party},
        {"bills": []},
    ):
        with pytest.raises(Refusal) as refused:
            pay(in_spring, "231.60", **({"bills": [owed], "idempotency_key": "k"} | changes))
        assert refused.value.code == "key_reused"
    assert counts() == before


def test_a_settled_bill_names_its_receipt(in_spring: World) -> None:
    owed = bill(in_spring)
    pay(in_spring, "231.60", [owed])
    before = counts()
    with pytest.raises(Refusal, match="000001") as refused:
        pay(in_spring, "231.60", [owed])
    assert refused.value.code == "bill_settled"
    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": Decimal(0)}, "amount_not_positive"),
        ({"amount": Decimal("NaN")}, "amount_not_positive"),
        ({"amount": Decimal("1.005")}, "amount_fraction"),
        ({"amount": Decimal("1e12")}, "amount_too_large"),
        ({"received_on": date(2999, 1, 1)}, "received_in_future"),
        ({"bills": [0]}, "bill_unknown"),
        ({"idempotency_key": ""}, "key_missing"),
        ({"method": "prepayment"}, "prepayment_short"),
    ],
)
def test_a_bad_payment_is_refused_and_leaves_nothing(in_spring: World, changes: dict, code: str) -> None:
    owed = bill(in_spring)
    before = counts()
    with pytest.raises(Refusal) as refused:
        pay(in_spring, "231.60", **({"bills": [owed.pk]} | changes))
    assert refused.value.code == code
    assert counts() == before
    pay(in_spring, "231.60", [owed])
    assert counts() != before


def test_a_part_is_exact_whatever_older_bills_could_take(in_spring: World) -> None:
    older, newer = bill(in_spring, "100.00", due=date(2026, 1, 31)), bill(in_spring, "80.00")
    key = {"idempotency_key": "parts"}
    payment = pay(in_spring, "120.00", {older.pk: None, newer.pk: Decimal("50.00")}, **key)
    older.refresh_from_db()
    newer.refresh_from_db()
    assert (older.settled, newer.settled) == (Decimal("70.00"), Decimal("50.00"))
    assert pay(in_spring, "120.00", {older.pk: None, newer.pk: Decimal("50.00")}, **key) == payment
    with pytest.raises(Refusal) as refused:
        pay(in_spring, "120.00", {older.pk: None, newer.pk: Decimal("49.00")}, **key)
    assert refused.value.code == "key_reused"
    assert Payment.objects.count() == 1
    assert_clean(in_spring)


def test_parts_must_fit_the_bill_and_the_money(in_spring: World) -> None:
    owed = bill(in_spring, "50.00")
    for amount, part, code in (
        ("60.00", "50.01", "bill_over_settled"),
        ("40.00", "50.00", "amount_too_small"),
        ("50.00", "0", "part_not_positive"),
    ):
        with pytest.raises(Refusal) as refused:
            pay(in_spring, amount, {owed.pk: Decimal(part)})
        assert refused.value.code == code
    assert Payment.objects.count() == 0


def test_a_bill_or_payer_of_another_estate_is_refused(in_spring: World) -> None:
    open_books(estate=in_spring.spring, by=None)
    before = counts()
    with pytest.raises(Refusal) as refused:
        pay(in_spring, "10.00", payer=in_spring.rival_party)
    assert refused.value.code == "payer_foreign"
    assert counts() == before
    with scope(estate=in_spring.rival.pk):
        assert Payment.objects.count() == 0


def test_the_desk_costs_the_same_however_much_is_owed(in_spring: World, django_assert_max_num_queries) -> None:
    item = fee_item(in_spring)
    for count in (1, 20):
        for _ in range(count):
            bill(in_spring, "10.00", item=item)
        with django_assert_max_num_queries(8):
            shown = desk(in_spring.spring, in_spring.owner_party, on=PAID)
    assert len(shown.lines) == 21
    assert shown.items == [("物业费", Decimal("210.00"), shown.late_fees)]
    assert [unit.code for unit in shown.units] == ["3-1-1201"]
    assert [space.code for space in shown.spaces] == ["A-001"]
    assert [vehicle.plate for vehicle in shown.vehicles] == ["辽B12345"]


@pytest.mark.clause("P22-01")
def test_the_household_ledger_runs_from_row_to_row(in_spring: World) -> None:
    owed = bill(in_spring, "100.00")
    pay(in_spring, "60.00", {owed.pk: Decimal("60.00")})
    pay(in_spring, "50.00", [owed], received_on=date(2026, 10, 6))
    by_unit = household_ledger(in_spring.spring, unit=in_spring.unit)
    assert [(row.kind, row.charged, row.credited, row.owed) for row in by_unit] == [
        (RowKind.BILL, 100, 0, 100),
        (RowKind.PAYMENT, 0, 60, 40),
        (RowKind.PAYMENT, 0, 40, 0),
    ]
    by_payer = household_ledger(in_spring.spring, party=in_spring.owner_party)
    assert (by_payer[-1].owed, by_payer[-1].in_hand) == (0, Decimal("10.00"))
    assert household_ledger(in_spring.spring, unit=in_spring.let_unit) == []


def test_nothing_of_a_payment_can_be_changed_afterwards(in_spring: World) -> None:
    from django.db import ProgrammingError, connection, transaction

    pay(in_spring, "300.00", [bill(in_spring)])
    for table in ("payment", "allocation", "prepaymentmovement", "receipt"):
        for sql in (f"DELETE FROM billing_{table}", f"UPDATE billing_{table} SET estate_id = estate_id + 1"):
            with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
    assert (Payment.objects.count(), Allocation.objects.count(), PrepaymentMovement.objects.count()) == (1, 1, 1)
    assert Receipt.objects.count() == 1
