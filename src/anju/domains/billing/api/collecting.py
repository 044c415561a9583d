"""Payments, receipts, and what waits for a second person's decision."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import Field

from anju.domains.billing import papers, permissions
from anju.domains.billing.actions.collection import collect
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.api.charging import Reason
from anju.domains.billing.api.shapes import (
    AllocationOut,
    CancellationOut,
    PaymentOut,
    ReceiptOut,
    TransferOut,
    WaiverOut,
    cancellation_out,
    payment_out,
    receipt_out,
    transfer_out,
    waiver_out,
)
from anju.domains.billing.enums import PaymentMethod, ReceiptState
from anju.domains.billing.flow import CANCELLATION, TRANSFER, WAIVER
from anju.domains.billing.selectors import collection
from anju.foundation.registry import selectors as registry
from anju.foundation.registry.models import Party
from anju.kit.access import access_of
from anju.kit.api import (
    Choice,
    Day,
    Id,
    Input,
    InvalidInput,
    Money,
    MoneyIn,
    Page,
    Paging,
    Routes,
    Text,
    add_flow,
    find,
    here,
    page_of,
    payment_key,
)
from anju.kit.errors import Refusal
from anju.kit.periods import Period

payments = Routes()
receipts = Routes()
decisions = Routes()


# --- Payments ---------------------------------------------------------------------------------------------------------


class BillPart(Input):
    """A bill, and how much of it is to be settled exactly; without `amount` as far as the rest of the money goes."""

    id: Id
    amount: MoneyIn | None = None


class PaymentIn(Input):
    """`late_fees` false leaves late fees out; what the bills do not need becomes the payer's prepayment."""

    payer_id: Id
    method: Annotated[str, Choice(PaymentMethod)]
    amount: MoneyIn
    bills: Annotated[list[BillPart], Field(max_length=500)] = []
    received_on: Day | None = None
    reference: Annotated[str, Text(80)] = ""
    note: Annotated[str, Text(200)] = ""
    late_fees: bool = True


class PaymentFilter(Paging):
    payer: Id | None = None
    received_from: Day | None = None
    received_to: Day | None = None


class PaymentDetailOut(PaymentOut):
    """`prepaid` is what the bills did not need and the payer keeps in hand."""

    allocations: list[AllocationOut]
    prepaid: Money


class OpenBillOut(Schema):
    bill_id: int
    fee_item: str
    open: Money
    late_fee: Money
    overdue_days: int


class AccountOut(Schema):
    """What a payer owes today by bill with late fees, and what it has in hand."""

    party_id: int
    arrears: Money
    late_fees: Money
    total: Money
    prepayment: Money
    bills: list[OpenBillOut]


@payments.read("/parties/{int:id}/account", permission=permissions.VIEW, response=AccountOut)
def get_account(request: HttpRequest, id: Id) -> AccountOut:
    """All that is open of one payer today: what a payment can be taken for."""
    estate = here(request)
    desk = collection.desk(estate, find(registry.parties_of_estate(estate), id))
    return AccountOut(
        party_id=desk.party.pk,
        arrears=desk.arrears,
        late_fees=desk.late_fees,
        total=desk.total,
        prepayment=desk.prepayment,
        bills=[
            OpenBillOut(
                bill_id=line.bill.pk,
                fee_item=line.bill.fee_item.name,
                open=line.open,
                late_fee=line.late_fee,
                overdue_days=line.overdue_days,
            )
            for line in desk.lines
        ],
    )


@payments.read("/payments", permission=permissions.VIEW, response=Page[PaymentOut])
def list_payments(request: HttpRequest, filters: Query[PaymentFilter]) -> Page[PaymentOut]:
    """Money received, also what has been cancelled since."""
    found = collection.payments(here(request))
    if filters.payer is not None:
        found = found.filter(payer=filters.payer)
    if filters.received_from is not None:
        found = found.filter(received_on__gte=filters.received_from)
    if filters.received_to is not None:
        found = found.filter(received_on__lte=filters.received_to)
    return page_of(request, found, filters, payment_out)


@payments.read("/payments/{int:id}", permission=permissions.VIEW, response=PaymentDetailOut)
def get_payment(request: HttpRequest, id: Id) -> PaymentDetailOut:
    """One payment with the bills it settled."""
    return _detail(request, id)


