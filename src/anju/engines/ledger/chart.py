"""The chart of accounts that every estate begins with. Codes follow the numbering customary in Chinese bookkeeping.

Each fund has its own money, so a fund balances without the others; what passes between two funds goes through
:data:`BETWEEN_FUNDS` on both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger.enums import PARKING_HEADS, SERVICE_HEADS, AccountKind, Control, CostHead, FundKind

CASH = "1001"
BANK = "1002"
POS = "1012"
RECEIVABLE = "1122"
BETWEEN_FUNDS = "1221"
PREPAYMENT = "2203"
DEPOSITS_HELD = "2241"
UTILITIES_COLLECTED = "2242"
"""Collected for a supplier without a handling fee (rule book 4): owed on, hence no income."""
NET_ASSETS = "4001"
SERVICE_INCOME = "6001.01"
PARKING_INCOME = "6001.02"
SHARED_INCOME = "6001.03"
LATE_FEE_INCOME = "6001.04"
OTHER_INCOME = "6001.09"
COMMON_INCOME = "6051.01"
SUBSIDY_INCOME = "6051.02"
WAIVED = "6001.90"
"""What was billed and later given up: kept apart from income so that both stay visible."""
_HEAD_PREFIX = "6401."


@dataclass(frozen=True, slots=True)
class Template:
    """One account to be opened."""

    code: str
    name: str | Promise
    kind: AccountKind
    control: Control = Control.NONE
    head: CostHead | None = None


def head_code(head: CostHead) -> str:
    """The code of the expense account of ``head``."""
    return f"{_HEAD_PREFIX}{list(CostHead).index(head) + 1:02d}"


FUNDS: dict[FundKind, str | Promise] = {
    FundKind.OPERATIONS: _("Operations"),
    FundKind.DEPOSITS: _("Deposits"),
    FundKind.COMMON_REVENUE: _("Common revenue"),
    FundKind.MAINTENANCE: _("Maintenance fund"),
    FundKind.QUASI: _("Quasi-management fund"),
    FundKind.SUBSIDIES: _("Subsidies"),
}

_MONEY = (
    Template(CASH, _("Cash in hand"), AccountKind.ASSET),
    Template(BANK, _("Bank"), AccountKind.ASSET),
    Template(POS, _("POS takings not yet in the bank"), AccountKind.ASSET),
    Template(RECEIVABLE, _("Receivable from payers"), AccountKind.ASSET, Control.RECEIVABLE),
    Template(BETWEEN_FUNDS, _("Due from other funds"), AccountKind.ASSET),
    Template(NET_ASSETS, _("Net assets"), AccountKind.EQUITY),
    Template(LATE_FEE_INCOME, _("Late fees"), AccountKind.INCOME),
    Template(OTHER_INCOME, _("Other income"), AccountKind.INCOME),
    Template(WAIVED, _("Fees waived"), AccountKind.INCOME),
)
_RUNNING = (
    Template(PREPAYMENT, _("Prepayments of payers"), AccountKind.LIABILITY, Control.PREPAYMENT),
    Template(UTILITIES_COLLECTED, _("Utilities collected for suppliers"), AccountKind.LIABILITY),
    Template(SERVICE_INCOME, _("Service fees"), AccountKind.INCOME),
    Template(PARKING_INCOME, _("Parking fees"), AccountKind.INCOME),
    Template(SHARED_INCOME, _("Shared costs charged"), AccountKind.INCOME),
    *(
        Template(head_code(head), head.label, AccountKind.EXPENSE, head=head)
        for head in (*SERVICE_HEADS, *PARKING_HEADS)
    ),
)
_OWN: dict[FundKind, tuple[Template, ...]] = {
    FundKind.DEPOSITS: (Template(DEPOSITS_HELD, _("Deposits held"), AccountKind.LIABILITY),),
    FundKind.COMMON_REVENUE: (Template(COMMON_INCOME, _("Revenue of common parts"), AccountKind.INCOME),),
    FundKind.SUBSIDIES: (Template(SUBSIDY_INCOME, _("Subsidies received"), AccountKind.INCOME),),
}


def main_fund(*, quasi: bool) -> FundKind:
    """The fund that the daily work of an estate runs on, and that holds its payers' prepayments."""
    return FundKind.QUASI if quasi else FundKind.OPERATIONS


def funds(*, quasi: bool) -> tuple[FundKind, ...]:
    """The funds of an estate; the quasi-management fund only where there is quasi-management."""
    return tuple(kind for kind in FUNDS if quasi or kind != FundKind.QUASI)


def accounts(kind: FundKind, *, quasi: bool) -> tuple[Template, ...]:
    """The accounts of a fund of ``kind``.

    Fees may be charged to the operations fund of a quasi-managed estate too, but prepayments are held in one fund only:
    a payer has one balance.
    """
    if kind not in (FundKind.OPERATIONS, FundKind.QUASI):
        return (*_MONEY, *_OWN.get(kind, ()))
    is_main = kind == main_fund(quasi=quasi)
    return (*_MONEY, *(template for template in _RUNNING if is_main or template.control != Control.PREPAYMENT))
