"""A month's bills: which days, how much, when it is due, once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection

from anju.domains.billing.actions import runs
from anju.domains.billing.enums import Method, RunProblem, RunState, TariffState
from anju.domains.billing.models import Bill, BillRun
from anju.domains.billing.selectors.charges import preview_run
from anju.domains.billing.selectors.month import month_plan
from anju.engines.ledger.models import Entry, Line
from anju.engines.ledger.selectors import balances, control_account, main_fund
from anju.kit import clock
from anju.kit.errors import Refusal
from anju.kit.periods import Period
from tests.domains.billing.charging import amounts, bills, charge, fee, price_of, run

D = Decimal


def test_month_is_area_times_price_from_first_to_last_day(in_spring):
    world = in_spring
    charge(fee(world.spring, "2.40"), world.unit)
    done, outcome = run(world.spring, "2026-11")
    [bill] = bills()
    assert (bill.amount, bill.payer, bill.unit) == (D("231.60"), world.owner_party, world.unit)
    assert (bill.since, bill.until, bill.period) == (date(2026, 11, 1), date(2026, 12, 1), date(2026, 11, 1))
    assert (bill.quantity, bill.price, bill.discount, bill.month_parts) == (D("96.5"), D("2.4"), 1, 377580)
    assert (bill.due_on, bill.limitation_on) == (date(2026, 12, 1), date(2029, 12, 1))
    assert (done.state, done.bills, done.amount) == (RunState.DONE, 1, D("231.60"))
    assert (outcome.bills, outcome.amount) == (1, D("231.60"))


def test_second_run_creates_nothing_but_what_is_new(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    charge(tariff, world.unit)
    first, _ = run(world.spring, "2026-11")
    _, again = run(world.spring, "2026-11")
    assert again.bills == 0
    charge(tariff, world.shop)
    third, outcome = run(world.spring, "2026-11")
    assert (outcome.bills, outcome.amount) == (1, D("144.00"))
    assert third.pk == first.pk
    assert (third.bills, third.amount) == (2, D("375.60"))
    assert Bill.objects.count() == 2


def test_run_posts_receivable_and_income_once(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    charge(tariff, world.unit)
    charge(tariff, world.shop)
    for _again in range(2):
        run(world.spring, "2026-11")
    [entry] = Entry.objects.all()
    assert (entry.source, entry.source_id) == (runs.RUN_SOURCE, BillRun.objects.get().pk)
    receivable = control_account(main_fund(world.spring), "receivable")
    assert balances(world.spring) == {receivable.pk: D("375.60"), tariff.fee_item.income_id: D("-375.60")}
    assert Line.objects.count() == 2


def test_what_follows_in_the_transaction_of_a_run_is_planned_as_usual(in_spring):
    names = ("jit", "enable_nestloop", "work_mem")

    def planning() -> list[tuple[str, ...]]:
        with connection.cursor() as cursor:
            return [cursor.execute(f"SHOW {name}").fetchone() for name in names]

    usual = planning()
    charge(fee(in_spring.spring), in_spring.unit)
    run(in_spring.spring, "2026-11")
    preview_run(in_spring.spring, Period.parse("2026-12"))
    assert planning() == usual


def test_a_month_of_long_ago_can_be_written_down_as_of_its_day(in_spring):
    world, at = in_spring, datetime(2026, 9, 2, 2, 30, tzinfo=clock.CHINA)
    charge(fee(world.spring), world.unit)
    september = Period.parse("2026-09")
    opened = runs.open_run(estate=world.spring, period=september, by=None)
    runs.bill_chunk(run=opened, plan=month_plan(world.spring, september), size=10, by=None, at=at)
    run(world.spring, "2026-10")
    written = dict(Bill.objects.values_list("period", "created_at"))
    assert written[september.first] == at
    assert written[date(2026, 10, 1)] > at


def test_the_chunk_that_reaches_the_end_finishes_the_run(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    for unit in (world.unit, world.shop):
        charge(tariff, unit)
    period = Period.parse("2026-11")
    opened = runs.open_run(estate=world.spring, period=period, by=None)
    plan = month_plan(world.spring, period)
    chunks = [runs.bill_chunk(run=opened, plan=plan, size=size, by=None) for size in (1, 2, 2)]
    assert [(chunk.bills, chunk.finished) for chunk in chunks] == [(1, False), (1, True), (0, True)]
    opened.refresh_from_db()
    assert (opened.state, opened.bills) == (RunState.DONE, 2)
    assert opened.finished_at >= opened.started_at


def test_small_chunks_give_the_same_bills(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    for unit in (world.unit, world.let_unit, world.shared_unit, world.unsold_unit, world.shop):
        charge(tariff, unit)
    done, outcome = run(world.spring, "2026-11", chunk=2)
    assert amounts() == [D("231.60"), D("211.20"), D("288.00"), D("336.00"), D("144.00")]
    assert outcome.amount == done.amount == sum(amounts())
    assert Entry.objects.count() == 3


def test_vacant_unit_is_charged_the_agreed_part(in_spring):
    world = in_spring
    charge(fee(world.spring, "2.40", vacancy_rate=D("0.7")), world.shared_unit)
    run(world.spring, "2026-11")
    [bill] = bills()
    assert (bill.amount, bill.discount) == (D("201.60"), D("0.7"))


@pytest.mark.parametrize(
    ("since", "until", "period", "amount"),
    [
        (date(2026, 11, 16), None, "2026-11", "120.00"),
        (date(2020, 1, 1), date(2026, 11, 16), "2026-11", "120.00"),
        (date(2026, 11, 10), date(2026, 11, 20), "2026-11", "80.00"),
        (date(2026, 12, 31), None, "2026-12", "7.74"),  # 240 / 31
        (date(2028, 2, 29), None, "2028-02", "8.28"),  # leap year: 240 / 29
        (date(2027, 2, 28), None, "2027-02", "8.57"),  # 240 / 28
        (date(2020, 1, 1), date(2026, 11, 2), "2026-11", "8.00"),
    ],
)
def test_part_months_are_charged_by_days(in_spring, since, until, period, amount):
    world = in_spring
    charge(fee(world.spring, "240", method=Method.FLAT), world.unit, since, until)
    run(world.spring, period)
    assert amounts() == [D(amount)]


def test_charge_outside_its_days_is_not_billed(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    charge(tariff, world.unit, date(2026, 12, 1))
    charge(tariff, world.shop, until=date(2026, 11, 1))
    _, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert Entry.objects.count() == 0


@pytest.mark.parametrize(("months", "amount"), [(3, "720.00"), (6, "1440.00"), (12, "2880.00")])
def test_cycle_in_advance_is_billed_in_its_first_month(in_spring, months, amount):
    world = in_spring
    charge(fee(world.spring, "240", method=Method.FLAT, cycle_months=months), world.unit)
    for month in range(1, 13):
        run(world.spring, f"2026-{month:02d}")
    rows = bills()
    assert [bill.period.month for bill in rows] == list(range(1, 13, months))
    assert {bill.amount for bill in rows} == {D(amount)}
    assert rows[0].due_on == date(2026, 1, 31)
    assert rows[-1].until == date(2027, 1, 1)


@pytest.mark.parametrize(("months", "amount"), [(3, "720.00"), (6, "1440.00"), (12, "2880.00")])
def test_cycle_in_arrears_is_billed_in_its_last_month(in_spring, months, amount):
    world = in_spring
    charge(fee(world.spring, "240", method=Method.FLAT, cycle_months=months, timing="arrears"), world.unit)
    for month in range(1, 13):
        run(world.spring, f"2026-{month:02d}")
    rows = bills()
    assert [bill.period.month for bill in rows] == list(range(months, 13, months))
    assert {bill.amount for bill in rows} == {D(amount)}
    assert rows[-1].due_on == date(2027, 1, 31)


def test_cycle_counts_from_its_anchor_month(in_spring):
    world = in_spring
    charge(fee(world.spring, "240", method=Method.FLAT, cycle_months=12, anchor_month=7), world.unit)
    for period in ("2026-01", "2026-06", "2026-07"):
        run(world.spring, period)
    [bill] = bills()
    assert (bill.period, bill.since, bill.until) == (date(2026, 7, 1), date(2026, 7, 1), date(2027, 7, 1))


def test_charge_that_begins_or_ends_in_mid_cycle(in_spring):
    world = in_spring
    advance = fee(world.spring, "240", method=Method.FLAT, cycle_months=3)
    arrears = fee(world.spring, "240", method=Method.FLAT, cycle_months=3, timing="arrears", code="ARREARS")
    charge(advance, world.unit, date(2026, 2, 15))
    charge(arrears, world.shop, until=date(2026, 2, 15))
    for period in ("2026-01", "2026-02", "2026-03"):
        run(world.spring, period)
    begun, ended = bills()
    assert (begun.period.month, begun.amount) == (2, D("360.00"))  # 14 of 28 days, and March
    assert (ended.period.month, ended.amount) == (2, D("360.00"))  # January, and 14 of 28 days
    assert ended.due_on == date(2026, 3, 17)


def test_new_price_in_mid_month_cuts_the_bill(in_spring):
    world = in_spring
    tariff = fee(world.spring, "2.40")
    price_of(tariff.fee_item, "3.00", since=date(2026, 11, 16), due_days=10)
    charge(tariff, world.unit)
    run(world.spring, "2026-11")
    assert [(bill.amount, bill.price) for bill in bills()] == [(D("115.80"), D("2.4")), (D("144.75"), D("3"))]
    assert bills()[1].due_on == date(2026, 11, 26)


def test_new_price_within_a_quarter_is_billed_with_it(in_spring):
    world = in_spring
    tariff = fee(world.spring, "240", method=Method.FLAT, cycle_months=3)
    price_of(tariff.fee_item, "300", since=date(2026, 2, 1), method=Method.FLAT, cycle_months=3)
    charge(tariff, world.unit)
    run(world.spring, "2026-01")
    assert amounts() == [D("240.00"), D("600.00")]


def test_tariff_that_nobody_approved_is_not_applied(in_spring):
    world = in_spring
    charge(fee(world.spring, state=TariffState.SUBMITTED), world.unit)
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_TARIFF]


def test_days_before_the_first_tariff_are_an_exception(in_spring):
    world = in_spring
    charge(fee(world.spring, "2.40", since=date(2026, 11, 16)), world.unit)
    done, _ = run(world.spring, "2026-11")
    assert amounts() == [D("115.80")]
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_TARIFF]


def test_nothing_to_pay_is_no_bill_and_no_exception(in_spring):
    world = in_spring
    charge(fee(world.spring, vacancy_rate=D(0)), world.shared_unit)
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert not done.exceptions.exists()


@pytest.mark.clause("P01-19")
def test_car_park_fee_by_kind_of_space(in_spring):
    """100 yuan per monthly-permit space, 150 per temporary one; a vacant space by its own agreement."""
    world = in_spring
    monthly = fee(world.spring, "100", method=Method.SPACE, kind="parking", code="MONTHLY")
    temporary = fee(world.spring, "150", method=Method.SPACE, kind="parking", code="TEMPORARY")
    vacant = fee(world.spring, "37.50", method=Method.SPACE, kind="parking", code="VACANT")
    charge(monthly, world.space)
    charge(temporary, world.free_space, payer=world.developer_party, until=date(2026, 11, 16))
    charge(vacant, world.free_space, payer=world.developer_party, since=date(2026, 11, 16))
    run(world.spring, "2026-10")
    run(world.spring, "2026-11")
    assert amounts("2026-10") == [D("100.00"), D("150.00")]
    assert [(bill.payer, bill.amount) for bill in bills("2026-11")] == [
        (world.owner_party, D("100.00")),
        (world.developer_party, D("75.00")),
        (world.developer_party, D("18.75")),
    ]


@pytest.mark.clause("P17-05")
def test_pressurised_water_and_stair_lights_are_charged_beside_the_service_fee(in_spring):
    world = in_spring
    service = fee(world.spring, "2.40")
    water = fee(world.spring, "0.15", kind="shared", code="WATER")
    lights = fee(world.spring, "6", kind="shared", method=Method.FLAT, code="LIGHTS")
    for tariff in (service, water, lights):
        charge(tariff, world.unit)
    run(world.spring, "2026-11")
    assert {bill.fee_item.code: bill.amount for bill in bills()} == {
        "SERVICE": D("231.60"),
        "WATER": D("14.48"),  # 96.5 x 0.15 = 14.475
        "LIGHTS": D("6.00"),
    }


def test_run_leaves_other_estates_alone(in_spring, in_scope):
    world = in_spring
    charge(fee(world.spring), world.unit)
    with in_scope(world.rival):
        charge(fee(world.rival), world.rival_unit)
    run(world.spring, "2026-11")
    with in_scope(world.rival):
        assert not Bill.objects.exists()


@pytest.mark.parametrize("period", ["1999-12", "9998-12", str(Period.of(clock.today()).plus(runs.MONTHS_AHEAD + 1))])
def test_far_months_are_refused(in_spring, period):
    with pytest.raises(Refusal) as refusal:
        run(in_spring.spring, period)
    assert refusal.value.code == "period_out_of_reach"
    assert not BillRun.objects.exists()
