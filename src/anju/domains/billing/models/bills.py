"""Bill runs and bills. A bill is one line: payer, item, service days, amount, due date."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import RunProblem, RunState
from anju.domains.billing.models.tariffs import FeeItem, RecurringCharge, Tariff
from anju.foundation.registry.models import ParkingSpace, Party, Unit, Vehicle
from anju.kit.audit import audited
from anju.kit.models import EstateModel
from anju.kit.money import MoneyField


@audited(exclude=("cursor", "bills", "amount"))
class BillRun(EstateModel):
    """The bills of one estate and month. ``cursor`` is the last charge dealt with: a killed run goes on from there."""

    period = models.DateField(_("month"))
    state = models.CharField(_("state"), max_length=10, choices=RunState, default=RunState.RUNNING)
    bills = models.PositiveIntegerField(_("bills"), default=0)
    amount = MoneyField(_("amount"), default=0)
    cursor = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    job = models.ForeignKey("kit.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("bill run")
        constraints = [
            models.UniqueConstraint(
                fields=["estate", "period"], condition=models.Q(state="running"), name="billrun_one_running"
            )
        ]
        indexes = [models.Index(fields=["estate", "-period"], name="billrun_period")]

    def __str__(self) -> str:
        return f"{self.period:%Y-%m}"


class BillRunException(EstateModel):
    """A charge that was due in a run and could not be billed, and why."""

    run = models.ForeignKey(BillRun, on_delete=models.CASCADE, related_name="exceptions")
    charge = models.ForeignKey(RecurringCharge, on_delete=models.CASCADE, related_name="+")
    problem = models.CharField(_("problem"), max_length=12, choices=RunProblem)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "charge"], name="runexception_once")]


class Bill(EstateModel):
    """What one payer owes for one item and the days from ``since`` until before ``until``.

    ``amount`` = (``quantity`` x ``price`` + ``fixed``) x ``discount`` x ``month_parts`` / 377580, rounded once;
    377580 parts are one month (divisible by 28, 29, 30 and 31), so part months are exact. Only ``settled``,
    ``limitation_on`` and ``reversed_at`` ever change: a trigger refuses anything else.
    """

    run = models.ForeignKey(
        BillRun,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bill_set",
        db_index=False,
        verbose_name=_("bill run"),
    )
    charge = models.ForeignKey(
        RecurringCharge, on_delete=models.PROTECT, null=True, blank=True, related_name="bills", db_index=False
    )
    late_for = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="late_fees",
        verbose_name=_("late fee for"),
    )
    fee_item = models.ForeignKey(
        FeeItem, on_delete=models.PROTECT, related_name="bills", db_index=False, verbose_name=_("fee item")
    )
    tariff = models.ForeignKey(
        Tariff, on_delete=models.PROTECT, null=True, blank=True, related_name="bills", db_index=False
    )
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bills",
        db_index=False,
        verbose_name=_("unit"),
    )
    space = models.ForeignKey(
        ParkingSpace,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bills",
        db_index=False,
        verbose_name=_("parking space"),
    )
    vehicle = models.ForeignKey(
        Vehicle,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="bills",
        db_index=False,
        verbose_name=_("vehicle"),
    )
    payer = models.ForeignKey(
        Party, on_delete=models.PROTECT, related_name="bills", db_index=False, verbose_name=_("payer")
    )
    period = models.DateField(_("month"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until (first day not covered)"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=12, decimal_places=4)
    fixed = MoneyField(_("fixed part"), default=0)
    discount = models.DecimalField(_("part charged"), max_digits=5, decimal_places=4, default=1)
    month_parts = models.IntegerField(default=377580)
    amount = MoneyField(_("amount"))
    settled = MoneyField(_("settled"), default=0)
    due_on = models.DateField(_("due"))
    limitation_on = models.DateField(
        _("claim lapses"), help_text=_("A delivered demand moves it (Civil Code 188, 195).")
    )
    created_at = models.DateTimeField(_("issued"), auto_now_add=True)
    reversed_at = models.DateTimeField(_("reversed"), null=True, blank=True)

    class Meta:
        verbose_name = _("bill")
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "since"], condition=models.Q(reversed_at=None, late_for=None), name="bill_once"
            ),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="bill_amount_positive"),
            models.CheckConstraint(
                condition=models.Q(settled__gte=0, settled__lte=models.F("amount")), name="bill_settled_within_amount"
            ),
            models.CheckConstraint(condition=models.Q(until__gt=models.F("since")), name="bill_dates"),
            models.CheckConstraint(
                condition=models.Q(reversed_at=None) | models.Q(settled=0), name="bill_reversed_unsettled"
            ),
        ]
        indexes = [
            models.Index(
                fields=["estate", "payer", "due_on"],
                condition=models.Q(reversed_at=None, settled__lt=models.F("amount")),
                name="bill_outstanding",
            ),
            models.Index(fields=["estate", "payer", "period"], name="bill_payer"),
            models.Index(fields=["estate", "unit", "period"], name="bill_unit"),
            models.Index(fields=["estate", "space"], condition=models.Q(space__isnull=False), name="bill_space"),
            models.Index(fields=["estate", "vehicle"], condition=models.Q(vehicle__isnull=False), name="bill_vehicle"),
            models.Index(fields=["estate", "period", "id"], name="bill_period"),
            models.Index(fields=["run"], name="bill_run"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="immutable", exclude=["settled", "limitation_on", "reversed_at"]),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.fee_item} {self.period:%Y-%m}"
