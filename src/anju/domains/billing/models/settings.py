"""Where payers pay: the estate's bank account and its desk."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from anju.kit.audit import audited
from anju.kit.models import EstateModel


@audited()
class PaymentSettings(EstateModel):
    """What residents are told when they pay; one row per estate, an estate without one takes no reported transfers."""

    account_name = models.CharField(_("account holder"), max_length=100, blank=True)
    bank = models.CharField(_("bank and branch"), max_length=100, blank=True)
    account_number = models.CharField(_("account number"), max_length=40, blank=True)
    desk_address = models.CharField(_("address of the desk"), max_length=200, blank=True)
    desk_hours = models.CharField(_("hours of the desk"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("payment settings")
        constraints = [models.UniqueConstraint(fields=["estate"], name="paymentsettings_once")]

    def __str__(self) -> str:
        return self.account_name or self.desk_address

    @property
    def takes_transfers(self) -> bool:
        """Whether a payer knows where to transfer to."""
        return bool(self.account_name and self.bank and self.account_number)
