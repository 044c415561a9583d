"""Pages of bills: the list that every figure leads to, and one bill with how it was computed."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions.runs import reverse_bill
from anju.domains.billing.console.base import BillingPages
from anju.domains.billing.filters.charging import BillFilters, find_bills
from anju.domains.billing.forms.collecting import ReasonForm
from anju.domains.billing.models import Bill
from anju.domains.billing.papers import last_day, thing_of
from anju.domains.billing.rules.standing import TONES
from anju.domains.billing.selectors import bills as reads
from anju.domains.billing.selectors.explanations import explanation
from anju.domains.billing.tables.charging import BillTable, standing_of
from anju.foundation.registry.console.base import here
from anju.kit import clock
from anju.kit.pages import DetailPage, Field, ObjectActionPage, PageAction, Section
from anju.kit.pages.timeline import Event
from anju.kit.periods import Period


def bills_with_origin(estate: Any) -> QuerySet[Bill]:
    """Bills with what explains them."""
    return reads.bills_of_estate(estate).select_related(
        *reads.OBJECTS, "tariff", "late_for__fee_item", "late_for__tariff", "run__by"
    )


class BillDetail(DetailPage):
    """One bill: how it was computed, what has settled it, what has been done to get it paid."""

    template_name = "billing/bill.html"
    history = False

    def get_rows(self) -> QuerySet[Any]:
        return bills_with_origin(self.estate)

    def get_title(self) -> str:
        return _now("Bill %(number)s: %(bill)s") % {"number": self.object.pk, "bill": self.object}

    def get_actions(self) -> list[dict[str, Any]]:
        """What is still possible: a reversed bill is over, a settled one can't be reversed."""
        bill = self.object
        over = bill.reversed_at is not None
        gone = {self.url("bill_reverse", pk=bill.pk)} if over or bill.settled else set()
        gone |= {self.url("bill_waive", pk=bill.pk)} if over or bill.settled >= bill.amount else set()
        found = [button for button in super().get_actions() if button["url"] not in gone]
        if not over and bill.settled < bill.amount and self.access.can(permissions.COLLECT):
            desk = self.url("desk_payer", pk=bill.payer_id)
            found.insert(0, {"label": _now("Take the payment"), "url": desk, "icon": "cash", "primary": True})
        return [button for button in found if button["url"]]

    def get_detail(self) -> dict[str, Any]:
        bill: Bill = self.object
        standing = standing_of(bill)
        late = reads.late_fee_rows(self.estate, clock.today(), bills=[bill.pk])
        allocations = list(
            bill.allocations.select_related("payment__receipt", "payment__cashier", "waiver__requested_by").order_by(
                "pk"
            )
        )
        demands = list(
            bill.demand_lines.select_related("demand__by", "demand__notice").order_by("-demand__issued_on", "-pk")
        )
        late_bills = list(bill.late_fees.select_related("fee_item").order_by("pk"))
        return super().get_detail() | {
            "bill": bill,
            "state": {"value": TONES[standing], "label": str(standing.label)},
            "open": bill.amount - bill.settled if bill.reversed_at is None else 0,
            "late": late[0] if late else None,
            "explained": explanation(bill),
            "last_day": last_day(bill),
            "allocations": allocations,
            "demands": demands,
            "late_bills": late_bills,
            "waivers": list(bill.waivers.select_related("requested_by").order_by("-pk")),
            "events": self.events(allocations, demands),
        }

    def events(self, allocations: list[Any], demands: list[Any]) -> list[Event]:
        """What has happened to the bill, the latest first."""
        bill: Bill = self.object
        system = _now("the system")
        issuer = bill.run.by if bill.run and bill.run.by else system
        run = _now("Bills of %(period)s") % {"period": Period.of(bill.period)} if bill.run else ""
        events = [Event(bill.created_at, str(issuer), _now("Issued"), subject=run, tone="brand")]
        for row in allocations:
            if row.payment is not None:
                what = _now("Paid") if row.amount > 0 else _now("Payment taken back")
                receipt = _now("receipt %(number)s") % {"number": row.payment.receipt}
                who = row.payment.cashier or system
            else:
                what, receipt, who = _now("Waived"), row.waiver.reason, row.waiver.requested_by
            amount = _now("%(amount)s yuan") % {"amount": f"{abs(row.amount):,.2f}"}
            tone = "ok" if row.amount > 0 else "warn"
            events.append(Event(row.created_at, str(who), what, subject=receipt, note=amount, tone=tone))
        events += [
            Event(
                line.demand.created_at,
                str(line.demand.by or system),
                str(line.demand.get_stage_display()),
                note=_now("pay by %(day)s") % {"day": line.demand.pay_by},
                tone="warn",
            )
            for line in demands
        ]
        if bill.reversed_at is not None:
            events.append(Event(bill.reversed_at, "", _now("Reversed"), tone="bad"))
        return sorted(events, key=lambda event: event.at, reverse=True)


class ReverseBill(ObjectActionPage):
    title = _("Reverse this bill")
    form, action = ReasonForm, staticmethod(reverse_bill)
    submit_label, submit_tone = _("Reverse the bill"), "danger"
    success = _("The bill has been reversed.")
    intro = _("It is taken back in the journal too. The next run of its month issues it anew if it is still due.")


class BillPages(BillingPages):
    model = Bill
    title, subtitle, icon = _("Bills"), _("Who owes what for which month, and what is paid."), "file-invoice"
    rows = here(reads.bills_of_estate)
    table, filters, search = BillTable, BillFilters, staticmethod(find_bills)
    search_hint, ordering = _("Number, room, plate or payer"), ("-period", "-pk")
    hidden_columns = ("since", "until", "settled", "limitation_on")
    empty_text = _("Bills come into being by a bill run. See first what a month would bill.")
    detail_page = BillDetail
    list_actions = (PageAction(_("Bill runs"), "run_list", permissions.VIEW, icon="calculator"),)
    detail_actions = (
        PageAction(_("Ask for a waiver"), "bill_waive", permissions.REQUEST_WAIVER, icon="discount", with_object=True),
        PageAction(_("Reverse"), "bill_reverse", permissions.REVERSE_BILLS, icon="arrow-back-up", with_object=True),
    )
    sections = (
        Section(
            _("Bill"),
            (
                Field(thing_of, _("For")),
                Field("fee_item", link="billing:fee_item_detail"),
                Field("payer", link="registry:party_card"),
                Field(lambda bill: Period.of(bill.period), _("Month")),
                "since",
                "until",
                "due_on",
                "limitation_on",
                Field("run", _("Bill run"), link="billing:run_detail"),
                Field("late_for", link="billing:bill_detail"),
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        page = ReverseBill.as_view(pages=cls, rows=cls.rows, permission=permissions.REVERSE_BILLS)
        return [*super().urls(), path("bills/<int:pk>/reverse/", page, name="bill_reverse")]
