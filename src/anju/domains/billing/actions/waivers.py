"""Giving up a part of a fee or of its late fee, once a second person has agreed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from anju.domains.billing.actions.posting import WAIVER, in_house_language
from anju.domains.billing.enums import WaiverKind, WaiverState
from anju.domains.billing.models import Allocation, Bill, Waiver
from anju.domains.billing.selectors.bills import late_fees
from anju.engines.ledger import chart
from anju.engines.ledger import selectors as ledger
from anju.engines.ledger.actions import post_entry, reverse_entry
from anju.engines.ledger.models import Entry
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.flow import enter
from anju.kit.locks import lock_rows
from anju.kit.money import to_cents

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@action
def request_waiver(*, bill: Bill, kind: WaiverKind | str, amount: Decimal, reason: str, by: User) -> Waiver:
    """Ask to give up ``amount`` yuan of a bill or of the late fee on it; somebody else decides.

    Raises Refusal ``no_reason``, ``amount_not_positive``, ``bill_reversed``, ``waiver_too_large`` or
    ``waiver_requested``.
    """
    if not reason.strip():
        raise Refusal("no_reason", _("Please say why."), "reason")
    if not amount.is_finite() or amount <= 0 or amount != to_cents(amount):
        raise Refusal("amount_not_positive", _("Enter an amount above zero in whole cents."), "amount")
    waiver = Waiver(
        estate_id=bill.estate_id,
        bill=_lock(bill),
        kind=WaiverKind(kind),
        amount=amount,
        reason=reason.strip()[:200],
        requested_by=by,
    )
    check_waivable(waiver)
    if Waiver.objects.filter(bill=bill, kind=waiver.kind, state=WaiverState.REQUESTED).exists():
        raise Refusal("waiver_requested", _("Another waiver of this bill still waits for a decision."))
    waiver.save()
    enter("billing.waiver", obj=waiver, by=by, reason=waiver.reason)
    return waiver


def _lock(bill: Bill) -> Bill:
    return lock_rows(Bill.objects.filter(pk=bill.pk).select_related("fee_item__income__fund", "estate"))[0]


def check_waivable(waiver: Waiver) -> None:
    """Raises Refusal ``bill_reversed`` or ``waiver_too_large`` when more would be given up than is open."""
    bill = waiver.bill
    if bill.reversed_at is not None:
        raise Refusal("bill_reversed", _("“%(bill)s” has been reversed.") % {"bill": bill})
    if waiver.kind == WaiverKind.LATE_FEE:
        most = late_fees(bill.estate, clock.today(), bills=[bill.pk]).get(bill.pk, Decimal(0))
    else:
        most = bill.amount - bill.settled
    if waiver.amount > most:
        raise Refusal(
            "waiver_too_large",
            _("Only %(amount)s is open: no more can be waived.") % {"amount": most},
            "amount",
            open=most,
        )


@action
def waive(*, obj: Waiver, by: User, **_data: Any) -> None:
    """The effect of an approved waiver.

    A waived fee settles the bill and is posted apart from income. A waived late fee has never been billed: it is
    taken off wherever the late fee is computed. Raises Refusal ``waiver_too_large`` when less is open by now.
    """
    obj.bill = bill = _lock(obj.bill)
    if obj.kind == WaiverKind.LATE_FEE:
        return
    check_waivable(obj)
    Allocation.objects.create(estate_id=obj.estate_id, waiver=obj, bill=bill, amount=obj.amount)
    bill.settled += obj.amount
    bill.save(update_fields=["settled"])
    fund = bill.fee_item.income.fund
    with in_house_language():
        memo = _("Waiver on %(bill)s: %(reason)s") % {"bill": bill, "reason": obj.reason}
    post_entry(
        estate=bill.estate,
        posted_on=clock.today(),
        memo=memo,
        source=WAIVER,
        source_id=obj.pk,
        lines=[(ledger.account(fund, chart.WAIVED), obj.amount), (ledger.account(fund, chart.RECEIVABLE), -obj.amount)],
        by=by,
    )


@action
def revoke_waiver(*, obj: Waiver, by: User, reason: str = "", **_data: Any) -> None:
    """The effect of taking an approved waiver back: what it settled is open again, and the journal says so.

    The late fee on it runs on from that day; one that was waived is owed again as if it had never been.
    """
    if obj.kind == WaiverKind.LATE_FEE:
        return
    bill = _lock(obj.bill)
    Allocation.objects.create(estate_id=obj.estate_id, waiver=obj, bill=bill, amount=-obj.amount)
    bill.settled -= obj.amount
    bill.save(update_fields=["settled"])
    entry = Entry.objects.get(estate_id=obj.estate_id, source=WAIVER, source_id=obj.pk, reverses=None)
    with in_house_language():
        memo = _("Waiver on %(bill)s revoked: %(reason)s") % {"bill": bill, "reason": reason}
    reverse_entry(entry=entry, memo=memo, by=by)
