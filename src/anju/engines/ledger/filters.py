"""How the journal is narrowed."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger.actions import EXPENSE
from anju.engines.ledger.models import Account, Line
from anju.kit.pages import DateFromToFilter, Filters, ObjectFilter, YesNoFilter


def accounts() -> QuerySet[Account]:
    return Account.objects.order_by("fund_id", "code")


class EntryFilters(Filters):
    posted = DateFromToFilter(label=_("Date"), field_name="posted_on")
    account = ObjectFilter(label=_("Account"), rows=accounts, method="of_account")
    expense = YesNoFilter(label=_("Expenses"), method="of_expenses")
    reversal = YesNoFilter(label=_("Reversals"), field_name="reverses", lookup_expr="isnull", exclude=True)

    def of_account(self, rows: QuerySet[Any], _name: str, value: Account) -> QuerySet[Any]:
        return rows.filter(Exists(Line.objects.filter(entry=OuterRef("pk"), account=value)))

    def of_expenses(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(source=EXPENSE) if value else rows.exclude(source=EXPENSE)
