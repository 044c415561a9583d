"""What stands behind the addresses of charging and of the books, for the test that tries them with every role."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from anju.domains.billing.enums import FeeKind, Method, TariffState
from anju.domains.billing.models import Bill, BillRun, FeeItem, Meter, RecurringCharge, Tariff
from anju.engines.ledger.actions import open_books, record_expense
from anju.engines.ledger.enums import CostHead
from anju.engines.ledger.models import Account
from tests.domains.billing.charging import charge, fee, price_of, run


def service(world: Any) -> Tariff:
    """The service fee, charged to one home; the same one however often it is asked for."""
    found = Tariff.objects.filter(fee_item__code="SERVICE").first()
    if found is None:
        found = fee(world.spring)
        charge(found, world.unit)
    return found


def bill_run(world: Any) -> int:
    service(world)
    if not BillRun.objects.exists():
        run(world.spring, "2026-11")
    return int(BillRun.objects.get().pk)


def bill(world: Any) -> int:
    bill_run(world)
    return int(Bill.objects.get().pk)


def item(world: Any) -> int:
    return int(FeeItem.objects.get(pk=service(world).fee_item_id).pk)


def draft(world: Any) -> int:
    """A draft, which is what can be edited, discarded and submitted."""
    of = service(world).fee_item
    known = of.tariffs.filter(state=TariffState.DRAFT).first()
    return int((known or price_of(of, "2.60", since=date(2027, 1, 1), state=TariffState.DRAFT)).pk)


def regular_charge(world: Any) -> int:
    service(world)
    return int(RecurringCharge.objects.get().pk)


def meter(world: Any) -> int:
    water = fee(world.spring, "3.10", code="WATER", kind=FeeKind.UTILITY, method=Method.METERED)
    return int(Meter.objects.create(estate=world.spring, fee_item=water.fee_item, unit=world.unit, code="W1").pk)


def expense(world: Any) -> int:
    open_books(estate=world.spring, by=None)
    entry = record_expense(
        estate=world.spring,
        head=CostHead.CLEANING,
        amount=Decimal(5),
        paid_on=date(2026, 1, 5),
        memo="保洁用品",
        by=None,
    )
    return int(entry.pk)


def account(world: Any) -> int:
    open_books(estate=world.spring, by=None)
    return int(Account.objects.order_by("pk").first().pk)  # type: ignore[union-attr]


ROWS = {
    "billing:run": bill_run,
    "billing:bill": bill,
    "billing:fee_item": item,
    "billing:tariff": draft,
    "billing:charge": regular_charge,
    "billing:meter": meter,
    "ledger:entry": expense,
    "ledger:account": account,
}
