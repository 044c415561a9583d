"""Pages of what somebody has to decide on: waivers, and transfers that residents report."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions.waivers import request_waiver
from anju.domains.billing.console.base import BillingPages, RequestDetail
from anju.domains.billing.enums import WaiverKind
from anju.domains.billing.filters import collecting as filters
from anju.domains.billing.flow import TRANSFER, WAIVER
from anju.domains.billing.forms.collecting import WaiverForm
from anju.domains.billing.models import Bill, TransferReport, Waiver
from anju.domains.billing.papers import thing_of
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.selectors.bills import bills_of_estate, late_fees
from anju.domains.billing.tables import collecting as tables
from anju.foundation.registry.console.base import here
from anju.foundation.registry.selectors import parties_called, units_called
from anju.kit import clock
from anju.kit.chinese import normalise
from anju.kit.money import ZERO
from anju.kit.pages import Crumb, DetailPage, Field, ObjectActionPage, PageAction, Related, Section
from anju.kit.searches import by_any


def find_waivers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    text = normalise(text)
    return by_any(rows, Q(bill__payer__in=parties_called(text)), Q(bill__unit__in=units_called(text)))


def find_transfers(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    text = normalise(text)
    return by_any(rows, Q(payer__in=parties_called(text)), Q(reference__icontains=text))


class WaiverDetail(RequestDetail):
    def get_title(self) -> Any:
        return _("Waiver of %(amount)s yuan") % {"amount": f"{self.object.amount:,.2f}"}


class WaiverPages(BillingPages):
    model = Waiver
    title, icon = _("Waivers"), "discount"
    subtitle = _("Fees and late fees given up: asked for by one person, decided by another.")
    rows = here(reads.waivers)
    table, filters, flow = tables.WaiverTable, filters.WaiverFilters, WAIVER
    search, search_hint, ordering = find_waivers, _("Payer or room"), ("-pk",)
    hidden_columns = ("created_at",)
    empty_text = _("Open a bill to ask for a waiver of it or of its late fee.")
    list_actions = (PageAction(_("Bills"), "bill_list", permissions.VIEW, icon="file-invoice"),)
    detail_page = WaiverDetail
    sections = (
        Section(
            _("What is requested"),
            (
                Field("bill", link="billing:bill_detail"),
                Field(lambda waiver: thing_of(waiver.bill), _("For")),
                Field("bill__payer", _("Payer"), link="registry:party_card"),
                Field("kind", tone=""),
                "amount",
                Field("bill__amount", _("Amount of the bill")),
                Field(lambda waiver: waiver.bill.amount - waiver.bill.settled, _("Open")),
                "requested_by",
                Field("created_at", _("Requested")),
                Field("reason", wide=True),
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        waive = RequestWaiver.as_view(permission=permissions.REQUEST_WAIVER, action=request_waiver)
        return [*super().urls(), path("bills/<int:pk>/waive/", waive, name="bill_waive")]


class RequestWaiver(ObjectActionPage):
    """Asks to give up a part of one bill."""

    rows = staticmethod(here(bills_of_estate))
    form = WaiverForm
    title = _("Ask for a waiver")
    submit_label = _("Ask for the waiver")
    success = _("The waiver has been asked for; somebody else decides.")

    def prepare(self) -> None:
        super().prepare()
        bill: Bill = self.object
        self.open = bill.amount - bill.settled
        self.late_fee = late_fees(self.estate, clock.today(), bills=[bill.pk]).get(bill.pk, ZERO)
        self.intro = _("%(payer)s, %(bill)s %(thing)s: open %(open)s yuan, late fee of today %(fee)s yuan.") % {
            "payer": bill.payer,
            "bill": bill,
            "thing": thing_of(bill),
            "open": f"{self.open:,.2f}",
            "fee": f"{self.late_fee:,.2f}",
        }

    def get_initial(self) -> dict[str, Any]:
        if self.late_fee:
            return {"kind": WaiverKind.LATE_FEE, "amount": self.late_fee}
        return {"kind": WaiverKind.PRINCIPAL, "amount": self.open}

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(WaiverPages.title, self.url("waiver_list"))]

    def get_cancel_url(self) -> str:
        return self.url("bill_detail", pk=self.object.pk) or self.url("waiver_list")

    def get_success_url(self, result: Any) -> str:
        return self.url("waiver_detail", pk=result.pk)


class TransferDetail(DetailPage):
    def get_title(self) -> Any:
        return _("Reported transfer of %(amount)s yuan") % {"amount": f"{self.object.amount:,.2f}"}


class TransferPages(BillingPages):
    model, name, path = TransferReport, "transfer", "transfers"
    title, icon = _("Reported transfers"), "building-bank"
    subtitle = _("Residents say that they have transferred; compare with the bank statement, then confirm or reject.")
    rows = here(reads.transfer_reports)
    table, filters, flow = tables.TransferTable, filters.TransferFilters, TRANSFER
    search, search_hint, ordering = find_transfers, _("Payer or bank reference"), ("-pk",)
    empty_text = _("Residents report transfers on their phone under “Pay”.")
    detail_page = TransferDetail
    sections = (
        Section(
            _("Report"),
            (
                Field("payer", link="registry:party_card"),
                "amount",
                "transferred_on",
                "reference",
                "reported_by",
                Field("created_at", _("Reported")),
                Field("payment__receipt", _("Receipt"), link="billing:receipt_detail"),
            ),
        ),
    )
    related = (
        Related(
            "bills",
            _("Bills it is for"),
            lambda report: report.bills.select_related("fee_item", "unit", "space", "vehicle", "payer").order_by(
                "due_on", "pk"
            ),
            tables.ReportedBillTable,
            row_url="bill_detail",
        ),
    )
