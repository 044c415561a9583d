"""The end of a cashier's day: expected, counted, and the difference on record."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

import pytest
from django_scopes import scope

from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.models import CashCount
from anju.domains.billing.selectors.collection import cash_counts, cashiers_of, day_end
from anju.kit import clock
from anju.kit.errors import Refusal
from tests.domains.billing.collecting import PAID, bill, pay
from tests.world import World, load_world


@pytest.fixture(scope="module")
def _takings(kept: AbstractContextManager[None]) -> None:
    world = load_world()
    with kept, scope(estate=world.spring.pk):
        pay(world, "100.00", [bill(world, "100.00")])
        pay(world, "20.50", [bill(world, "20.50")])
        pay(world, "40.00", [bill(world, "40.00")], method="pos")
        pay(world, "7.00", [bill(world, "7.00")], by=world.second_cashier)
        pay(world, "9.00", [bill(world, "9.00")], received_on=date(2026, 10, 6))


@pytest.fixture
def taken(_takings: None, in_spring: World) -> World:
    return in_spring


def count(world: World, amount: str, note: str = "", day: date = PAID) -> CashCount:
    return count_cash(
        estate=world.spring, cashier=world.cashier, day=day, counted_cash=Decimal(amount), note=note, by=world.director
    )


def test_each_cashier_s_day_stands_alone(taken: World) -> None:
    end = day_end(taken.spring, taken.cashier, PAID)
    assert end.expected_cash == Decimal("120.50")
    assert {row.method: (row.count, row.expected) for row in end.takings} == {
        "cash": (2, Decimal("120.50")),
        "pos": (1, Decimal("40.00")),
        "transfer": (0, 0),
    }
    assert (end.takings[0].first_receipt, end.takings[0].last_receipt) == (1, 2)
    assert {user.username for user in cashiers_of(taken.spring, PAID)} == {"cashier", "second_cashier"}


def test_a_count_that_agrees_needs_no_note(taken: World) -> None:
    counted = count(taken, "120.50")
    assert (counted.expected_cash, counted.difference) == (Decimal("120.50"), 0)
    assert counted.by_method["pos"]["received"] == "40.00"
    assert not day_end(taken.spring, taken.cashier, PAID).changed_since_count


def test_a_difference_is_recorded_with_its_note_only(taken: World) -> None:
    with pytest.raises(Refusal) as refused:
        count(taken, "120.00")
    assert refused.value.code == "difference_without_note"
    assert CashCount.objects.count() == 0
    assert count(taken, "120.00", "找零少收五角").difference == Decimal("-0.50")


def test_counting_again_is_a_new_row_and_the_last_one_counts(taken: World) -> None:
    count(taken, "120.00", "?")
    count(taken, "120.50")
    assert [(row.difference, row.is_latest) for row in cash_counts(taken.spring)] == [
        (0, True),
        (Decimal("-0.50"), False),
    ]


def test_money_after_the_count_asks_for_another(taken: World) -> None:
    count(taken, "120.50")
    pay(taken, "1.00", [bill(taken, "1.00")])
    assert day_end(taken.spring, taken.cashier, PAID).changed_since_count


def test_a_receipt_cancelled_later_is_paid_back_on_that_day(taken: World) -> None:
    payment = pay(taken, "30.00", [bill(taken, "30.00")])
    asked = request_cancellation(receipt=payment.receipt, reason="x", by=taken.cashier)
    CANCELLATION.advance(obj=asked, transition="approve", by=taken.second_cashier)
    assert day_end(taken.spring, taken.cashier, PAID).expected_cash == Decimal("150.50")
    assert day_end(taken.spring, taken.cashier, clock.today()).expected_cash == Decimal("-30.00")
    assert list(cashiers_of(taken.spring, clock.today())) == [taken.cashier]


@pytest.mark.parametrize(
    ("amount", "day", "code"), [("-1", PAID, "amount_negative"), ("0", date(2999, 1, 1), "day_in_future")]
)
def test_a_bad_count_is_refused(taken: World, amount: str, day: date, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        count(taken, amount, "x", day)
    assert refused.value.code == code
    assert CashCount.objects.count() == 0
