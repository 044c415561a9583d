"""Pages of accounts: the trial balance of some months, and one account's statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger import permissions, selectors
from anju.engines.ledger.models import Account, Line
from anju.engines.ledger.selectors import TrialRow
from anju.foundation.registry.console.base import here
from anju.kit import clock
from anju.kit.errors import Refusal
from anju.kit.money import ZERO
from anju.kit.pages import Crumb, ObjectPage, Page
from anju.kit.periods import Period

LINES_SHOWN = 1000


class OfMonths(Page):
    """A page about the months in the address (``?from=2026-01&to=2026-11``), by default this year until now."""

    def prepare(self) -> None:
        super().prepare()
        today = Period.of(clock.today())
        self.first = _month(self.request, "from") or Period(today.year, 1)
        self.last = max(self.first, _month(self.request, "to") or max(today, self.first))

    @property
    def since(self) -> date:
        return self.first.first

    @property
    def until(self) -> date:
        return self.last.plus(1).first

    def get_context(self, **extra: Any) -> dict[str, Any]:
        return super().get_context(first=str(self.first), last=str(self.last), **extra)


def _month(request: HttpRequest, name: str) -> Period | None:
    try:
        return Period.parse(request.GET[name])
    except (KeyError, Refusal):
        return None


class TrialBalancePage(OfMonths):
    """Every account with what it began with, what moved, and what it ended with; each fund by itself."""

    permission = permissions.VIEW
    title, icon = _("Trial balance"), "scale"
    template_name = "ledger/trial_balance.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        every = bool(request.GET.get("all"))
        rows = [
            row
            for row in selectors.trial_balance(self.estate, self.since, self.until)
            if every or row.opening or row.debit or row.credit
        ]
        funds = [_fund(fund, list(group)) for fund, group in groupby(rows, key=lambda row: row.account.fund)]
        return self.render(
            funds=funds,
            every=every,
            balanced=all(fund["closing"] == 0 for fund in funds),
            months=f"from={self.first}&to={self.last}",
            journal_url=self.url("entry_list"),
        )


def _fund(fund: Any, rows: list[TrialRow]) -> dict[str, Any]:
    sums = {name: sum((getattr(row, name) for row in rows), ZERO) for name in ("opening", "debit", "credit", "closing")}
    return {"fund": fund, "rows": rows} | sums


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One line of an account with the balance after it."""

    line: Line
    running: Decimal

    @property
    def debit(self) -> Decimal | None:
        return self.line.amount if self.line.amount > 0 else None

    @property
    def credit(self) -> Decimal | None:
        return -self.line.amount if self.line.amount < 0 else None


def accounts(estate: Any) -> Any:
    return Account.objects.filter(estate=estate).select_related("fund")


class AccountPage(OfMonths, ObjectPage):
    """What happened on one account, the oldest first, with the running balance."""

    permission = permissions.VIEW
    rows = staticmethod(here(accounts))
    template_name = "ledger/account.html"

    def get_subtitle(self) -> str:
        return f"{self.object.fund} · {self.object.get_kind_display()}"

    def get_breadcrumbs(self) -> list[Crumb]:
        url = f"{self.url('trial_balance')}?from={self.first}&to={self.last}"
        return [Crumb(TrialBalancePage.title, url)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        lines = Line.objects.filter(estate=self.estate, account=self.object)
        before = lines.filter(entry__posted_on__lt=self.since).aggregate(sum=Sum("amount"))["sum"] or ZERO
        within = lines.filter(entry__posted_on__gte=self.since, entry__posted_on__lt=self.until)
        moved = within.aggregate(sum=Sum("amount"))["sum"] or ZERO
        shown = list(within.select_related("entry__by").order_by("entry__posted_on", "pk")[: LINES_SHOWN + 1])
        running, rows = before, []
        for line in shown[:LINES_SHOWN]:
            running += line.amount
            rows.append(StatementLine(line, running))
        return self.render(
            account=self.object, rows=rows, opening=before, closing=before + moved, more=len(shown) > LINES_SHOWN,
        )  # fmt: skip
