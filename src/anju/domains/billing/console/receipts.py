"""Pages of payments, receipts with their papers, and requests to cancel one."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import papers, permissions
from anju.domains.billing.actions.receipts import request_cancellation
from anju.domains.billing.console.base import BillingPages, RequestDetail
from anju.domains.billing.enums import ReceiptState, ReviewState
from anju.domains.billing.filters import collecting as filters
from anju.domains.billing.flow import CANCELLATION
from anju.domains.billing.forms.collecting import ReasonForm
from anju.domains.billing.models import Payment, Receipt, ReceiptCancellation
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.tables import collecting as tables
from anju.foundation.registry.console.base import here
from anju.foundation.registry.selectors import parties_called
from anju.kit.chinese import normalise
from anju.kit.pages import Crumb, DetailPage, Field, ObjectActionPage, ObjectPage, PageAction, Related, Section
from anju.kit.searches import by_any

PDF = "application/pdf"


def _by_payer_or_number(payment: str, receipt: str) -> Any:
    """A search: the payer's name or initials, the number of the receipt, the reference. Given are the paths to both."""

    def find(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
        text = normalise(text)
        paid = Payment.objects.filter(payer__in=parties_called(text)), Payment.objects.filter(reference=text)
        found = [Q(**{f"{payment}__in": payments}) for payments in paid]
        if text.isascii() and text.isdecimal() and int(text) < 2**31:
            found.append(Q(**{f"{receipt}__in": Receipt.objects.filter(number=int(text))}))
        return by_any(rows, *found)

    return find


class PaymentDetail(DetailPage):
    def get_title(self) -> Any:
        return _("Payment of %(amount)s yuan") % {"amount": f"{self.object.amount:,.2f}"}


class PaymentPages(BillingPages):
    model = Payment
    title, subtitle, icon = _("Payments"), _("All money taken, and prepayments used."), "cash-banknote"
    rows = here(reads.payments)
    table, filters = tables.PaymentTable, filters.PaymentFilters
    search, search_hint = _by_payer_or_number("pk", "receipt"), _("Payer, receipt number or reference")
    ordering, hidden_columns = ("-pk",), ("reference",)
    empty_text = _("Payments taken at the desk and confirmed transfers show up here.")
    list_actions = (PageAction(_("Desk"), "desk", permissions.COLLECT, icon="cash-register", primary=True),)
    detail_page = PaymentDetail
    sections = (
        Section(
            _("Payment"),
            (
                Field("payer", link="registry:party_card"),
                "amount",
                Field("method", tone="info"),
                "received_on",
                Field("receipt", _("Receipt"), link="billing:receipt_detail"),
                "reference",
                "cashier",
                "cancelled_at",
                Field("note", wide=True),
            ),
        ),
    )
    related = (
        Related("settled", _("What it settled"), reads.allocations_of, tables.SettledTable),
        Related(
            "movements",
            _("Prepayment"),
            lambda payment: payment.prepayment_movements.select_related("payment__receipt").order_by("pk"),
            tables.MovementTable,
            empty_text=_("No prepayment arose from it or was used."),
        ),
    )


class ReceiptDetail(DetailPage):
    template_name = "billing/receipt.html"

    def get_title(self) -> Any:
        return _("Receipt %(number)s") % {"number": self.object}

    def get_detail(self) -> dict[str, Any]:
        waiting = self.object.cancellations.filter(state=ReviewState.REQUESTED).first()
        valid = self.object.state == ReceiptState.VALID
        may_ask = valid and waiting is None and self.access.can(permissions.REQUEST_CANCELLATION)
        return super().get_detail() | {
            "waiting": waiting,
            "cancel_request_url": self.sibling("cancel", pk=self.object.pk) if may_ask else "",
            "verify_url": papers.verify_url(self.object),
        }

    def get_history_objects(self) -> list[models.Model]:
        """A receipt's history is that of the requests to cancel it."""
        return [self.object, *self.object.cancellations.all()]

    def get_flows(self) -> list[Any]:
        return [CANCELLATION]


class ReceiptPdf(ObjectPage):
    """The paper: A4, or roll paper with ``?paper=roll``."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        layout = papers.ROLL if request.GET.get("paper") == "roll" else papers.A4
        return pdf_response(papers.receipt_pdf(self.object, layout=layout), f"receipt-{self.object}.pdf")


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A document that the browser shows and can print."""
    return HttpResponse(content, content_type=PDF, headers={"Content-Disposition": f'inline; filename="{name}"'})


class RequestCancellation(ObjectActionPage):
    title = _("Cancel this receipt?")
    intro = _(
        "Somebody else has to agree. Then its bills are open again, the journal is reversed, and the number stays on "
        "record as cancelled."
    )
    form = ReasonForm
    submit_label = _("Ask for the cancellation")
    submit_tone = "danger"
    success = _("The cancellation has been asked for; somebody else decides.")

    def get_success_url(self, result: Any) -> str:
        return self.url("cancellation_detail", pk=result.pk)


class ReceiptPages(BillingPages):
    model = Receipt
    title, subtitle, icon = _("Receipts"), _("Numbered without gaps; a cancelled one keeps its number."), "receipt"
    rows = here(reads.receipts)
    table, filters = tables.ReceiptTable, filters.ReceiptFilters
    search, search_hint = _by_payer_or_number("payment", "pk"), _("Number, payer or reference")
    ordering = ("-number",)
    empty_text = _("Each payment gets a receipt with the next number.")
    list_actions = (PageAction(_("Desk"), "desk", permissions.COLLECT, icon="cash-register", primary=True),)
    detail_page = ReceiptDetail
    sections = (
        Section(
            _("Receipt"),
            (
                Field(str, _("Number")),
                Field("payment__payer", _("Payer"), link="registry:party_card"),
                Field("payment__amount", _("Amount")),
                Field(lambda receipt: receipt.payment.get_method_display(), _("Paid by")),
                Field("payment__received_on", _("Received")),
                Field("payment__reference", _("Slip or bank reference")),
                Field("payment__cashier", _("Cashier")),
                "issued_at",
                Field("payment__note", _("Note"), wide=True),
            ),
        ),
    )
    related = (
        Related(
            "settled", _("What it settled"), lambda receipt: reads.allocations_of(receipt.payment), tables.SettledTable,
            empty_text=_("All of it became a prepayment."),
        ),
        Related(
            "movements",
            _("Prepayment"),
            lambda receipt: receipt.payment.prepayment_movements.select_related("payment__receipt").order_by("pk"),
            tables.MovementTable,
            empty_text=_("No prepayment arose from it or was used."),
        ),
    )  # fmt: skip

    @classmethod
    def urls(cls) -> list[URLPattern]:
        given = {"pages": cls, "rows": cls.rows}
        pdf = ReceiptPdf.as_view(permission=permissions.VIEW, **given)
        cancel = RequestCancellation.as_view(
            permission=permissions.REQUEST_CANCELLATION, action=request_cancellation, **given
        )
        return [
            *super().urls(),
            path("receipts/<int:pk>/receipt.pdf", pdf, name="receipt_pdf"),
            path("receipts/<int:pk>/cancel/", cancel, name="receipt_cancel"),
        ]


class CancellationDetail(RequestDetail):
    def get_title(self) -> Any:
        return _("Cancellation of receipt %(number)s") % {"number": self.object.receipt}

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(self.pages.title, self.sibling("list"))]


