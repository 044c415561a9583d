"""The preview of a bill run: the run's own SQL without a trace."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anju.domains.billing.models import Bill, BillRun
from anju.domains.billing.selectors.charges import preview_run
from anju.kit.periods import Period
from anju.site.cli import bill as bill_command
from tests.domains.billing.charging import bills, charge, fee, price_of, run

D = Decimal
NOVEMBER = Period(2026, 11)


@pytest.fixture
def charged(in_spring):
    world = in_spring
    service = fee(world.spring, "2.40")
    price_of(service.fee_item, "3.00", since=date(2026, 11, 1))
    lights = fee(world.spring, "6", method="flat", kind="shared", code="LIGHTS")
    charge(service, world.unit)
    charge(service, world.let_unit, until=date(2026, 11, 1))
    charge(lights, world.shop, since=date(2026, 11, 1))
    charge(lights, world.unit)
    charge(fee(world.spring, code="UNPRICED", state="draft"), world.shop)
    run(world.spring, "2026-10")
    return world


def test_preview_is_what_the_run_then_creates(charged):
    preview = preview_run(charged.spring, NOVEMBER)
    assert Bill.objects.filter(period=NOVEMBER.first).count() == 0
    assert BillRun.objects.count() == 1
    done, outcome = run(charged.spring, "2026-11")
    assert (preview.bills, preview.amount) == (outcome.bills, outcome.amount) == (3, D("301.50"))
    assert preview.exception_count == done.exceptions.count() == 1
    [problem] = preview.exceptions
    assert (problem.thing, problem.item, problem.problem) == ("S-101", "Unpriced", "no_tariff")


def test_preview_compares_with_the_month_before(charged):
    preview = preview_run(charged.spring, NOVEMBER)
    assert [(item.name, item.amount, item.amount_before, item.difference) for item in preview.items] == [
        ("Service", D("289.50"), D("442.80"), D("-153.30")),
        ("Lights", D("12.00"), D("6.00"), D("6.00")),
    ]
    assert preview.difference_counts == {"new": 1, "gone": 1, "changed": 1}
    assert [(row.kind, row.thing, row.amount, row.amount_before) for row in preview.differences] == [
        ("gone", "3-1-0902", D(0), D("211.20")),
        ("changed", "3-1-1201", D("289.50"), D("231.60")),
        ("new", "S-101", D("6.00"), D(0)),
    ]


def test_preview_of_a_billed_month_is_empty_but_for_what_is_new(charged):
    run(charged.spring, "2026-11")
    preview = preview_run(charged.spring, NOVEMBER)
    assert (preview.bills, preview.amount) == (0, D(0))
    assert (preview.billed, preview.billed_amount) == (3, D("301.50"))
    assert sum(item.amount for item in preview.items) == D("301.50")


def test_preview_takes_the_same_queries_however_many_charges(charged):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            preview_run(charged.spring, NOVEMBER)
        return len(queries)

    before = count()
    lights = bills()[1].fee_item.charges.model.objects.get(fee_item__code="LIGHTS", unit=charged.unit)
    for unit in (charged.let_unit, charged.shared_unit, charged.unsold_unit):
        lights.pk = None
        lights.unit = unit
        lights.save()
    assert count() == before


def call(*arguments: str):
    return CliRunner().invoke(bill_command.command, [*arguments])


def test_command_bills_once_and_tells_programs(charged):
    dry = json.loads(call("--estate", "SPRING", "--period", "2026-11", "--dry-run", "--json").output)
    assert (dry["created"], dry["amount"], dry["dry_run"]) == (3, "301.50", True)
    assert Bill.objects.filter(period=NOVEMBER.first).count() == 0
    first = json.loads(call("--estate", "SPRING", "--period", "2026-11", "--json").output)
    again = json.loads(call("--estate", "SPRING", "--period", "2026-11", "--json").output)
    assert {key: first[key] for key in ("period", "created", "amount", "bills_total", "amount_total")} == {
        "period": "2026-11",
        "created": 3,
        "amount": "301.50",
        "bills_total": 3,
        "amount_total": "301.50",
    }
    assert [line["problem"] for line in first["exceptions"]] == ["no_tariff"]
    assert (again["created"], again["amount"], again["bills_total"]) == (0, "0.00", 3)


@pytest.mark.parametrize(
    "arguments", [("--estate", "NONE", "--period", "2026-11"), ("--estate", "SPRING", "--period", "2026-13")]
)
def test_command_refuses_what_is_not_there(charged, arguments):
    before = BillRun.objects.count()
    result = call(*arguments)
    assert result.exit_code != 0
    assert result.exception.code in ("no_such_estate", "bad_period")
    assert BillRun.objects.count() == before
