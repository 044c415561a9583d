"""The end of a cashier's day: what the books expect, what lies in the drawer; and every count there was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import permissions
from anju.domains.billing.actions.cash_counts import count_cash
from anju.domains.billing.console.base import BillingPages, asked_day
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.filters import collecting as filters
from anju.domains.billing.forms.collecting import CashCountForm
from anju.domains.billing.models import CashCount
from anju.domains.billing.selectors import collection as reads
from anju.domains.billing.selectors.desk import payments_of_cashier
from anju.domains.billing.tables import collecting as tables
from anju.foundation.registry.console.base import here
from anju.kit import clock
from anju.kit.money import ZERO
from anju.kit.pages import ActionPage, Crumb, DetailPage, Field, PageAction, Section

SHOWN = 100


class DayEndPage(ActionPage):
    """``?day=`` and ``?cashier=`` choose whose day; by default one's own today."""

    permission = permissions.COUNT_CASH
    title = _("Day end")
    template_name = "billing/day_end.html"
    form = CashCountForm
    action = staticmethod(count_cash)
    success = _("The count is on record.")
    submit_label = _("Record the count")
    page_actions = (PageAction(_("All counts"), "cashcount_list", permissions.VIEW, icon="history"),)

    def get_breadcrumbs(self) -> list[Crumb]:
        return [Crumb(_("Desk"), self.url("desk"))] if self.access.can(permissions.COLLECT) else []

    def prepare(self) -> None:
        self.day: date = min(asked_day(self.request.GET.get("day", "")), clock.today())
        self.cashiers = list(reads.cashiers_of(self.estate, self.day))
        me = self.access.user
        wanted = self.request.GET.get("cashier", "")
        chosen = me if wanted in ("", str(me.pk)) else next((u for u in self.cashiers if str(u.pk) == wanted), None)
        if chosen is None:
            raise Http404
        self.cashier = chosen
        if me not in self.cashiers:
            self.cashiers.insert(0, me)

    def get_subtitle(self) -> Any:
        """Whose day of which estate: the printed page says it too."""
        return f"{self.estate} · {self.cashier.name} · {self.day.isoformat()}"

    def get_arguments(self) -> dict[str, Any]:
        return {"estate": self.estate, "cashier": self.cashier, "day": self.day}

    def get_success_url(self, result: Any) -> str:
        return f"{self.request.path}?day={self.day.isoformat()}&cashier={self.cashier.pk}"

    def get_cancel_url(self) -> str:
        return ""

    def show(self, form: Any, status: int = 200) -> HttpResponse:
        self.end = reads.day_end(self.estate, self.cashier, self.day)
        self.taken = list(payments_of_cashier(self.estate, self.cashier, self.day)[:SHOWN])
        self.rows_by_method = [(PaymentMethod(row.method).label, row) for row in self.end.takings]
        self.received = sum((row.received for row in self.end.takings), ZERO)
        self.paid_back = sum((row.paid_back for row in self.end.takings), ZERO)
        return super().show(form, status)


class CashCountDetail(DetailPage):
    def get_title(self) -> Any:
        return _("Cash count %(day)s, %(cashier)s") % {
            "day": self.object.day.isoformat(),
            "cashier": self.object.cashier,
        }


def _expected(method: PaymentMethod) -> Callable[[CashCount], str]:
    return lambda count: str(count.by_method.get(method, {}).get("expected", "0.00"))


class CashCountPages(BillingPages):
    model, path = CashCount, "cash-counts"
    title, icon = _("Cash counts"), "moon"
    subtitle = _("What was counted at the end of each cashier's day. A second count is a second row.")
    rows = here(reads.cash_counts)
    table, filters = tables.CashCountTable, filters.CashCountFilters
    ordering, hidden_columns = ("-day", "-pk"), ("created_at",)
    empty_text = _("Close the first day under “Day end”.")
    list_actions = (PageAction(_("Day end"), "day_end", permissions.COUNT_CASH, icon="moon", primary=True),)
    detail_page = CashCountDetail
    sections = (
        Section(
            _("Count"),
            (
                "day",
                "cashier",
                "expected_cash",
                "counted_cash",
                "difference",
                "by",
                Field("created_at", _("Counted at")),
                Field(lambda count: "" if count.is_latest else _("counted again later"), _("Remark")),
                Field("note", wide=True),
            ),
        ),
        Section(
            _("What the books expected, by method"),
            tuple(
                Field(_expected(method), method.label)
                for method in (PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.TRANSFER)
            ),
        ),
    )

    @classmethod
    def urls(cls) -> list[URLPattern]:
        return [*super().urls(), path("day-end/", DayEndPage.as_view(), name="day_end")]
