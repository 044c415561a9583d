"""The cashier's desk: find the payer, tick what is paid, take the money, hand over the receipt."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions.collection import collect
from anju.domains.billing.console.base import asked_day
from anju.domains.billing.enums import PaymentMethod, TransferState
from anju.domains.billing.forms.collecting import DeskForm
from anju.domains.billing.models import Receipt
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.selectors.collection import DeskLine
from anju.domains.billing.selectors.desk import (
    FoundPayer,
    owed_by_others,
    payers_found,
    payments_of_cashier,
)
from anju.foundation.registry.console.base import here
from anju.foundation.registry.selectors import parties_of_estate
from anju.kit import clock
from anju.kit.idcards import mask_phone
from anju.kit.pages import ActionPage, Crumb, ObjectPage, Page, once

LATEST = 6
FOUND = 8  # payers that are shown for what was typed; more are not looked at
METHOD_ICONS = {
    PaymentMethod.CASH: "cash-banknote",
    PaymentMethod.POS: "credit-card",
    PaymentMethod.TRANSFER: "building-bank",
    PaymentMethod.PREPAYMENT: "wallet",
}


class DeskPage(Page):
    """Where a cashier's day begins: the search for a payer, the takings so far, the latest receipts."""

    permission = permissions.COLLECT
    title = _("Desk")
    template_name = "billing/desk.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        text = request.GET.get("q", "").strip()[:60]
        found = payers_found(self.estate, text, FOUND) if text else []
        if "first" in request.GET and found:
            return HttpResponseRedirect(self.url("desk_payer", pk=found[0].party.pk))
        if self.wants_fragment("desk-found"):
            return render(request, "billing/desk_found.html", self.get_found(found, text))
        today = clock.today()
        user = self.access.user
        latest = payments_of_cashier(self.estate, user, today)
        waiting = reads.transfer_reports(self.estate).filter(state=TransferState.REPORTED)
        return self.render(
            takings=[(PaymentMethod(row.method).label, row) for row in reads.takings(self.estate, user, today)],
            latest=list(latest[:LATEST]),
            waiting=waiting.count() if self.access.can(permissions.CONFIRM_TRANSFER) else 0,
            today=today,
            **self.get_found(found, text),
        )

    def get_found(self, found: list[FoundPayer], text: str) -> dict[str, Any]:
        hits = [(payer, self.url("desk_payer", pk=payer.party.pk)) for payer in found]
        return {"hits": hits, "q": text, "more": len(found) >= FOUND}