class CancellationPages(BillingPages):
    model, name, path = ReceiptCancellation, "cancellation", "cancellations"
    title, icon = _("Cancelled receipts"), "receipt-off"
    subtitle = _("Asked for by one person, decided by another.")
    rows = here(reads.cancellations)
    table, filters, flow = tables.CancellationTable, filters.CancellationFilters, CANCELLATION
    search, search_hint = _by_payer_or_number("receipt__payment", "receipt"), _("Receipt number or payer")
    ordering = ("-pk",)
    empty_title = _("No receipt was ever cancelled")
    empty_text = _("Open a receipt to ask for its cancellation.")
    list_actions = (PageAction(_("Receipts"), "receipt_list", permissions.VIEW, icon="receipt"),)
    detail_page = CancellationDetail
    sections = (
        Section(
            _("What is requested"),
            (
                Field("receipt", link="billing:receipt_detail"),
                Field("receipt__payment__payer", _("Payer"), link="registry:party_card"),
                Field("receipt__payment__amount", _("Amount")),
                Field("receipt__payment__received_on", _("Received")),
                "requested_by",
                Field("created_at", _("Requested")),
                Field("reason", wide=True),
            ),
        ),
    )
    related = (
        Related(
            "settled", _("Bills that would be open again"),
            lambda request: reads.allocations_of(request.receipt.payment), tables.SettledTable,
        ),
    )  # fmt: skip
