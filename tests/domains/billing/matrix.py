"""What stands behind the addresses of collecting when every role tries them: one object of each kind in SPRING."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.actions.dunning import issue_demands
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.models import Receipt
from anju.kit import clock
from tests.domains.billing.collecting import bill, fee_item, pay
from tests.world import World


def _bill(world: World) -> int:
    return bill(world).pk


def _receipt(world: World) -> Receipt:
    receipt: Receipt = pay(world, "231.60", [bill(world)]).receipt
    return receipt


def _cancellation(world: World) -> int:
    return request_cancellation(receipt=_receipt(world), reason="金额有误", by=world.cashier).pk


def _waiver(world: World) -> int:
    amount = Decimal("5.00")
    return request_waiver(bill=bill(world), kind="principal", amount=amount, reason="漏水", by=world.cashier).pk


def _transfer(world: World) -> int:
    return report_transfer(
        estate=world.spring, payer=world.owner_party, bills=[_bill(world)], amount=Decimal("231.60"),
        transferred_on=clock.today(), reference="B1", idempotency_key="matrix", by=world.owner,
    ).pk  # fmt: skip


def _cash_count(world: World) -> int:
    fee_item(world)  # opens the books
    me = world.cashier
    return count_cash(estate=world.spring, cashier=me, day=clock.today(), counted_cash=Decimal(0), by=me).pk


def _demand(world: World) -> int:
    bill(world)
    return issue_demands(estate=world.spring, stage="notice", by=world.cashier).demands[0].pk


ROWS: dict[str, Callable[[World], int]] = {
    "billing:bill_": _bill,
    "billing:payment_": lambda world: _receipt(world).payment_id,
    "billing:receipt_": lambda world: _receipt(world).pk,
    "billing:desk_done": lambda world: _receipt(world).pk,
    "billing:cancellation_": _cancellation,
    "billing:waiver_": _waiver,
    "billing:transfer_": _transfer,
    "billing:cashcount_": _cash_count,
    "billing:demand_": _demand,
}
"""By the beginning of the address's name."""
