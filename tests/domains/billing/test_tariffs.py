"""Fee items, versions of tariffs and their approval, who is charged, and the live example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from anju.domains.billing.actions import charges, tariffs
from anju.domains.billing.enums import FeeKind, Method, TariffState
from anju.domains.billing.flow.tariffs import TARIFF
from anju.domains.billing.models import FeeItem, RecurringCharge, Tariff
from anju.domains.billing.selectors.charges import tariff_example
from anju.domains.billing.selectors.tariffs import tariff_in_force, tariffs_in_force
from anju.engines.ledger import chart
from anju.foundation.registry.models import Unit
from anju.kit.errors import Refusal
from tests.domains.billing.charging import LONG_AGO, amounts, charge, fee, price_of, run

D = Decimal


@pytest.fixture
def item(in_spring) -> FeeItem:
    return tariffs.add_fee_item(
        estate=in_spring.spring, code="SERVICE", name="物业服务费", kind=FeeKind.SERVICE, by=in_spring.director
    )


def draft(item: FeeItem, world, **terms) -> Tariff:
    given = {"method": Method.AREA, "price": D("2.40"), "effective_from": date(2026, 1, 1)} | terms
    return tariffs.draft_tariff(fee_item=item, by=world.cashier, **given)


def refused(code: str, call, /, **kwargs) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        call(**kwargs)
    assert refusal.value.code == code
    return refusal.value


@pytest.mark.parametrize(
    ("kind", "account"),
    [("service", chart.SERVICE_INCOME), ("parking", chart.PARKING_INCOME), ("utility", chart.UTILITIES_COLLECTED)],
)
def test_fee_item_is_credited_to_the_account_of_its_kind(in_spring, kind, account):
    item = tariffs.add_fee_item(estate=in_spring.spring, code="X", name="x", kind=kind, by=None)
    assert item.income.code == account


def test_fee_items_have_their_own_code_and_name(item, world):
    add = {"estate": world.spring, "kind": "service", "by": None}
    refused("fee_item_code", tariffs.add_fee_item, code="SERVICE", name="另一个", **add)
    refused("fee_item_name", tariffs.add_fee_item, code="OTHER", name="物业服务费", **add)
    assert FeeItem.objects.count() == 1


def test_billed_item_keeps_its_account(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    other = tariffs.add_fee_item(estate=world.spring, code="P", name="p", kind="parking", by=None).income
    tariffs.change_fee_item(item=tariff.fee_item, income=other, name="车位费", by=None)
    charge(tariff, world.unit)
    run(world.spring, "2026-11")
    service = FeeItem.objects.get(code="P").income.fund.accounts.get(code=chart.SERVICE_INCOME)
    refused("fee_item_billed", tariffs.change_fee_item, item=tariff.fee_item, income=service, by=None)
    assert FeeItem.objects.get(pk=tariff.fee_item_id).income == other


def test_tariff_is_in_force_once_a_second_person_has_approved_it(item, world):
    tariff = draft(item, world)
    assert tariff_in_force(item) is None
    TARIFF.advance(obj=tariff, transition="submit", by=world.cashier)
    TARIFF.advance(obj=tariff, transition="approve", by=world.director)
    assert tariff_in_force(item) == tariff
    assert [step.transition for step in TARIFF.steps(tariff)] == ["start", "submit", "approve"]


def test_nobody_approves_their_own_tariff(item, world):
    tariff = draft(item, world)
    TARIFF.advance(obj=tariff, transition="submit", by=world.cashier)
    refused("own_tariff", TARIFF.advance, obj=tariff, transition="approve", by=world.cashier)
    assert Tariff.objects.get().state == TariffState.SUBMITTED


def test_rejected_tariff_is_revised(item, world):
    tariff = draft(item, world)
    TARIFF.advance(obj=tariff, transition="submit", by=world.cashier)
    TARIFF.advance(obj=tariff, transition="reject", by=world.director, reason="无依据")
    TARIFF.advance(obj=tariff, transition="revise", by=world.cashier)
    changed = tariffs.change_tariff(tariff=tariff, price=D("2.20"), basis="合同第5条", by=world.cashier)
    assert (changed.state, changed.price, changed.version) == (TariffState.DRAFT, D("2.20"), 1)


def test_approved_tariff_is_never_changed_but_followed_by_a_version(item, world):
    first = draft(item, world)
    for move, by in (("submit", world.cashier), ("approve", world.director)):
        TARIFF.advance(obj=first, transition=move, by=by)
    refused("tariff_not_draft", tariffs.change_tariff, tariff=first, price=D("9"), by=world.cashier)
    refused("tariff_not_draft", tariffs.discard_tariff, tariff=first, by=world.cashier)
    assert Tariff.objects.get().price == D("2.40")
    same_day = draft(item, world, price=D("2.60"))
    TARIFF.advance(obj=same_day, transition="submit", by=world.cashier)
    refused("tariff_start", TARIFF.advance, obj=same_day, transition="approve", by=world.director)
    assert (same_day.version, tariff_in_force(item)) == (2, first)


def test_database_itself_keeps_an_approved_tariff(in_spring):
    tariff = fee(in_spring.spring, "2.40")
    drafted = price_of(tariff.fee_item, "3", since=date(2027, 1, 1), state=TariffState.DRAFT)
    for attempt in (
        lambda: Tariff.objects.filter(pk=tariff.pk).update(price=D("9")),
        lambda: Tariff.objects.filter(pk=tariff.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()
    assert Tariff.objects.get(pk=tariff.pk).price == D("2.40")
    Tariff.objects.filter(pk=drafted.pk).update(price=D("3.10"))


@pytest.mark.parametrize(
    ("terms", "code", "field"),
    [
        ({"price": D(0)}, "no_price", "price"),
        ({"method": Method.FORMULA, "formula": "area * preis"}, "bad_formula", "formula"),
        ({"method": Method.METERED, "tiers": [{"upto": "12", "price": "3"}]}, "bad_tiers", "tiers"),
        ({"method": Method.METERED, "tiers": [{"upto": None, "price": "x"}]}, "bad_tiers", "tiers"),
        (
            {
                "method": Method.METERED,
                "tiers": [{"upto": "9", "price": "1"}, {"upto": "8", "price": "2"}, {"upto": None, "price": "3"}],
            },
            "bad_tiers",
            "tiers",
        ),
        ({"method": Method.METERED, "tiers": ["nonsense"]}, "bad_tiers", "tiers"),
    ],
)
def test_tariff_that_cannot_be_computed_is_refused(item, world, terms, code, field):
    assert refused(code, draft, item=item, world=world, **terms).field == field
    assert not Tariff.objects.exists()


@pytest.mark.clause("P05-07")
def test_fee_standard_follows_the_estates_circumstances(item, world):
    """Each estate sets its own standard, by version and with its basis; what holds on a day can always be told."""
    first = tariffs.adopt_tariff(
        fee_item=item, method=Method.AREA, price=D("2.10"), effective_from=date(2025, 1, 1), basis="前期合同", by=None
    )
    second = draft(item, world, basis="业主大会决定")
    for move, by in (("submit", world.cashier), ("approve", world.director)):
        TARIFF.advance(obj=second, transition=move, by=by)
    assert [tariff_in_force(item, day) for day in (date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1))] == [
        None,
        first,
        second,
    ]
    assert [(row.fee_item.name, row.price, row.basis) for row in tariffs_in_force(world.spring, date(2026, 11, 1))] == [
        ("物业服务费", D("2.40"), "业主大会决定")
    ]


@pytest.mark.parametrize(
    ("terms", "month", "bill"),
    [
        ({}, "231.60", "231.60"),
        ({"cycle_months": 3, "fixed": D("1.115")}, "232.72", "698.15"),
        ({"method": Method.FLAT, "price": D("88")}, "88.00", "88.00"),
        ({"method": Method.FORMULA, "formula": "area * price / 2"}, "115.80", "115.80"),
        ({"method": Method.METERED, "price": D("3.1")}, "31.00", "31.00"),
    ],
)
def test_live_example_tells_what_a_unit_would_pay(item, world, terms, month, bill):
    given = {"estate": world.spring, "fee_item": item, "method": Method.AREA, "price": D("2.40"), "fixed": D(0)} | terms
    example = tariff_example(Tariff(**given), world.unit)
    assert (example.per_month, example.per_bill) == (D(month), D(bill))
    assert "3-1-1201" in str(example)
    assert "96.5" in str(example)
    assert bill in str(example)


def test_charge_is_added_once_for_the_same_days(in_spring):
    world = in_spring
    item = fee(world.spring).fee_item
    first = charges.add_charge(fee_item=item, unit=world.unit, since=date(2026, 1, 1), by=None)
    refused("charge_overlaps", charges.add_charge, fee_item=item, unit=world.unit, since=date(2026, 5, 1), by=None)
    refused("charge_one_thing", charges.add_charge, fee_item=item, since=date(2026, 5, 1), by=None)
    refused(
        "charge_dates", charges.add_charge, fee_item=item, unit=world.shop, since=date(2026, 5, 1),
        until=date(2026, 5, 1), by=None,
    )  # fmt: skip
    assert RecurringCharge.objects.count() == 1
    charges.end_charge(charge=first, until=date(2026, 5, 1), by=None)
    charges.add_charge(fee_item=item, unit=world.unit, since=date(2026, 5, 1), by=None)
    refused("charge_overlaps", charges.end_charge, charge=first, until=None, by=None)
    assert RecurringCharge.objects.get(pk=first.pk).until == date(2026, 5, 1)


def test_charges_for_many_units_leave_those_alone_that_have_one(in_spring):
    world = in_spring
    item = fee(world.spring).fee_item
    charges.add_charge(fee_item=item, unit=world.unit, since=date(2026, 1, 1), by=None)
    units = Unit.objects.all()
    assert charges.add_charges(fee_item=item, units=units, since=LONG_AGO, by=None) == 4
    assert charges.add_charges(fee_item=item, units=units, since=LONG_AGO, by=None) == 0
    assert charges.add_charges(fee_item=item, units=units.none(), since=LONG_AGO, by=None) == 0
    assert RecurringCharge.objects.count() == 5


def test_charge_does_not_end_before_what_was_billed(in_spring):
    world = in_spring
    made = charge(fee(world.spring), world.unit)
    run(world.spring, "2026-11")
    refused("charge_billed", charges.end_charge, charge=made, until=date(2026, 11, 16), by=None)
    refused("charge_billed", charges.remove_charge, charge=made, by=None)
    charges.end_charge(charge=made, until=date(2026, 12, 16), by=None)
    run(world.spring, "2026-12")
    assert amounts("2026-12") == [D("112.06")]  # 231.60 x 15 / 31 = 112.0645


def test_named_payer_holds_from_the_next_run(in_spring):
    world = in_spring
    made = charge(fee(world.spring), world.unit)
    charges.name_payer(charge=made, payer=world.tenant_party, by=None)
    run(world.spring, "2026-11")
    assert made.bills.get().payer == world.tenant_party


def test_item_out_of_use_is_not_billed(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    price_of(tariff.fee_item, "3", since=date(2030, 1, 1))
    charge(tariff, world.unit)
    tariffs.change_fee_item(item=tariff.fee_item, is_active=False, by=None)
    done, outcome = run(world.spring, "2026-11")
    assert outcome.bills == 0
    assert not done.exceptions.exists()
