"""The fee ledger of a household (P22-01): everything charged, paid and given up, in order, with the balance after
each row."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import QuerySet

from anju.domains.billing.models import Allocation, Bill, PrepaymentMovement
from anju.foundation.registry.models import Estate, Party, Unit
from anju.kit.clock import CHINA
from anju.kit.money import ZERO


class RowKind(StrEnum):
    BILL = "bill"
    LATE_FEE = "late_fee"
    REVERSAL = "reversal"
    PAYMENT = "payment"
    CANCELLATION = "cancellation"
    WAIVER = "waiver"
    PREPAYMENT_IN = "prepayment_in"
    PREPAYMENT_OUT = "prepayment_out"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One row: ``charged`` raises what is owed, ``credited`` lowers it; ``owed`` is the balance after it, ``in_hand``
    the prepayment after it (of a payer; a unit has none)."""

    day: date
    kind: RowKind
    text: str
    charged: Decimal = ZERO
    credited: Decimal = ZERO
    moved: Decimal = ZERO
    receipt: str = ""
    bill: Bill | None = None
    owed: Decimal = ZERO
    in_hand: Decimal = ZERO


def household_ledger(estate: Estate, *, unit: Unit | None = None, party: Party | None = None) -> list[LedgerRow]:
    """The ledger of a unit (whoever paid) or of a payer (for whatever). Bills stand on the first day they charge
    for."""
    bills = Bill.objects.filter(estate=estate).select_related("fee_item", "unit", "space", "vehicle")
    bills = bills.filter(unit=unit) if unit is not None else bills.filter(payer=party)
    rows = [row for bill in bills for row in _of_bill(bill)]
    rows += _of_allocations(estate, unit, party)
    if party is not None:
        rows += _of_prepayments(estate, party)
    order = list(RowKind)
    rows.sort(key=lambda row: (row.day, order.index(row.kind), row.bill.pk if row.bill else 0))
    owed = in_hand = ZERO
    running: list[LedgerRow] = []
    for row in rows:
        owed += row.charged - row.credited
        in_hand += row.moved
        running.append(replace(row, owed=owed, in_hand=in_hand))
    return running


def _of_bill(bill: Bill) -> list[LedgerRow]:
    kind = RowKind.LATE_FEE if bill.late_for_id else RowKind.BILL
    rows = [LedgerRow(bill.since, kind, str(bill), charged=bill.amount, bill=bill)]
    if bill.reversed_at is not None:
        day = max(bill.reversed_at.astimezone(CHINA).date(), bill.since)
        rows.append(LedgerRow(day, RowKind.REVERSAL, str(bill), credited=bill.amount, bill=bill))
    return rows


def _of_allocations(estate: Estate, unit: Unit | None, party: Party | None) -> list[LedgerRow]:
    of_bills = {"bill__unit": unit} if unit is not None else {"bill__payer": party}
    found: QuerySet[Allocation] = Allocation.objects.filter(estate=estate, **of_bills).select_related(
        "bill__fee_item", "payment__receipt", "waiver"
    )
    rows = []
    for allocation in found:
        written = allocation.created_at.astimezone(CHINA).date()
        payment = allocation.payment
        if payment is None:
            row = LedgerRow(written, RowKind.WAIVER, allocation.waiver.reason)  # type: ignore[union-attr]
        elif allocation.amount < 0:
            row = LedgerRow(written, RowKind.CANCELLATION, str(allocation.bill), receipt=str(payment.receipt))
        else:
            row = LedgerRow(payment.received_on, RowKind.PAYMENT, str(allocation.bill), receipt=str(payment.receipt))
        rows.append(replace(row, credited=allocation.amount, bill=allocation.bill))
    return rows


def _of_prepayments(estate: Estate, party: Party) -> list[LedgerRow]:
    found = PrepaymentMovement.objects.filter(estate=estate, party=party).select_related("payment__receipt")
    rows = []
    for movement in found:
        taken_back = movement.payment.cancelled_at is not None and movement.created_at >= movement.payment.cancelled_at
        day = movement.created_at.astimezone(CHINA).date() if taken_back else movement.payment.received_on
        kind = RowKind.PREPAYMENT_IN if movement.amount > 0 else RowKind.PREPAYMENT_OUT
        receipt = movement.payment.receipt
        rows.append(LedgerRow(day, kind, "", moved=movement.amount, receipt=str(receipt)))
    return rows