@payments.write("/payments", permission=permissions.COLLECT, response=PaymentDetailOut, status=201)
def create_payment(request: HttpRequest, payload: PaymentIn) -> Status[PaymentDetailOut]:
    """Take a payment: settle bills and their late fees, issue a numbered receipt, post it.

    Of two that take the same bill at the same moment, the second is refused (`bill_settled`).
    """
    payment = collect(
        estate=here(request),
        payer=_payer(request, payload.payer_id),
        method=payload.method,
        amount=payload.amount,
        bills=_bills(payload.bills),
        received_on=payload.received_on,
        reference=payload.reference,
        note=payload.note,
        late_fees=payload.late_fees,
        idempotency_key=payment_key(request),
        by=access_of(request).user,
    )
    return Status(201, _detail(request, payment.pk))


def _payer(request: HttpRequest, id: int) -> Party:
    party = registry.parties_of_estate(here(request)).filter(pk=id).first()
    if party is None:
        raise Refusal("payer_unknown", _("There is no such payer in this estate."), "payer_id")
    return party


def _bills(parts: list[BillPart]) -> dict[int, Decimal | None]:
    """As the action takes them: by key the exact part, or None."""
    wish = {part.id: part.amount for part in parts}
    if len(wish) < len(parts):
        raise InvalidInput([{"pointer": "#/bills", "detail": _("Name each bill once."), "code": "bills_twice"}])
    return wish


def _detail(request: HttpRequest, id: int) -> PaymentDetailOut:
    payment = find(collection.payments(here(request)), id)
    rows = list(collection.allocations_of(payment))
    return PaymentDetailOut(
        **payment_out(payment).dict(),
        allocations=[
            AllocationOut(
                bill_id=row.bill_id,
                fee_item=row.bill.fee_item.name,
                period=Period.of(row.bill.period),
                amount=row.amount,
            )
            for row in rows
        ],
        prepaid=payment.amount - sum(row.amount for row in rows),
    )


# --- Receipts ---------------------------------------------------------------------------------------------------------


class ReceiptFilter(Paging):
    number: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    state: Annotated[str, Choice(ReceiptState)] | None = None


class PdfQuery(Schema):
    layout: Annotated[Literal["a4", "roll"], Field(description="Paper: a4 or roll (80 mm).")] = "a4"


PDF = {
    "responses": {
        200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}},
    }
}


@receipts.read("/receipts", permission=permissions.VIEW, response=Page[ReceiptOut])
def list_receipts(request: HttpRequest, filters: Query[ReceiptFilter]) -> Page[ReceiptOut]:
    """Receipts; their numbers have no gaps."""
    found = collection.receipts(here(request))
    if filters.number is not None:
        found = found.filter(number=filters.number)
    if filters.state:
        found = found.filter(state=filters.state)
    return page_of(request, found, filters, receipt_out)


@receipts.read("/receipts/{int:id}", permission=permissions.VIEW, response=ReceiptOut)
def get_receipt(request: HttpRequest, id: Id) -> ReceiptOut:
    """One receipt."""
    return receipt_out(find(collection.receipts(here(request)), id))


@receipts.read("/receipts/{int:id}/pdf", permission=permissions.VIEW, response=None, extra=PDF)
def get_receipt_pdf(request: HttpRequest, id: Id, filters: Query[PdfQuery]) -> HttpResponse:
    """The receipt for printing, on A4 or on 80 mm roll paper."""
    receipt = find(collection.receipts(here(request)).select_related("estate__company"), id)
    pdf = papers.receipt_pdf(receipt, layout=filters.layout)
    name = f"{here(request).code}-{receipt}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


@receipts.write(
    "/receipts/{int:id}/cancellations",
    permission=permissions.REQUEST_CANCELLATION,
    response=CancellationOut,
    status=201,
)
def request_receipt_cancellation(request: HttpRequest, id: Id, payload: Reason) -> Status[CancellationOut]:
    """Ask to cancel a receipt and take its payment back; a second person decides."""
    estate = here(request)
    receipt = find(collection.receipts(estate), id)
    row = request_cancellation(receipt=receipt, reason=payload.reason, by=access_of(request).user)
    return Status(201, cancellation_out(find(collection.cancellations(estate), row.pk)))


# --- Decisions --------------------------------------------------------------------------------------------------------

add_flow(
    decisions,
    CANCELLATION,
    "/cancellations",
    "cancellation",
    rows=collection.cancellations,
    response=CancellationOut,
    shape=cancellation_out,
    permission=permissions.VIEW,
)
add_flow(
    decisions,
    WAIVER,
    "/waivers",
    "waiver",
    rows=collection.waivers,
    response=WaiverOut,
    shape=waiver_out,
    permission=permissions.VIEW,
)
add_flow(
    decisions,
    TRANSFER,
    "/transfers",
    "transfer",
    rows=collection.transfer_reports,
    response=TransferOut,
    shape=transfer_out,
    permission=permissions.VIEW,
)
