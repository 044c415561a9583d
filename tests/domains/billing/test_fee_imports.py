"""The fees of a take-over workbook: written once, and ready to be billed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from anju.domains.billing.actions.imports import apply_fees
from anju.domains.billing.models import FeeItem, RecurringCharge, Tariff
from anju.foundation.registry.imports.fees import FeeRow, UnitFeeRow
from anju.kit.errors import Refusal
from tests.domains.billing.charging import amounts, run

D = Decimal


def fee_row(**changes) -> FeeRow:
    given = {
        "code": "1", "name": "物业费", "kind": "service", "method": "area", "price": D("1.3"), "fixed": D("20"),
        "cycle_months": 1, "timing": "advance", "since": date(2020, 6, 10), "until": None, "note": "6个月",
        "sheet": "费用设置", "row": 2,
    }  # fmt: skip
    return FeeRow(**(given | changes))


def charge_row(unit, since=date(2020, 6, 10), until=None, code="1") -> UnitFeeRow:
    return UnitFeeRow(code, unit.pk, None, since, until, "房屋信息", 2)


def apply(world, fees, charges):
    return apply_fees(estate=world.spring, fees=fees, unit_fees=charges, by=world.director)


def test_run_right_after_the_import_is_correct(in_spring):
    world = in_spring
    counts = apply(
        world,
        [fee_row(), fee_row(code="2", name="固定", method="flat", price=D(0), fixed=D("15"))],
        [charge_row(world.unit), charge_row(world.unit, code="2"), charge_row(world.let_unit, date(2026, 11, 16))],
    )
    assert counts["created"] == {"fee_item": 2, "tariff": 2, "recurring_charge": 3}
    run(world.spring, "2026-11")
    assert amounts() == [D("145.45"), D("15.00"), D("67.20")]  # 96.5 x 1.3 + 20; half of 88 x 1.3 + 20


def test_same_rows_twice_change_nothing(in_spring):
    world = in_spring
    rows = [fee_row()], [charge_row(world.unit), charge_row(world.shop)]
    apply(world, *rows)
    counts = apply(world, *rows)
    assert counts["created"] == counts["changed"] == {"fee_item": 0, "tariff": 0, "recurring_charge": 0}
    assert counts["unchanged"] == {"fee_item": 1, "tariff": 1, "recurring_charge": 2}
    assert (FeeItem.objects.count(), Tariff.objects.count(), RecurringCharge.objects.count()) == (1, 1, 2)


def test_corrected_dates_move_a_charge_instead_of_doubling_it(in_spring):
    world = in_spring
    apply(world, [fee_row()], [charge_row(world.unit)])
    counts = apply(world, [fee_row()], [charge_row(world.unit, date(2020, 7, 1), date(2027, 1, 1))])
    assert counts["changed"]["recurring_charge"] == 1
    [charge] = RecurringCharge.objects.all()
    assert (charge.since, charge.until) == (date(2020, 7, 1), date(2027, 1, 1))


def refused(code: str, world, *rows) -> None:
    with pytest.raises(Refusal) as refusal:
        apply(world, *rows)
    assert refusal.value.code == code


def test_billed_charge_keeps_its_start(in_spring):
    world = in_spring
    apply(world, [fee_row()], [charge_row(world.unit)])
    run(world.spring, "2026-11")
    refused("charge_billed", world, [fee_row()], [charge_row(world.unit, date(2020, 7, 1))])
    refused("charge_billed", world, [fee_row()], [charge_row(world.unit, until=date(2026, 11, 16))])
    assert RecurringCharge.objects.get().since == date(2020, 6, 10)


def test_approved_price_is_not_changed_by_a_workbook(in_spring):
    world = in_spring
    apply(world, [fee_row()], [])
    refused("tariff_start", world, [fee_row(price=D("1.5"))], [])
    assert Tariff.objects.get().price == D("1.3")
