"""A bill run uses prepayments of payers who agreed, once, and the books follow."""

from __future__ import annotations

from decimal import Decimal

import pytest

from anju.domains.billing.actions.collection import use_prepayments
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import BillRun, Payment, PrepaymentMovement, Receipt
from anju.domains.billing.selectors.collection import prepayment_balance, prepayments
from anju.engines.ledger import chart
from anju.engines.ledger.actions import open_books
from anju.engines.ledger.enums import FundKind
from tests.domains.billing.collecting import DUE, account_balance, assert_clean, bill, counts, fee_item, pay
from tests.world import World


@pytest.fixture
def run(in_spring: World) -> BillRun:
    open_books(estate=in_spring.spring, by=None)
    for party, agreed in (
        (in_spring.owner_party, True),
        (in_spring.neighbour_party, True),
        (in_spring.tenant_party, False),
    ):
        party.prepayment_agreed = agreed
        party.save()
        pay(in_spring, "100.00", payer=party)
    return BillRun.objects.create(estate=in_spring.spring, period=DUE.replace(day=1))


def test_only_payers_who_agreed_and_only_as_far_as_it_goes(in_spring: World, run: BillRun) -> None:
    other = fee_item(in_spring, name="公共收益", fund=FundKind.COMMON_REVENUE)
    full = bill(in_spring, "60.00", run=run)
    rest = bill(in_spring, "70.00", run=run, item=other)
    small = bill(in_spring, "25.00", payer=in_spring.neighbour_party, run=run)
    not_agreed = bill(in_spring, "25.00", payer=in_spring.tenant_party, run=run)
    not_of_the_run = bill(in_spring, "5.00", payer=in_spring.neighbour_party)
    used = use_prepayments(run=run, by=in_spring.cashier)
    assert (used.payments, used.amount) == (2, Decimal("125.00"))
    for one in (full, rest, small, not_agreed, not_of_the_run):
        one.refresh_from_db()
    assert [one.settled for one in (full, rest, small, not_agreed, not_of_the_run)] == [60, 40, 25, 0, 0]
    assert prepayment_balance(in_spring.owner_party) == 0
    assert {party.pk: party.balance for party in prepayments(in_spring.spring)} == {
        in_spring.neighbour_party.pk: Decimal("75.00"),
        in_spring.tenant_party.pk: Decimal("100.00"),
    }
    assert account_balance(in_spring, chart.BETWEEN_FUNDS) == Decimal("-40.00")
    assert sorted(Receipt.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    assert_clean(in_spring)


def test_using_them_again_changes_nothing(in_spring: World, run: BillRun) -> None:
    bill(in_spring, "130.00", run=run)
    use_prepayments(run=run, by=None)
    before = counts()
    assert use_prepayments(run=run, by=None).payments == 0
    assert counts() == before
    pay(in_spring, "10.00")
    assert use_prepayments(run=run, by=None).amount == Decimal("10.00")
    assert_clean(in_spring)


def test_the_number_of_statements_does_not_grow(in_spring: World, run: BillRun, django_assert_num_queries) -> None:
    use_prepayments(run=run, by=None)
    for _ in range(2):
        for party in (in_spring.owner_party, in_spring.neighbour_party):
            for _ in range(3):
                bill(in_spring, "1.00", payer=party, run=run)
        with django_assert_num_queries(17):
            use_prepayments(run=run, by=None)
    assert Payment.objects.filter(method=PaymentMethod.PREPAYMENT).count() == 4
    assert PrepaymentMovement.objects.filter(amount__lt=0).count() == 4
