"""What billing prints: receipts, and demands of all stages.

Papers are in Chinese whatever language the person who prints them reads: they are for payers, banks and courts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation

from anju.domains.billing.enums import DunningStage, PaymentMethod, ReceiptState
from anju.domains.billing.models import Bill, Demand, DemandLine, Receipt
from anju.domains.billing.selectors.collection import allocations_of
from anju.foundation.registry.models import Estate
from anju.kit.chinese import amount_in_words
from anju.kit.money import ZERO
from anju.kit.printing import qr_svg, render_pdf

LANGUAGE = "zh-hans"
A4 = "a4"
ROLL = "roll"
_TEMPLATES = {A4: "billing/receipt.typ", ROLL: "billing/receipt_roll.typ"}


def verify_url(receipt: Receipt) -> str:
    """The public address that the QR code of a receipt carries."""
    return f"{settings.BASE_URL}/verify/{receipt.token}/"


def receipt_pdf(receipt: Receipt, *, layout: str = A4) -> bytes:
    """A receipt on A4 (with room for a seal) or on 80 mm roll paper; a cancelled one says so across the page.

    Raises KeyError for another ``layout``.
    """
    with translation.override(LANGUAGE):
        return render_pdf(_TEMPLATES[layout], receipt_context(receipt))


def receipt_context(receipt: Receipt) -> dict[str, Any]:
    """The data of a receipt's templates."""
    payment = receipt.payment
    rows = list(allocations_of(payment))
    to_prepayment = payment.amount - sum((row.amount for row in rows), ZERO)
    lines: list[dict[str, Any]] = [
        {
            "item": row.bill.fee_item.name,
            "thing": thing_of(row.bill),
            "period": f"{row.bill.period:%Y-%m}",
            "days": f"{row.bill.since:%m-%d} – {last_day(row.bill):%m-%d}",
            "amount": row.amount,
            "payer": row.bill.payer.name if row.bill.payer_id != payment.payer_id else "",
        }
        for row in rows
    ]
    if to_prepayment:
        lines.append({"item": "预存款", "thing": "", "period": "", "days": "", "amount": to_prepayment, "payer": ""})
    return {
        "estate": estate_context(receipt.estate),
        "number": str(receipt),
        "payer": payment.payer.name,
        "things": "、".join(dict.fromkeys(line["thing"] for line in lines if line["thing"])),
        "date": payment.received_on,
        "method": str(PaymentMethod(payment.method).label),
        "reference": payment.reference,
        "lines": lines,
        "amount": payment.amount,
        "words": amount_in_words(payment.amount),
        "cashier": payment.cashier.name if payment.cashier else "",
        "cancelled": receipt.state == ReceiptState.CANCELLED,
        "qr": qr_svg(verify_url(receipt)),
    }


def demands_pdf(demands: Sequence[Demand]) -> bytes:
    """The letters of ``demands`` in one document, each beginning on a page of its own; in the order given.

    Raises ValueError when there is none.
    """
    if not demands:
        raise ValueError("no demands to print")
    estate = demands[0].estate
    lines: dict[int, list[DemandLine]] = defaultdict(list)
    rows = DemandLine.objects.filter(estate=estate, demand__in=[demand.pk for demand in demands])
    for row in rows.select_related("bill__fee_item", "bill__unit", "bill__space", "bill__vehicle").order_by(
        "bill__due_on"
    ):
        lines[row.demand_id].append(row)
    with translation.override(LANGUAGE):
        return render_pdf(
            "billing/demands.typ",
            {"estate": estate_context(estate), "letters": [_letter(demand, lines[demand.pk]) for demand in demands]},
        )


def _letter(demand: Demand, lines: Sequence[DemandLine]) -> dict[str, Any]:
    things = "、".join(dict.fromkeys(thing_of(line.bill) for line in lines if thing_of(line.bill)))
    total = demand.principal + demand.late_fee
    return {
        "stage": demand.stage,
        "title": {
            DunningStage.NOTICE: "缴费通知单",
            DunningStage.LETTER: "物业费催缴函",
            DunningStage.LAWYER: "律师函",
        }[DunningStage(demand.stage)],
        "number": f"{demand.issued_on:%Y%m%d}-{demand.pk}",
        "payer": demand.payer.name,
        "address": demand.payer.mailing_address or things,
        "things": things,
        "issued_on": demand.issued_on,
        "pay_by": demand.pay_by,
        "lines": [
            {
                "item": line.bill.fee_item.name,
                "thing": thing_of(line.bill),
                "period": f"{line.bill.period:%Y-%m}",
                "due": line.bill.due_on,
                "principal": line.principal,
                "late_fee": line.late_fee,
            }
            for line in lines
        ],
        "principal": demand.principal,
        "late_fee": demand.late_fee,
        "total": total,
        "words": amount_in_words(total),
    }


def estate_context(estate: Estate) -> dict[str, str]:
    """The letterhead of an estate."""
    return {
        "name": estate.name,
        "company": estate.company.name if estate.company else "",
        "address": estate.address,
        "phone": estate.phone,
    }


def thing_of(bill: Bill) -> str:
    """What a bill is for: room, parking space or plate."""
    return str(bill.unit or bill.space or bill.vehicle or "")


def last_day(bill: Bill) -> date:
    """The last day a bill covers."""
    return bill.until - timedelta(days=1)
