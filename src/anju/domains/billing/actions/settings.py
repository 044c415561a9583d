"""What payers are told about paying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from anju.domains.billing.models import PaymentSettings
from anju.foundation.registry.models import Estate
from anju.kit.actions import action
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User

BANK_DETAILS = ("account_name", "bank", "account_number")


@action
def set_payment_settings(*, estate: Estate, by: User | None, **values: str) -> PaymentSettings:
    """Store the bank account and the desk of ``estate``.

    Raises Refusal ``account_incomplete`` when only a part of the bank account is given: a payer can't use it.
    """
    values = {name: normalise(value) for name, value in values.items()}
    given = [name for name in BANK_DETAILS if values.get(name)]
    if given and len(given) < len(BANK_DETAILS):
        missing = next(name for name in BANK_DETAILS if name not in given)
        raise Refusal(
            "account_incomplete", _("A transfer needs the holder, the bank and the number of the account."), missing
        )
    lock_name("billing.payment_settings", estate.pk)
    settings = PaymentSettings.objects.filter(estate=estate).first() or PaymentSettings(estate=estate)
    for name, value in values.items():
        setattr(settings, name, value)
    settings.save()
    return settings
