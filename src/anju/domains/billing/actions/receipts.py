"""Cancelling a receipt: asked for with a reason, decided by a second person; then everything the payment did is taken
back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext as _

from anju.domains.billing.actions import limitation
from anju.domains.billing.actions.late_fees import withdraw_late_fee
from anju.domains.billing.actions.posting import PAYMENT, in_house_language
from anju.domains.billing.enums import ReceiptState, ReviewState
from anju.domains.billing.models import Allocation, Bill, Payment, PrepaymentMovement, Receipt, ReceiptCancellation
from anju.domains.billing.selectors import collection as reads
from anju.engines.ledger.actions import reverse_entry
from anju.engines.ledger.models import Entry
from anju.foundation.registry.models import Party
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import enter
from anju.kit.locks import lock_rows

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@action
def request_cancellation(*, receipt: Receipt, reason: str, by: User) -> ReceiptCancellation:
    """Ask that ``receipt`` be cancelled; somebody else decides.

    Raises Refusal ``no_reason``, ``receipt_cancelled``, ``cancellation_requested`` or ``prepayment_used``.
    """
    if not reason.strip():
        raise Refusal("no_reason", _("Please say why."), "reason")
    receipt = lock_rows(Receipt.objects.filter(pk=receipt.pk).select_related("payment__payer"))[0]
    if receipt.state == ReceiptState.CANCELLED:
        raise Refusal("receipt_cancelled", _("This receipt has been cancelled already."))
    if ReceiptCancellation.objects.filter(receipt=receipt, state=ReviewState.REQUESTED).exists():
        raise Refusal("cancellation_requested", _("Cancelling this receipt has been asked for already."))
    check_prepayment_unused(receipt.payment)
    request = ReceiptCancellation.objects.create(
        estate_id=receipt.estate_id, receipt=receipt, reason=reason.strip()[:200], requested_by=by
    )
    enter("billing.receipt_cancellation", obj=request, by=by, reason=request.reason)
    return request


def check_prepayment_unused(payment: Payment) -> None:
    """Raises Refusal ``prepayment_used`` when what the payment left in hand has settled other bills since."""
    kept = _kept(payment)
    if kept > 0 and reads.prepayment_balance(payment.payer) < kept:
        raise Refusal(
            "prepayment_used",
            _(
                "%(amount)s of this payment became a prepayment that has been used since. Cancel the later receipt "
                "first."
            )
            % {"amount": kept},
        )


def _kept(payment: Payment) -> Decimal:
    return payment.prepayment_movements.aggregate(sum=Sum("amount"))["sum"] or Decimal(0)


@action
def cancel_receipt(*, obj: ReceiptCancellation, by: User, **_data: Any) -> None:
    """The effect of an approved cancellation: bills are open again, with the limitation they would have without the
    payment, the prepayment is as before, the journal is reversed.

    Raises Refusal ``prepayment_used``.
    """
    receipt = Receipt.objects.select_for_update(of=("self",)).select_related("payment__payer").get(pk=obj.receipt_id)
    payment = receipt.payment
    settled = dict(
        Allocation.objects.filter(payment=payment).values_list("bill_id").annotate(sum=Sum("amount")).order_by()
    )
    # With the late fees on them, which somebody else may be taking at this moment.
    touched = Bill.objects.filter(Q(pk__in=settled) | Q(late_for__in=settled), estate_id=payment.estate_id)
    bills = [bill for bill in lock_rows(touched) if bill.pk in settled]
    Party.objects.select_for_update(no_key=True).get(pk=payment.payer_id)
    check_prepayment_unused(payment)

    receipt.state = ReceiptState.CANCELLED
    receipt.save(update_fields=["state"])
    payment.cancelled_at = clock.now()
    payment.save(update_fields=["cancelled_at"])
    Allocation.objects.bulk_create(
        Allocation(estate_id=payment.estate_id, payment=payment, bill=bill, amount=-settled[bill.pk]) for bill in bills
    )
    for bill in bills:
        Bill.objects.filter(pk=bill.pk).update(settled=F("settled") - settled[bill.pk])
    limitation.recompute(settled, payment.estate_id, clock.today())
    if kept := _kept(payment):
        PrepaymentMovement.objects.create(
            estate_id=payment.estate_id, party_id=payment.payer_id, payment=payment, amount=-kept
        )
    entry = Entry.objects.get(estate_id=payment.estate_id, source=PAYMENT, source_id=payment.pk, reverses=None)
    with in_house_language():
        reverse_entry(entry=entry, memo=_("Receipt %(number)s cancelled") % {"number": receipt}, by=by)
    # Late fees on what is open again run on: they are computed anew, for the day they are really paid.
    for bill in touched.filter(settled=0, reversed_at=None, late_for__settled__lt=F("late_for__amount")):
        withdraw_late_fee(bill=bill, by=by)
