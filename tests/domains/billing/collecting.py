"""Small steps for tests of collecting: a bill with its journal entry, a payment, a clean audit."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from anju.domains.billing.actions.collection import collect
from anju.domains.billing.enums import FeeKind, PaymentMethod
from anju.domains.billing.models import Bill, BillRun, FeeItem, Payment
from anju.engines.ledger import chart, checks
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import open_books, post_entry
from anju.engines.ledger.enums import FundKind
from anju.engines.ledger.models import Entry, Line
from anju.foundation.registry.models import Party
from tests.world import World

_keys = itertools.count(1)
DUE = date(2026, 9, 30)
PAID = date(2026, 10, 5)


def fee_item(
    world: World, *, name: str = "物业费", fund: FundKind = FundKind.OPERATIONS, kind: str = FeeKind.SERVICE
) -> FeeItem:
    code = f"F-{name}"
    known = FeeItem.objects.filter(estate=world.spring, code=code).select_related("income__fund").first()
    if known is not None:
        return known
    open_books(estate=world.spring, by=None)
    account = chart.SERVICE_INCOME if fund == FundKind.OPERATIONS else chart.OTHER_INCOME
    income = ledger.account(ledger.fund(world.spring, fund), account)
    return FeeItem.objects.create(estate=world.spring, code=code, name=name, kind=kind, income=income)


def bill(
    world: World,
    amount: str = "231.60",
    *,
    payer: Party | None = None,
    item: FeeItem | None = None,
    due: date = DUE,
    run: BillRun | None = None,
    tariff: Any = None,
) -> Bill:
    """One bill of September in the books of SPRING, as a bill run would leave it."""
    item = item or fee_item(world)
    made = Bill.objects.create(
        estate=world.spring,
        run=run,
        fee_item=item,
        tariff=tariff,
        unit=world.unit,
        payer=payer or world.owner_party,
        period=due.replace(day=1),
        since=due.replace(day=1),
        until=due + timedelta(days=1),
        quantity=1,
        price=Decimal(amount),
        amount=Decimal(amount),
        due_on=due,
        limitation_on=date(due.year + 3, due.month, due.day),
    )
    receivable = ledger.account(item.income.fund, chart.RECEIVABLE)
    post_entry(
        estate=world.spring,
        posted_on=due,
        memo="bill",
        source="billing.bill",
        source_id=made.pk,
        lines=[(receivable, made.amount), (item.income, -made.amount)],
        by=None,
    )
    return made


def pay(world: World, amount: str, bills: Any = (), /, **changes: Any) -> Payment:
    given: dict[str, Any] = {
        "estate": world.spring,
        "payer": world.owner_party,
        "method": PaymentMethod.CASH,
        "amount": Decimal(amount),
        "bills": bills,
        "received_on": PAID,
        "idempotency_key": f"test-{next(_keys)}",
        "by": world.cashier,
    }
    given |= changes
    if isinstance(given["bills"], (list, tuple)):
        given["bills"] = [getattr(one, "pk", one) for one in given["bills"]]
    return collect(**given)


def assert_clean(world: World, *without: str) -> None:
    """Every check of the books of SPRING passes, but those named; the first difference is the message."""
    report = checks.run([world.spring.pk], without=without)
    assert report["ok"], report["first_difference"]


def counts() -> tuple[int, ...]:
    """How much there is of whatever collecting writes: for tests that nothing has changed."""
    return (
        Payment.objects.count(),
        Bill.objects.count(),
        Entry.objects.count(),
        Line.objects.count(),
    )


def account_balance(world: World, code: str, fund: FundKind = FundKind.OPERATIONS) -> Decimal:
    account = ledger.account(ledger.fund(world.spring, fund), code)
    return ledger.balances(world.spring).get(account.pk, Decimal(0))
