"""Bills and runs taken back: in the journal too, with a reason, and only while nothing has been paid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from anju.domains.billing.actions import runs
from anju.domains.billing.enums import RunState
from anju.domains.billing.models import Bill, BillRun
from anju.engines.ledger.selectors import balances, control_account, main_fund
from anju.kit.errors import Refusal
from tests.domains.billing.charging import amounts, bills, charge, fee, run

D = Decimal


def test_bill_can_be_reversed_and_run_again(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    charge(tariff, world.unit)
    charge(tariff, world.shop)
    run(world.spring, "2026-11")
    wrong = bills()[0]
    runs.reverse_bill(bill=wrong, reason="面积有误", by=world.director)
    world.unit.exclusive_area = D("100")
    world.unit.save()
    _, outcome = run(world.spring, "2026-11")
    assert (outcome.bills, outcome.amount) == (1, D("240.00"))
    assert sum(amounts()) == D("384.00")
    assert balances(world.spring)[control_account(main_fund(world.spring), "receivable").pk] == D("384.00")
    with pytest.raises(Refusal, match=r"."):
        runs.reverse_bill(bill=wrong, reason="再次", by=world.director)


def test_run_can_be_reversed_and_run_again(in_spring):
    world = in_spring
    tariff = fee(world.spring)
    charge(tariff, world.unit)
    charge(tariff, world.shop)
    first, _ = run(world.spring, "2026-11")
    reversed_run = runs.reverse_run(run=first, reason="单价有误", by=world.director)
    assert reversed_run.state == RunState.REVERSED
    assert not bills()
    assert not any(balances(world.spring).values())
    second, outcome = run(world.spring, "2026-11")
    assert second.pk != first.pk
    assert (outcome.bills, outcome.amount) == (2, D("375.60"))


@pytest.mark.parametrize("reason", ["", "  "])
def test_reversal_needs_a_reason(in_spring, reason):
    world = in_spring
    charge(fee(world.spring), world.unit)
    done, _ = run(world.spring, "2026-11")
    for refused in (
        lambda: runs.reverse_bill(bill=bills()[0], reason=reason, by=world.director),
        lambda: runs.reverse_run(run=done, reason=reason, by=world.director),
    ):
        with pytest.raises(Refusal) as refusal:
            refused()
        assert refusal.value.code == "no_reason"
    assert amounts() == [D("231.60")]


def test_settled_bill_is_not_reversed(in_spring):
    world = in_spring
    charge(fee(world.spring), world.unit)
    done, _ = run(world.spring, "2026-11")
    Bill.objects.update(settled=D("0.01"))
    for refused in (
        lambda: runs.reverse_bill(bill=bills()[0], reason="x", by=world.director),
        lambda: runs.reverse_run(run=done, reason="x", by=world.director),
    ):
        with pytest.raises(Refusal) as refusal:
            refused()
        assert refusal.value.code == "bill_settled"
    assert amounts() == [D("231.60")]
    assert BillRun.objects.get().state == RunState.DONE
