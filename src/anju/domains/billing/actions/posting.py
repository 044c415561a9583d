"""What collecting means for the journal."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from decimal import Decimal

from django.conf import settings
from django.utils import translation

from anju.domains.billing.enums import PaymentMethod
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.models import Account
from anju.foundation.registry.models import Estate

PAYMENT = "billing.payment"
LATE_FEE = "billing.late_fee"
WAIVER = "billing.waiver"

MONEY_ACCOUNTS = {
    PaymentMethod.CASH: chart.CASH,
    PaymentMethod.POS: chart.POS,
    PaymentMethod.TRANSFER: chart.BANK,
}


def in_house_language() -> AbstractContextManager[None]:
    """Texts that are kept (memos of the journal, notices to payers) are written in the language of the installation."""
    return translation.override(settings.LANGUAGE_CODE)


def payment_lines(
    estate: Estate, method: PaymentMethod, by_fund: Mapping[int, Decimal], to_prepayment: Decimal
) -> list[tuple[Account, Decimal]]:
    """Debit where the money now is, credit what it settled (``by_fund``) and what the payer keeps in hand.

    A prepayment that settles another fund's bill passes between the funds, so that each balances by itself.
    """
    prepayment = ledger.prepayment_account(estate)
    main = prepayment.fund_id
    money = MONEY_ACCOUNTS.get(method, chart.BETWEEN_FUNDS)
    accounts = ledger.accounts_by_code(estate, {main, *by_fund}, (money, chart.RECEIVABLE, chart.BETWEEN_FUNDS))
    lines: list[tuple[Account, Decimal]] = []
    for fund, amount in by_fund.items():
        lines.append((accounts[fund, chart.RECEIVABLE], -amount))
        if method != PaymentMethod.PREPAYMENT:
            lines.append((accounts[fund, money], amount))
            continue
        lines.append((prepayment, amount))
        if fund != main:
            lines.append((accounts[main, chart.BETWEEN_FUNDS], -amount))
            lines.append((accounts[fund, chart.BETWEEN_FUNDS], amount))
    if to_prepayment:
        lines.append((accounts[main, money], to_prepayment))
        lines.append((prepayment, -to_prepayment))
    return lines
