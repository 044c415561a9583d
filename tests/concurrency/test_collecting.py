"""Several cashiers at the same moment, each with a connection of its own, on a database that really commits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django_scopes import scope

from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.models import Payment, Receipt
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.engines.ledger.actions import open_books
from anju.kit.errors import Refusal
from tests.domains.billing.collecting import assert_clean, bill, pay
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def estate(transactional_db: None, world: World) -> World:
    with scope(estate=world.spring.pk):
        open_books(estate=world.spring, by=None)
    return world


def together(world: World, *steps: Callable[[], Any]) -> list[Any]:
    """Run ``steps`` at the same moment; what each returned or which Refusal it met."""
    gate = threading.Barrier(len(steps))
    results: list[Any] = [None] * len(steps)

    def run(index: int, step: Callable[[], Any]) -> None:
        try:
            with scope(estate=world.spring.pk):
                gate.wait(timeout=10)
                results[index] = step()
        except Exception as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive(), "two cashiers wait for each other"
    return results


def refusals(results: list[Any]) -> list[str]:
    unexpected = [one for one in results if isinstance(one, Exception) and not isinstance(one, Refusal)]
    assert unexpected == []
    return [one.code for one in results if isinstance(one, Refusal)]


def test_two_cashiers_take_the_last_arrears_at_the_same_moment(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        owed = bill(estate)
        results = together(
            estate,
            lambda: pay(estate, "231.60", [owed], by=estate.cashier),
            lambda: pay(estate, "231.60", [owed], by=estate.second_cashier),
        )
        assert refusals(results) == ["bill_settled"]
        assert Payment.objects.count() == Receipt.objects.count() == 1
        assert "000001" in str(next(one for one in results if isinstance(one, Refusal)))
        assert_clean(estate)


def test_the_same_payment_posted_twice_is_one_payment(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        owed = bill(estate)
        results = together(estate, *[lambda: pay(estate, "231.60", [owed], idempotency_key="once") for _ in range(4)])
        assert refusals(results) == []
        assert len({payment.pk for payment in results}) == 1
        assert Payment.objects.count() == Receipt.objects.count() == 1
        assert_clean(estate)


def test_bills_chosen_in_opposite_order_do_not_lock_each_other_out(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        one, other = bill(estate, "10.00"), bill(estate, "20.00")
        results = together(
            estate,
            lambda: pay(estate, "10.00", {one.pk: Decimal(4), other.pk: Decimal(6)}),
            lambda: pay(estate, "10.00", {other.pk: Decimal(6), one.pk: Decimal(4)}),
        )
        assert refusals(results) == []
        one.refresh_from_db()
        other.refresh_from_db()
        assert (one.settled, other.settled) == (8, 12)
        assert_clean(estate)


def test_two_cashiers_take_parts_of_one_bill_and_never_more_than_it_is(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        older, newer = bill(estate, "10.00", due=date(2026, 1, 31)), bill(estate, "50.00")
        results = together(
            estate,
            lambda: pay(estate, "35.00", {older.pk: None, newer.pk: Decimal(30)}, by=estate.cashier),
            lambda: pay(estate, "35.00", {older.pk: None, newer.pk: Decimal(30)}, by=estate.second_cashier),
        )
        assert refusals(results) == ["bill_over_settled"]
        older.refresh_from_db()
        newer.refresh_from_db()
        assert (older.settled, newer.settled) == (5, 30)
        assert Payment.objects.count() == Receipt.objects.count() == 1
        assert_clean(estate)


def test_two_cashiers_take_parts_that_fit_together(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        owed = bill(estate, "50.00")
        results = together(
            estate,
            lambda: pay(estate, "20.00", {owed.pk: Decimal(20)}, by=estate.cashier),
            lambda: pay(estate, "40.00", {owed.pk: Decimal(30)}, by=estate.second_cashier),
        )
        assert refusals(results) == []
        owed.refresh_from_db()
        assert (owed.settled, prepayment_balance(estate.owner_party)) == (50, 10)
        assert_clean(estate)


def test_receipt_numbers_have_no_gap_when_payments_fail_in_between(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        bills = [bill(estate, "10.00") for _ in range(12)]

        def take(index: int) -> Callable[[], Any]:
            def step() -> Payment:
                with transaction.atomic():
                    payment = pay(estate, "10.00", [bills[index]])
                    if index % 3 == 1:
                        raise Refusal("power_cut", "rolled back after its number was given")
                return payment

            return step

        results = together(estate, *[take(index) for index in range(12)])
        assert refusals(results) == ["power_cut"] * 4
        assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, 9))
        assert_clean(estate)


def test_a_prepayment_is_not_spent_twice(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        pay(estate, "100.00")
        bills = [bill(estate, "70.00"), bill(estate, "70.00")]
        results = together(
            estate, *[lambda one=one: pay(estate, "70.00", [one], method=PaymentMethod.PREPAYMENT) for one in bills]
        )
        assert refusals(results) == ["prepayment_short"]
        assert prepayment_balance(estate.owner_party) == Decimal("30.00")
        assert_clean(estate)


def test_a_cancellation_is_approved_once(estate: World) -> None:
    with scope(estate=estate.spring.pk):
        payment = pay(estate, "231.60", [bill(estate)])
        asked = request_cancellation(receipt=payment.receipt, reason="x", by=estate.cashier)
        results = together(
            estate,
            *[
                lambda by=by: CANCELLATION.advance(obj=asked, transition="approve", by=by)
                for by in (estate.second_cashier, estate.director)
            ],
        )
        assert refusals(results) == ["illegal_transition"]
        assert_clean(estate)
