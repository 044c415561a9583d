"""What the API shows of billing's rows."""

from __future__ import annotations

from datetime import date, datetime

from ninja import Schema

from anju.domains.billing.models import Bill, BillRun, Payment, Receipt, ReceiptCancellation, TransferReport, Waiver
from anju.kit.api import Money, Month, Number
from anju.kit.idcards import mask_phone
from anju.kit.periods import Period


class RunOut(Schema):
    """`state` is running, done or reversed; `job_id` is the job that completes it."""

    id: int
    period: Month
    state: str
    bills: int
    amount: Money
    job_id: int | None
    started_at: datetime
    finished_at: datetime | None


class BillOut(Schema):
    """A late fee names the bill it is for in `late_for`.

    `until` is the first day not covered, `open` what is still to be paid.
    """

    id: int
    run_id: int | None
    fee_item_id: int
    fee_item: str
    unit_id: int | None
    unit: str | None
    space: str | None
    vehicle: str | None
    payer_id: int
    payer: str
    period: Month
    since: date
    until: date
    quantity: Number
    price: Number
    fixed: Money
    amount: Money
    settled: Money
    open: Money
    due_on: date
    late_for: int | None
    reversed_at: datetime | None


class AllocationOut(Schema):
    bill_id: int
    fee_item: str
    period: Month
    amount: Money


class PaymentOut(Schema):
    """`receipt_number` counts within the estate, without gaps."""

    id: int
    payer_id: int
    payer: str
    method: str
    amount: Money
    received_on: date
    reference: str
    note: str
    receipt_id: int
    receipt_number: str
    created_at: datetime
    cancelled_at: datetime | None


class ReceiptOut(Schema):
    """`verify_path` is the public page that the QR code leads to."""

    id: int
    number: str
    state: str
    payment_id: int
    payer_id: int
    payer: str
    amount: Money
    received_on: date
    issued_at: datetime
    verify_path: str


class CancellationOut(Schema):
    id: int
    receipt_id: int
    receipt_number: str
    reason: str
    state: str
    requested_by: str
    created_at: datetime


class WaiverOut(Schema):
    id: int
    bill_id: int
    kind: str
    amount: Money
    reason: str
    state: str
    requested_by: str
    created_at: datetime


class TransferOut(Schema):
    id: int
    payer_id: int
    payer: str
    payer_phone: str
    amount: Money
    transferred_on: date
    reference: str
    bill_ids: list[int]
    state: str
    payment_id: int | None
    created_at: datetime


def run_out(run: BillRun) -> RunOut:
    return RunOut(
        id=run.pk,
        period=Period.of(run.period),
        state=run.state,
        bills=run.bills,
        amount=run.amount,
        job_id=run.job_id,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )


def bill_out(bill: Bill) -> BillOut:
    return BillOut(
        id=bill.pk,
        run_id=bill.run_id,
        fee_item_id=bill.fee_item_id,
        fee_item=bill.fee_item.name,
        unit_id=bill.unit_id,
        unit=bill.unit.code if bill.unit else None,
        space=bill.space.code if bill.space else None,
        vehicle=bill.vehicle.plate if bill.vehicle else None,
        payer_id=bill.payer_id,
        payer=bill.payer.name,
        period=Period.of(bill.period),
        since=bill.since,
        until=bill.until,
        quantity=bill.quantity,
        price=bill.price,
        fixed=bill.fixed,
        amount=bill.amount,
        settled=bill.settled,
        open=bill.amount - bill.settled,
        due_on=bill.due_on,
        late_for=bill.late_for_id,
        reversed_at=bill.reversed_at,
    )


def payment_out(payment: Payment) -> PaymentOut:
    return PaymentOut(
        id=payment.pk,
        payer_id=payment.payer_id,
        payer=payment.payer.name,
        method=payment.method,
        amount=payment.amount,
        received_on=payment.received_on,
        reference=payment.reference,
        note=payment.note,
        receipt_id=payment.receipt.pk,
        receipt_number=str(payment.receipt),
        created_at=payment.created_at,
        cancelled_at=payment.cancelled_at,
    )


def receipt_out(receipt: Receipt) -> ReceiptOut:
    payment = receipt.payment
    return ReceiptOut(
        id=receipt.pk,
        number=str(receipt),
        state=receipt.state,
        payment_id=payment.pk,
        payer_id=payment.payer_id,
        payer=payment.payer.name,
        amount=payment.amount,
        received_on=payment.received_on,
        issued_at=receipt.issued_at,
        verify_path=f"/verify/{receipt.token}/",
    )


def cancellation_out(row: ReceiptCancellation) -> CancellationOut:
    return CancellationOut(
        id=row.pk,
        receipt_id=row.receipt_id,
        receipt_number=str(row.receipt),
        reason=row.reason,
        state=row.state,
        requested_by=row.requested_by.name,
        created_at=row.created_at,
    )


def waiver_out(row: Waiver) -> WaiverOut:
    return WaiverOut(
        id=row.pk,
        bill_id=row.bill_id,
        kind=row.kind,
        amount=row.amount,
        reason=row.reason,
        state=row.state,
        requested_by=row.requested_by.name,
        created_at=row.created_at,
    )


def transfer_out(row: TransferReport) -> TransferOut:
    return TransferOut(
        id=row.pk,
        payer_id=row.payer_id,
        payer=row.payer.name,
        payer_phone=mask_phone(row.payer.phone),
        amount=row.amount,
        transferred_on=row.transferred_on,
        reference=row.reference,
        bill_ids=[bill.pk for bill in row.bills.all()],
        state=row.state,
        payment_id=row.payment_id,
        created_at=row.created_at,
    )
