"""Meters: readings one by one, by workbook, and what they cost by tiers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.domains.billing import sheets
from anju.domains.billing.actions import readings, runs
from anju.domains.billing.actions.readings import NewReading, add_meter, record_reading, record_readings
from anju.domains.billing.enums import Method, RunProblem
from anju.domains.billing.models import Meter, MeterReading
from anju.domains.billing.rules.parts import parse_tiers, tiered
from anju.foundation.registry.models import Ownership
from anju.kit.errors import Refusal
from anju.kit.periods import Period
from anju.kit.sheets import SheetOut, SheetProblem, write_book
from tests.domains.billing.charging import amounts, bills, charge, fee, price_of, run

D = Decimal
OCTOBER, NOVEMBER, DECEMBER = (Period(2026, month) for month in (10, 11, 12))
TIERS = [{"upto": "12", "price": "3.10"}, {"upto": "20", "price": "4.65"}, {"upto": None, "price": "9.30"}]


@pytest.fixture
def water(in_spring):
    return fee(
        in_spring.spring, "0", code="WATER", kind="utility", method=Method.METERED, tiers=TIERS, timing="arrears"
    )


@pytest.fixture
def meter(water, world) -> Meter:
    charge(water, world.unit)
    return add_meter(fee_item=water.fee_item, unit=world.unit, code="W-1201", by=None)


def read(meter: Meter, period: Period, value: str, **more) -> MeterReading:
    return record_reading(meter=meter, period=period, value=D(value), by=None, **more)


def refused(code: str, call, /, *args, **kwargs) -> None:
    with pytest.raises(Refusal) as refusal:
        call(*args, **kwargs)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("used", "amount"),
    [("5", "15.50"), ("12", "37.20"), ("12.5", "39.53"), ("20", "74.40"), ("30", "167.40")],
)
def test_consumption_is_charged_by_tiers(meter, world, used, amount):
    read(meter, OCTOBER, "100")
    read(meter, NOVEMBER, str(100 + D(used)))
    run(world.spring, "2026-11")
    [bill] = bills()
    assert (bill.amount, bill.quantity) == (D(amount), D(used))
    assert bill.due_on == date(2026, 12, 31)


def test_consumption_times_multiplier_at_a_plain_price(in_spring):
    world = in_spring
    tariff = fee(world.spring, "0.5", code="POWER", method=Method.METERED, fixed=D("2"), timing="arrears")
    charge(tariff, world.unit)
    meter = add_meter(fee_item=tariff.fee_item, unit=world.unit, code="P", multiplier=D("30"), by=None)
    read(meter, NOVEMBER, "10")
    run(world.spring, "2026-11")
    assert amounts() == [D("152.00")]


def test_no_reading_is_an_exception_until_there_is_one(meter, world):
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_READING]
    read(meter, NOVEMBER, "5")
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 1
    assert not done.exceptions.exists()


def test_unit_without_meter_is_an_exception(water, world):
    charge(water, world.unit)
    done, _ = run(world.spring, "2026-11")
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_READING]


def test_two_meters_count_together_and_both_are_needed(meter, water, world):
    second = add_meter(fee_item=water.fee_item, unit=world.unit, code="W-1201-B", by=None)
    read(meter, NOVEMBER, "8")
    done, outcome = run(world.spring, "2026-11")
    assert (outcome.bills, [row.problem for row in done.exceptions.all()]) == (0, [RunProblem.NO_READING])
    read(second, NOVEMBER, "8")
    run(world.spring, "2026-11")
    assert amounts() == [D("55.80")]  # 12 x 3.10 + 4 x 4.65


def test_retired_meter_is_not_waited_for(meter, water, world):
    old = add_meter(fee_item=water.fee_item, unit=world.unit, code="OLD", by=None)
    readings.retire_meter(meter=old, by=None)
    read(meter, NOVEMBER, "5")
    done, _ = run(world.spring, "2026-11")
    assert amounts() == [D("15.50")]
    assert not done.exceptions.exists()


def test_a_meter_put_in_during_a_quarter_is_not_waited_for_before(in_spring):
    world = in_spring
    tariff = fee(world.spring, "3", method=Method.METERED, cycle_months=3, timing="arrears")
    charge(tariff, world.unit)
    old = add_meter(fee_item=tariff.fee_item, unit=world.unit, code="OLD", by=None)
    new = add_meter(fee_item=tariff.fee_item, unit=world.unit, code="NEW", by=None)
    for meter, period, value in (
        (old, OCTOBER, "10"),
        (old, NOVEMBER, "14"),
        (new, NOVEMBER, "3"),
        (new, DECEMBER, "5"),
    ):
        read(meter, period, value)
    done, _ = run(world.spring, "2026-12")
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_READING]
    readings.retire_meter(meter=old, by=None)
    done, _ = run(world.spring, "2026-12")
    assert amounts() == [D("57.00")]
    assert not done.exceptions.exists()


def test_nothing_used_is_no_bill(meter, world):
    read(meter, NOVEMBER, "0")
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert not done.exceptions.exists()


def test_quarter_adds_up_months_that_each_have_their_tiers(in_spring):
    world = in_spring
    tariff = fee(world.spring, "0", method=Method.METERED, tiers=TIERS, cycle_months=3, timing="arrears")
    charge(tariff, world.unit)
    meter = add_meter(fee_item=tariff.fee_item, unit=world.unit, code="W", by=None)
    for period, value in ((OCTOBER, "12"), (NOVEMBER, "24"), (DECEMBER, "37")):
        read(meter, period, value)
    run(world.spring, "2026-12")
    assert amounts() == [D("116.25")]  # 36 x 3.10 + 1 x 4.65


def test_consumption_of_a_month_is_shared_by_days_when_the_owner_changes(meter, world):
    Ownership.objects.filter(unit=world.unit).update(until=date(2026, 11, 11))
    Ownership.objects.create(
        estate=world.spring, unit=world.unit, party=world.neighbour_party, since=date(2026, 11, 11)
    )
    read(meter, NOVEMBER, "10")
    run(world.spring, "2026-11")
    assert [(bill.amount, bill.quantity) for bill in bills()] == [(D("10.33"), D("3.333")), (D("20.67"), D("6.667"))]


def test_reading_is_priced_by_the_tariff_of_the_months_last_day(meter, water, world):
    price_of(water.fee_item, "5", method=Method.METERED, timing="arrears", since=date(2026, 11, 20))
    read(meter, NOVEMBER, "10")
    run(world.spring, "2026-11")
    assert amounts() == [D("50.00")]


def test_vacancy_does_not_discount_consumption(in_spring):
    world = in_spring
    tariff = fee(world.spring, "1", method=Method.METERED, vacancy_rate=D("0.5"), timing="arrears")
    charge(tariff, world.shared_unit)
    read(add_meter(fee_item=tariff.fee_item, unit=world.shared_unit, code="W", by=None), NOVEMBER, "10")
    run(world.spring, "2026-11")
    assert amounts() == [D("10.00")]


def test_reading_begins_with_the_one_before(meter):
    assert read(meter, OCTOBER, "10").previous == 0
    assert read(meter, NOVEMBER, "15.5").previous == D("10")
    assert read(meter, Period(2027, 2), "20").previous == D("15.5")


def test_reading_below_the_last_is_refused_unless_the_meter_was_replaced(meter):
    read(meter, OCTOBER, "100")
    refused("reading_below_previous", read, meter, NOVEMBER, "99.999")
    refused("reading_too_precise", read, meter, NOVEMBER, "100.0001")
    assert MeterReading.objects.count() == 1
    replaced = read(meter, NOVEMBER, "4", previous=D("0"))
    assert (replaced.previous, replaced.value) == (0, 4)


def test_corrected_reading_may_not_break_the_next(meter):
    read(meter, OCTOBER, "100")
    read(meter, NOVEMBER, "110")
    refused("reading_breaks_next", read, meter, OCTOBER, "101")
    assert MeterReading.objects.get(period=OCTOBER.first).value == 100
    assert read(meter, NOVEMBER, "112").value == 112


def test_late_reading_may_not_count_twice(meter):
    read(meter, OCTOBER, "100")
    read(meter, DECEMBER, "120")
    refused("reading_breaks_next", read, meter, NOVEMBER, "110")
    assert read(meter, NOVEMBER, "100").value == 100


def test_billed_reading_stays_until_the_bill_is_reversed(meter, world):
    read(meter, NOVEMBER, "5")
    run(world.spring, "2026-11")
    refused("reading_billed", read, meter, NOVEMBER, "6")
    assert MeterReading.objects.get().value == 5
    runs.reverse_bill(bill=bills()[0], reason="抄错", by=None)
    read(meter, NOVEMBER, "6")
    run(world.spring, "2026-11")
    assert amounts() == [D("18.60")]


def test_meter_of_another_estate_is_unknown(meter, world, in_scope):
    with in_scope(world.rival):
        refused(
            "reading_unknown_meter", record_readings, estate=world.rival, period=NOVEMBER,
            readings=[NewReading(meter.pk, D("5"))], by=None,
        )  # fmt: skip
    assert not MeterReading.objects.exists()


def test_meter_numbers_are_unique(meter, water, world):
    refused("meter_code", add_meter, fee_item=water.fee_item, unit=world.shop, code="W-1201", by=None)


def book(*rows: tuple) -> bytes:
    return write_book([SheetOut(sheets.READINGS.title, sheets.READINGS.columns, rows)])


def test_round_goes_out_and_comes_back_by_workbook(meter, world):
    read(meter, OCTOBER, "100")
    empty = sheets.check_readings(world.spring, NOVEMBER, sheets.readings_book(world.spring, NOVEMBER))
    assert (empty.readings, empty.problems) == ([], [])
    filled = book(("3-1-1201", "W-1201", 100, "１１５．５", date(2026, 11, 30)))
    check = sheets.check_readings(world.spring, NOVEMBER, filled)
    assert not check.problems
    assert record_readings(estate=world.spring, period=NOVEMBER, readings=check.readings, by=None) == 1
    reading = MeterReading.objects.get(period=NOVEMBER.first)
    assert (reading.previous, reading.value, reading.read_on) == (100, D("115.5"), date(2026, 11, 30))
    again = sheets.check_readings(world.spring, NOVEMBER, filled)
    assert record_readings(estate=world.spring, period=NOVEMBER, readings=again.readings, by=None) == 0


def test_workbook_says_what_is_wrong_with_each_row_and_writes_nothing(meter, world):
    read(meter, OCTOBER, "100")
    check = sheets.check_readings(
        world.spring,
        NOVEMBER,
        book(
            ("", "W-1201", None, 90, None),
            ("", "NONE", None, 5, None),
            ("", "W-1201", None, 120, None),
            ("", "W-1201", None, "-3", None),
        ),
    )
    assert [problem.code for problem in check.problems] == [
        "reading_below_previous",
        "reading_unknown_meter",
        "duplicate",
        "too_small",
    ]
    assert [row.number for row in check.refused] == [2, 3, 4, 5]
    assert MeterReading.objects.count() == 1


def test_what_is_no_workbook_is_refused(meter, world):
    with pytest.raises(SheetProblem):
        sheets.check_readings(world.spring, NOVEMBER, b"not a workbook at all", filename="x.xlsx")


@given(used=st.decimals("0", "500", places=3), more=st.decimals("0", "50", places=3))
def test_more_never_costs_less(used, more):
    tiers = parse_tiers(TIERS)
    assert tiered(used, tiers) <= tiered(used + more, tiers)
    assert tiered(used, tiers) <= used * D("9.30")
