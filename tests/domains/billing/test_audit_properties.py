"""Whatever is done in whatever order, the books are right after every step; each check finds what it is for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django_scopes import scope
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.domains.billing import audit
from anju.domains.billing.actions.collection import use_prepayments
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.runs import reverse_bill
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.flow import CANCELLATION, WAIVER
from anju.domains.billing.models import Bill, BillRun, Receipt, Waiver
from anju.engines.ledger import checks
from anju.engines.ledger.enums import FundKind
from anju.kit.errors import Refusal
from tests.domains.billing.charging import fee
from tests.domains.billing.collecting import assert_clean, bill, fee_item, pay
from tests.world import World

STEPS = (
    "bill",
    "late_bill",
    "other_fund",
    "pay",
    "overpay",
    "part",
    "prepay",
    "use",
    "cancel",
    "waive",
    "revoke",
    "reverse",
    "run",
)
steps = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 30_000), st.integers(0, 99)), min_size=4, max_size=18)


@pytest.fixture
def work(in_spring: World) -> Sequence:
    return Sequence(in_spring)


@given(sequence=steps)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_work_puts_the_books_out_of_balance(
    work: Sequence, sequence: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        work.follow(sequence)
        transaction.set_rollback(True)


class Sequence:
    """Carries out steps; a refusal is an answer like any other, as long as the books stay right."""

    def __init__(self, world: World) -> None:
        self.world = world
        world.owner_party.prepayment_agreed = True
        world.owner_party.save()
        self.item = fee_item(world)
        self.other = fee_item(world, name="公共收益", fund=FundKind.COMMON_REVENUE)
        self.tariff = fee(world.spring, code="LATE", late_daily_rate=Decimal("0.002"))
        self.run = BillRun.objects.create(estate=world.spring, period=date(2026, 9, 1))

    def follow(self, sequence: list[tuple[str, int, int]]) -> None:
        self.run.refresh_from_db()
        for name, cents, pick in sequence:
            try:
                with transaction.atomic():
                    getattr(self, f"do_{name}")(Decimal(cents) / 100, pick)
            except Refusal:
                pass
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            assert_clean(self.world, "orphans")  # which looks at every table: once, at the end
        assert_clean(self.world)

    def _open(self, pick: int) -> list[Bill]:
        found = list(Bill.objects.filter(reversed_at=None).order_by("pk"))
        return found[pick % len(found) :][:3] if found else []

    def do_bill(self, yuan: Decimal, pick: int) -> None:
        bill(self.world, str(yuan), item=self.item, run=self.run)

    def do_late_bill(self, yuan: Decimal, pick: int) -> None:
        due = date(2026, 9, 30) - timedelta(days=pick)
        bill(self.world, str(yuan), item=self.tariff.fee_item, tariff=self.tariff, due=due)

    def do_other_fund(self, yuan: Decimal, pick: int) -> None:
        bill(self.world, str(yuan), item=self.other, run=self.run)

    def do_pay(self, yuan: Decimal, pick: int) -> None:
        pay(self.world, str(yuan), self._open(pick))

    def do_overpay(self, yuan: Decimal, pick: int) -> None:
        pay(self.world, str(yuan + 500), self._open(pick), method=PaymentMethod.POS)

    def do_part(self, yuan: Decimal, pick: int) -> None:
        chosen = self._open(pick)[:1]
        pay(self.world, str(yuan), {one.pk: yuan for one in chosen}, late_fees=False)

    def do_prepay(self, yuan: Decimal, pick: int) -> None:
        pay(self.world, str(yuan), method=PaymentMethod.TRANSFER)

    def do_use(self, yuan: Decimal, pick: int) -> None:
        pay(self.world, str(yuan), self._open(pick), method=PaymentMethod.PREPAYMENT)

    def do_run(self, yuan: Decimal, pick: int) -> None:
        use_prepayments(run=self.run, by=None)

    def do_cancel(self, yuan: Decimal, pick: int) -> None:
        receipts = list(Receipt.objects.order_by("pk"))
        if receipts:
            asked = request_cancellation(receipt=receipts[pick % len(receipts)], reason="x", by=self.world.cashier)
            CANCELLATION.advance(obj=asked, transition="approve", by=self.world.director)

    def do_waive(self, yuan: Decimal, pick: int) -> None:
        for one in self._open(pick)[:1]:
            asked = request_waiver(bill=one, kind="principal", amount=yuan, reason="x", by=self.world.cashier)
            WAIVER.advance(obj=asked, transition="approve", by=self.world.director)

    def do_revoke(self, yuan: Decimal, pick: int) -> None:
        for waiver in Waiver.objects.filter(state="approved").order_by("pk")[pick % 3 :][:1]:
            WAIVER.advance(obj=waiver, transition="revoke", by=self.world.director, reason="x")

    def do_reverse(self, yuan: Decimal, pick: int) -> None:
        for one in self._open(pick)[:1]:
            reverse_bill(bill=one, reason="x", by=self.world.director)


FORGERIES: list[tuple[str, str]] = [
    ("receivable", "UPDATE billing_bill SET amount = amount + 1 WHERE settled < amount"),
    ("prepayment", "UPDATE billing_prepaymentmovement SET amount = amount + 1"),
    ("income", "UPDATE billing_bill SET amount = amount + 1 WHERE settled < amount"),
    ("income", "DELETE FROM billing_bill WHERE settled = amount"),
    (
        "bill_amounts",
        "UPDATE billing_bill SET amount = amount + CASE WHEN settled = amount THEN 1 ELSE -1 END",
    ),
    ("receipt_numbers", "UPDATE billing_receipt SET number = number + 5"),
    ("bills_settled", "UPDATE billing_bill SET settled = settled - 1 WHERE settled > 1"),
    ("payments_complete", "DELETE FROM billing_receipt"),
    ("payments_complete", "UPDATE billing_payment SET amount = amount + 1"),
    ("payments_complete", "UPDATE billing_payment SET method = 'pos'"),
    ("payments_complete", "UPDATE billing_payment SET received_on = received_on - 1"),
    (
        "payments_complete",
        "UPDATE ledger_line SET account_id = (SELECT id FROM ledger_account WHERE fund_id = (SELECT fund_id FROM"
        " ledger_account a WHERE a.id = account_id) AND code = '1002') WHERE account_id IN (SELECT id FROM"
        " ledger_account WHERE code = '1001')",
    ),
    ("payments_complete", "UPDATE ledger_entry SET source_id = 0 WHERE source = 'billing.payment'"),
    ("waivers_complete", "UPDATE billing_waiver SET amount = amount + 1"),
    ("journal_sources", "UPDATE ledger_entry SET source_id = 0 WHERE source = 'billing.payment'"),
    ("funds_balance", "UPDATE ledger_line SET amount = amount + 1 WHERE amount > 0"),
    ("entries_complete", "DELETE FROM ledger_line"),
    ("orphans", "DELETE FROM billing_bill WHERE settled = amount"),
    ("orphans", "DELETE FROM ledger_entry WHERE source = 'billing.waiver'"),
    ("orphans", "DELETE FROM registry_party"),
    ("orphans", "UPDATE billing_payment p SET payer_id = x.id FROM registry_party x WHERE x.estate_id <> p.estate_id"),
]


@pytest.fixture(scope="class")
def busy(prepare: Callable[..., Any]) -> Any:
    def write(world: World) -> None:
        with scope(estate=world.spring.pk):
            owed, open_bill = bill(world, "100.00"), bill(world, "50.00")
            pay(world, "130.00", [owed])
            asked = request_waiver(bill=open_bill, kind="principal", amount=Decimal(5), reason="x", by=world.cashier)
            WAIVER.advance(obj=asked, transition="approve", by=world.director)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            assert_clean(world)

    return prepare(write)


@pytest.mark.django_db
class TestForgeries:
    @pytest.mark.parametrize(
        ("name", "sql"), FORGERIES, ids=[f"{name}-{index}" for index, (name, _) in enumerate(FORGERIES)]
    )
    def test_each_check_finds_what_was_forged(self, busy: Callable[[], Any], name: str, sql: str) -> None:
        """An intruder with all rights, who can switch the triggers off."""
        world, _nothing = busy()
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql)
            cursor.execute("SET LOCAL session_replication_role = origin")
        report = checks.run([world.spring.pk])
        found = {check["name"]: check["differences"] for check in report["checks"]}
        assert not report["ok"]
        assert found[name], f"{name} has not noticed"
        assert all(difference["estate"] == "SPRING" and difference["message"] for difference in found[name])


def test_every_check_has_a_forgery_that_it_finds() -> None:
    own = {check.__name__ for check, _label in audit.CHECKS}
    assert own <= {name for name, _ in FORGERIES}
    assert own <= {*checks.names()}
