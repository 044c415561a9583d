"""A month run again after something has changed: what was not billed yet is billed, what stands is never billed
twice, and what only a person can decide is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from anju.domains.billing.actions.charges import end_charge
from anju.domains.billing.actions.runs import reverse_bill
from anju.domains.billing.enums import Method, RunProblem
from anju.domains.billing.models import Bill, Meter, MeterReading
from anju.domains.billing.selectors.charges import preview_run, run_exceptions
from anju.foundation.registry.models import Ownership
from anju.kit.periods import Period
from tests.domains.billing.charging import bills, charge, fee, run

D = Decimal
NOVEMBER = Period(2026, 11)


def days(bill: Bill) -> tuple[int, int, int]:
    """Payer, first day and last day of November."""
    return bill.payer_id, bill.since.day, (bill.until - date(2026, 11, 1)).days


def problems(world) -> list[str]:
    """What a run of November can't bill, as the preview and the run say it."""
    foreseen = [line.problem for line in preview_run(world.spring, NOVEMBER).exceptions]
    done, _outcome = run(world.spring, "2026-11")
    assert [line.problem for line in run_exceptions(done)] == foreseen
    return foreseen


def test_days_added_to_a_charge_are_billed_to_the_cent(in_spring):
    """Until the 15th, then until the 22nd, then for good: 231.60 a month in all."""
    world = in_spring
    due = charge(fee(world.spring, "2.40"), world.unit, until=date(2026, 11, 15))
    run(world.spring, "2026-11")
    for until in (date(2026, 11, 22), None):
        end_charge(charge=due, until=until, by=None)
        assert problems(world) == []
    assert [(*days(bill)[1:], bill.amount) for bill in bills()] == [
        (1, 14, D("108.08")),
        (15, 21, D("54.04")),
        (22, 30, D("69.48")),
    ]
    assert sum(bill.amount for bill in bills()) == D("231.60")
    assert run(world.spring, "2026-11")[1].bills == 0


def test_days_before_a_bill_are_billed_once_they_have_an_owner(in_spring):
    world = in_spring
    owner = world.owner_party
    Ownership.objects.filter(unit=world.unit).update(since=date(2026, 11, 10))
    charge(fee(world.spring, "2.40"), world.unit)
    assert problems(world) == [RunProblem.NO_PAYER]
    Ownership.objects.filter(unit=world.unit).update(since=date(2026, 11, 4))
    assert problems(world) == [RunProblem.NO_PAYER]
    Ownership.objects.filter(unit=world.unit).update(since=date(2020, 1, 1))
    assert problems(world) == []
    assert [days(bill) for bill in bills()] == [(owner.pk, 1, 3), (owner.pk, 4, 9), (owner.pk, 10, 30)]


def test_a_bill_taken_back_between_others_is_issued_for_the_same_days_and_amount(in_spring):
    world = in_spring
    Ownership.objects.filter(unit=world.unit).update(until=date(2026, 11, 8))
    for since, until in ((date(2026, 11, 8), date(2026, 11, 19)), (date(2026, 11, 19), None)):
        Ownership.objects.create(
            estate=world.spring, unit=world.unit, party=world.neighbour_party, since=since, until=until, share=D(1)
        )
        world.neighbour_party = world.tenant_party
    charge(fee(world.spring, "2.4073"), world.unit)
    run(world.spring, "2026-11")
    before = [(*days(bill), bill.amount) for bill in bills()]
    assert len(before) == 3
    reverse_bill(bill=bills()[1], reason="wrong address", by=None)
    assert problems(world) == []
    assert [(*days(bill), bill.amount) for bill in bills()] == before


def test_a_sale_recorded_after_its_month_was_billed_is_an_exception_until_the_bill_is_reversed(in_spring):
    world = in_spring
    charge(fee(world.spring, "2.40"), world.unit)
    run(world.spring, "2026-11")
    Ownership.objects.filter(unit=world.unit).update(until=date(2026, 11, 16))
    Ownership.objects.create(
        estate=world.spring, unit=world.unit, party=world.neighbour_party, since=date(2026, 11, 16), share=D(1)
    )
    assert problems(world) == [RunProblem.OTHER_BILL]
    [bill] = bills()
    assert days(bill) == (world.owner_party.pk, 1, 30)
    reverse_bill(bill=bill, reason="sold on the 16th", by=None)
    assert problems(world) == []
    assert [days(bill) for bill in bills()] == [(world.owner_party.pk, 1, 15), (world.neighbour_party.pk, 16, 30)]


def test_consumption_that_was_billed_is_not_billed_again_for_more_days(in_spring):
    """Nobody can tell how much of a reading falls into the days added."""
    world = in_spring
    tariff = fee(world.spring, "3.10", code="WATER", method=Method.METERED)
    meter = Meter.objects.create(estate=world.spring, fee_item=tariff.fee_item, unit=world.unit, code="W1")
    MeterReading.objects.create(
        estate=world.spring, meter=meter, period=NOVEMBER.first, previous=0, value=20, read_on=NOVEMBER.last
    )
    due = charge(tariff, world.unit, until=date(2026, 11, 15))
    run(world.spring, "2026-11")
    end_charge(charge=due, until=None, by=None)
    assert problems(world) == [RunProblem.OTHER_BILL]
    assert [bill.amount for bill in bills()] == [D("62.00")]
