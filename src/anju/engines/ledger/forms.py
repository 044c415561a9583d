"""Forms of the ledger."""

from __future__ import annotations

from decimal import InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.engines.ledger.enums import PARKING_HEADS, SERVICE_HEADS
from anju.kit.chinese import normalise
from anju.kit.pages import DateInput


class AmountField(forms.DecimalField):
    """Yuan as people write it: full-width digits, separators and the sign of the currency are taken away."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "data-money": "", "autocomplete": "off"}
        super().__init__(max_digits=14, decimal_places=2, **({"widget": forms.TextInput(attrs=attrs)} | kwargs))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = normalise(value).strip("¥元 ").replace(",", "").replace("。", ".")
        try:
            return super().to_python(value)
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class ExpenseForm(forms.Form):
    """Money paid out, under one of the heads of the monthly statements."""

    head = forms.ChoiceField(
        label=_("Cost head"),
        choices=(
            (_("Service fee: nine heads"), [(head.value, head.label) for head in SERVICE_HEADS]),
            (_("Car park: four heads"), [(head.value, head.label) for head in PARKING_HEADS]),
        ),
    )
    amount = AmountField(label=_("Amount (yuan)"))
    paid_on = forms.DateField(label=_("Paid on"), widget=DateInput())
    from_cash = forms.BooleanField(label=_("Paid from the cash box, not from the bank"), required=False)
    memo = forms.CharField(
        label=_("What for"), max_length=200, help_text=_("Supplier, invoice or contract: the statement rests on it.")
    )


class ReversalForm(forms.Form):
    memo = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
