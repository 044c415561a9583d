"""The form of a tariff: it asks for what the method needs, and reads rates the way contracts write them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from anju.domains.billing import formula
from anju.domains.billing.enums import Method
from anju.domains.billing.forms.charging import items_in_use
from anju.domains.billing.models import Tariff
from anju.domains.billing.tables.charging import price_of
from anju.foundation.registry.models import Unit
from anju.kit.chinese import normalise
from anju.kit.pages import ModelActionForm, ScopedChoiceField
from anju.kit.searches import begins

TIER_ROWS = 6
TERMS = (
    "method", "price", "fixed", "formula", "cycle_months", "timing", "anchor_month", "vacancy_rate", "due_days",
    "grace_days", "late_daily_rate", "late_cap", "effective_from", "basis",
)  # fmt: skip

# Which methods a field belongs to; the others belong to all.
_ONLY_FOR = {
    "price": "area flat space vehicle metered formula",
    "fixed": "area flat space vehicle metered formula",
    "formula": "formula",
    "vacancy_rate": "area flat space vehicle formula",
}


class ScaledField(forms.DecimalField):
    """A ratio typed in parts of ``scale``: 70 for 0.7 with a scale of 100."""

    def __init__(self, *, scale: int, **kwargs: Any) -> None:
        self.scale = Decimal(scale)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Decimal | int):  # a default of the model is a plain int
            return f"{(value * self.scale).normalize():f}"
        return value

    def clean(self, value: Any) -> Decimal | None:
        number = super().clean(normalise(value).strip("%％‱ ") if isinstance(value, str) else value)
        return None if number is None else number / self.scale


def vocabulary() -> SafeString:
    """What a formula may use, for the help beside its field."""
    names = format_html_join(" · ", "<b>{}</b> {}", formula.VOCABULARY.items())
    return format_html("{}<br>{} <b>{}</b>", names, _("Functions:"), "min( , )  max( , )  round( , 2)")


class TariffTermsForm(ModelActionForm):
    """The terms of a draft."""

    vacancy_rate = ScaledField(
        scale=100,
        label=_("Charged when vacant (percent)"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        initial=Decimal(1),
        help_text=_("100 means no discount. Unsold units pay in full."),
    )
    late_daily_rate = ScaledField(
        scale=10_000,
        label=_("Late fee per day (parts of ten thousand)"),
        min_value=0,
        max_value=100,
        decimal_places=4,
        initial=Decimal(0),
        help_text=_("5 means five ten-thousandths of the open principal per day; 0 means none. Never compounded."),
    )
    late_cap = ScaledField(
        scale=100,
        label=_("Late fee at most (percent of the principal)"),
        min_value=0,
        max_value=1000,
        decimal_places=2,
        initial=Decimal(1),
    )

    class Meta:
        model = Tariff
        fields: tuple[str, ...] = TERMS
        labels = {"effective_from": _("In force from")}
        help_texts = {
            "anchor_month": _("Quarters beginning in January: 1."),
            "effective_from": _("Until the next approved version begins."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["formula"].widget = forms.Textarea(
            attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "off", "class": "b-formula"}
        )
        self.fields["formula"].help_text = vocabulary()
        self.fields["price"].required = self.fields["fixed"].required = False
        if isinstance(price := self.initial.get("price"), Decimal):
            self.initial["price"] = price_of(price)
        tiers = self.initial.get("tiers") or getattr(self.instance, "tiers", None) or []
        for number in range(TIER_ROWS):
            tier = tiers[number] if number < len(tiers) else {}
            for name in ("upto", "price"):
                attrs = {"inputmode": "decimal", "autocomplete": "off", "aria-label": TIER_LABELS[name]}
                self.fields[f"tier_{name}_{number}"] = forms.CharField(
                    label=TIER_LABELS[name],
                    required=False,
                    max_length=20,
                    initial=tier.get(name) or "",
                    widget=forms.TextInput(attrs=attrs),
                )

    def part(self, *names: str) -> list[tuple[Any, str]]:
        """Bound fields with the methods they are for ("" for all)."""
        return [(self[name], _ONLY_FOR.get(name, "")) for name in names]

    def about(self) -> list[tuple[Any, str]]:
        return self.part(*(name for name in ("fee_item",) if name in self.fields), "method", "effective_from", "basis")

    def prices(self) -> list[tuple[Any, str]]:
        return self.part("price", "fixed", "formula", "vacancy_rate")

    def rhythm(self) -> list[tuple[Any, str]]:
        return self.part("cycle_months", "timing", "anchor_month", "due_days")

    def lateness(self) -> list[tuple[Any, str]]:
        return self.part("grace_days", "late_daily_rate", "late_cap")

    def tier_rows(self) -> list[tuple[Any, Any]]:
        """The bound fields of each tier: upper bound and price."""
        return [(self[f"tier_upto_{number}"], self[f"tier_price_{number}"]) for number in range(TIER_ROWS)]

    def clean_price(self) -> Decimal:
        return self.cleaned_data.get("price") or Decimal(0)

    def clean_fixed(self) -> Decimal:
        return self.cleaned_data.get("fixed") or Decimal(0)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        pairs = [
            (data.pop(f"tier_upto_{number}", "").strip(), data.pop(f"tier_price_{number}", "").strip())
            for number in range(TIER_ROWS)
        ]
        metered = data.get("method") == Method.METERED
        data["tiers"] = [
            {"upto": normalise(upto) or None, "price": normalise(price)} for upto, price in pairs if upto or price
        ] if metered else []  # fmt: skip
        for number, (upto, price) in enumerate(pairs if metered else ()):
            for name, text in (("upto", upto), ("price", price)):
                if text and not _is_number(text):
                    self.add_error(f"tier_{name}_{number}", _("Enter a number."))
        if data.get("method") != Method.FORMULA:
            data["formula"] = ""
        return data


TIER_LABELS = {"upto": _("Up to (per month)"), "price": _("Price per unit (yuan)")}


class TariffForm(TariffTermsForm):
    """A new version of an item's tariff."""

    fee_item = ScopedChoiceField(rows=items_in_use, label=_("Fee item"))

    class Meta(TariffTermsForm.Meta):
        fields = ("fee_item", *TERMS)


class ExampleForm(forms.Form):
    """Which unit the live example is computed for."""

    example_unit = forms.CharField(required=False, max_length=60)
    example_use = forms.DecimalField(required=False, min_value=0, max_digits=12, decimal_places=3)

    def units(self) -> list[Unit]:
        """The unit asked for, else the first of each kind."""
        rows = Unit.objects.select_related("building", "entrance")
        code = normalise(self.cleaned_data.get("example_unit") or "")
        if code:
            return list(rows.filter(begins("code", code)).order_by("code")[:1])
        return list(rows.order_by("kind", "code").distinct("kind"))


def _is_number(text: str) -> bool:
    try:
        return Decimal(normalise(text)).is_finite()
    except InvalidOperation:
        return False
