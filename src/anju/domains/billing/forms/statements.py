"""What is asked for statements and for the settings of payment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import StatementKind
from anju.domains.billing.forms.charging import MonthField
from anju.domains.billing.models import PaymentSettings
from anju.domains.billing.selectors.statements import last_full_month
from anju.kit.pages import ModelActionForm


class StatementForm(forms.Form):
    """Which statement of which month; the month that is over is offered first."""

    kind = forms.ChoiceField(label=_("Kind"), choices=StatementKind)
    period = MonthField(ahead=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["period"].initial = str(last_full_month())


class PaymentSettingsForm(ModelActionForm):
    class Meta:
        model = PaymentSettings
        fields = ["account_name", "bank", "account_number", "desk_address", "desk_hours"]
        help_texts = {"desk_hours": _("For example: Monday to Saturday 8:30 to 17:30")}
