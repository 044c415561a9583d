"""Reads of collecting: the desk, payments and receipts, decisions waiting, the day's takings, the ledger of a
household."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django_scopes import scopes_disabled

from anju.domains.billing.enums import PaymentMethod, ReceiptState, ReviewState, TransferState
from anju.domains.billing.models import (
    Allocation,
    Bill,
    BillRun,
    CashCount,
    Payment,
    PrepaymentMovement,
    Receipt,
    ReceiptCancellation,
    TransferReport,
    Waiver,
)
from anju.domains.billing.selectors.bills import late_fees
from anju.foundation.accounts.models import User
from anju.foundation.registry.models import Estate, Occupancy, Ownership, ParkingSpace, Party, Unit, Vehicle
from anju.kit import clock
from anju.kit.idcards import mask_name
from anju.kit.money import ZERO

_WAITING = " UNION ALL ".join(
    f"SELECT '{name}', count(*) FROM {model._meta.db_table} WHERE estate_id = %(estate)s AND state = {state}"
    for name, model, state in (
        ("transfers", TransferReport, "%(new)s"),
        ("cancellations", ReceiptCancellation, "%(asked)s"),
        ("waivers", Waiver, "%(asked)s"),
    )
)
BILL_PARTS = ("fee_item", "unit", "space", "vehicle")


def open_bills(estate: Estate) -> QuerySet[Bill]:
    """Bills of which something is still to be paid, with ``open`` yuan."""
    return Bill.objects.filter(estate=estate, reversed_at=None, settled__lt=F("amount")).annotate(
        open=F("amount") - F("settled")
    )


def prepayment_balance(party: Party) -> Decimal:
    """Yuan that ``party`` has in hand for bills to come."""
    moved = PrepaymentMovement.objects.filter(estate_id=party.estate_id, party=party)
    return moved.aggregate(sum=Coalesce(Sum("amount"), ZERO))["sum"]


def prepayments(estate: Estate) -> QuerySet[Party]:
    """Parties that have a prepayment, each with its ``balance``."""
    sums = PrepaymentMovement.objects.filter(estate=estate).values("party").annotate(sum=Sum("amount"))
    holders = sums.filter(sum__gt=0).values("party")
    balance = sums.filter(party=OuterRef("pk")).values("sum")
    return Party.objects.filter(estate=estate, pk__in=holders).annotate(balance=Subquery(balance))


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One open bill at the desk, with its late fee on the day."""

    bill: Bill
    open: Decimal
    late_fee: Decimal
    overdue_days: int

    @property
    def total(self) -> Decimal:
        return self.open + self.late_fee


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a cashier needs to see of one payer; the same number of queries however much there is."""

    party: Party
    on: date
    lines: list[DeskLine]
    prepayment: Decimal
    units: list[Unit]
    spaces: list[ParkingSpace]
    vehicles: list[Vehicle]
    items: list[tuple[str, Decimal, Decimal]] = field(default_factory=list)
    """Fee item, yuan open, yuan of late fee: the sums of ``lines`` by item."""

    @property
    def arrears(self) -> Decimal:
        return sum((line.open for line in self.lines), ZERO)

    @property
    def late_fees(self) -> Decimal:
        return sum((line.late_fee for line in self.lines), ZERO)

    @property
    def total(self) -> Decimal:
        return self.arrears + self.late_fees


def desk(estate: Estate, party: Party, *, on: date | None = None) -> Desk:
    """Arrears of ``party`` by item and period with late fees on the day, what it has in hand, and what it has to do
    with."""
    day = on or clock.today()
    bills = list(
        open_bills(estate).filter(payer=party).select_related(*BILL_PARTS).order_by("due_on", "fee_item_id", "pk")
    )
    fees = late_fees(estate, day, payer=party.pk) if bills else {}
    lines = [
        DeskLine(bill, bill.amount - bill.settled, fees.get(bill.pk, ZERO), max(0, (day - bill.due_on).days))
        for bill in bills
    ]
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        name = line.bill.fee_item.name
        owed, late = sums.get(name, (ZERO, ZERO))
        sums[name] = (owed + line.open, late + line.late_fee)
    current = (Q(since__lte=day) & (Q(until=None) | Q(until__gt=day)),)
    owned = Ownership.objects.filter(*current, estate=estate, party=party)
    lived = Occupancy.objects.filter(*current, estate=estate, party=party)
    # A union of two short lists; an OR of two conditions would look at every unit of the estate.
    homes = owned.exclude(unit=None).values("unit").union(lived.values("unit"))
    units = Unit.objects.filter(estate=estate, pk__in=homes)
    spaces = ParkingSpace.objects.filter(estate=estate, pk__in=owned.exclude(space=None).values("space"))
    return Desk(
        party=party,
        on=day,
        lines=lines,
        prepayment=prepayment_balance(party),
        units=list(units.order_by("code")),
        spaces=list(spaces.order_by("code")),
        vehicles=list(Vehicle.objects.filter(estate=estate, party=party).order_by("plate")),
        items=[(name, owed, late) for name, (owed, late) in sums.items()],
    )


def payments(estate: Estate) -> QuerySet[Payment]:
    """Newest first."""
    return Payment.objects.filter(estate=estate).select_related("payer", "cashier", "receipt").order_by("-pk")


def receipts(estate: Estate) -> QuerySet[Receipt]:
    """Newest first."""
    return (
        Receipt.objects.filter(estate=estate).select_related("payment__payer", "payment__cashier", "by").order_by("-pk")
    )


def receipts_of_run(run: BillRun) -> QuerySet[Receipt]:
    """The valid receipts that settled standing bills of ``run``, also by prepayment; in order of their number."""
    hold = Allocation.objects.filter(bill__run=run, bill__reversed_at=None, payment__cancelled_at=None)
    return receipts(run.estate).filter(payment__in=hold.values("payment")).order_by("number")


def allocations_of(payment: Payment) -> QuerySet[Allocation]:
    """What a payment settled, with the bills and what they are for; taken-back rows are left out."""
    return (
        Allocation.objects.filter(estate_id=payment.estate_id, payment=payment, amount__gt=0)
        .select_related("bill__fee_item", "bill__unit", "bill__space", "bill__vehicle", "bill__payer", "bill__late_for")
        .order_by("bill__due_on", "pk")
    )


def cancellations(estate: Estate) -> QuerySet[ReceiptCancellation]:
    """Newest first."""
    return (
        ReceiptCancellation.objects.filter(estate=estate)
        .select_related("receipt__payment__payer", "requested_by")
        .order_by("-pk")
    )


def waivers(estate: Estate) -> QuerySet[Waiver]:
    """Newest first."""
    parts = (f"bill__{part}" for part in BILL_PARTS)
    return Waiver.objects.filter(estate=estate).select_related(*parts, "bill__payer", "requested_by").order_by("-pk")


def transfer_reports(estate: Estate) -> QuerySet[TransferReport]:
    """Newest first."""
    return (
        TransferReport.objects.filter(estate=estate)
        .select_related("payer", "reported_by", "payment__receipt")
        .prefetch_related("bills__fee_item")
        .order_by("-pk")
    )


def waiting(estate: Estate) -> dict[str, int]:
    """How many reported transfers, cancellations and waivers wait for a decision; asked for every page."""
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"estate": estate.pk, "new": TransferState.REPORTED, "asked": ReviewState.REQUESTED})
        return dict(cursor.fetchall())


def cash_counts(estate: Estate) -> QuerySet[CashCount]:
    """Newest first; ``is_latest`` marks the last count of its cashier and day."""
    later = CashCount.objects.filter(
        estate_id=OuterRef("estate_id"), cashier=OuterRef("cashier"), day=OuterRef("day"), pk__gt=OuterRef("pk")
    )
    return (
        CashCount.objects.filter(estate=estate)
        .annotate(is_latest=~Exists(later))
        .select_related("cashier", "by")
        .order_by("-day", "-pk")
    )


@dataclass(frozen=True, slots=True)
class Takings:
    """What one cashier took on one day by one method, and what of earlier days was paid back on it."""

    method: str
    count: int
    received: Decimal
    paid_back: Decimal
    first_receipt: int | None
    last_receipt: int | None

    @property
    def expected(self) -> Decimal:
        return self.received - self.paid_back


def takings(estate: Estate, cashier: User, day: date) -> list[Takings]:
    """The day of a cashier by method of payment (prepayments used are no takings).

    Cancelled payments count on neither side when they are cancelled on their own day; later, the money is paid back
    on the day of the cancellation, out of the same drawer.
    """
    mine = Payment.objects.filter(estate=estate, cashier=cashier)
    received = (
        mine.filter(received_on=day)
        .exclude(cancelled_at__date=day)
        .values("method")
        .annotate(count=Count("pk"), sum=Sum("amount"), first=Min("receipt__number"), last=Max("receipt__number"))
    )
    back = _paid_back(estate, day).filter(cashier=cashier).values("method")
    rows = {row["method"]: row for row in received.order_by()}
    paid_back = dict(back.annotate(sum=Sum("amount")).order_by().values_list("method", "sum"))
    nothing: dict[str, Any] = {"count": 0, "sum": ZERO, "first": None, "last": None}
    return [
        Takings(method, row["count"], row["sum"], paid_back.get(method, ZERO), row["first"], row["last"])
        for method in (PaymentMethod.CASH, PaymentMethod.POS, PaymentMethod.TRANSFER)
        for row in (rows.get(method, nothing),)
    ]


def _paid_back(estate: Estate, day: date) -> QuerySet[Payment]:
    """Payments of other days that were cancelled on ``day``."""
    # Found through the few cancellations of the estate, not by looking through all its payments.
    cancelled = ReceiptCancellation.objects.filter(estate=estate, state=ReviewState.APPROVED).values("receipt__payment")
    found = Payment.objects.filter(estate=estate, pk__in=cancelled, cancelled_at__date=day)
    return found.exclude(received_on=day)


@dataclass(frozen=True, slots=True)
class DayEnd:
    """A cashier's day as it stands: takings, the last count, and whether money came in after it."""

    cashier: User
    day: date
    takings: list[Takings]
    last_count: CashCount | None

    @property
    def expected_cash(self) -> Decimal:
        return next(row.expected for row in self.takings if row.method == PaymentMethod.CASH)

    @property
    def is_counted(self) -> bool:
        return self.last_count is not None

    @property
    def changed_since_count(self) -> bool:
        """The day was counted, and its cash has changed since: it has to be counted again."""
        return self.last_count is not None and self.last_count.expected_cash != self.expected_cash


