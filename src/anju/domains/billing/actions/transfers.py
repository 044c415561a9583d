"""Transfers that residents report: the cashier looks at the bank statement and confirms or rejects."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anju.domains.billing.actions.collection import collect
from anju.domains.billing.actions.posting import in_house_language
from anju.domains.billing.enums import PaymentMethod, TransferState
from anju.domains.billing.models import Bill, TransferReport
from anju.engines.messaging.actions import send_notice
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import enter
from anju.kit.locks import lock_name, lock_rows
from anju.kit.money import to_cents

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

SOURCE = "billing.transferreport"


@action
def report_transfer(
    *,
    estate: Estate,
    payer: Party,
    bills: Iterable[int],
    amount: Decimal,
    transferred_on: date,
    reference: str,
    idempotency_key: str,
    by: User,
) -> TransferReport:
    """A resident says that ``amount`` yuan was transferred for ``bills`` of ``payer``. Nothing is settled yet.

    The same key answers the first report again. Raises Refusal ``amount_not_positive``, ``transferred_in_future``,
    ``bill_unknown``, ``bill_settled`` or ``transfer_reported`` (a bill waits for the confirmation of an earlier
    report).
    """
    chosen = set(bills)
    if not amount.is_finite() or amount <= 0 or amount != to_cents(amount):
        raise Refusal("amount_not_positive", _("Enter an amount above zero in whole cents."), "amount")
    if transferred_on > clock.today():
        raise Refusal("transferred_in_future", _("The day of the transfer can't lie in the future."), "transferred_on")
    lock_name(SOURCE, estate.pk, idempotency_key)
    first = TransferReport.objects.filter(estate=estate, idempotency_key=idempotency_key).first()
    if first is not None:
        return first
    found = lock_rows(Bill.objects.filter(estate=estate, payer=payer, pk__in=chosen).select_related("fee_item"))
    if len(found) < len(chosen) or not found:
        raise Refusal("bill_unknown", _("One of the chosen bills does not exist."), "bills")
    _check_open(found)
    report = TransferReport.objects.create(
        estate=estate,
        payer=payer,
        reported_by=by,
        amount=amount,
        transferred_on=transferred_on,
        reference=reference.strip()[:80],
        idempotency_key=idempotency_key,
    )
    report.bills.set(found)
    enter("billing.transfer_report", obj=report, by=by, amount=amount)
    return report


def _check_open(bills: list[Bill]) -> None:
    waiting = set(
        TransferReport.objects.filter(state=TransferState.REPORTED, bills__in=bills).values_list("bills", flat=True)
    )
    for bill in bills:
        if bill.reversed_at is not None or bill.settled >= bill.amount:
            raise Refusal("bill_settled", _("“%(bill)s” has been settled already.") % {"bill": bill}, "bills")
        if bill.pk in waiting:
            raise Refusal(
                "transfer_reported",
                _("A transfer for “%(bill)s” has been reported and waits for the cashier.") % {"bill": bill},
                "bills",
            )


@action
def take_transfer(*, obj: TransferReport, by: User, received_on: date | None = None, **_data: Any) -> None:
    """The effect of a confirmed report: the payment is taken as of the day it was transferred.

    The money is there whatever has become of the bills: what they no longer need becomes a prepayment.
    """
    open_bills = [bill.pk for bill in obj.bills.filter(reversed_at=None) if bill.settled < bill.amount]
    payment = collect(
        estate=obj.estate,
        payer=obj.payer,
        method=PaymentMethod.TRANSFER,
        amount=obj.amount,
        bills=open_bills,
        received_on=received_on or obj.transferred_on,
        reference=obj.reference,
        idempotency_key=f"transfer-report:{obj.pk}",
        by=by,
    )
    obj.payment = payment
    obj.save(update_fields=["payment"])
    with in_house_language():
        subject = _("Your transfer has arrived")
        body = _("We have received your transfer of %(amount)s yuan. Receipt no. %(number)s.") % {
            "amount": obj.amount,
            "number": payment.receipt,
        }
    send_notice(party=obj.payer, subject=subject, body=body, source=SOURCE, source_id=obj.pk, by=by)


@action
def tell_rejection(*, obj: TransferReport, by: User, reason: str = "", **_data: Any) -> None:
    """The effect of a rejected report: the resident is told why."""
    with in_house_language():
        subject = _("Your reported transfer was not found")
        body = _("We could not confirm your transfer of %(amount)s yuan of %(day)s: %(reason)s") % {
            "amount": obj.amount,
            "day": obj.transferred_on.isoformat(),
            "reason": reason,
        }
    send_notice(party=obj.payer, subject=subject, body=body, source=SOURCE, source_id=obj.pk, by=by)
