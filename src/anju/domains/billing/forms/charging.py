"""Forms of charging: bill runs, fee items, who is charged, meters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import Method
from anju.domains.billing.models import FeeItem, Meter, Tariff
from anju.engines.ledger.selectors import credited_accounts
from anju.foundation.registry.enums import OccupancyState, UnitKind
from anju.foundation.registry.forms import PartyField
from anju.foundation.registry.models import Building, ParkingSpace, Unit, Vehicle
from anju.kit import clock
from anju.kit.pages import DateInput, LookupField, ModelActionForm, ScopedChoiceField
from anju.kit.periods import Period

MONTHS_BACK, MONTHS_AHEAD = 24, 12
"""The months that a run of bills, or a round of readings, offers to choose from."""


def items_in_use() -> QuerySet[FeeItem]:
    return FeeItem.objects.filter(is_active=True).order_by("code")


def metered_items() -> QuerySet[FeeItem]:
    """The items that have, or had, a metered tariff."""
    metered = Tariff.objects.filter(method=Method.METERED).values("fee_item")
    return FeeItem.objects.filter(pk__in=metered).order_by("code")


def months_around(*, ahead: int = MONTHS_AHEAD) -> list[str]:
    """The months to choose from, the latest first."""
    today = Period.of(clock.today())
    return [str(today.plus(step)) for step in range(ahead, -MONTHS_BACK - 1, -1)]


class MonthField(forms.TypedChoiceField):
    """One of the months around today, this month first chosen. Cleans to a Period."""

    def __init__(self, *, ahead: int = MONTHS_AHEAD, **kwargs: Any) -> None:
        self.ahead = ahead
        super().__init__(coerce=Period.parse, **({"label": _("Month")} | kwargs))

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        # Happens whenever a form is made: the months are those around that day.
        field = super().__deepcopy__(memo)
        field.choices = [(month, month) for month in months_around(ahead=self.ahead)]
        field.initial = field.initial or str(Period.of(clock.today()))
        return field


class RunForm(forms.Form):
    period = MonthField()


class FeeItemForm(ModelActionForm):
    """The account that bills are credited to follows from the kind unless another one is named."""

    income: Any = forms.ModelChoiceField(
        None,
        label=_("Income account"),
        required=False,
        empty_label=_("the usual one for this kind"),
        help_text=_("Bills of this item are credited to it. It can't be changed once there are bills."),
    )

    class Meta:
        model = FeeItem
        fields: tuple[str, ...] = ("name", "code", "kind")
        help_texts = {"code": _("Short and lasting, for workbooks and programs: SERVICE.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        income: Any = self.fields["income"]
        income.queryset = credited_accounts(self.instance.estate)


class FeeItemEditForm(FeeItemForm):
    class Meta(FeeItemForm.Meta):
        fields = ("name", "code", "kind", "is_active")


class ChargeForm(forms.Form):
    """One more thing that is charged regularly."""

    fee_item = ScopedChoiceField(rows=items_in_use, label=_("Fee item"))
    unit = LookupField(rows=lambda: Unit.objects.all(), label=_("Room"), required=False, help_text=_("3-1-1201"))
    space = LookupField(rows=lambda: ParkingSpace.objects.all(), label=_("Parking space"), required=False)
    vehicle = LookupField(rows=lambda: Vehicle.objects.all(), by="plate", label=_("Plate"), required=False)
    payer = PartyField(
        label=_("Payer"),
        required=False,
        help_text=_("Empty: the owner, or the developer while unsold or undelivered."),
    )
    since = forms.DateField(label=_("Since"), widget=DateInput())
    until = forms.DateField(label=_("Until (first day without)"), required=False, widget=DateInput())


class ManyChargesForm(forms.Form):
    """The same charge for every unit that matches."""

    fee_item = ScopedChoiceField(rows=items_in_use, label=_("Fee item"))
    since = forms.DateField(label=_("Since"), widget=DateInput())
    until = forms.DateField(label=_("Until (first day without)"), required=False, widget=DateInput())
    payer = PartyField(
        label=_("Payer"),
        required=False,
        help_text=_("Empty: the owner, or the developer while unsold or undelivered."),
    )
    buildings: Any = forms.ModelMultipleChoiceField(
        None,
        label=_("Buildings"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of unit"),
        choices=UnitKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )
    states = forms.MultipleChoiceField(
        label=_("Occupancy"),
        choices=OccupancyState.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        buildings: Any = self.fields["buildings"]
        buildings.queryset = Building.objects.order_by("position", "code")

    def units(self) -> QuerySet[Unit]:
        """The units meant by what has been chosen so far."""
        chosen = self.cleaned_data
        units = Unit.objects.all()
        if chosen.get("buildings"):
            units = units.filter(building__in=chosen["buildings"])
        if chosen.get("kinds"):
            units = units.filter(kind__in=chosen["kinds"])
        if chosen.get("states"):
            units = units.filter(state__in=chosen["states"])
        return units


class EndChargeForm(forms.Form):
    until = forms.DateField(
        label=_("Until (first day without)"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: it goes on. Days that have been billed stay billed."),
    )


class ChargePayerForm(forms.Form):
    payer = PartyField(
        label=_("Payer"),
        required=False,
        help_text=_("Empty: the owner, or the developer while unsold or undelivered."),
    )


class MeterForm(ModelActionForm):
    fee_item = ScopedChoiceField(rows=metered_items, label=_("Fee item"))
    unit = LookupField(rows=lambda: Unit.objects.all(), label=_("Room"), help_text=_("3-1-1201"))

    class Meta:
        model = Meter
        fields = ("fee_item", "unit", "code", "multiplier")


class ReadingsWorkbookForm(forms.Form):
    period = MonthField(ahead=1)
    file = forms.FileField(
        label=_("Workbook"),
        help_text=_("Excel (.xlsx, .xls) or CSV. Nothing is entered before you have seen the preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.xlsm,.csv"}),
    )
