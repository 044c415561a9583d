"""Meters and what they show at the end of a month."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Schema
from pydantic import Field

from anju.domains.billing import permissions
from anju.domains.billing.actions.readings import NewReading, record_readings
from anju.domains.billing.models import Meter, MeterReading
from anju.domains.billing.selectors.meters import meters_of_estate
from anju.kit.access import access_of
from anju.kit.api import Day, Id, Input, Month, Number, NumberIn, Page, Paging, Routes, here, page_of
from anju.kit.periods import Period

routes = Routes()


class MeterOut(Schema):
    """Consumption is the difference of two readings times `multiplier`."""

    id: int
    code: str
    unit_id: int
    unit: str
    fee_item_id: int
    fee_item: str
    multiplier: Number
    is_active: bool
    last_period: Month | None
    last_value: Number | None


class ReadingOut(Schema):
    id: int
    meter_id: int
    meter: str
    period: Month
    previous: Number
    value: Number
    read_on: date


class MeterFilter(Paging):
    unit: Id | None = None


class ReadingFilter(Paging):
    meter: Id | None = None
    period: Month | None = None


class ReadingIn(Input):
    """`previous` only for a replaced meter: what the new one began with."""

    meter_id: Id
    value: NumberIn
    previous: NumberIn | None = None
    read_on: Day | None = None


class ReadingsIn(Input):
    period: Month
    readings: Annotated[list[ReadingIn], Field(min_length=1, max_length=5000)]


class Recorded(Schema):
    """How many of the readings were new or different."""

    period: Month
    changed: int


def _meter(meter: Meter) -> MeterOut:
    last: date | None = getattr(meter, "last_period", None)
    return MeterOut(
        id=meter.pk,
        code=meter.code,
        unit_id=meter.unit_id,
        unit=meter.unit.code,
        fee_item_id=meter.fee_item_id,
        fee_item=meter.fee_item.name,
        multiplier=meter.multiplier,
        is_active=meter.is_active,
        last_period=Period.of(last) if last else None,
        last_value=getattr(meter, "last_value", None),
    )


def _reading(row: MeterReading) -> ReadingOut:
    return ReadingOut(
        id=row.pk,
        meter_id=row.meter_id,
        meter=row.meter.code,
        period=Period.of(row.period),
        previous=row.previous,
        value=row.value,
        read_on=row.read_on,
    )


@routes.read("/meters", permission=permissions.VIEW, response=Page[MeterOut])
def list_meters(request: HttpRequest, filters: Query[MeterFilter]) -> Page[MeterOut]:
    """Meters with what they showed last."""
    found = meters_of_estate(here(request))
    if filters.unit is not None:
        found = found.filter(unit=filters.unit)
    return page_of(request, found, filters, _meter)


@routes.read("/readings", permission=permissions.VIEW, response=Page[ReadingOut])
def list_readings(request: HttpRequest, filters: Query[ReadingFilter]) -> Page[ReadingOut]:
    """Readings, by the month that they close."""
    found = MeterReading.objects.filter(estate=here(request)).select_related("meter")
    if filters.meter is not None:
        found = found.filter(meter=filters.meter)
    if filters.period is not None:
        found = found.filter(period=filters.period.first)
    return page_of(request, found, filters, _reading)


@routes.write("/readings", permission=permissions.READ_METERS, response=Recorded)
def write_readings(request: HttpRequest, payload: ReadingsIn) -> Recorded:
    """Enter or correct readings that close a month: all of them or none."""
    readings = [NewReading(row.meter_id, row.value, row.previous, row.read_on) for row in payload.readings]
    changed = record_readings(
        estate=here(request), period=payload.period, readings=readings, by=access_of(request).user
    )
    return Recorded(period=payload.period, changed=changed)
