"""How the lists of charging are narrowed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from anju.domains.billing.enums import FeeKind, RunState, TariffState
from anju.domains.billing.models import BillRun, FeeItem
from anju.domains.billing.rules import standing
from anju.foundation.registry.models import Building
from anju.foundation.registry.selectors import (
    in_force,
    parties_called,
    spaces_called,
    units_called,
    vehicles_called,
)
from anju.kit import clock
from anju.kit.chinese import normalise
from anju.kit.errors import Refusal
from anju.kit.pages import ChoiceFilter, DateFromToFilter, Filters, ObjectFilter, TextFilter, YesNoFilter
from anju.kit.periods import Period
from anju.kit.searches import by_any


def fee_items() -> QuerySet[FeeItem]:
    return FeeItem.objects.order_by("code")


def buildings() -> QuerySet[Building]:
    return Building.objects.order_by("position", "code")


class MonthFilter(TextFilter):
    """One month, written 2026-11; what is no month narrows nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-11"})
        super().__init__(*args, **({"widget": widget} | kwargs))

    def filter(self, qs: QuerySet[Any], value: Any) -> QuerySet[Any]:
        try:
            return super().filter(qs, Period.parse(value).first if value else None)
        except Refusal:
            return qs


THINGS = (("unit", _("units")), ("space", _("parking spaces")), ("vehicle", _("vehicles")))


class BillFilters(Filters):
    """The filters of the list of bills; figures lead here with the same names."""

    state = ChoiceFilter(label=_("State"), choices=standing.Standing.choices, method="of_state")
    item = ObjectFilter(label=_("Fee item"), field_name="fee_item", rows=fee_items)
    building = ObjectFilter(label=_("Building"), field_name="unit__building", rows=buildings)
    period = MonthFilter(label=_("Month"), field_name="period")
    due = DateFromToFilter(label=_("Due"), field_name="due_on")
    late = YesNoFilter(label=_("Late fees"), method="of_lateness")
    run = ObjectFilter(label=_("Bill run"), rows=lambda: BillRun.objects.all(), widget=forms.HiddenInput)

    def of_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(standing.condition(value, clock.today()))

    def of_lateness(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(late_for__isnull=not value)


class RunFilters(Filters):
    state = ChoiceFilter(label=_("State"), choices=RunState.choices)
    period = MonthFilter(label=_("Month"), field_name="period")


class FeeItemFilters(Filters):
    kind = ChoiceFilter(label=_("Kind"), choices=FeeKind.choices)
    is_active = YesNoFilter(label=_("In use"))


class TariffFilters(Filters):
    item = ObjectFilter(label=_("Fee item"), field_name="fee_item", rows=fee_items)
    state = ChoiceFilter(label=_("State"), choices=TariffState.choices)


class ChargeFilters(Filters):
    item = ObjectFilter(label=_("Fee item"), field_name="fee_item", rows=fee_items)
    building = ObjectFilter(label=_("Building"), field_name="unit__building", rows=buildings)
    thing = ChoiceFilter(label=_("For"), choices=THINGS, method="of_thing")
    now = YesNoFilter(label=_("Today"), method="of_today")

    def of_thing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{value}__isnull": False})

    def of_today(self, rows: QuerySet[Any], _name: str, value: bool) -> QuerySet[Any]:
        return rows.filter(in_force()) if value else rows.exclude(in_force())


class MeterFilters(Filters):
    item = ObjectFilter(label=_("Fee item"), field_name="fee_item", rows=fee_items)
    building = ObjectFilter(label=_("Building"), field_name="unit__building", rows=buildings)
    is_active = YesNoFilter(label=_("In use"))


def find_bills(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Bills by number, or those of a room, a space, a plate or a payer."""
    text = normalise(text)
    wanted = [*things_called(text), Q(payer__in=parties_called(text))]
    if text.isascii() and text.isdecimal() and len(text) < 19:
        wanted.append(Q(pk=int(text)))
    return by_any(rows, *wanted)


def find_charges(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Charges of a room, a space or a plate."""
    return by_any(rows, *things_called(normalise(text)))


def things_called(text: str) -> list[Q]:
    """What is charged for: a room, a space or a plate beginning with ``text``."""
    return [
        Q(unit__in=units_called(text)),
        Q(space__in=spaces_called(text)),
        Q(vehicle__in=vehicles_called(text)),
    ]
