"""What a resident has paid, and the receipts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import TransferState
from anju.domains.billing.models import Payment
from anju.domains.billing.papers import receipt_pdf, thing_of
from anju.domains.billing.selectors.collection import allocations_of
from anju.domains.billing.selectors.resident import payments_of, prepayment_of, reports_of
from anju.foundation.accounts.resident.base import ResidentPage
from anju.foundation.registry.resident.finding import parties_of
from anju.kit.money import ZERO
from anju.kit.pages import ObjectPage

SHOWN = 60


class PaymentsPage(ResidentPage):
    """Receipts, newest first, and before them what the cashier has yet to see."""

    title = _("Paid")
    tab, back = "bills", "bills"
    template_name = "billing/my/payments.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = self.access.user
        return self.render(
            payments=list(payments_of(user)[:SHOWN]),
            reports=list(reports_of(user).exclude(state=TransferState.CONFIRMED)[:SHOWN]),
            prepayment=prepayment_of(parties_of(user)),
        )


class PaymentPage(ResidentPage, ObjectPage):
    """One payment: what it settled, and its receipt."""

    title = _("Receipt")
    tab, back = "bills", "payments"
    template_name = "billing/my/payment.html"
    object: Payment

    def get_rows(self) -> QuerySet[Payment]:
        return payments_of(self.access.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = list(allocations_of(self.object))
        return self.render(
            payment=self.object,
            receipt=self.object.receipt,
            rows=[(row, thing_of(row.bill)) for row in rows],
            kept=self.object.amount - sum((row.amount for row in rows), ZERO),
        )


class ReceiptPdf(ResidentPage, ObjectPage):
    """The receipt on A4."""

    def get_rows(self) -> QuerySet[Payment]:
        return payments_of(self.access.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        receipt = self.object.receipt
        response = HttpResponse(receipt_pdf(receipt), content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="{self.object.estate.code}-{receipt}.pdf"'
        return response