def day_end(estate: Estate, cashier: User, day: date) -> DayEnd:
    last = CashCount.objects.filter(estate=estate, cashier=cashier, day=day).order_by("-pk").first()
    return DayEnd(cashier, day, takings(estate, cashier, day), last)


def cashiers_of(estate: Estate, day: date) -> QuerySet[User]:
    """Who took money on a day, or has to answer for money that was paid back on it."""
    moved = (Payment.objects.filter(estate=estate, received_on=day), _paid_back(estate, day))
    took, gave = (
        Exists(found.filter(cashier=OuterRef("pk")).exclude(method=PaymentMethod.PREPAYMENT)) for found in moved
    )
    return User.objects.filter(took | gave).order_by("pk")


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """What the public page may say about a receipt; the payer's name is masked."""

    estate: str
    company: str
    number: str
    is_valid: bool
    received_on: date
    amount: Decimal
    method: str
    payer: str
    lines: list[tuple[str, str, Decimal]]
    """Fee item, month, yuan."""


def receipt_facts(token: uuid.UUID) -> ReceiptFacts | None:
    """What the holder of a receipt's QR code may read without signing in; None for a token that no receipt has."""
    with scopes_disabled():  # the token is the key, and says nothing about whose estate it is
        receipt = Receipt.objects.select_related("estate__company", "payment__payer").filter(token=token).first()
        if receipt is None:
            return None
        payment = receipt.payment
        lines = [(row.bill.fee_item.name, f"{row.bill.period:%Y-%m}", row.amount) for row in allocations_of(payment)]
    return ReceiptFacts(
        estate=receipt.estate.name,
        company=receipt.estate.company.name if receipt.estate.company else "",
        number=str(receipt),
        is_valid=receipt.state == ReceiptState.VALID,
        received_on=payment.received_on,
        amount=payment.amount,
        method=str(PaymentMethod(payment.method).label),
        payer=mask_name(payment.payer.name),
        lines=lines,
    )
