"""Demands for arrears in stages; the proof that each arrived is the delivery of its notice."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import DunningStage
from anju.domains.billing.models.bills import Bill
from anju.engines.messaging.models import Notice
from anju.foundation.registry.models import Party
from anju.kit.models import EstateModel, append_only
from anju.kit.money import MoneyField


@append_only
class Demand(EstateModel):
    """One demand to one payer at one stage (Civil Code 944: dun, give a reasonable period, then sue)."""

    payer = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="demands", verbose_name=_("payer"))
    stage = models.CharField(_("stage"), max_length=10, choices=DunningStage)
    issued_on = models.DateField(_("issued"))
    pay_by = models.DateField(_("pay by"))
    principal = MoneyField(_("arrears"))
    late_fee = MoneyField(_("late fee"), default=0)
    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="demand")
    token = models.UUIDField(unique=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("demand")
        indexes = [
            models.Index(fields=["estate", "payer", "-id"], name="demand_payer"),
            models.Index(fields=["estate", "stage", "-id"], name="demand_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stage_display()} {self.payer}"


@append_only
class DemandLine(EstateModel):
    """One bill of a demand with what was open on its day."""

    demand = models.ForeignKey(Demand, on_delete=models.PROTECT, related_name="lines")
    bill = models.ForeignKey(Bill, on_delete=models.PROTECT, related_name="demand_lines", verbose_name=_("bill"))
    principal = MoneyField(_("arrears"))
    late_fee = MoneyField(_("late fee"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demand", "bill"], name="demandline_once")]
