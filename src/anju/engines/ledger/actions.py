"""The writers of the ledger: open the books, post, reverse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from anju.engines.ledger import chart, selectors
from anju.engines.ledger.enums import CostHead
from anju.engines.ledger.models import Account, Entry, Fund, Line
from anju.foundation.registry.enums import EstateKind
from anju.foundation.registry.models import Estate
from anju.kit import clock, jobs
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name
from anju.kit.models import Job
from anju.kit.money import to_cents

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

EXPENSE = "ledger.expense"
AUDIT = "ledger.audit"


@action
def open_books(*, estate: Estate, by: User | None) -> list[Fund]:
    """Open the funds and accounts of :mod:`chart` for ``estate``; what is there already stays as it is.

    Names are written in the language of the installation: they are data that people may rename.
    """
    quasi = estate.kind == EstateKind.QUASI
    lock_name("ledger.open_books", estate.pk)
    with translation.override(settings.LANGUAGE_CODE):
        present = {fund.kind: fund for fund in Fund.objects.filter(estate=estate)}
        missing = [
            Fund(estate=estate, kind=k, name=str(chart.FUNDS[k])) for k in chart.funds(quasi=quasi) if k not in present
        ]
        present.update((fund.kind, fund) for fund in Fund.objects.bulk_create(missing))
        known = set(Account.objects.filter(estate=estate).values_list("fund_id", "code"))
        # An estate that becomes quasi-managed keeps its prepayments where they are.
        has_prepayments = Account.objects.filter(estate=estate, code=chart.PREPAYMENT).exists()
        Account.objects.bulk_create(
            Account(
                estate=estate,
                fund=fund,
                code=template.code,
                name=str(template.name),
                kind=template.kind,
                control=template.control,
                head=template.head or "",
            )
            for kind, fund in present.items()
            for template in chart.accounts(kind, quasi=quasi)  # type: ignore[arg-type]
            if (fund.pk, template.code) not in known and not (template.code == chart.PREPAYMENT and has_prepayments)
        )
    return list(present.values())


@action
def post_entry(
    *,
    estate: Estate,
    posted_on: date,
    memo: str,
    source: str,
    source_id: int | None,
    lines: Sequence[tuple[Account, Decimal]],
    by: User | None,
) -> Entry:
    """Write one journal entry. ``lines`` are accounts with yuan, debit positive and credit negative.

    Lines of one account are added up and nothing-lines dropped. Raises Refusal ``entry_empty``, ``entry_fraction``,
    ``entry_foreign_account`` or ``entry_unbalanced``; at commit the database refuses an unbalanced entry whoever
    wrote it.
    """
    sums: dict[int, Decimal] = {}
    funds: dict[int, Decimal] = {}
    for account, amount in lines:
        if account.estate_id != estate.pk:
            raise Refusal(
                "entry_foreign_account", _("Account “%(account)s” belongs to another estate.") % {"account": account}
            )
        if amount != to_cents(amount):
            raise Refusal("entry_fraction", _("The journal knows no fractions of a cent."))
        sums[account.pk] = sums.get(account.pk, Decimal(0)) + amount
        funds[account.fund_id] = funds.get(account.fund_id, Decimal(0)) + amount
    if any(funds.values()):
        raise Refusal("entry_unbalanced", _("Debit and credit of a fund differ: the entry was not written."))
    if not any(sums.values()):
        raise Refusal("entry_empty", _("A journal entry needs an amount."))
    entry = Entry.objects.create(
        estate=estate, posted_on=posted_on, memo=memo[:200], source=source, source_id=source_id, by=by
    )
    _write_lines(entry, sums)
    return entry


@action
def reverse_entry(*, entry: Entry, memo: str, by: User | None, posted_on: date | None = None) -> Entry:
    """Take ``entry`` back by the same lines with opposite signs, posted today unless said otherwise; once only.

    Raises Refusal ``entry_already_reversed`` or ``entry_is_reversal``.
    """
    lock_name("ledger.reverse", entry.pk)
    if entry.reverses_id is not None:
        raise Refusal("entry_is_reversal", _("A reversal can't be reversed: post the right entry instead."))
    if Entry.objects.filter(reverses=entry).exists():
        raise Refusal("entry_already_reversed", _("This entry has been reversed already."))
    reversal = Entry.objects.create(
        estate_id=entry.estate_id,
        posted_on=posted_on or clock.today(),
        memo=memo[:200],
        source=entry.source,
        source_id=entry.source_id,
        reverses=entry,
        by=by,
    )
    _write_lines(reversal, {line.account_id: -line.amount for line in entry.lines.all()})
    return reversal


def _write_lines(entry: Entry, sums: dict[int, Decimal]) -> None:
    Line.objects.bulk_create(
        Line(estate_id=entry.estate_id, entry=entry, account_id=account, amount=amount)
        for account, amount in sums.items()
        if amount
    )


@action
def record_expense(
    *,
    estate: Estate,
    head: CostHead | str,
    amount: Decimal,
    paid_on: date,
    memo: str,
    by: User | None,
    fund: Fund | None = None,
    from_cash: bool = False,
) -> Entry:
    """Enter money paid out for a cost head, from the bank (or the cash box) of ``fund``, by default the main one.

    Raises Refusal ``expense_not_positive``, ``expense_without_memo`` or ``expense_in_future``.
    """
    if amount <= 0:
        raise Refusal("expense_not_positive", _("Enter an amount above zero."), "amount")
    if not memo.strip():
        raise Refusal("expense_without_memo", _("Say what the money was spent on."), "memo")
    if paid_on > clock.today():
        raise Refusal("expense_in_future", _("The day of payment can't lie in the future."), "paid_on")
    fund = fund or selectors.main_fund(estate)
    return post_entry(
        estate=estate,
        posted_on=paid_on,
        memo=memo.strip(),
        source=EXPENSE,
        source_id=None,
        lines=[
            (selectors.account(fund, chart.head_code(CostHead(head))), amount),
            (selectors.account(fund, chart.CASH if from_cash else chart.BANK), -amount),
        ],
        by=by,
    )


@action
def start_audit(*, estate: Estate | None, by: User | None) -> Job:
    """Queue a check of the books of one estate, or of all; the report is the job's result."""
    return jobs.start(AUDIT, estate=estate, by=by, title=_("Check of the books"), lock=AUDIT)
