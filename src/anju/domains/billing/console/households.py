"""The fee ledger of a home or of a payer, and who has money in hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.console.base import BillingList
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.selectors.household import RowKind, household_ledger
from anju.domains.billing.tables.collecting import PrepaymentTable
from anju.foundation.registry.console.base import here
from anju.foundation.registry.console.parties import find_parties
from anju.foundation.registry.selectors import owners_on, parties_of_estate, units_of_estate
from anju.kit.money import ZERO
from anju.kit.pages import Crumb, ObjectPage

KINDS = {
    RowKind.BILL: (_("Billed"), "info"),
    RowKind.LATE_FEE: (_("Late fee"), "warn"),
    RowKind.REVERSAL: (_("Bill reversed"), "muted"),
    RowKind.PAYMENT: (_("Paid"), "ok"),
    RowKind.CANCELLATION: (_("Receipt cancelled"), "bad"),
    RowKind.WAIVER: (_("Given up"), "brand"),
    RowKind.PREPAYMENT_IN: (_("Put in hand"), "ok"),
    RowKind.PREPAYMENT_OUT: (_("Used from hand"), "muted"),
}


class LedgerPage(ObjectPage):
    """Everything charged, paid and given up, in order, with the balance after each row; ``?year=`` narrows it."""

    permission = permissions.VIEW
    template_name = "billing/household.html"
    of: str = ""
    above: tuple[Any, str]

    def get_breadcrumbs(self) -> list[Crumb]:
        label, name = self.above
        return [Crumb(label, self.url(name))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = household_ledger(self.estate, **{self.of: self.object})
        years = sorted({row.day.year for row in rows}, reverse=True)
        year = request.GET.get("year", "")
        shown = [row for row in rows if str(row.day.year) == year] if year else rows
        before = [row for row in rows if year and str(row.day.year) < year]
        return self.render(
            rows=[(row, *KINDS[row.kind]) for row in reversed(shown)],
            years=years,
            year=year,
            brought_forward=before[-1].owed if before else None,
            charged=sum((row.charged for row in shown), ZERO),
            credited=sum((row.credited for row in shown), ZERO),
            owed=rows[-1].owed if rows else Decimal(0),
            in_hand=rows[-1].in_hand if rows else Decimal(0),
            of=self.of,
            people=[row.party for row in owners_on(self.object)] if self.of == "unit" else [],
        )


class PartyLedgerPage(LedgerPage):
    of = "party"
    above = (_("Customers"), "registry:party_list")
    rows = staticmethod(here(parties_of_estate))

    def get_title(self) -> Any:
        return _("Ledger of %(name)s") % {"name": self.object.name}


class UnitLedgerPage(LedgerPage):
    of = "unit"
    above = (_("Units"), "registry:unit_list")
    rows = staticmethod(here(units_of_estate))

    def get_title(self) -> Any:
        return _("Ledger of %(name)s") % {"name": self.object.code}


class PrepaymentList(BillingList):
    """Who has money in hand for bills to come."""

    permission = permissions.VIEW
    title, icon = _("Prepayments"), "wallet"
    subtitle = _("Money in hand for bills to come. A bill run uses it where the payer has agreed.")
    rows = staticmethod(here(reads.prepayments))
    table = PrepaymentTable
    search, search_hint, ordering = staticmethod(find_parties), _("Name, initials or phone"), ("-balance",)
    empty_text = _("What a payer pays beyond the chosen bills is kept here until bills need it.")

    def get_row_url(self, row: Any) -> str:
        return self.url("party_ledger", pk=row.pk)
