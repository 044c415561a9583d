"""The page of figures: billed, collected, arrears by age, rates against the target; every number leads to its bills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.console.base import BillingList, asked_day
from anju.domains.billing.filters.charging import find_bills
from anju.domains.billing.selectors.bills import OBJECTS
from anju.domains.billing.selectors.figures import Figures, bills_behind, collected_by_month, figures
from anju.domains.billing.tables.charging import BillTable
from anju.kit.money import ZERO
from anju.kit.pages import Crumb, MoneyColumn, Page

LABELS = {
    "billed": _("Billed this year"),
    "collected": _("Collected of it"),
    "opening_arrears": _("Arrears at the turn of the year"),
    "arrears_collected": _("Collected of those arrears"),
    "open": _("Still open"),
    "arrears": _("Arrears: past their due date"),
}
BREAKDOWNS = (("building", _("By building")), ("item", _("By fee item")), ("month", _("By month")))


class FiguresPage(Page):
    permission = permissions.VIEW_FIGURES
    title = _("Figures")
    icon = "chart-bar"
    template_name = "billing/figures.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asked = request.GET.get("by", "")
        by = asked if asked in dict(BREAKDOWNS) else "building"
        report = figures(self.estate, on=self.on, by=by, quick=True)
        months = report if by == "month" else figures(self.estate, on=self.on, by="month", quick=True)
        total = report.total
        return self.render(
            on=self.on,
            by=by,
            report=report,
            total=total,
            cells={name: self.link(total, name) for name in LABELS},
            ages=[(label, amount, self.drill(filters)) for _key, label, amount, filters in total.age_rows],
            rows=[self.row(group) for group in report.groups],
            breakdowns=[(key, label, f"?{urlencode({'on': self.on, 'by': key})}") for key, label in BREAKDOWNS],
            month_chart=self.month_chart(months.groups),
            age_chart=age_chart(total),
        )

    @cached_property
    def on(self) -> date:
        return asked_day(self.request.GET.get("on", ""))

    def row(self, group: Figures) -> dict[str, Any]:
        """One line of the breakdown: figures with the address of their bills, before and after the rate."""
        cells = [(getattr(group, name), self.link(group, name)) for name in LABELS]
        return {"group": group, "first": cells[:2], "rest": cells[2:]}

    def link(self, group: Figures, name: str) -> str:
        return self.drill(group.filters[name])

    def drill(self, filters: Mapping[str, str]) -> str:
        """The bills behind a figure; only for those who may see bills."""
        if not self.access.can(permissions.VIEW):
            return ""
        return f"{self.url('figure_bills')}?{urlencode(filters)}"

    def month_chart(self, groups: list[Figures]) -> dict[str, Any]:
        """Billed for each month of the year, and received in it."""
        year = self.on.year
        received = collected_by_month(self.estate, year)
        billed = {group.key[:7]: group.billed for group in groups}
        months = [f"{year}-{month:02d}" for month in range(1, self.on.month + 1)]
        taken = {f"{day:%Y-%m}": amount for day, amount in received.items()}
        return {
            "kind": "bar",
            "unit": str(_("yuan")),
            "labels": months,
            "series": [
                {"name": str(_("billed in the month")), "data": [str(billed.get(month, ZERO)) for month in months]},
                {"name": str(_("received in the month")), "data": [str(taken.get(month, ZERO)) for month in months]},
            ],
        }


def age_chart(total: Figures) -> dict[str, Any]:
    """Arrears by how long they are overdue."""
    rows = total.age_rows
    return {
        "kind": "bar",
        "unit": str(_("yuan")),
        "labels": [label for _key, label, _amount, _filters in rows],
        "series": [{"name": str(_("arrears")), "data": [str(amount) for _key, _label, amount, _filters in rows]}],
    }


class FigureBillTable(BillTable):
    part = MoneyColumn(verbose_name=_("counts for"))

    class Meta:
        sequence = ("number", "thing", "fee_item", "period", "payer", "part", "...")


PARTS = ("figure", "on", "age", "building", "item", "month")
"""What the address of a figure's bills says of the figure."""


class FigureBills(BillingList):
    """The bills that one figure is made of; their parts add up to it."""

    permission = permissions.VIEW
    table, search = FigureBillTable, staticmethod(find_bills)
    search_hint = _("Number, room, plate or payer")
    ordering = ("-period", "-pk")
    hidden_columns = ("since", "until", "limitation_on", "settled")
    template_name = "billing/figure_bills.html"

    def prepare(self) -> None:
        said = {name: str(self.parameters.get(name) or "") for name in PARTS}
        self.about = {name: value for name, value in said.items() if value}
        if not self.about:
            return
        try:
            bills_behind(self.estate, self.about)
        except (KeyError, ValueError, OverflowError):
            raise Http404 from None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without a figure there is nothing to list: back to the figures."""
        return super().get(request, *args, **kwargs) if self.about else HttpResponseRedirect(self.url("figures"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return super().post(request, *args, **kwargs) if self.about else HttpResponseRedirect(self.url("figures"))

    def get_filter_form(self) -> forms.Form:
        """Searching stays within the figure."""
        form = super().get_filter_form()
        for name in self.about:
            form.fields[name] = forms.CharField(widget=forms.HiddenInput, required=False)
        return form

    def get_rows(self) -> QuerySet[Any]:
        return bills_behind(self.estate, self.about).select_related(*OBJECTS)

    def get_row_url(self, row: Any) -> str:
        return self.url("bill_detail", pk=row.pk)

    def get_title(self) -> Any:
        return LABELS.get(self.about["figure"], "")

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(FiguresPage.title, f"{self.url('figures')}?on={self.about['on']}")]

    def get_context(self, **extra: Any) -> dict[str, Any]:
        whole: Decimal = self.get_rows().aggregate(sum=Sum("part"))["sum"] or ZERO
        return super().get_context(whole=whole, on=self.about["on"], **extra)
