"""Late fees become bills only when they are paid; until then they are computed for the day that is asked about."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from anju.domains.billing.actions.posting import LATE_FEE, in_house_language
from anju.domains.billing.enums import FeeKind
from anju.domains.billing.models import Bill, FeeItem
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import post_entry, reverse_entry
from anju.engines.ledger.models import Entry
from anju.foundation.registry.models import Estate
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.locks import lock_name
from anju.kit.parameters import value

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

CODE = "late-fee"


@action
def issue_late_fee(*, bill: Bill, amount: Decimal, on: date, by: User | None) -> Bill:
    """Bill ``amount`` yuan of late fee on ``bill``, due at once; the income belongs to the fund of the bill itself."""
    fund = bill.fee_item.income.fund
    item = _fee_item(bill.estate, fund.pk)
    years = int(value("billing.limitation_years", estate_id=bill.estate_id, on=on))
    issued = Bill.objects.create(
        estate_id=bill.estate_id,
        late_for=bill,
        fee_item=item,
        unit_id=bill.unit_id,
        space_id=bill.space_id,
        vehicle_id=bill.vehicle_id,
        payer_id=bill.payer_id,
        period=on.replace(day=1),
        since=on,
        until=on + timedelta(days=1),
        quantity=1,
        price=amount,
        amount=amount,
        due_on=on,
        limitation_on=on + relativedelta(years=years),
    )
    with in_house_language():
        memo = _("Late fee on %(bill)s") % {"bill": bill}
    post_entry(
        estate=bill.estate,
        posted_on=on,
        memo=memo,
        source=LATE_FEE,
        source_id=issued.pk,
        lines=[(ledger.account(fund, chart.RECEIVABLE), amount), (item.income, -amount)],
        by=by,
    )
    return issued


@action
def withdraw_late_fee(*, bill: Bill, by: User | None) -> None:
    """Reverse a late-fee bill whose payment was cancelled: it is computed anew, for the day it is really paid."""
    bill.reversed_at = clock.now()
    bill.save(update_fields=["reversed_at"])
    entry = Entry.objects.get(estate_id=bill.estate_id, source=LATE_FEE, source_id=bill.pk, reverses=None)
    with in_house_language():
        reverse_entry(entry=entry, memo=_("Late fee withdrawn"), by=by)


def _fee_item(estate: Estate, fund_id: int) -> FeeItem:
    """The estate's late-fee item of a fund, made when first needed."""
    found = FeeItem.objects.filter(estate=estate, kind=FeeKind.LATE_FEE, income__fund_id=fund_id).select_related(
        "income"
    )
    if item := found.first():
        return item
    lock_name("billing.late_fee_item", estate.pk)
    if item := found.all().first():
        return item
    income = ledger.accounts_by_code(estate, {fund_id}, (chart.LATE_FEE_INCOME,))[fund_id, chart.LATE_FEE_INCOME]
    taken = FeeItem.objects.filter(estate=estate, code=CODE).exists()
    with in_house_language():
        name = _("Late fee")
    return FeeItem.objects.create(
        estate=estate,
        code=f"{CODE}-{income.fund.kind}" if taken else CODE,
        name=f"{name} ({income.fund.name})" if taken else name,
        kind=FeeKind.LATE_FEE,
        income=income,
    )
