"""Whatever the dates: every day is billed once, to who owns the unit, and the sums are those of plain arithmetic."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from anju.domains.billing.rules.cycles import Version, windows
from anju.domains.billing.rules.parts import MONTH, month_parts, month_point, part_amounts
from anju.foundation.registry.models import Ownership
from anju.kit.periods import Period
from tests.domains.billing.charging import bills, charge, fee, run

D = Decimal
FIRST = date(2023, 11, 1)  # the window holds the leap February of 2024
PERIODS = [Period(2023, 11).plus(months) for months in range(12)]
LAST = PERIODS[-1].last + timedelta(days=1)

days = st.dates(FIRST - timedelta(days=40), LAST + timedelta(days=40))


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    since=days,
    length=st.none() | st.integers(1, 300),
    sold=days,
    months=st.sampled_from([1, 3, 6, 12]),
    anchor=st.integers(1, 12),
    timing=st.sampled_from(["advance", "arrears"]),
    price=st.decimals("0.01", "9.9999", places=4),
    area=st.decimals("10", "300", places=2),
)
@example(
    since=date(2024, 2, 29), length=1, sold=date(2024, 2, 29), months=1, anchor=1, timing="advance", price=D("2.9"),
    area=D("100"),
)  # fmt: skip
@example(
    since=date(2023, 11, 30), length=None, sold=date(2024, 2, 15), months=3, anchor=2, timing="arrears",
    price=D("1.2345"), area=D("77.77"),
)  # fmt: skip
def test_every_day_is_billed_once_and_sums_are_exact(
    in_spring, since, length, sold, months, anchor, timing, price, area
):
    world = in_spring
    until = None if length is None else since + timedelta(days=length)
    with transaction.atomic():
        world.unit.exclusive_area = area
        world.unit.save()
        Ownership.objects.filter(unit=world.unit).update(until=sold)
        Ownership.objects.create(estate=world.spring, unit=world.unit, party=world.neighbour_party, since=sold)
        charge(
            fee(world.spring, str(price), cycle_months=months, anchor_month=anchor, timing=timing),
            world.unit,
            since,
            until,
        )
        for period in PERIODS:
            run(world.spring, str(period))
        found = [
            (bill.since, bill.until, bill.payer_id, bill.amount, bill.period, bill.month_parts) for bill in bills()
        ]
        assert found == _expected(
            world, since, until, sold, Version(1, date(2020, 1, 1), months, timing, anchor), price * area
        )
        transaction.set_rollback(True)


def _expected(world, since, until, sold, version, per_month) -> list[tuple]:
    """The same by plain arithmetic, month by month."""
    rows = []
    for period in PERIODS:
        for window in windows([version], period):
            begins, ends = max(window.since, since), min(window.until, until or date.max)
            decides = begins if window.advance else ends - timedelta(days=1)
            if begins >= ends or Period.of(decides) != period:
                continue
            cuts = [begins, *([sold] if begins < sold < ends else []), ends]
            spans = list(pairwise(cuts))
            parts = [month_parts(*span) for span in spans]
            for span, part, amount in zip(spans, parts, part_amounts(per_month, parts), strict=True):
                payer = world.owner_party if span[0] < sold else world.neighbour_party
                if amount:
                    rows.append((*span, payer.pk, amount, period.first, part))
    return rows


@given(day=st.dates(date(1990, 1, 1), date(2100, 1, 1)), length=st.integers(1, 4000))
def test_parts_of_a_month_add_up(day, length):
    until = day + timedelta(days=length)
    assert month_parts(day, until) == sum(
        month_parts(day + timedelta(days=n), day + timedelta(days=n + 1)) for n in range(length)
    )
    assert month_point(Period.of(day).plus(1).first) - month_point(Period.of(day).first) == MONTH


@given(
    per_month=st.decimals("0", "99999", places=4),
    weights=st.lists(st.integers(0, MONTH), min_size=1, max_size=8),
)
def test_amounts_of_parts_add_up_to_the_rounded_whole(per_month, weights):
    parts = part_amounts(per_month, weights)
    assert sum(parts) == part_amounts(per_month, [sum(weights)])[0]
    assert all(part >= 0 for part in parts)
