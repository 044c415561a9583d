"""Taking money at the desk: one action that locks, checks, settles, numbers and posts."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from anju.domains.billing.actions import limitation
from anju.domains.billing.actions.late_fees import issue_late_fee
from anju.domains.billing.actions.posting import PAYMENT, in_house_language, payment_lines
from anju.domains.billing.actions.prepayments import use_prepayments
from anju.domains.billing.enums import PaymentMethod
from anju.domains.billing.models import Allocation, Bill, Payment, PrepaymentMovement, Receipt
from anju.domains.billing.rules.collecting import Division, Target, divide, sums_by
from anju.domains.billing.selectors.bills import late_fees as late_fees_on
from anju.domains.billing.selectors.collection import prepayment_balance
from anju.engines.ledger.actions import post_entry
from anju.foundation.registry.models import Estate, Party
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows
from anju.kit.money import ZERO, to_cents

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

__all__ = ["collect", "use_prepayments"]

LARGEST = Decimal("999999999.99")
Wish = dict[int, Decimal | None]
_SETTLE = """
    UPDATE billing_bill b SET settled = b.settled + p.amount
    FROM unnest(%s::bigint[], %s::numeric[]) AS p (bill, amount) WHERE b.id = p.bill
"""


@action
def collect(
    *,
    estate: Estate,
    payer: Party,
    method: PaymentMethod | str,
    amount: Decimal,
    idempotency_key: str,
    by: User | None,
    bills: Mapping[int, Decimal | None] | Iterable[int] = (),
    received_on: date | None = None,
    reference: str = "",
    note: str = "",
    late_fees: bool | Collection[int] = True,
) -> Payment:
    """Take ``amount`` yuan from ``payer`` for ``bills``, give a numbered receipt, and post it.

    ``bills`` as a list of ids: each is settled as far as the money goes, oldest due date first; as ``{id: yuan}``:
    exactly those parts, and those whose part is None as far as the rest goes. Then late fees up to ``received_on`` are
    billed and settled, of all chosen bills (True), of none (False) or of those named. A late fee that the money does
    not cover is billed too when its bill is paid off: it stops growing and stays open. What is left becomes the payer's
    prepayment. Bills of another payer of the estate may be chosen: an owner pays for the tenant.

    The same ``idempotency_key`` with the same content answers the first payment again. Two cashiers who take the same
    bill at the same moment: the second gets Refusal ``bill_settled`` that names the first receipt. Other refusals:
    ``amount_not_positive``, ``amount_fraction``, ``amount_too_large``, ``received_in_future``, ``payer_foreign``,
    ``bill_unknown``, ``bill_reversed``, ``bill_over_settled``, ``part_not_positive``, ``amount_too_small``,
    ``prepayment_short``, ``prepayment_excess``, ``key_reused``, ``key_missing``.
    """
    method = PaymentMethod(method)
    day = received_on or clock.today()
    wish = _wish(bills)
    _check_amount(amount, day)
    if payer.estate_id != estate.pk:
        raise Refusal("payer_foreign", _("This payer belongs to another estate."), "payer")
    if not idempotency_key or len(idempotency_key) > 80:
        raise Refusal("key_missing", _("A payment needs an idempotency key of at most 80 characters."))
    lock_name(PAYMENT, estate.pk, idempotency_key)
    first = Payment.objects.filter(estate=estate, idempotency_key=idempotency_key).first()
    if first is not None:
        _check_same(first, payer, method, amount, received_on, reference, wish)
        return first

    chosen = _lock_bills(estate, wish)
    fees = late_fees_on(estate, day, bills=chosen) if chosen else {}
    division = divide(amount, _targets(chosen, wish, fees, late_fees))
    _check_division(division, wish, amount)
    if method == PaymentMethod.PREPAYMENT:
        _check_prepayment(payer, amount, division)

    payment = Payment.objects.create(
        estate=estate,
        payer=payer,
        method=method,
        amount=amount,
        received_on=day,
        reference=reference.strip()[:80],
        note=note.strip()[:200],
        idempotency_key=idempotency_key,
        cashier=by,
    )
    settled = dict(division.principal)
    for bill_id, fee in fees.items():
        paid = division.late_fees.get(bill_id, ZERO)
        bill = chosen[bill_id]
        is_paid_off = bill.settled + division.principal.get(bill_id, ZERO) == bill.amount
        if not paid and not is_paid_off:
            continue
        late_bill = issue_late_fee(bill=bill, amount=fee if is_paid_off else paid, on=day, by=by)
        if paid:
            chosen[late_bill.pk] = late_bill
            settled[late_bill.pk] = paid
    _settle(payment, settled)
    limitation.restart(_acknowledged(payment, chosen, settled), estate.pk, day)
    if method == PaymentMethod.PREPAYMENT:
        PrepaymentMovement.objects.create(estate=estate, party=payer, payment=payment, amount=-amount)
    elif division.left:
        PrepaymentMovement.objects.create(estate=estate, party=payer, payment=payment, amount=division.left)

    receipt = _number(payment, by)
    funds = {bill_id: chosen[bill_id].fee_item.income.fund_id for bill_id in settled}
    with in_house_language():
        memo = _("Receipt %(number)s") % {"number": receipt}
    post_entry(
        estate=estate,
        posted_on=day,
        memo=memo,
        source=PAYMENT,
        source_id=payment.pk,
        lines=payment_lines(estate, method, sums_by(settled, funds), division.left),
        by=by,
    )
    return payment


def _wish(bills: Mapping[int, Decimal | None] | Iterable[int]) -> Wish:
    if isinstance(bills, Mapping):
        if any(part is not None and (part <= 0 or part != to_cents(part)) for part in bills.values()):
            raise Refusal("part_not_positive", _("Each part must be an amount above zero in whole cents."), "bills")
        return dict(bills)
    return dict.fromkeys(bills)


def _check_amount(amount: Decimal, day: date) -> None:
    if not amount.is_finite() or amount <= 0:
        raise Refusal("amount_not_positive", _("Enter an amount above zero."), "amount")
    if amount > LARGEST:
        raise Refusal("amount_too_large", _("This amount is too large."), "amount")
    if amount != to_cents(amount):
        raise Refusal("amount_fraction", _("Money has no fractions of a cent."), "amount")
    if day > clock.today():
        raise Refusal("received_in_future", _("The day of payment can't lie in the future."), "received_on")


def _check_same(
    first: Payment, payer: Party, method: str, amount: Decimal, received_on: date | None, reference: str, wish: Wish
) -> None:
    """A repeated request must say what the first one said."""
    rows = Allocation.objects.filter(payment=first, amount__gt=0)
    settled = dict(rows.filter(Q(bill__late_for=None) | Q(bill__in=wish)).values_list("bill_id", "amount"))
    exact = {bill: part for bill, part in wish.items() if part is not None}
    same = (
        (first.payer_id, first.method, first.amount, first.reference)
        == (payer.pk, method, amount, reference.strip()[:80])
        and received_on in (None, first.received_on)
        and settled.keys() <= wish.keys()
        and all(settled.get(bill) == part for bill, part in exact.items())
    )
    if not same:
        raise Refusal("key_reused", _("This idempotency key was used for another payment."), "idempotency_key")


def _lock_bills(estate: Estate, wish: Wish) -> dict[int, Bill]:
    """The chosen bills, locked in order of their key, each checked to be open."""
    rows = lock_rows(Bill.objects.filter(estate=estate, pk__in=wish).select_related("fee_item__income__fund"))
    found = {bill.pk: bill for bill in rows}
    if len(found) < len(wish):
        raise Refusal("bill_unknown", _("One of the chosen bills does not exist."), "bills")
    for bill in rows:
        bill.estate = estate  # known already: nobody has to look it up for each late fee
        if bill.reversed_at is not None:
            raise Refusal(
                "bill_reversed", _("“%(bill)s” has been reversed. Reload the page.") % {"bill": bill}, "bills"
            )
        if bill.settled >= bill.amount:
            _refuse_settled(bill)
        wanted = wish[bill.pk]
        if wanted is not None and wanted > bill.amount - bill.settled:
            raise Refusal(
                "bill_over_settled",
                _("Only %(open)s of “%(bill)s” is still open. Reload the page.")
                % {"open": bill.amount - bill.settled, "bill": bill},
                "bills",
            )
    return found


def _refuse_settled(bill: Bill) -> None:
    last = Allocation.objects.filter(bill=bill, amount__gt=0).select_related("payment__receipt").order_by("-pk").first()
    if last is not None and last.payment is not None:
        message = _("“%(bill)s” has been settled already, by receipt no. %(number)s.") % {
            "bill": bill,
            "number": last.payment.receipt,
        }
    else:
        message = _("“%(bill)s” has been settled already.") % {"bill": bill}
    raise Refusal("bill_settled", message, "bills")


def _targets(
    chosen: dict[int, Bill], wish: Wish, fees: Mapping[int, Decimal], late_fees: bool | Collection[int]
) -> list[Target]:
    with_fee: Collection[int] = chosen if late_fees is True else late_fees or ()
    in_order = sorted(chosen.values(), key=lambda bill: (bill.due_on, bill.pk))
    return [
        Target(
            bill.pk, bill.amount - bill.settled, fees.get(bill.pk, ZERO) if bill.pk in with_fee else ZERO, wish[bill.pk]
        )
        for bill in in_order
    ]


def _check_division(division: Division, wish: Wish, amount: Decimal) -> None:
    wanted = sum((part for part in wish.values() if part is not None), Decimal(0))
    if wanted > amount:
        raise Refusal(
            "amount_too_small",
            _("%(amount)s does not cover the chosen parts of %(wanted)s.") % {"amount": amount, "wanted": wanted},
            "amount",
        )


def _check_prepayment(payer: Party, amount: Decimal, division: Division) -> None:
    """Lock the payer's balance before looking at it."""
    Party.objects.select_for_update(no_key=True).get(pk=payer.pk)
    balance = prepayment_balance(payer)
    if amount > balance:
        raise Refusal(
            "prepayment_short",
            _("The prepayment is only %(balance)s.") % {"balance": balance},
            "amount",
            balance=balance,
        )
    if division.left:
        raise Refusal(
            "prepayment_excess",
            _("Only %(amount)s of the chosen bills is open.") % {"amount": amount - division.left},
            "amount",
        )


def _acknowledged(payment: Payment, chosen: Mapping[int, Bill], settled: Mapping[int, Decimal]) -> list[int]:
    """The payer's own bills of which the payment leaves something open."""
    return [
        pk
        for pk, amount in settled.items()
        if chosen[pk].payer_id == payment.payer_id and chosen[pk].settled + amount < chosen[pk].amount
    ]


def _settle(payment: Payment, amounts: Mapping[int, Decimal]) -> None:
    Allocation.objects.bulk_create(
        Allocation(estate_id=payment.estate_id, payment=payment, bill_id=bill, amount=amount)
        for bill, amount in amounts.items()
    )
    if not amounts:
        return
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [list(amounts), list(amounts.values())])


def _number(payment: Payment, by: User | None) -> Receipt:
    """The next number of the estate. The lock is held until the commit, so a number that is rolled back is given
    again."""
    lock_name("billing.receipt", payment.estate_id)
    last = Receipt.objects.filter(estate_id=payment.estate_id).aggregate(last=Max("number"))["last"] or 0
    return Receipt.objects.create(
        estate_id=payment.estate_id, payment=payment, number=last + 1, token=uuid.uuid4(), by=by
    )
