"""Paying in three taps: the bills (all ticked), the bank account, “I have transferred it”.

The cashier confirms when the money is there; until then nothing is settled and the bills wait.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.actions.transfers import report_transfer
from anju.domains.billing.flow import TRANSFER
from anju.domains.billing.forms.collecting import YuanField
from anju.domains.billing.models import TransferReport
from anju.domains.billing.papers import thing_of
from anju.domains.billing.selectors.collection import BILL_PARTS, DeskLine
from anju.domains.billing.selectors.resident import (
    Owing,
    owing,
    payment_settings,
    reference_code,
    reports_of,
)
from anju.foundation.accounts.resident.base import ResidentPage
from anju.kit import clock
from anju.kit.money import ZERO
from anju.kit.pages import ActionPage, DateInput, ObjectPage, once


class PayPage(ResidentPage):
    """First tap: everything that is open, ticked."""

    title = _("Pay")
    tab, back = "bills", "bills"
    template_name = "billing/my/pay.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        found = owing(self.access.user)
        return self.render(
            groups=[
                {"owing": one, "lines": [(line, thing_of(line.bill)) for line in one.lines]}
                for one in found
                if one.lines
            ],
            waiting=sum(len(one.waiting) for one in found),
        )


class TransferForm(forms.Form):
    amount = YuanField(
        label=_("Amount transferred (yuan)"),
        decimal_places=2,
        min_value=Decimal("0.01"),
        error_messages={"min_value": _("Enter an amount above zero.")},
    )
    transferred_on = forms.DateField(label=_("Day of the transfer"), widget=DateInput())
    slip = forms.CharField(
        label=_("Number of the bank slip"),
        max_length=50,
        required=False,
        help_text=_("If you have one at hand: it makes it quicker."),
    )


class PayHowPage(ResidentPage, ActionPage):
    """Second tap: where to transfer to, and by which code; the third reports it."""

    title = _("How to pay")
    tab, back = "bills", "pay"
    template_name = "billing/my/pay_how.html"
    form = TransferForm
    success = _("Thank you. The cashier will confirm it when the money is there.")

    owing: Owing
    chosen: list[DeskLine]

    def prepare(self) -> None:
        found = next((one for one in owing(self.access.user) if one.party.pk == self.kwargs["pk"]), None)
        if found is None:
            # The form was sent twice: what it paid for is waiting, and the answer of the first time holds.
            found = self._reported()
        wanted = set(self.request.POST.getlist("bills") or self.request.GET.getlist("bills"))
        self.owing = found
        self.chosen = [line for line in found.lines if str(line.bill.pk) in wanted]

    def _reported(self) -> Owing:
        party = next(
            (report.payer for report in reports_of(self.access.user).filter(payer=self.kwargs["pk"])[:1]), None
        )
        if party is None:
            raise Http404
        return Owing(party)

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.chosen), ZERO)

    def get_initial(self) -> dict[str, Any]:
        return {"amount": f"{self.total:.2f}", "transferred_on": clock.today()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not self.chosen:
            return HttpResponseRedirect(self.url("my:pay"))
        return super().get(request, *args, **kwargs)

    def perform(self, form: Any) -> TransferReport:
        data = form.cleaned_data
        code = reference_code(self.owing.party, clock.today())
        return report_transfer(
            estate=self.owing.party.estate,
            payer=self.owing.party,
            bills=[int(key) for key in self.request.POST.getlist("bills") if key.isdecimal() and len(key) < 19],
            amount=data["amount"],
            transferred_on=data["transferred_on"],
            reference=" ".join(filter(None, (code, data["slip"].strip()))),
            idempotency_key=f"my:{self.access.user.pk}:{once.token(self.request)}"[:80],
            by=self.access.user,
        )

    def get_success_url(self, result: Any) -> str:
        return self.url("my:transfer", pk=result.pk)

    def get_context(self, **extra: Any) -> dict[str, Any]:
        party = self.owing.party
        return super().get_context(
            owing=self.owing,
            chosen=[(line, thing_of(line.bill)) for line in self.chosen],
            total=self.total,
            settings=payment_settings(party.estate),
            code=reference_code(party, clock.today()),
            **extra,
        )


class TransferPage(ResidentPage, ObjectPage):
    """What became of a reported transfer."""

    title = _("Reported transfer")
    tab, back = "bills", "payments"
    template_name = "billing/my/transfer.html"
    object: TransferReport

    def get_rows(self) -> QuerySet[TransferReport]:
        return reports_of(self.access.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rejection = TRANSFER.steps(self.object).filter(transition="reject").last()
        return self.render(
            report=self.object,
            bills=[(bill, thing_of(bill)) for bill in self.object.bills.select_related(*BILL_PARTS)],
            reason=rejection.data.get("reason", "") if rejection else "",
        )
