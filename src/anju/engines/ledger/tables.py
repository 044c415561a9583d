"""What the lists of the ledger show."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger.models import Entry
from anju.kit.pages import Column, DateColumn, LinkColumn, MomentColumn, MoneyColumn, Table


class EntryTable(Table):
    number = Column(verbose_name=_("number"), accessor="pk")
    posted_on = DateColumn(verbose_name=_("date"))
    memo = Column(verbose_name=_("memo"))
    turnover = MoneyColumn(verbose_name=_("amount"), orderable=False)
    reversal = Column(verbose_name=_("reversal"), accessor="pk", orderable=False)
    by = Column(verbose_name=_("by"), order_by=("by__name",), default=_("the system"))
    created_at = MomentColumn(verbose_name=_("entered"))

    def render_reversal(self, record: Entry) -> str:
        return self.value_reversal(record) or "—"

    def value_reversal(self, record: Entry) -> str:
        if record.reverses_id is not None:
            return _now("of %(number)s") % {"number": record.reverses_id}
        taken_back: Any = getattr(record, "reversed_by", None)
        return _now("by %(number)s") % {"number": taken_back.pk} if taken_back is not None else ""


class LineTable(Table):
    account = LinkColumn(verbose_name=_("account"), to="ledger:account", of="account")
    fund = Column(verbose_name=_("fund"), accessor="account__fund")
    debit = MoneyColumn(verbose_name=_("debit"), accessor="amount")
    credit = MoneyColumn(verbose_name=_("credit"), accessor="amount")

    def render_debit(self, value: Any) -> str:
        return f"{value:,.2f}" if value > 0 else ""

    def render_credit(self, value: Any) -> str:
        return f"{-value:,.2f}" if value < 0 else ""
