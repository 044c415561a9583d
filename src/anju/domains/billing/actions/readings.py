"""Meters, and what they show at the end of a month."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from anju.domains.billing.models import Bill, FeeItem, Meter, MeterReading
from anju.domains.billing.rules.readings import Known, chain
from anju.foundation.registry.models import Estate, Unit
from anju.kit import clock
from anju.kit.actions import action
from anju.kit.errors import Refusal
from anju.kit.locks import lock_name, lock_rows
from anju.kit.periods import Period

if TYPE_CHECKING:
    from anju.foundation.accounts.models import User


@action
def add_meter(*, fee_item: FeeItem, unit: Unit, code: str, by: User | None, multiplier: Decimal = Decimal(1)) -> Meter:
    """A meter of ``unit``. Raises Refusal ``meter_code`` when the number is taken."""
    code = code.strip()
    if not code or Meter.objects.filter(estate_id=fee_item.estate_id, code=code).exists():
        raise Refusal("meter_code", _("There is a meter “%(code)s” already.") % {"code": code}, "code")
    return Meter.objects.create(
        estate_id=fee_item.estate_id, fee_item=fee_item, unit=unit, code=code, multiplier=multiplier
    )


@action
def retire_meter(*, meter: Meter, by: User | None, active: bool = False) -> Meter:
    """Take a meter out of use, or (``active``) back into it; its readings stay."""
    [fresh] = lock_rows(Meter.objects.filter(pk=meter.pk))
    fresh.is_active = active
    fresh.save(update_fields=["is_active"])
    return fresh


@dataclass(frozen=True, slots=True)
class NewReading:
    """What one meter shows; ``previous`` only where it does not follow from the month before: a replaced meter."""

    meter: int
    value: Decimal
    previous: Decimal | None = None
    read_on: date | None = None


@action
def record_reading(
    *,
    meter: Meter,
    period: Period,
    value: Decimal,
    by: User | None,
    previous: Decimal | None = None,
    read_on: date | None = None,
) -> MeterReading:
    """Enter, or correct, the reading that closes ``period``. Raises as :func:`record_readings`."""
    record_readings(
        estate=meter.estate, period=period, readings=[NewReading(meter.pk, value, previous, read_on)], by=by
    )
    return MeterReading.objects.get(meter=meter, period=period.first)


@action
def record_readings(*, estate: Estate, period: Period, readings: Iterable[NewReading], by: User | None) -> int:
    """Enter, or correct, readings that close ``period``; returns how many were new or different.

    Raises Refusal, naming the meter, ``reading_unknown_meter``, ``reading_too_precise``, ``reading_below_previous``,
    ``reading_breaks_next`` (the month after begins with another value) or ``reading_billed``; nothing is written then.
    """
    given = {reading.meter: reading for reading in readings}
    lock_name("billing.readings", estate.pk)
    known = known_readings(estate, period, given)
    present = {
        row.meter_id: row
        for row in MeterReading.objects.filter(meter__in=given, period=period.first).select_for_update()
    }
    fresh: list[MeterReading] = []
    changed: list[MeterReading] = []
    for meter_id, reading in given.items():
        if meter_id not in known:
            raise Refusal("reading_unknown_meter", _("There is no such meter in this estate."), "meter")
        previous = chain(known[meter_id], reading.value, reading.previous)
        row = present.get(meter_id) or MeterReading(estate=estate, meter_id=meter_id, period=period.first, by=by)
        if row.pk and (row.previous, row.value) == (previous, reading.value):
            continue
        row.previous, row.value = previous, reading.value
        row.read_on = reading.read_on or min(clock.today(), period.last)
        (changed if row.pk else fresh).append(row)
    _check_unbilled(estate, period, [row.meter_id for row in (*fresh, *changed)])
    MeterReading.objects.bulk_create(fresh, batch_size=2000)
    MeterReading.objects.bulk_update(changed, ["previous", "value", "read_on"], batch_size=2000)
    return len(fresh) + len(changed)


def known_readings(estate: Estate, period: Period, meters: Iterable[int]) -> dict[int, Known]:
    """What is known of each meter of ``estate`` around ``period``."""
    rows = Meter.objects.filter(estate=estate, pk__in=list(meters))
    readings = MeterReading.objects.filter(meter__in=rows)
    last: dict[int, Decimal] = dict(
        readings.filter(period__lt=period.first)
        .order_by("meter_id", "-period")
        .distinct("meter_id")
        .values_list("meter_id", "value")
    )
    present: dict[int, Decimal] = dict(readings.filter(period=period.first).values_list("meter_id", "value"))
    following: dict[int, Decimal] = dict(
        readings.filter(period__gt=period.first)
        .order_by("meter_id", "period")
        .distinct("meter_id")
        .values_list("meter_id", "previous")
    )
    return {
        pk: Known(code, last.get(pk), present.get(pk), following.get(pk)) for pk, code in rows.values_list("pk", "code")
    }


def _check_unbilled(estate: Estate, period: Period, meters: list[int]) -> None:
    """A bill says what it was computed from, so a reading it rests on stays as it is."""
    theirs = Meter.objects.filter(pk__in=meters, unit=OuterRef("unit"), fee_item=OuterRef("fee_item"))
    billed = (
        Bill.objects.filter(
            Exists(theirs),
            estate=estate,
            reversed_at=None,
            late_for=None,
            since__lt=period.plus(1).first,
            until__gt=period.first,
        )
        .order_by("unit__code")
        .values_list("unit__code", flat=True)
        .first()
    )
    if billed is not None:
        raise Refusal(
            "reading_billed",
            _("Unit %(unit)s has been billed for %(period)s. Reverse that bill first.")
            % {"unit": billed, "period": period},
            "value",
        )
