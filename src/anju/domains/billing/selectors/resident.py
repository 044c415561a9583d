"""What a resident may see of charging and collecting: bills and payments of which they are the payer, nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import F, QuerySet

from anju.domains.billing.enums import TransferState
from anju.domains.billing.models import Bill, Payment, PaymentSettings, PrepaymentMovement, TransferReport
from anju.domains.billing.selectors.bills import late_fees
from anju.domains.billing.selectors.collection import BILL_PARTS, DeskLine
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock
from anju.kit.money import ZERO


def bills_of(user: User) -> QuerySet[Bill]:
    """The standing bills that ``user`` pays, in the estates in scope, newest first."""
    rows = Bill.objects.filter(payer__user=user, reversed_at=None)
    return rows.select_related(
        *BILL_PARTS, "payer", "estate", "late_for__fee_item", "late_for__tariff", "tariff"
    ).order_by("-since", "-pk")


def payments_of(user: User) -> QuerySet[Payment]:
    """What ``user`` has paid, with the receipts, newest first."""
    return (
        Payment.objects.filter(payer__user=user, receipt__isnull=False)
        .select_related("receipt", "payer", "estate__company")
        .order_by("-received_on", "-pk")
    )


def reports_of(user: User) -> QuerySet[TransferReport]:
    """The transfers that were reported for ``user``, newest first."""
    return (
        TransferReport.objects.filter(payer__user=user)
        .select_related("payer", "estate", "payment__receipt")
        .prefetch_related("bills__fee_item")
        .order_by("-pk")
    )


def reported_bills(user: User) -> set[int]:
    """Keys of the bills whose transfer was reported for ``user`` and waits for the cashier."""
    reports = TransferReport.objects.filter(payer__user=user, state=TransferState.REPORTED)
    return set(reports.values_list("bills", flat=True))


@dataclass(slots=True)
class Owing:
    """What one payer owes in one estate on a day; ``waiting`` are bills whose transfer the cashier has yet to see."""

    party: Party
    lines: list[DeskLine] = field(default_factory=list)
    waiting: list[DeskLine] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.total for line in self.lines), ZERO)

    @property
    def overdue(self) -> int:
        return sum(1 for line in self.lines if line.overdue_days)


def owing(user: User, on: date | None = None) -> list[Owing]:
    """What ``user`` has to pay, by estate and payer, the oldest bill first; late fees are those of the day.

    Costs three queries, and one more per estate in which something is open.
    """
    day = on or clock.today()
    rows = Bill.objects.filter(payer__user=user, reversed_at=None, settled__lt=F("amount"))
    bills = list(rows.select_related(*BILL_PARTS, "payer__estate").order_by("estate_id", "payer_id", "due_on", "pk"))
    reported = reported_bills(user)
    by_estate: dict[Estate, list[int]] = defaultdict(list)
    for bill in bills:
        by_estate[bill.payer.estate].append(bill.pk)
    fees: dict[int, Decimal] = {}
    for estate, keys in by_estate.items():
        fees |= late_fees(estate, day, bills=keys)
    found: dict[int, Owing] = {}
    for bill in bills:
        one = found.setdefault(bill.payer_id, Owing(bill.payer))
        line = DeskLine(bill, bill.amount - bill.settled, fees.get(bill.pk, ZERO), max(0, (day - bill.due_on).days))
        (one.waiting if bill.pk in reported else one.lines).append(line)
    return list(found.values())


def prepayment_of(parties: Iterable[Party]) -> Decimal:
    """Yuan that these parties have in hand."""
    moved = PrepaymentMovement.objects.filter(party__in=list(parties))
    return sum(moved.values_list("amount", flat=True), ZERO)


def payment_settings(estate: Estate) -> PaymentSettings | None:
    """The bank account and the desk of an estate, if anybody has entered them."""
    return PaymentSettings.objects.filter(estate=estate).first()


def reference_code(party: Party, on: date) -> str:
    """What a payer writes into the transfer so that the cashier finds it: short, and the same all day."""
    return f"WY{party.pk}-{on:%m%d}"
