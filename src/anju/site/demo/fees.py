"""Fee items with their tariffs, who is charged what, and the water meters with fourteen months of readings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.db import connection

from anju.domains.billing.actions.charges import add_charges
from anju.domains.billing.actions.tariffs import add_fee_item, adopt_tariff, draft_tariff
from anju.domains.billing.enums import FeeKind, Method, Timing
from anju.domains.billing.flow import TARIFF
from anju.domains.billing.models import FeeItem, Meter, RecurringCharge
from anju.foundation.accounts.models import User
from anju.foundation.registry.enums import OccupancyState, SpaceUse, UnitKind
from anju.foundation.registry.models import Estate, ParkingSpace, Unit
from anju.kit.periods import Period
from anju.site.demo.lanting import Lanting
from anju.site.demo.small_estates import Hospital

LATE = {"grace_days": 10, "late_daily_rate": Decimal("0.0005"), "late_cap": Decimal("0.2")}
WATER_TIERS = [
    {"upto": "15", "price": "3.25"},
    {"upto": "22", "price": "4.40"},
    {"upto": None, "price": "7.85"},
]
START = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee item with the terms of its tariff in force."""

    code: str
    name: str
    kind: FeeKind
    terms: dict[str, Any]


LANTING_FEES = (
    Fee("FW-ZZ", "住宅物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("2.40"), "vacancy_rate": Decimal("0.7"),
        "basis": "前期物业服务合同第十二条；价格备案澜价备〔2019〕31号", **LATE}),
    Fee("FW-GY", "公寓物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("2.80"), "vacancy_rate": Decimal("0.7"),
        "basis": "前期物业服务合同第十二条", **LATE}),
    Fee("FW-SP", "商铺物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("4.50"), "basis": "商业物业服务协议", **LATE}),
    Fee("EGJY", "二次供水加压费", FeeKind.SHARED, {
        "method": Method.FORMULA, "formula": "area * (0.06 + 0.12 * min(1, max(0, floor - 6)))",
        "basis": "二次供水运行费用分摊办法"}),
    Fee("LNZM", "楼内照明费", FeeKind.SHARED, {
        "method": Method.FLAT, "price": Decimal("6.00"), "basis": "楼内公共照明电费分摊办法"}),
    Fee("CW-YZ", "月租车位管理费", FeeKind.PARKING, {
        "method": Method.SPACE, "price": Decimal("100.00"), "basis": "停车服务方案", **LATE}),
    Fee("CW-LT", "临停车位管理费", FeeKind.PARKING, {
        "method": Method.SPACE, "price": Decimal("150.00"), "basis": "停车服务方案"}),
    Fee("SF", "代收自来水费", FeeKind.UTILITY, {
        "method": Method.METERED, "tiers": WATER_TIERS, "timing": Timing.ARREARS, "due_days": 20,
        "basis": "居民生活用水阶梯水价"}),
)  # fmt: skip
LAOHUAI_FEES = (
    Fee("ZWY", "准物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("0.30"), "cycle_months": 3,
        "basis": "居民会议决议：每平方米每月0.30元，按季收取"}),
    Fee("LDZM", "楼道照明费", FeeKind.SHARED, {
        "method": Method.FLAT, "price": Decimal("2.00"), "cycle_months": 3, "basis": "居民会议决议"}),
)  # fmt: skip
MINGHU_FEES = (
    Fee("FW-YY", "医院物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("6.80"), "timing": Timing.ARREARS, "basis": "医院后勤物业服务合同"}),
    Fee("FW-SP", "院内商铺物业服务费", FeeKind.SERVICE, {
        "method": Method.AREA, "price": Decimal("9.00"), "basis": "商铺租赁合同附件二", **LATE}),
    Fee("CW-ZG", "职工车位费", FeeKind.PARKING, {
        "method": Method.SPACE, "price": Decimal("60.00"), "basis": "职工停车管理办法"}),
    Fee("CW-LT", "就诊临停车位管理费", FeeKind.PARKING, {
        "method": Method.SPACE, "price": Decimal("150.00"), "basis": "停车服务方案"}),
)  # fmt: skip


def _items(estate: Estate, fees: Iterable[Fee], by: User) -> dict[str, FeeItem]:
    items = {}
    for fee in fees:
        items[fee.code] = add_fee_item(estate=estate, code=fee.code, name=fee.name, kind=fee.kind, by=by)
        adopt_tariff(fee_item=items[fee.code], effective_from=START, by=by, **fee.terms)
    return items


def set_up_lanting(lanting: Lanting, users: dict[str, User], rng: Random, first: Period, today: date) -> None:
    """Items, charges, a tariff with a second version and one waiting for approval, meters and readings."""
    estate, director = lanting.estate, users["director"]
    items = _items(estate, LANTING_FEES, director)
    since = first.first
    raised = date(today.year, 1, 1)
    adopt_tariff(
        fee_item=items["FW-SP"], effective_from=raised, by=director, basis="商业物业服务协议补充条款",
        method=Method.AREA, price=Decimal("4.80"), **LATE,
    )  # fmt: skip
    proposed = draft_tariff(
        fee_item=items["CW-YZ"], effective_from=date(today.year + 1, 1, 1), by=director, basis="停车服务方案(修订稿)",
        method=Method.SPACE, price=Decimal("120.00"), **LATE,
    )  # fmt: skip
    TARIFF.advance(obj=proposed, transition="submit", by=director)
    units = Unit.objects.filter(estate=estate)
    homes = units.filter(kind=UnitKind.RESIDENTIAL)
    apartments = units.filter(kind=UnitKind.APARTMENT)
    for code, which in (
        ("FW-ZZ", homes), ("FW-GY", apartments), ("FW-SP", units.filter(kind=UnitKind.SHOP)),
        ("EGJY", homes | apartments), ("LNZM", homes | apartments),
    ):  # fmt: skip
        add_charges(fee_item=items[code], units=which, since=since, by=director)
    supplied = homes.exclude(state__in=(OccupancyState.UNSOLD, OccupancyState.UNDELIVERED))
    add_charges(fee_item=items["SF"], units=supplied, since=since, by=director)
    # By their lease the tenants of this flat pay for what they use.
    RecurringCharge.objects.filter(fee_item__in=[items["SF"], items["LNZM"]], unit=lanting.tenant_unit).update(
        payer=lanting.tenant
    )
    _charge_spaces(estate, items["CW-YZ"], items["CW-LT"], lanting.space_payers, since)
    _read_meters(estate, items["SF"], supplied, users["engineer"], rng, first, today)


def set_up_laohuai(estate: Estate, director: User, first: Period) -> None:
    items = _items(estate, LAOHUAI_FEES, director)
    for item in items.values():
        add_charges(fee_item=item, units=Unit.objects.filter(estate=estate), since=first.first, by=director)


def set_up_minghu(hospital: Hospital, director: User, first: Period) -> None:
    """Every department is billed for its own rooms, every kiosk and every parking permit to its holder."""
    estate = hospital.register.estate
    items = _items(estate, MINGHU_FEES, director)
    RecurringCharge.objects.bulk_create(
        RecurringCharge(
            estate=estate,
            fee_item=items["FW-SP" if unit.kind == UnitKind.SHOP else "FW-YY"],
            unit=unit,
            payer=hospital.payers[unit.pk],
            since=first.first,
        )
        for unit in hospital.register.units
    )
    _charge_spaces(estate, items["CW-ZG"], items["CW-LT"], hospital.space_payers, first.first)


def _charge_spaces(estate: Estate, monthly: FeeItem, temporary: FeeItem, payers: dict[int, Any], since: date) -> None:
    spaces = ParkingSpace.objects.filter(estate=estate, use__in=(SpaceUse.MONTHLY, SpaceUse.TEMPORARY)).order_by("pk")
    RecurringCharge.objects.bulk_create(
        RecurringCharge(
            estate=estate,
            fee_item=monthly if space.use == SpaceUse.MONTHLY else temporary,
            space=space,
            payer=payers[space.pk],
            since=since,
        )
        for space in spaces
    )


_READINGS = """
    INSERT INTO billing_meterreading (estate_id, by_id, meter_id, period, previous, value, read_on)
    SELECT %s, %s, * FROM unnest(%s::bigint[], %s::date[], %s::numeric[], %s::numeric[], %s::date[])
"""


def _read_meters(
    estate: Estate, item: FeeItem, units: Any, engineer: User, rng: Random, first: Period, today: date
) -> None:
    """A meter per home; a few are not read yet in the current month, so that the run has exceptions to show."""
    homes = list(units.order_by("code"))
    meters = Meter.objects.bulk_create(
        Meter(estate=estate, fee_item=item, unit=unit, code=f"SB{10000 + number}") for number, unit in enumerate(homes)
    )
    current = Period.of(today)
    readings = []
    for number, (meter, unit) in enumerate(zip(meters, homes, strict=True)):
        lived_in = unit.state in (OccupancyState.OWNER_OCCUPIED, OccupancyState.LET)
        usual, value = rng.uniform(6, 19), Decimal(rng.randrange(80, 1400))
        for index in range(first.months_until(current) + 1):
            period = first.plus(index)
            used = Decimal(round(usual * rng.uniform(0.7, 1.35))) if lived_in else Decimal(rng.choice((0, 0, 0, 1)))
            if period != current or number % 67:
                readings.append((meter.pk, period.first, value, value + used, min(period.last, today)))
            value += used
    with connection.cursor() as cursor:
        cursor.execute(_READINGS, [estate.pk, engineer.pk, *map(list, zip(*readings, strict=True))])
