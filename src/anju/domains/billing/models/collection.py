"""Money that came in: payments, what they settled, receipts, prepayments, waivers, reported transfers, cash counts."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import (
    PaymentMethod,
    ReceiptState,
    ReviewState,
    TransferState,
    WaiverKind,
    WaiverState,
)
from anju.domains.billing.models.bills import Bill
from anju.foundation.registry.models import Party
from anju.kit.audit import audited
from anju.kit.flow import moves
from anju.kit.models import EstateModel, append_only
from anju.kit.money import MoneyField


class Payment(EstateModel):
    """Money received from (or a prepayment used for) one payer. Only ``cancelled_at`` ever changes."""

    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="payments", verbose_name=_("payer"))
    method = models.CharField(_("method"), max_length=12, choices=PaymentMethod)
    amount = MoneyField(_("amount"))
    received_on = models.DateField(_("received"))
    reference = models.CharField(_("slip or bank reference"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    idempotency_key = models.CharField(max_length=80)
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("cashier")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)

    class Meta:
        verbose_name = _("payment")
        constraints = [
            models.UniqueConstraint(fields=["estate", "idempotency_key"], name="payment_key_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="payment_amount_positive"),
        ]
        indexes = [
            models.Index(fields=["estate", "received_on", "cashier"], name="payment_day"),
            models.Index(fields=["estate", "payer", "-id"], name="payment_payer"),
            models.Index(fields=["estate", "reference"], condition=~models.Q(reference=""), name="payment_reference"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="immutable", exclude=["cancelled_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.received_on.isoformat()} ¥{self.amount}"


@moves("requested>approved", "requested>rejected", "approved>revoked")
@audited()
class Waiver(EstateModel):
    """A part of a bill, or of its late fee, that is given up once a second person has approved it, until revoked."""

    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="waivers", verbose_name=_("bill"))
    kind = models.CharField(_("of"), max_length=10, choices=WaiverKind, default=WaiverKind.LATE_FEE)
    amount = MoneyField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=WaiverState, default=WaiverState.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("waiver")
        constraints = [models.CheckConstraint(condition=models.Q(amount__gt=0), name="waiver_amount_positive")]
        indexes = [models.Index(fields=["estate", "state", "-id"], name="waiver_state")]

    def __str__(self) -> str:
        return f"¥{self.amount} {self.reason}"


@append_only
class Allocation(EstateModel):
    """What a payment or waiver settled of one bill; taken back by a row of the opposite sign."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    waiver = models.ForeignKey(Waiver, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="allocations", verbose_name=_("bill"))
    amount = MoneyField(_("amount"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("allocation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(payment=None) ^ models.Q(waiver=None), name="allocation_of_one_thing"
            ),
            models.CheckConstraint(condition=~models.Q(amount=0), name="allocation_not_zero"),
        ]


@append_only
class PrepaymentMovement(EstateModel):
    """Money a party has in hand for bills to come: in with a payment, out when a bill is settled with it."""

    party = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="prepayment_movements", verbose_name=_("payer")
    )
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="prepayment_movements")
    amount = MoneyField(_("amount"))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("prepayment movement")
        constraints = [models.CheckConstraint(condition=~models.Q(amount=0), name="prepayment_not_zero")]
        indexes = [models.Index(fields=["estate", "party"], name="prepayment_party")]


class Receipt(EstateModel):
    """The numbered proof of a payment; numbers of an estate have no gaps. ``token`` is what its QR code carries."""

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="receipt", verbose_name=_("payment"))
    number = models.PositiveIntegerField(_("number"))
    token = models.UUIDField(unique=True)
    state = models.CharField(_("state"), max_length=10, choices=ReceiptState, default=ReceiptState.VALID)
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("receipt")
        constraints = [models.UniqueConstraint(fields=["estate", "number"], name="receipt_number_once")]
        triggers = [
            pgtrigger.ReadOnly(name="immutable", exclude=["state"]),
            pgtrigger.FSM(name="only_cancelled", field="state", transitions=[("valid", "cancelled")]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.number:06d}"


@moves("requested>approved", "requested>rejected")
@audited()
class ReceiptCancellation(EstateModel):
    """A request to cancel a receipt and take its payment back; decided by somebody else than who asked."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.PROTECT, related_name="cancellations", verbose_name=_("receipt")
    )
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.REQUESTED)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("receipt cancellation")
        constraints = [
            models.UniqueConstraint(fields=["receipt"], condition=~models.Q(state="rejected"), name="cancellation_once")
        ]
        indexes = [models.Index(fields=["estate", "state", "-id"], name="cancellation_state")]

    def __str__(self) -> str:
        return str(self.receipt)


@moves("reported>confirmed", "reported>rejected")
@audited()
class TransferReport(EstateModel):
    """A bank transfer that a resident says was made; the cashier confirms it when the money is there."""

    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="transfer_reports", verbose_name=_("payer"))
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("reported by")
    )
    amount = MoneyField(_("amount"))
    transferred_on = models.DateField(_("transferred on"))
    reference = models.CharField(_("bank reference"), max_length=80, blank=True)
    bills = models.ManyToManyField(Bill, related_name="transfer_reports", verbose_name=_("bills"))
    payment = models.OneToOneField(
        Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="transfer_report"
    )
    state = models.CharField(_("state"), max_length=10, choices=TransferState, default=TransferState.REPORTED)
    idempotency_key = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reported transfer")
        constraints = [
            models.UniqueConstraint(fields=["estate", "idempotency_key"], name="transferreport_key_once"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="transferreport_amount_positive"),
        ]
        indexes = [models.Index(fields=["estate", "state", "-id"], name="transferreport_state")]

    def __str__(self) -> str:
        return f"{self.payer} ¥{self.amount}"


@append_only
class CashCount(EstateModel):
    """A cashier's day end: what the books expect, what was counted, the difference; a recount is a new row."""

    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("cashier")
    )
    day = models.DateField(_("day"))
    expected_cash = MoneyField(_("cash expected"))
    counted_cash = MoneyField(_("cash counted"))
    difference = MoneyField(_("difference"))
    by_method = models.JSONField(default=dict)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("counted by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("cash count")
        indexes = [models.Index(fields=["estate", "day", "cashier"], name="cashcount_day")]

    def __str__(self) -> str:
        return f"{self.day.isoformat()} {self.cashier}"
