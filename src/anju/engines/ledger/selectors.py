"""Reads of the ledger: accounts by purpose, balances, statements. Debit is positive, credit negative, all in yuan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum, Window
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext as _

from anju.engines.ledger import chart
from anju.engines.ledger.enums import AccountKind, Control, CostHead, FundKind
from anju.engines.ledger.models import Account, Entry, Fund, Line
from anju.foundation.registry.enums import EstateKind
from anju.foundation.registry.models import Estate
from anju.kit.errors import Refusal
from anju.kit.models import Job, JobState
from anju.kit.money import ZERO


def fund(estate: Estate, kind: FundKind | str) -> Fund:
    """Raises Refusal ``books_not_open`` where the estate has no such fund."""
    found = Fund.objects.filter(estate=estate, kind=kind).first()
    if found is None:
        raise Refusal("books_not_open", _("The books of this estate are not open yet."))
    return found


def main_fund(estate: Estate) -> Fund:
    """The fund that the estate's daily work runs on: quasi-management where there is one, else operations."""
    return fund(estate, chart.main_fund(quasi=estate.kind == EstateKind.QUASI))


def account(of: Fund, code: str) -> Account:
    """The account ``code`` of a fund; raises Refusal ``books_not_open`` where it is missing."""
    found = Account.objects.filter(estate_id=of.estate_id, fund=of, code=code).first()
    if found is None:
        raise Refusal("books_not_open", _("The books of this estate are not open yet."))
    return found


def control_account(of: Fund, control: Control | str) -> Account:
    """The account of a fund that must equal the sub-ledger ``control``; raises Refusal ``books_not_open``."""
    found = Account.objects.filter(estate_id=of.estate_id, fund=of, control=control).first()
    if found is None:
        raise Refusal("books_not_open", _("The books of this estate are not open yet."))
    return found


def prepayment_account(estate: Estate) -> Account:
    """The one account of the estate that holds prepayments; raises Refusal ``books_not_open``."""
    found = Account.objects.filter(estate=estate, control=Control.PREPAYMENT).select_related("fund").first()
    if found is None:
        raise Refusal("books_not_open", _("The books of this estate are not open yet."))
    return found


def accounts_by_code(estate: Estate, fund_ids: set[int], codes: tuple[str, ...]) -> dict[tuple[int, str], Account]:
    """Accounts of several funds in one query, by fund and code."""
    found = Account.objects.filter(estate=estate, fund_id__in=fund_ids, code__in=codes)
    return {(row.fund_id, row.code): row for row in found}


def credited_accounts(estate: Estate) -> QuerySet[Account]:
    """The accounts that a fee item may be credited to: income, and what is collected for suppliers."""
    return (
        Account.objects.filter(estate=estate)
        .filter(
            Q(kind=AccountKind.INCOME) & ~Q(code=chart.WAIVED)
            | Q(code__in=(chart.UTILITIES_COLLECTED, chart.DEPOSITS_HELD))
        )
        .select_related("fund")
        .order_by("fund_id", "code")
    )


def balances(estate: Estate, *, on: date | None = None) -> dict[int, Decimal]:
    """The balance of every account that has one, at the end of day ``on`` (now, if not given)."""
    lines = Line.objects.filter(estate=estate)
    if on is not None:
        lines = lines.filter(entry__posted_on__lte=on)
    return dict(lines.values_list("account_id").annotate(sum=Sum("amount")).order_by())


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account in the trial balance of a span of days."""

    account: Account
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


def trial_balance(estate: Estate, since: date, until: date) -> list[TrialRow]:
    """Every account with its movement from ``since`` until before ``until``, by fund and code."""
    before = Q(lines__entry__posted_on__lt=since)
    within = Q(lines__entry__posted_on__gte=since, lines__entry__posted_on__lt=until)
    rows = (
        Account.objects.filter(estate=estate)
        .select_related("fund")
        .annotate(
            opening=Coalesce(Sum("lines__amount", filter=before), ZERO),
            debit=Coalesce(Sum("lines__amount", filter=within & Q(lines__amount__gt=0)), ZERO),
            credit=Coalesce(Sum("lines__amount", filter=within & Q(lines__amount__lt=0)), ZERO),
        )
        .order_by("fund_id", "code")
    )
    return [TrialRow(row, row.opening, row.debit, -row.credit) for row in rows]


def account_statement(of: Account, *, until: date | None = None) -> QuerySet[Line]:
    """The lines of an account with entry and ``running`` balance, oldest first."""
    lines = Line.objects.filter(estate_id=of.estate_id, account=of)
    if until is not None:
        lines = lines.filter(entry__posted_on__lt=until)
    return (
        lines.select_related("entry", "entry__by")
        .annotate(running=Window(Sum("amount"), order_by=[F("entry__posted_on").asc(), F("pk").asc()]))
        .order_by("entry__posted_on", "pk")
    )


def entries(estate: Estate) -> QuerySet[Entry]:
    """The journal, newest first."""
    return Entry.objects.filter(estate=estate).select_related("by", "reverses", "reversed_by").order_by("-pk")


def entries_of(estate: Estate, source: str, source_id: int) -> QuerySet[Entry]:
    """What the journal says about one object."""
    return Entry.objects.filter(estate=estate, source=source, source_id=source_id).order_by("pk")


def sums_by_head(estate: Estate, since: date, until: date, heads: tuple[CostHead, ...] = ()) -> dict[str, Decimal]:
    """Yuan spent by cost head from ``since`` until before ``until``; a head without expense is there with zero."""
    wanted = heads or tuple(CostHead)
    sums = dict(
        Line.objects.filter(
            estate=estate, entry__posted_on__gte=since, entry__posted_on__lt=until, account__head__in=wanted
        )
        .values_list("account__head")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    return {head.value: sums.get(head.value, ZERO) for head in wanted}


def sums_by_head_and_month(estate: Estate, since: date, until: date) -> dict[tuple[date, str], Decimal]:
    """Yuan spent by first day of the month and cost head."""
    rows = (
        Line.objects.filter(estate=estate, entry__posted_on__gte=since, entry__posted_on__lt=until)
        .exclude(account__head="")
        .annotate(month=TruncMonth("entry__posted_on"))
        .values_list("month", "account__head")
        .annotate(sum=Sum("amount"))
        .order_by("month", "account__head")
    )
    return {(month, head): amount for month, head, amount in rows}


def sums_by_account(estate: Estate, since: date, until: date, kind: AccountKind) -> dict[int, Decimal]:
    """Yuan moved on accounts of ``kind`` from ``since`` until before ``until``; income is positive here."""
    sign = -1 if kind in (AccountKind.INCOME, AccountKind.LIABILITY, AccountKind.EQUITY) else 1
    rows = (
        Line.objects.filter(estate=estate, entry__posted_on__gte=since, entry__posted_on__lt=until, account__kind=kind)
        .values_list("account_id")
        .annotate(sum=Sum("amount"))
        .order_by()
    )
    return {account_id: sign * amount for account_id, amount in rows}


def last_audit(estate: Estate | None = None) -> Job | None:
    """The last finished check of the books (of one estate, or over all); its ``result`` is the report."""
    finished = Job.objects.filter(kind="ledger.audit", state=JobState.DONE)
    about = Q(estate_id=None) if estate is None else Q(estate_id=None) | Q(estate_id=estate.pk)
    return finished.filter(about).order_by("-pk").first()
