"""Forms of collecting: what is typed at the desk and around it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import DunningStage, PaymentMethod, WaiverKind
from anju.domains.billing.filters.collecting import AGES
from anju.domains.billing.models import FeeItem
from anju.engines.messaging.enums import Channel
from anju.foundation.registry.models import Building
from anju.kit.chinese import normalise
from anju.kit.pages import DateInput, ScopedChoiceField


class YuanField(forms.DecimalField):
    """An amount as people write it: full-width digits, separators and the sign of the currency are taken away."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "data-money": "", "autocomplete": "off"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_digits=14, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if isinstance(value, str):
            value = normalise(value).strip("¥元 ").replace(",", "").replace("。", ".")
        try:
            return super().to_python(value)
        except InvalidOperation:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class KeysField(forms.Field):
    """The primary keys of ticked rows."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        keys = [str(one) for one in value or []]
        if not all(key.isascii() and key.isdecimal() and len(key) < 19 for key in keys):
            raise ValidationError(_("One of the chosen rows does not exist."), code="keys")
        return list(dict.fromkeys(int(key) for key in keys))


class PartsInput(forms.Widget):
    """The boxes named ``part_<key>`` that stand beside the rows; those left empty say nothing."""

    prefix = "part_"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        given = {key.removeprefix(self.prefix): data[key].strip() for key in data if key.startswith(self.prefix)}
        return {key: text for key, text in given.items() if text}


class PartsField(forms.Field):
    """Amounts by primary key, as typed beside the rows."""

    widget = PartsInput

    def clean(self, value: Any) -> dict[int, Decimal]:
        keys, amount = KeysField(), YuanField(min_value=Decimal("0.01"), decimal_places=2)
        return {keys.clean([key])[0]: amount.clean(text) for key, text in (value or {}).items()}


class DeskForm(forms.Form):
    """What a cashier enters to take a payment."""

    method = forms.ChoiceField(label=_("Paid by"), choices=PaymentMethod, initial=PaymentMethod.CASH)
    amount = YuanField(label=_("Amount"))
    tendered = YuanField(label=_("Cash given"), required=False)
    bills = KeysField(label=_("Bills"), required=False)
    parts = PartsField(label=_("Of this bill"), required=False)
    late_fees = forms.BooleanField(label=_("Take late fees too"), required=False)
    received_on = forms.DateField(label=_("Received on"), widget=DateInput())
    reference = forms.CharField(label=_("Slip or bank reference"), max_length=80, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given, amount = data.get("tendered"), data.get("amount")
        if data.get("method") == PaymentMethod.CASH and given is not None and amount is not None and given < amount:
            self.add_error("tendered", _("The cash given is less than the amount."))
        if data.get("parts", {}).keys() - set(data.get("bills", ())):
            self.add_error("parts", _("An amount stands beside a bill that is not ticked."))
        return data

    def get_wish(self) -> dict[int, Decimal | None]:
        """The ticked bills, each with how much of it is to be settled; None: as far as the money goes."""
        parts = self.cleaned_data["parts"]
        return {bill: parts.get(bill) for bill in self.cleaned_data["bills"]}


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class WaiverForm(forms.Form):
    kind = forms.ChoiceField(label=_("Give up"), choices=WaiverKind)
    amount = YuanField(label=_("Amount (yuan)"))
    reason = forms.CharField(label=_("Reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class CashCountForm(forms.Form):
    counted_cash = YuanField(label=_("Cash counted"))
    note = forms.CharField(
        label=_("Note"), max_length=200, required=False, help_text=_("Needed when the count differs from the books.")
    )


class DunningForm(forms.Form):
    """Which stage of a demand goes to whom."""

    stage = forms.ChoiceField(label=_("Stage"), choices=DunningStage)
    building = ScopedChoiceField(
        label=_("Building"), rows=lambda: Building.objects.order_by("position", "code"), required=False,
        empty_label=_("all"),
    )  # fmt: skip
    item = ScopedChoiceField(
        label=_("Fee item"), rows=lambda: FeeItem.objects.order_by("code"), required=False, empty_label=_("all")
    )
    days = forms.ChoiceField(label=_("Overdue"), choices=(("", _("all")), *AGES), required=False)
    payers = KeysField(required=False)


class DeliveryForm(forms.Form):
    """How a demand reached its payer, and by what that is proven."""

    channel = forms.ChoiceField(
        label=_("Way"), choices=[choice for choice in Channel.choices if choice[0] != Channel.IN_APP]
    )
    delivered_at = forms.DateTimeField(
        label=_("Delivered at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    proof = forms.CharField(
        label=_("Proof"), max_length=200, required=False,
        help_text=_("Mail number, name of the recipient, who was telephoned."),
    )  # fmt: skip
    proof_file = forms.FileField(label=_("Picture or scan"), required=False)
