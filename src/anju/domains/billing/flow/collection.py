"""Decisions on money already taken or owed: each by somebody else than who asked, except transfers, which the bank
proves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.domains.billing import permissions
from anju.domains.billing.actions.receipts import cancel_receipt, check_prepayment_unused
from anju.domains.billing.actions.transfers import take_transfer, tell_rejection
from anju.domains.billing.actions.waivers import check_waivable, revoke_waiver, waive
from anju.domains.billing.enums import ReviewState, TransferState, WaiverState
from anju.domains.billing.models import ReceiptCancellation, TransferReport, Waiver
from anju.kit.errors import Refusal
from anju.kit.flow import Flow, Transition, approval, rejection


class RevocationForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("What was waived is owed again. The reason stands in the journal."),
    )


class ConfirmationForm(forms.Form):
    received_on = forms.DateField(
        label=gettext_lazy("Received on"),
        required=False,
        help_text=gettext_lazy("Empty: the day the resident named. Late fees run until then."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def second_person(*, obj: ReceiptCancellation | Waiver, by: Any, **_data: Any) -> None:
    """Raises Refusal ``own_request``: nobody decides what they asked for."""
    if by is None or obj.requested_by_id == by.pk:
        raise Refusal("own_request", _("You asked for this yourself: somebody else has to decide."))


def may_cancel(*, obj: ReceiptCancellation, by: Any, **_data: Any) -> None:
    second_person(obj=obj, by=by)
    check_prepayment_unused(obj.receipt.payment)


def may_waive(*, obj: Waiver, by: Any, **_data: Any) -> None:
    second_person(obj=obj, by=by)
    check_waivable(obj)


CANCELLATION = Flow(
    "billing.receipt_cancellation",
    gettext_lazy("Receipt cancellation"),
    ReceiptCancellation,
    ReviewState,
    (
        approval("requested", permission=permissions.APPROVE_CANCELLATION, guard=may_cancel, effect=cancel_receipt),
        rejection("requested", permission=permissions.APPROVE_CANCELLATION),
    ),
)

WAIVER = Flow(
    "billing.waiver",
    gettext_lazy("Waiver"),
    Waiver,
    WaiverState,
    (
        approval("requested", permission=permissions.APPROVE_WAIVER, guard=may_waive, effect=waive),
        rejection("requested", permission=permissions.APPROVE_WAIVER),
        Transition(
            "revoke",
            gettext_lazy("Revoke the waiver"),
            source="approved",
            target="revoked",
            permission=permissions.APPROVE_WAIVER,
            form=RevocationForm,
            effect=revoke_waiver,
            tone="danger",
            icon="arrow-back-up",
        ),
    ),
)

TRANSFER = Flow(
    "billing.transfer_report",
    gettext_lazy("Reported transfer"),
    TransferReport,
    TransferState,
    (
        Transition(
            "confirm",
            gettext_lazy("Confirm: the money is there"),
            source="reported",
            target="confirmed",
            permission=permissions.CONFIRM_TRANSFER,
            form=ConfirmationForm,
            effect=take_transfer,
            tone="success",
            icon="check",
        ),
        rejection("reported", permission=permissions.CONFIRM_TRANSFER, effect=tell_rejection),
    ),
)
