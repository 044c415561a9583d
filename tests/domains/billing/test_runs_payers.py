"""A month's bills: who is billed for which days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anju.domains.billing.enums import Method, RunProblem
from anju.foundation.registry.enums import OccupancyState
from anju.foundation.registry.models import Ownership
from tests.domains.billing.charging import amounts, bills, charge, fee, run

D = Decimal


def test_owner_change_in_mid_month_is_split_by_days(in_spring):
    world = in_spring
    charge(fee(world.spring, "2.40"), world.unit)
    Ownership.objects.filter(unit=world.unit).update(until=date(2026, 11, 16))
    Ownership.objects.create(
        estate=world.spring, unit=world.unit, party=world.neighbour_party, since=date(2026, 11, 16)
    )
    run(world.spring, "2026-11")
    old, new = bills()
    assert (old.payer, old.amount, old.until) == (world.owner_party, D("115.80"), date(2026, 11, 16))
    assert (new.payer, new.amount, new.since) == (world.neighbour_party, D("115.80"), date(2026, 11, 16))
    assert new.due_on == date(2026, 12, 16)


def test_split_parts_add_up_to_the_rounded_whole(in_spring):
    world = in_spring
    world.unit.exclusive_area = D("77.77")
    world.unit.save()
    charge(fee(world.spring, "1.23"), world.unit)
    Ownership.objects.filter(unit=world.unit).update(until=date(2026, 11, 8))
    for party, since, until in (
        (world.neighbour_party, date(2026, 11, 8), date(2026, 11, 21)),
        (world.tenant_party, date(2026, 11, 21), None),
    ):
        Ownership.objects.create(estate=world.spring, unit=world.unit, party=party, since=since, until=until)
    run(world.spring, "2026-11")
    assert len(bills()) == 3
    assert sum(amounts()) == D("95.66")  # 77.77 x 1.23 = 95.6571


def test_of_several_owners_the_largest_share_is_billed(in_spring):
    world = in_spring
    charge(fee(world.spring), world.shared_unit)
    run(world.spring, "2026-10")
    Ownership.objects.filter(unit=world.shared_unit, party=world.shopkeeper_party).update(share=D("0.6"))
    run(world.spring, "2026-11")
    assert [bill.payer for bill in bills()] == [world.neighbour_party, world.shopkeeper_party]


def test_co_owner_who_leaves_does_not_cut_the_bill(in_spring):
    world = in_spring
    charge(fee(world.spring), world.shared_unit)
    Ownership.objects.filter(unit=world.shared_unit, party=world.shopkeeper_party).update(until=date(2026, 11, 16))
    run(world.spring, "2026-11")
    [bill] = bills()
    assert (bill.payer, bill.amount) == (world.neighbour_party, D("288.00"))


@pytest.mark.parametrize("state", [OccupancyState.UNSOLD, OccupancyState.UNDELIVERED])
def test_developer_pays_in_full_for_unsold_and_undelivered_units(in_spring, state):
    world = in_spring
    world.shared_unit.state = state
    world.shared_unit.save()
    charge(fee(world.spring, vacancy_rate=D("0.7")), world.shared_unit)
    run(world.spring, "2026-11")
    [bill] = bills()
    assert (bill.payer, bill.amount) == (world.developer_party, D("288.00"))


def test_developer_pays_until_delivery(in_spring):
    world = in_spring
    world.unit.delivery_date = date(2026, 11, 11)
    world.unit.save()
    charge(fee(world.spring, "2.40"), world.unit)
    run(world.spring, "2026-11")
    assert [(bill.payer, bill.amount) for bill in bills()] == [
        (world.developer_party, D("77.20")),
        (world.owner_party, D("154.40")),
    ]


def test_named_payer_is_billed_instead_of_the_owner(in_spring):
    world = in_spring
    charge(fee(world.spring), world.let_unit, payer=world.tenant_party)
    run(world.spring, "2026-11")
    assert [bill.payer for bill in bills()] == [world.tenant_party]


def test_unit_without_owner_is_an_exception_until_it_has_one(in_spring):
    world = in_spring
    charge(fee(world.spring), world.unit)
    Ownership.objects.filter(unit=world.unit).delete()
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_PAYER]
    Ownership.objects.create(estate=world.spring, unit=world.unit, party=world.owner_party, since=date(2020, 1, 1))
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 1
    assert not done.exceptions.exists()


def test_developer_is_missing(in_spring):
    world = in_spring
    world.spring.developer = None
    world.spring.save()
    charge(fee(world.spring), world.unsold_unit)
    done, _ = run(world.spring, "2026-11")
    assert [row.problem for row in done.exceptions.all()] == [RunProblem.NO_PAYER]


def test_vehicle_is_charged_to_its_keeper(in_spring):
    world = in_spring
    charge(fee(world.spring, "80", method=Method.VEHICLE, kind="parking"), world.vehicle)
    run(world.spring, "2026-11")
    assert [(bill.payer, bill.amount, bill.vehicle) for bill in bills()] == [
        (world.owner_party, D("80.00"), world.vehicle)
    ]
