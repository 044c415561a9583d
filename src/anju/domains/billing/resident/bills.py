"""A resident's bills: what is open, what there was, and how each was computed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import TransferState
from anju.domains.billing.models import Bill
from anju.domains.billing.papers import thing_of
from anju.domains.billing.selectors.bills import late_fee_rows
from anju.domains.billing.selectors.explanations import explanation
from anju.domains.billing.selectors.resident import bills_of, reported_bills
from anju.domains.billing.tables.charging import standing_of
from anju.foundation.accounts.resident.base import ResidentPage
from anju.kit import clock
from anju.kit.pages import ObjectPage

SHOWN = 60


class BillsPage(ResidentPage):
    """Open bills first; all of them on the second tab."""

    title = _("Bills")
    tab = "bills"
    template_name = "billing/my/bills.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        everything = request.GET.get("show") == "all"
        rows = bills_of(self.access.user)
        if not everything:
            rows = rows.filter(settled__lt=F("amount")).order_by("due_on", "pk")
        found = list(rows[: SHOWN + 1])
        waiting = reported_bills(self.access.user)
        return self.render(
            bills=[(bill, thing_of(bill), standing_of(bill), bill.pk in waiting) for bill in found[:SHOWN]],
            payable=not everything and any(bill.pk not in waiting for bill in found),
            everything=everything,
            more=len(found) > SHOWN,
        )


class BillPage(ResidentPage, ObjectPage):
    """One bill in plain words, with its sum; somebody else's does not exist here."""

    title = _("Bill")
    tab, back = "bills", "bills"
    template_name = "billing/my/bill.html"
    object: Bill

    def get_rows(self) -> QuerySet[Bill]:
        return bills_of(self.access.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        bill = self.object
        late = late_fee_rows(bill.estate, clock.today(), bills=[bill.pk])
        return self.render(
            bill=bill,
            thing=thing_of(bill),
            open=bill.amount - bill.settled,
            standing=standing_of(bill),
            late=late[0] if late and late[0].payable else None,
            last_day=bill.until - timedelta(days=1),
            explained=explanation(bill),
            allocations=bill.allocations.select_related("payment__receipt", "waiver").order_by("pk"),
            waiting=bill.transfer_reports.filter(state=TransferState.REPORTED).first(),
        )