class DeskPayerPage(ObjectPage, ActionPage):
    """Everything one payer owes, and the till beside it."""

    permission = permissions.COLLECT
    template_name = "billing/desk_payer.html"
    rows = staticmethod(here(parties_of_estate))
    form = DeskForm

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(DeskPage.title, self.url("desk"))]

    @property
    def day(self) -> date:
        """The day the money came in, up to which late fees run; today unless the cashier says otherwise."""
        asked = asked_day(self.request.POST.get("received_on") or self.request.GET.get("on", ""))
        return min(asked, clock.today())

    def get_initial(self) -> dict[str, Any]:
        method = self.request.GET.get("method", "")
        return {
            "method": method if method in PaymentMethod.values else PaymentMethod.CASH,
            "received_on": self.day,
            "late_fees": True,
        }

    def perform(self, form: Any) -> Any:
        data = form.cleaned_data
        return collect(
            estate=self.estate,
            payer=self.object,
            method=data["method"],
            amount=data["amount"],
            bills=form.get_wish(),
            late_fees=data["late_fees"],
            received_on=data["received_on"],
            reference=data["reference"],
            note=data["note"],
            idempotency_key=f"desk:{self.request.POST.get(once.FIELD, '')[:60] or uuid.uuid4()}",
            by=self.access.user,
        )

    def get_success_url(self, result: Any) -> str:
        given = self.request.POST.get("tendered", "")
        done = self.url("desk_done", pk=result.receipt.pk)
        return f"{done}?given={given}" if given and result.method == PaymentMethod.CASH else done

    def get_success_message(self, result: Any) -> str:
        return ""  # the page it leads to is the message

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        desk = reads.desk(self.estate, self.object, on=self.day)
        others = owed_by_others(self.estate, self.object, desk.units, self.day)
        # Another day asks for the page anew, with what was ticked so far: ``?on=…&bills=…``; without any, all are.
        given = form.data if form.is_bound else self.request.GET
        posted = given.getlist("bills") if form.is_bound or "bills" in given else None
        parts = form["parts"].value() or {}
        waiting = reads.transfer_reports(self.estate).filter(payer=self.object, state=TransferState.REPORTED)
        chosen = [line for line in desk.lines if posted is None or str(line.bill.pk) in posted]
        return self.render(
            status=status,
            form=form,
            object=self.object,
            once=once.token(self.request),
            desk=desk,
            groups=self.get_groups(desk.lines, posted, parts),
            others=[(line, str(line.bill.pk) in (posted or ()), parts.get(str(line.bill.pk), "")) for line in others],
            parts=parts,
            due=sum((line.total for line in chosen), Decimal(0)),
            # Somebody else was quicker: what was meant for those bills must not become a prepayment by pressing on.
            amount=form["amount"].value() if form.is_bound and not form.has_error("bills", "bill_settled") else None,
            methods=self.get_methods(form, desk.prepayment),
            phone=mask_phone(self.object.phone) if self.object.phone else "",
            waiting=list(waiting[:3]),
            today=clock.today(),
        )

    def get_groups(
        self, lines: list[DeskLine], posted: list[str] | None, parts: dict[str, str]
    ) -> list[dict[str, Any]]:
        """The lines by fee item, each with whether it is ticked and how much of it is paid, and the sums; where most is
        owed stands first."""
        groups = []
        for name, members in groupby(sorted(lines, key=_item), key=lambda line: line.bill.fee_item.name):
            rows = list(members)
            groups.append(
                {
                    "name": name,
                    "lines": [
                        (line, posted is None or str(line.bill.pk) in posted, parts.get(str(line.bill.pk), ""))
                        for line in rows
                    ],
                    "open": sum((line.open for line in rows), Decimal(0)),
                    "late_fee": sum((line.late_fee for line in rows), Decimal(0)),
                    "total": sum((line.total for line in rows), Decimal(0)),
                }
            )
        return sorted(groups, key=lambda group: -group["total"])

    def get_methods(self, form: Any, prepayment: Decimal) -> list[dict[str, Any]]:
        chosen = form["method"].value()
        return [
            {
                "value": method.value,
                "label": method.label,
                "icon": METHOD_ICONS[method],
                "key": number,
                "checked": chosen == method.value,
                "disabled": method == PaymentMethod.PREPAYMENT and prepayment <= 0,
            }
            for number, method in enumerate(PaymentMethod, start=1)
        ]


def _item(line: DeskLine) -> tuple[str, Any]:
    return line.bill.fee_item.name, line.bill.due_on


class DeskDonePage(ObjectPage):
    """The money is taken: the number, the change, the papers, and on to the next payer."""

    permission = permissions.COLLECT
    template_name = "billing/desk_done.html"
    rows = staticmethod(here(reads.receipts))

    def get_title(self) -> Any:
        return _("Receipt %(number)s") % {"number": self.object}

    def get_breadcrumbs(self) -> list[Crumb]:
        payer = self.object.payment.payer
        return [Crumb(DeskPage.title, self.url("desk")), Crumb(payer.name, self.url("desk_payer", pk=payer.pk))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        payment = self.object.payment
        return self.render(
            receipt=self.object,
            payment=payment,
            lines=reads.allocations_of(payment),
            kept=sum((row.amount for row in payment.prepayment_movements.all() if row.amount > 0), Decimal(0)),
            balance=reads.prepayment_balance(payment.payer),
            still_open=sum((bill.open for bill in _open_of(self.estate, self.object)), Decimal(0)),
            given=self.get_given(),
        )

    def get_given(self) -> tuple[Decimal, Decimal] | None:
        """(cash given, change), as the cashier typed it at the till."""
        field = DeskForm.base_fields["tendered"]
        try:
            given = field.clean(self.request.GET.get("given", ""))
        except ValidationError:
            return None
        amount = self.object.payment.amount
        return (given, given - amount) if given is not None and given >= amount else None


def _open_of(estate: Any, receipt: Receipt) -> Any:
    return reads.open_bills(estate).filter(payer=receipt.payment.payer_id)
