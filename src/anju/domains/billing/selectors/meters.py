"""Meters with what they showed last, and the round of a month."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import OuterRef, QuerySet, Subquery

from anju.domains.billing.models import FeeItem, Meter, MeterReading
from anju.foundation.registry.models import Building, Estate
from anju.kit.periods import Period


def meters_of_estate(estate: Estate) -> QuerySet[Meter]:
    """Meters with unit, item, and their last reading in ``last_period`` and ``last_value``."""
    last = MeterReading.objects.filter(meter=OuterRef("pk")).order_by("-period")
    return (
        Meter.objects.filter(estate=estate)
        .select_related("fee_item", "unit")
        .annotate(last_period=Subquery(last.values("period")[:1]), last_value=Subquery(last.values("value")[:1]))
        .order_by("unit__code", "code")
    )


def readings_of_meter(meter: Meter) -> QuerySet[MeterReading]:
    """Newest first."""
    return meter.readings.select_related("by").order_by("-period")


@dataclass(slots=True)
class RoundLine:
    """One meter in the round of a month: what it showed before, and what has been entered so far."""

    meter: Meter
    before: Decimal
    present: MeterReading | None
    entered: str = ""
    replaced: str = ""
    error: str = ""

    @property
    def before_shown(self) -> str:
        return f"{self.before.normalize():f}"

    @property
    def used_shown(self) -> str:
        return "" if self.used is None else f"{self.used.normalize():f}"

    @property
    def shown(self) -> str:
        """What has been entered for the month so far."""
        return "" if self.present is None else f"{self.present.value.normalize():f}"

    @property
    def used(self) -> Decimal | None:
        """Consumption of the month in metered units."""
        if self.present is None:
            return None
        return (self.present.value - self.present.previous) * self.meter.multiplier


def buildings_with_meters(estate: Estate) -> QuerySet[Building]:
    """The buildings that have meters in use."""
    metered = Meter.objects.filter(estate=estate, is_active=True).values("unit__building")
    return Building.objects.filter(estate=estate, pk__in=metered).order_by("position", "code")


def round_of(estate: Estate, period: Period, *, item: FeeItem | None, building: Building | None) -> list[RoundLine]:
    """The meters in use of ``building`` for ``item``, by room, in three queries."""
    meters = Meter.objects.filter(estate=estate, is_active=True).select_related("unit", "fee_item")
    if item is not None:
        meters = meters.filter(fee_item=item)
    if building is not None:
        meters = meters.filter(unit__building=building)
    found = list(meters.order_by("fee_item__code", "unit__floor", "unit__code", "code"))
    readings = MeterReading.objects.filter(meter__in=[meter.pk for meter in found])
    before = dict(
        readings.filter(period__lt=period.first)
        .order_by("meter_id", "-period")
        .distinct("meter_id")
        .values_list("meter_id", "value")
    )
    present = {row.meter_id: row for row in readings.filter(period=period.first)}
    return [RoundLine(meter, before.get(meter.pk, Decimal(0)), present.get(meter.pk)) for meter in found]
